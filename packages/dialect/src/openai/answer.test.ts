import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Usage } from '@signalbox/contract';
import { type AnswerFacts, readAnswer } from './answer.ts';

const factsOf = (body: unknown): AnswerFacts =>
  readAnswer('chat', new TextEncoder().encode(JSON.stringify(body)));

const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  cachedInputTokens: undefined,
  reasoningTokens: undefined,
  source: 'measured',
  ...more,
});

describe('the usage of an answer', () => {
  const cases: readonly (readonly [name: string, body: unknown, usage: Usage | undefined])[] = [
    ['of a chat', { usage: { prompt_tokens: 3, completion_tokens: 5 } }, usage(3, 5)],
    ['of a response', { usage: { input_tokens: 3, output_tokens: 5 } }, usage(3, 5)],
    ['of embeddings', { usage: { prompt_tokens: 3, total_tokens: 3 } }, usage(3, 0)],
    [
      'with cached and reasoning tokens',
      {
        usage: {
          prompt_tokens: 3,
          completion_tokens: 5,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 4 },
        },
      },
      usage(3, 5, { cachedInputTokens: 2, reasoningTokens: 4 }),
    ],
    [
      'with reasoning tokens beside the completion, as xAI tells them',
      {
        usage: {
          prompt_tokens: 3,
          completion_tokens: 5,
          total_tokens: 12,
          completion_tokens_details: { reasoning_tokens: 4 },
        },
      },
      usage(3, 9, { reasoningTokens: 4 }),
    ],
    [
      'with the details of a response',
      {
        usage: {
          input_tokens: 3,
          output_tokens: 5,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens_details: { reasoning_tokens: 1 },
        },
      },
      usage(3, 5, { cachedInputTokens: 0, reasoningTokens: 1 }),
    ],
    [
      'with cache hits as DeepSeek tells them',
      { usage: { prompt_tokens: 3, completion_tokens: 5, prompt_cache_hit_tokens: 2 } },
      usage(3, 5, { cachedInputTokens: 2 }),
    ],
    ['of Groq', { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 5 } } }, usage(3, 5)],
    ['that is null', { usage: null }, undefined],
    ['that is empty', { usage: {} }, undefined],
    ['that is no object', { usage: [3, 5] }, undefined],
    ['in strings', { usage: { prompt_tokens: '3', completion_tokens: '5' } }, undefined],
    ['below zero', { usage: { prompt_tokens: -3, completion_tokens: 5 } }, usage(0, 5)],
    ['in fractions', { usage: { prompt_tokens: 1.5 } }, undefined],
    ['that is missing', {}, undefined],
  ];
  for (const [name, body, expected] of cases) {
    it(`is read: one ${name}`, () => assert.deepEqual(factsOf(body).usage, expected));
  }

  it('is the last one where it stands twice', () => {
    const told = (count: number): string =>
      `"usage":{"prompt_tokens":${count},"completion_tokens":${count}}`;
    const text = `{${told(1)},${told(2)}}`;
    assert.deepEqual(readAnswer('chat', new TextEncoder().encode(text)).usage, usage(2, 2));
  });

  it('takes nothing from a prototype', () => {
    const text = '{"usage":{"__proto__":{"prompt_tokens":9,"completion_tokens":9}}}';
    assert.equal(readAnswer('chat', new TextEncoder().encode(text)).usage, undefined);
  });
});

describe('an answer', () => {
  it('says which model it came from', () => {
    assert.equal(factsOf({ model: 'qwen3-8b' }).model, 'qwen3-8b');
    assert.equal(factsOf({ model: 7 }).model, undefined);
  });

  it('is an error when it holds one, whatever its status', () => {
    assert.equal(factsOf({ error: { message: 'no' } }).error, true);
    assert.equal(factsOf({ code: 'bad', error: 'text' }).error, true);
    assert.equal(factsOf({ error: null, choices: [] }).error, false);
    assert.equal(factsOf({ choices: [{ error: { code: 1 } }] }).error, false);
  });

  it('is malformed when it is not one JSON object', () => {
    for (const text of ['', 'x', '[]', '{"a":1', '<html></html>', '{}{}']) {
      assert.equal(readAnswer('chat', new TextEncoder().encode(text)).malformed, true);
    }
  });
});
