import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inChunks } from '../canon/arbitrary.fixture.ts';
import type { JsonObject } from '../canon/canon.ts';
import type { StreamFacts } from '../openai/stream.ts';
import { asEvents, bytesOf, chunkOf, textOf } from './gemini.fixture.ts';
import { readAnswer, streamReader } from './gemini.ts';

const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 9, totalTokenCount: 12 };
const CHUNKS: readonly [JsonObject, JsonObject] = [
  {
    ...chunkOf([{ text: 'say {"finishReason":"STOP"} [' }]),
    usageMetadata: { promptTokenCount: 3 },
  },
  { ...chunkOf([{ text: '\\"' }], { finishReason: 'STOP' }), usageMetadata },
];
const USAGE = {
  inputTokens: 3,
  outputTokens: 9,
  cachedInputTokens: undefined,
  reasoningTokens: undefined,
  source: 'measured',
};

function watched(bytes: Uint8Array, seed: number): StreamFacts {
  const reader = streamReader();
  for (const chunk of inChunks(bytes, seed)) assert.equal(reader.push(chunk), chunk);
  assert.equal(reader.rest().length, 0);
  return reader.facts();
}
const asArray = (chunks: readonly unknown[]): Uint8Array =>
  bytesOf(`[${chunks.map((one) => JSON.stringify(one, null, 1)).join('\n,\r\n')}\n]\n`);

describe('a stream that passes untouched', () => {
  it('tells model, usage and its end, as events and as an array, in any chunks', () => {
    for (const bytes of [asEvents(CHUNKS), asArray(CHUNKS)]) {
      for (const seed of [0, 1, 2, 3]) {
        assert.deepEqual(watched(bytes, seed), {
          model: 'm-1',
          usage: USAGE,
          service: undefined,
          error: false,
          done: true,
          finished: true,
          malformed: false,
          // Tokens that were told, where they are more than the events.
          events: 9,
        });
      }
    }
  });

  it('is not done before a candidate stopped, whatever its texts and calls hold', () => {
    const args = { finishReason: 'STOP', blockReason: 'X' };
    const chunks = [CHUNKS[0], chunkOf([{ functionCall: { name: 'f', args } }])];
    for (const bytes of [asEvents(chunks), asArray(chunks)]) {
      assert.equal(watched(bytes, 5).done, false);
    }
  });

  it('is done when the prompt was refused', () => {
    assert.ok(watched(asEvents([{ promptFeedback: { blockReason: 'SAFETY' } }]), 1).done);
  });

  it('tells errors', () => {
    const chunks = [CHUNKS[0], { error: { code: 500, message: 'x' } }];
    for (const bytes of [asEvents(chunks), asArray(chunks)]) {
      assert.equal(watched(bytes, 5).error, true);
      assert.equal(watched(bytes, 5).done, false);
    }
  });

  it('ends what was begun before an event of our own', () => {
    const closing = (text: string): string => {
      const reader = streamReader();
      reader.push(bytesOf(text));
      return textOf(reader.closing());
    };
    assert.equal(closing(''), '');
    assert.equal(closing('data: {}\n\n'), '');
    assert.equal(closing('data: {}'), '\r\n\r\n');
    assert.equal(closing('['), '');
    assert.equal(closing('[{}\n'), ',');
  });
});

describe('a whole answer that passes untouched', () => {
  it('tells model, usage and errors', () => {
    const of = (body: unknown) => readAnswer(bytesOf(JSON.stringify(body)));
    const facts = { model: 'm-1', usage: USAGE, service: undefined, malformed: false };
    assert.deepEqual(of(CHUNKS[1]), { ...facts, error: false });
    assert.deepEqual(of(CHUNKS), { ...facts, error: false });
    assert.equal(of({ error: { code: 400 } }).error, true);
    assert.equal(of([{ error: { code: 400 } }]).error, true);
    assert.equal(readAnswer(bytesOf('<html>')).malformed, true);
  });
});
