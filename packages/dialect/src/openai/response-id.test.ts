import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { encode } from '../bytes.ts';
import { readAnswer } from './answer.ts';
import { streamReader } from './stream.ts';

describe('the id of a response', () => {
  const whole = (operation: 'chat' | 'response', body: object): string | undefined =>
    readAnswer(operation, encode(JSON.stringify(body))).responseId;

  it('is told of a whole one, and of no other answer', () => {
    assert.equal(whole('response', { id: 'resp_1' }), 'resp_1');
    assert.equal(whole('chat', { id: 'chatcmpl_1' }), undefined);
    for (const id of [7, null, '', {}]) assert.equal(whole('response', { id }), undefined);
    assert.equal(readAnswer('response', encode('no JSON')).responseId, undefined);
  });

  it('is told of a stream, whatever its chunks', () => {
    const bytes = readFileSync(new URL('../fixtures/openai-response.sse', import.meta.url));
    const id = /"id":"(resp_[^"]+)"/.exec(bytes.toString())?.[1];
    assert.ok(id !== undefined);
    for (const size of [1, 7, 1_000, bytes.length]) {
      const reader = streamReader('response', false);
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      reader.rest();
      assert.equal(reader.facts().responseId, id, `${size} bytes at a time`);
    }
  });

  it('is not told of a stream that is none', () => {
    const reader = streamReader('chat', false);
    reader.push(encode('data: {"id":"chatcmpl_1","model":"m","choices":[]}\n\n'));
    assert.equal(reader.facts().responseId, undefined);
  });
});
