import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UpstreamError } from '../canon/canon.ts';
import { bytesOf } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

const read = (status: number, body: string): UpstreamError =>
  ollama.readError(status, bytesOf(body));

describe('an error of a server', () => {
  const told: readonly (readonly [number, string, UpstreamError['kind']])[] = [
    [404, 'model "nope" not found, try pulling it first', 'not_found'],
    [400, 'the input length exceeds the context length', 'context_too_long'],
    [500, 'prompt too long; exceeded max context length by 12 tokens', 'context_too_long'],
    [400, '"small" does not support thinking', 'invalid'],
    [500, 'model requires more system memory (9 GiB) than is available (4 GiB)', 'overloaded'],
    [503, 'server busy, please try again. maximum pending requests exceeded', 'overloaded'],
    [401, 'unauthorized', 'auth'],
    [429, 'too many concurrent requests', 'rate_limited'],
    [429, 'you have reached your weekly usage limit', 'quota'],
    [500, 'llama runner process has terminated', 'internal'],
    [418, 'short and stout', 'unknown'],
  ];
  for (const [status, message, kind] of told) {
    it(`with ${status} and "${message.slice(0, 30)}..." is ${kind}`, () => {
      assert.deepEqual(read(status, JSON.stringify({ error: message })), { kind, message });
    });
  }

  it('may be an object, as hosted models write it', () => {
    const body = '{"error":{"message":"no such thing","type":"api_error","code":null}}';
    const error = { kind: 'invalid', message: 'no such thing', type: 'api_error' };
    assert.deepEqual(read(400, body), error);
  });

  it('may be no JSON: a line is told, a page is not', () => {
    assert.deepEqual(read(502, 'bad gateway'), { kind: 'internal', message: 'bad gateway' });
    for (const page of ['<html><b>Bad gateway</b></html>', '', '{"err', 'a\nb', '{"detail":1}']) {
      assert.deepEqual(read(502, page), { kind: 'internal', message: 'HTTP 502' });
    }
    assert.equal(read(504, '').kind, 'timeout');
    assert.equal(read(400, '{"error":7}').kind, 'invalid');
  });

  it('is cut where it is long', () => {
    assert.equal(read(500, JSON.stringify({ error: 'x'.repeat(5_000) })).message.length, 1_000);
  });
});
