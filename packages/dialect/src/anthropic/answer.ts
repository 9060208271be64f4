// What a record needs of an answer that passes as bytes: which model says it answered, what was
// used, whether an error hides in a 200.
import type { Json } from '../canon/canon.ts';
import { tryParse } from '../canon/exact.ts';
import { type Field, lastField, readObject } from '../json.ts';
import { type AnswerFacts, isError, stringField } from '../openai/answer.ts';
import { readUsage } from './usage.ts';

export function readAnswer(body: Uint8Array): AnswerFacts {
  const reading = readObject(body);
  if (reading.kind === 'invalid') {
    const nothing = { model: undefined, usage: undefined, service: undefined };
    return { ...nothing, error: false, malformed: true };
  }
  const { fields } = reading;
  const told = readUsage(usageIn(body, fields));
  return {
    model: stringField(body, fields, 'model'),
    usage: told?.usage,
    service: told?.service,
    error: isError(fields) || stringField(body, fields, 'type') === 'error',
    malformed: false,
  };
}

/** The usage among the fields of a message or an event. */
export function usageIn(body: Uint8Array, fields: readonly Field[]): Json | undefined {
  const usage = lastField(fields, 'usage');
  if (usage?.kind !== 'object') return undefined;
  return tryParse(body.subarray(usage.valueStart, usage.valueEnd));
}
