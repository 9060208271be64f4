import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inChunks, withReturns } from '../canon/arbitrary.fixture.ts';
import type { Json } from '../canon/canon.ts';
import {
  blockStart,
  blockStop,
  bytesOf,
  delta,
  framed,
  MESSAGE_STOP,
  messageDelta,
  messageStart,
} from './anthropic.fixture.ts';
import { streamReader } from './anthropic.ts';

const EVENTS: readonly Json[] = [
  messageStart(),
  blockStart(0, { type: 'text', text: '' }),
  delta(0, { type: 'text_delta', text: 'an "error" in message_stop, says 日本' }),
  blockStop(0),
  messageDelta('end_turn', { output_tokens: 5, cache_read_input_tokens: 3, service_tier: 'batch' }),
];

function watched(bytes: Uint8Array, seed: number) {
  const reader = streamReader();
  const passed = inChunks(bytes, seed).map((chunk) => reader.push(chunk).slice());
  assert.ok(Buffer.concat(passed).equals(bytes));
  const closing = reader.closing();
  assert.equal(reader.rest().length, 0);
  return { facts: reader.facts(), closing: closing.length };
}

describe('a stream that passes as bytes', () => {
  it('tells model, usage and end, in any chunks', () => {
    const bytes = bytesOf(framed([...EVENTS, MESSAGE_STOP]));
    for (const seed of [0, 1, 2, 3]) {
      for (const all of [bytes, withReturns(bytes)]) {
        assert.deepEqual(watched(all, seed), {
          facts: {
            model: 'model-a',
            usage: {
              inputTokens: 10,
              outputTokens: 5,
              cachedInputTokens: 3,
              reasoningTokens: undefined,
              source: 'measured',
            },
            service: 'batch',
            error: false,
            done: true,
            finished: true,
            malformed: false,
            events: 6,
          },
          closing: 0,
        });
      }
    }
  });

  it('is not done without its last event, and says how to close one that is open', () => {
    const bytes = bytesOf(framed([...EVENTS, MESSAGE_STOP]));
    const cut = watched(bytes.subarray(0, bytes.length - 30), 0);
    assert.equal(cut.facts.done, false);
    assert.equal(cut.closing, 2);
  });

  it('sees errors, named or not', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } };
    const bare = bytesOf('data: {"error":{"message":"Busy"}}\n\n');
    for (const bytes of [bytesOf(framed([messageStart(), error])), bare]) {
      const { facts } = watched(bytes, 0);
      assert.deepEqual([facts.error, facts.done], [true, false]);
    }
  });

  it('takes a second message within the first one for an error, and none after its end', () => {
    const other = messageStart({ id: 'msg_b', usage: { input_tokens: 90, output_tokens: 90 } });
    assert.equal(watched(bytesOf(framed([...EVENTS, other])), 0).facts.error, true);
    const after = watched(bytesOf(framed([...EVENTS, MESSAGE_STOP, other])), 0).facts;
    assert.deepEqual([after.error, after.usage?.outputTokens], [false, 5]);
  });

  it('tells an event that is torn, among others too, and ends it before one of our own', () => {
    const whole = framed([...EVENTS, MESSAGE_STOP]);
    const torn = whole.replace(/"\}\}\n\n(?=event: content_block_delta)/, '\n\n');
    assert.notEqual(torn, whole);
    for (const seed of [0, 1, 2, 3]) {
      const { facts, closing } = watched(bytesOf(torn), seed);
      assert.deepEqual([facts.malformed, closing], [true, 2]);
    }
    const reader = streamReader();
    reader.push(bytesOf(whole.slice(0, -9)));
    reader.rest();
    assert.equal(reader.closing().length, 2);
  });

  it('reads an event that was never finished', () => {
    const { facts } = watched(bytesOf(framed([messageStart()]).trimEnd()), 5);
    assert.equal(facts.model, 'model-a');
  });
});
