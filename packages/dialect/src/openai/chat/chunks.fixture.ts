// Chunks and messages as servers send them, written by hand.
import assert from 'node:assert/strict';
import type { Answer, Json, ToolCall } from '../../canon/canon.ts';
import { fold } from '../../canon/fold.ts';
import { bytesOf, checked, decoded } from './chat.fixture.ts';
import { openai } from './openai.ts';

export const BASE = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 7, model: 'm' };
export const DONE = 'data: [DONE]\n\n';
export const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

export const event = (body: Json): string => `data: ${JSON.stringify(body)}\n\n`;
export const chunk = (choice: Json, more: object = {}): string =>
  event({ ...BASE, choices: [choice], ...more });
export const delta = (one: Json, index = 0): string =>
  chunk({ index, delta: one, finish_reason: null });
export const finish = (word: string, more: object = {}): string =>
  chunk({ index: 0, delta: {}, finish_reason: word, ...more });

/** Read in large chunks and byte by byte. */
export function read(...events: readonly string[]): Answer {
  const answer = fold(decoded(bytesOf(events.join(''))));
  const byBytes = fold(decoded(bytesOf(events.join('')), 0));
  assert.deepEqual(byBytes, answer);
  return answer;
}

export const readWhole = (message: Json, more: object = {}, choice: object = {}): Answer =>
  fold(
    checked(
      openai.readWhole({
        ...BASE,
        choices: [{ index: 0, message, finish_reason: 'stop', ...choice }],
        ...more,
      }),
    ),
  );

type Parts = Answer['answers'][number]['parts'];

export const parts = (answer: Answer): Parts | undefined => answer.answers[0]?.parts;
export const call = (id: string, name: string, text: string): ToolCall => ({
  kind: 'call',
  id,
  name,
  arguments: text,
});
export const tool = (item: object): Json => ({ tool_calls: [item as Json] });
