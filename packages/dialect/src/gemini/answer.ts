// What a record needs of an answer that passes as bytes: which model says it answered, what was
// used, whether an error hides in a 200.
import { isObject, tryParse } from '../canon/exact.ts';
import { type Field, lastField, readObject } from '../json.ts';
import { type AnswerFacts, isError, stringField } from '../openai/answer.ts';
import { errorIn } from './errors.ts';
import { readUsage, type Told } from './usage.ts';

const NOTHING = { model: undefined, usage: undefined, service: undefined };

export function readAnswer(body: Uint8Array): AnswerFacts {
  const reading = readObject(body);
  if (reading.kind === 'invalid') return readArray(body);
  const { fields } = reading;
  const told = usageIn(body, fields);
  return {
    model: stringField(body, fields, 'modelVersion'),
    usage: told?.usage,
    service: told?.service,
    error: isError(fields),
    malformed: false,
  };
}

/** Errors may come as an array of one, and a stream that is read as a whole is one of chunks. */
function readArray(body: Uint8Array): AnswerFacts {
  const chunks = tryParse(body);
  if (!Array.isArray(chunks)) return { ...NOTHING, error: false, malformed: true };
  let told: Told | undefined;
  let model: string | undefined;
  for (const chunk of chunks) {
    if (!isObject(chunk)) continue;
    told = readUsage(chunk['usageMetadata']) ?? told;
    const named = chunk['modelVersion'];
    if (typeof named === 'string' && named !== '') model ??= named;
  }
  const error = chunks.some((chunk) => errorIn(chunk) !== undefined);
  return { model, usage: told?.usage, service: told?.service, error, malformed: false };
}

/** The usage among the fields of an answer or of a stream's chunk. */
export function usageIn(body: Uint8Array, fields: readonly Field[]): Told | undefined {
  const metadata = lastField(fields, 'usageMetadata');
  if (metadata?.kind !== 'object') return undefined;
  return readUsage(tryParse(body.subarray(metadata.valueStart, metadata.valueEnd)));
}
