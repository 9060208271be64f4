import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { responses } from './responses.ts';

const kindOf = (status: number, body: unknown): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return responses.readError(status, new TextEncoder().encode(text)).kind;
};

describe('errors of the responses wire', () => {
  it('are known by their code before their status', () => {
    const cases: readonly (readonly [number, unknown, string])[] = [
      [
        400,
        { error: { code: 'context_length_exceeded', type: 'invalid_request_error' } },
        'context_too_long',
      ],
      [
        400,
        { error: { code: 400, type: 'exceed_context_size_error', message: 'x' } },
        'context_too_long',
      ],
      [400, { error: { code: 'content_filter', message: 'x' } }, 'filtered'],
      [429, { error: { code: 'insufficient_quota', type: 'insufficient_quota' } }, 'quota'],
      [429, { error: { code: 'rate_limit_exceeded', type: 'tokens' } }, 'rate_limited'],
      [401, { error: { code: 'invalid_api_key', type: 'invalid_request_error' } }, 'auth'],
      [404, { error: { code: 'DeploymentNotFound', message: 'x' } }, 'not_found'],
      [400, { code: 'invalid-argument', error: 'The prompt is too odd.' }, 'invalid'],
      [404, { detail: 'Not Found' }, 'not_found'],
      [400, { error: { code: null, type: 'invalid_request_error', message: 'x' } }, 'invalid'],
      [503, { error: { message: 'x', type: 'invalid_request_error' } }, 'overloaded'],
      [500, [{ error: { message: 'in a list' } }], 'internal'],
      [502, '<html>Bad Gateway</html>', 'internal'],
      [504, '', 'timeout'],
    ];
    for (const [status, body, kind] of cases) {
      assert.equal(kindOf(status, body), kind, JSON.stringify(body));
    }
  });

  it('keep the message and the type of the provider', () => {
    const body = '{"error":{"message":"Too long.","type":"invalid_request_error","code":"x_y"}}';
    const error = responses.readError(400, new TextEncoder().encode(body));
    assert.deepEqual(error, { kind: 'invalid', message: 'Too long.', type: 'x_y' });
    const bare = responses.readError(400, new TextEncoder().encode('{"error":"Only this."}'));
    assert.equal(bare.message, 'Only this.');
    assert.match(responses.readError(500, new Uint8Array()).message, /500/);
  });
});
