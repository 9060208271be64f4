import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json, UpstreamError } from '../canon/canon.ts';
import { readError } from './errors.ts';
import { bytesOf } from './gemini.fixture.ts';

const of = (status: number, body: Json): UpstreamError =>
  readError(status, bytesOf(JSON.stringify(body)));
const error = (code: number, status: string, message = 'x', details: Json = []): Json => ({
  error: { code, message, status, details },
});

describe('errors of this dialect', () => {
  const kinds: readonly (readonly [Json, UpstreamError['kind']])[] = [
    [error(400, 'INVALID_ARGUMENT'), 'invalid'],
    [error(400, 'FAILED_PRECONDITION'), 'invalid'],
    [error(401, 'UNAUTHENTICATED'), 'auth'],
    [error(403, 'PERMISSION_DENIED'), 'auth'],
    [error(404, 'NOT_FOUND'), 'not_found'],
    [error(429, 'RESOURCE_EXHAUSTED'), 'rate_limited'],
    [error(500, 'INTERNAL'), 'internal'],
    [error(503, 'UNAVAILABLE'), 'overloaded'],
    [error(504, 'DEADLINE_EXCEEDED'), 'timeout'],
    [{ error: { code: 418 } }, 'unknown'],
    [{ error: 'text alone' }, 'internal'],
  ];
  it('are told by their status, then by their code', () => {
    for (const [body, kind] of kinds) assert.equal(of(500, body).kind, kind, JSON.stringify(body));
  });

  it('come as an array too', () => {
    assert.deepEqual(of(404, [error(404, 'NOT_FOUND', 'No such model.')]), {
      kind: 'not_found',
      message: 'No such model.',
      type: 'NOT_FOUND',
    });
  });

  it('say in details when to come again, and that a limit is one of a day', () => {
    const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7.0421s' };
    const quota = (quotaId: string): Json => ({ violations: [{ quotaId }] });
    const minute = of(
      429,
      error(429, 'RESOURCE_EXHAUSTED', 'x', [quota('RequestsPerMinute'), retry]),
    );
    assert.equal(minute.kind, 'rate_limited');
    assert.equal(minute.retryAfterMs, 7_043);
    const day = of(429, error(429, 'RESOURCE_EXHAUSTED', 'x', [quota('RequestsPerDay'), retry]));
    assert.equal(day.kind, 'quota');
  });

  it('of a key come as a bad request', () => {
    const details = [{ reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
    assert.equal(of(400, error(400, 'INVALID_ARGUMENT', 'x', details)).kind, 'auth');
  });

  it('of a prompt that is too long say so in their sentence alone', () => {
    const message =
      'The input token count (9001) exceeds the maximum number of tokens allowed (9).';
    assert.equal(of(400, error(400, 'INVALID_ARGUMENT', message)).kind, 'context_too_long');
    assert.equal(of(429, error(429, 'RESOURCE_EXHAUSTED', message)).kind, 'rate_limited');
  });

  it('that are no JSON are told by their status, without what they hold', () => {
    const read = readError(502, bytesOf('<html>secret</html>'));
    assert.deepEqual(read, {
      kind: 'overloaded',
      message: 'The upstream answered with status 502.',
    });
    assert.equal(readError(404, bytesOf('')).kind, 'not_found');
  });
});
