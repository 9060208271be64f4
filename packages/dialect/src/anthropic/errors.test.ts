import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, type Code, codeFacts, decisionId, refusal, requestId } from '@signalbox/contract';
import type { UpstreamError } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { bytesOf, CONTEXT, decoded, encoded, jsonOf, textOf } from './anthropic.fixture.ts';
import { anthropic, errorBody, errorEvent, statusOf } from './anthropic.ts';

const own = (type: string, message = 'm'): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' });

describe('an error of an upstream', () => {
  for (const [status, body, kind] of [
    [400, own('invalid_request_error'), 'invalid'],
    [
      400,
      own('invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum'),
      'context_too_long',
    ],
    [400, own('invalid_request_error', 'Your credit balance is too low to go on'), 'quota'],
    [400, own('invalid_request_error', 'Output blocked by content filtering policy'), 'filtered'],
    [401, own('authentication_error'), 'auth'],
    [402, own('billing_error'), 'quota'],
    [403, own('permission_error'), 'auth'],
    [404, own('not_found_error'), 'not_found'],
    [413, own('request_too_large'), 'context_too_long'],
    [429, own('rate_limit_error'), 'rate_limited'],
    [500, own('api_error'), 'internal'],
    [504, own('timeout_error'), 'timeout'],
    [529, own('overloaded_error'), 'overloaded'],
    [529, own('something_new'), 'overloaded'],
    [
      400,
      '{"error":{"type":"exceed_context_size_error","code":400,"message":"m"}}',
      'context_too_long',
    ],
    [503, '{"error":{"type":"unavailable_error","code":503,"message":"m"}}', 'overloaded'],
    [400, '{"error":"m"}', 'invalid'],
    [422, '{"detail":"m"}', 'invalid'],
    [418, '{"message":"m"}', 'invalid'],
    [502, '<html>Bad gateway</html>', 'internal'],
    [429, '', 'rate_limited'],
    [500, 'null', 'internal'],
    [302, '{}', 'unknown'],
  ] as const) {
    it(`${status} ${body.slice(0, 60)} is ${kind}`, () => {
      assert.equal(anthropic.readError(status, bytesOf(body)).kind, kind);
    });
  }

  it('has the sentence of the provider, within bounds, and no body that is none of its', () => {
    const told = anthropic.readError(400, bytesOf(own('invalid_request_error', 'x'.repeat(9_000))));
    assert.equal(told.message.length, 2_000);
    assert.equal(told.type, 'invalid_request_error');
    const html = anthropic.readError(502, bytesOf('<html>secret</html>'));
    assert.equal(html.message.includes('secret'), false);
  });

  it('hides in a good answer, and is found there', () => {
    const [event, ...more] = anthropic.readWhole(jsonOf(bytesOf(own('overloaded_error'))));
    assert.deepEqual(more, []);
    assert.ok(event?.kind === 'error' && event.error.kind === 'overloaded');
    for (const odd of ['[]', 'null', '{}', '{"content":"text"}']) {
      const [only] = anthropic.readWhole(jsonOf(bytesOf(odd)));
      assert.ok(only?.kind === 'error' && only.error.kind === 'internal', odd);
    }
  });

  it('is written in words that read back as the same, in both forms', () => {
    const kinds: readonly UpstreamError['kind'][] = [
      ...(['auth', 'not_found', 'rate_limited', 'quota', 'overloaded'] as const),
      ...(['invalid', 'timeout', 'internal'] as const),
    ];
    for (const kind of kinds) {
      const error: UpstreamError = { kind, message: 'm' };
      const events = encoded([
        { kind: 'start', id: 'a', model: 'm', created: undefined },
        { kind: 'error', error },
      ]);
      const read = fold(decoded(bytesOf(events.text)));
      assert.deepEqual([read.error?.kind, read.ended], [kind, false]);
      const whole = anthropic.writeWhole({ ...read, error, answers: [] }, CONTEXT);
      assert.equal(fold(anthropic.readWhole(jsonOf(whole.body))).error?.kind, kind);
    }
  });
});

const request = requestId(1_760_000_000_000, new Uint8Array(10));
const ids = { request, decision: decisionId(request, 1) };

describe('a refusal of ours', () => {
  it('says what, where and what to do in the envelope of the dialect', () => {
    const no = refusal('body_invalid', 'The field `model` is missing.', { param: 'model' });
    assert.deepEqual(JSON.parse(textOf(errorBody(no, ids))), {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'The field `model` is missing.',
        code: 'body_invalid',
        param: 'model',
        hint: codeFacts('body_invalid').hint,
        doc_url: 'docs/reference/errors.md#body_invalid',
        request_id: request,
        decision_id: ids.decision,
      },
      request_id: request,
    });
  });

  it('has the type of its status', () => {
    for (const [code, type] of [
      ['key_missing', 'authentication_error'],
      ['budget_exhausted', 'billing_error'],
      ['policy_denied', 'permission_error'],
      ['model_unknown', 'not_found_error'],
      ['body_too_large', 'request_too_large'],
      ['context_too_long', 'invalid_request_error'],
      ['rate_limited', 'rate_limit_error'],
      ['internal', 'api_error'],
      ['upstream_failed', 'api_error'],
      ['upstream_timeout', 'timeout_error'],
      ['upstream_unavailable', 'overloaded_error'],
      ['shed', 'overloaded_error'],
    ] as const) {
      const body = JSON.parse(textOf(errorBody(refusal(code, 'm'), ids)));
      assert.equal(body.error.type, type, code);
    }
  });

  it('is 529 where load is shed, and has the status of the table else', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      assert.equal(statusOf(code), code === 'shed' ? 529 : codeFacts(code).status);
    }
  });

  it('is one event of one line for every code and message, and an error to a decoder', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const text = textOf(
        errorEvent(refusal(code, 'two\nlines\r\n\u2028'), { ...ids, decision: undefined }),
      );
      assert.match(text, /^event: error\ndata: [^\n\r]*\n\n$/);
      const [event, ...more] = decoded(bytesOf(text));
      assert.deepEqual(more, []);
      assert.ok(event?.kind === 'error');
      assert.equal(event.error.message, 'two\nlines\r\n\u2028');
    }
  });
});
