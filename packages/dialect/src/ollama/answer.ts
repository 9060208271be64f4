// What a record needs of an answer whose bytes pass: which model says it answered, what was used,
// whether an error hides in a 200.
import type { Usage } from '@signalbox/contract';
import { type Field, integerAt, lastField, readObject } from '../json.ts';
import { type AnswerFacts, isError, stringField } from '../openai/answer.ts';

/** Of chats, prompts and embeddings alike. */
export function readAnswer(body: Uint8Array): AnswerFacts {
  const reading = readObject(body);
  const nothing = { model: undefined, usage: undefined, service: undefined };
  if (reading.kind === 'invalid') return { ...nothing, error: false, malformed: true };
  const { fields } = reading;
  return {
    model: stringField(body, fields, 'model'),
    usage: usageOf(body, fields),
    service: undefined,
    error: isError(fields),
    malformed: false,
  };
}

/** A count that is left out is 0, see `readUsage` of the decoder. */
export function usageOf(body: Uint8Array, fields: readonly Field[]): Usage | undefined {
  const input = countOf(body, fields, 'prompt_eval_count');
  const output = countOf(body, fields, 'eval_count');
  if (input === undefined && output === undefined) return undefined;
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cachedInputTokens: undefined,
    reasoningTokens: undefined,
    source: 'measured',
  };
}

function countOf(body: Uint8Array, fields: readonly Field[], name: string): number | undefined {
  const field = lastField(fields, name);
  const count = field === undefined ? undefined : integerAt(body, field);
  return count !== undefined && count >= 0 ? count : undefined;
}
