import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Dialect, Operation } from '@signalbox/contract';
import { kindOf } from '../kinds/kinds.ts';
import { bounded } from './bounded.ts';
import { laneTo } from './lane.ts';
import { questionIn } from './question.ts';

const CASES: readonly (readonly [
  kind: string,
  dialect: Dialect,
  operation: Operation,
  body: object,
  expected: object,
])[] = [
  ['vllm', 'openai', 'chat', { model: 'm', messages: [] }, { max_tokens: 9 }],
  ['openai', 'openai', 'chat', { model: 'm', messages: [] }, { max_completion_tokens: 9 }],
  [
    'vllm',
    'openai',
    'chat',
    { max_completion_tokens: 99, max_tokens: 3, model: 'm', messages: [] },
    { max_completion_tokens: 9, max_tokens: 3 },
  ],
  ['vllm', 'openai', 'completion', { model: 'm', prompt: 'x', max_tokens: 0 }, { max_tokens: 9 }],
  ['openai', 'openai', 'response', { model: 'm', input: 'x' }, { max_output_tokens: 9 }],
  [
    'anthropic',
    'anthropic',
    'chat',
    { model: 'm', messages: [], max_tokens: 99 },
    { max_tokens: 9 },
  ],
  ['gemini', 'gemini', 'chat', { contents: [] }, { generationConfig: { maxOutputTokens: 9 } }],
  [
    'gemini',
    'gemini',
    'chat',
    { contents: [], generationConfig: {} },
    { generationConfig: { maxOutputTokens: 9 } },
  ],
  [
    'gemini',
    'gemini',
    'chat',
    { contents: [], generationConfig: { topK: 1, maxOutputTokens: 99 } },
    { generationConfig: { topK: 1, maxOutputTokens: 9 } },
  ],
  [
    'ollama',
    'ollama',
    'chat',
    { model: 'm', messages: [], options: { num_predict: -1 } },
    { options: { num_predict: 9 } },
  ],
  [
    'ollama',
    'ollama',
    'chat',
    { model: 'm', messages: [], options: null },
    { options: { num_predict: 9 } },
  ],
];

describe('a bound on output tokens', () => {
  for (const [kind, dialect, operation, body, expected] of CASES) {
    it(`of a ${dialect} ${operation} to ${kind}: ${JSON.stringify(body)}`, () => {
      const server = kindOf(kind);
      const lane = server && laneTo(server, '/v1', dialect, operation);
      assert.ok(lane);
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const read = questionIn(dialect, operation, bytes, { model: 'm', stream: false });
      assert.ok(read.ok);
      const question = bounded(read.value, lane, 9);
      const sent = JSON.parse(new TextDecoder().decode(question.bytes));
      assert.deepEqual(sent, { ...body, ...expected });
      assert.equal(question.outputTokensMax, 9);
    });
  }
});
