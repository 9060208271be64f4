// Reads a request of the OpenAI dialect: finds the top-level fields that deciding needs and keeps
// the body as bytes. Keys that are escaped or stand twice are made plain first (the last value
// wins, every value keeps its bytes), so that no upstream can read another request than we did.
import {
  no,
  type Operation,
  type Question,
  type Refusal,
  type Result,
  refusal,
  type Splice,
  yes,
} from '@signalbox/contract';
import { concat, encode, splice } from '../bytes.ts';
import { type Field, innerFields, integerAt, readObject, stringAt } from '../json.ts';
import { type Outline, outline } from './outline.ts';

/** Names of models, aliases and needs are at most this long. */
const MODEL_CHARACTERS_MAX = 256;
const BYTES_PER_TOKEN = 4;

type Fields = ReadonlyMap<string, Field>;

/** @returns `body_invalid` with the byte offset or the field at fault. */
export function readQuestion(operation: Operation, body: Uint8Array): Result<Question, Refusal> {
  const reading = readObject(body);
  if (reading.kind === 'invalid') {
    const where = `The body is not valid JSON at byte ${reading.at}: ${reading.why}.`;
    return no(refusal('body_invalid', where));
  }
  const fields = new Map<string, Field>();
  let plain = true;
  for (const field of reading.fields) {
    if (field.escaped || fields.has(field.key)) plain = false;
    fields.set(field.key, field);
  }
  if (!plain) return readQuestion(operation, madePlain(body, fields));
  const wrong = firstWrong(operation, fields);
  if (wrong !== undefined) return no(wrong);
  return fromFields(operation, body, fields);
}

/** Every field once, key plain, values untouched. */
function madePlain(body: Uint8Array, fields: Fields): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [key, field] of fields) {
    pieces.push(encode(`${pieces.length === 0 ? '{' : ','}${JSON.stringify(key)}:`));
    pieces.push(body.subarray(field.valueStart, field.valueEnd));
  }
  pieces.push(encode('}'));
  return concat(pieces);
}

/** The field that must be there beside the model, and the kinds it may have. */
const CONTENT: Readonly<Record<Operation, readonly [string, readonly string[]]>> = {
  chat: ['messages', ['array']],
  completion: ['prompt', ['string', 'array']],
  response: ['input', ['string', 'array']],
  embedding: ['input', ['string', 'array']],
};

function firstWrong(operation: Operation, fields: Fields): Refusal | undefined {
  const invalid = (param: string, message: string): Refusal =>
    refusal('body_invalid', message, { param });
  const model = fields.get('model');
  if (model === undefined) return invalid('model', 'The field `model` is missing.');
  if (model.kind !== 'string') return invalid('model', 'The field `model` must be a string.');
  const [name, kinds] = CONTENT[operation];
  const content = fields.get(name);
  const optional = operation === 'response'; // a stored prompt may stand for the input
  if (content === undefined && !optional) return invalid(name, `The field \`${name}\` is missing.`);
  if (content !== undefined && !kinds.includes(content.kind)) {
    return invalid(name, `The field \`${name}\` must be ${kinds.join(' or ')}.`);
  }
  const stream = fields.get('stream')?.kind ?? 'null';
  if (stream !== 'true' && stream !== 'false' && stream !== 'null') {
    return invalid('stream', 'The field `stream` must be true or false.');
  }
  return undefined;
}

function fromFields(
  operation: Operation,
  body: Uint8Array,
  fields: Fields,
): Result<Question, Refusal> {
  const model = stringOf(body, fields.get('model'));
  if (model === undefined || model === '' || model.length > MODEL_CHARACTERS_MAX) {
    const message = `The field \`model\` must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
    return no(refusal('body_invalid', message, { param: 'model' }));
  }
  const stream = fields.get('stream')?.kind === 'true';
  const options = fields.get('stream_options');
  const usageWanted = includesUsage(body, options);
  let known: Outline | undefined;
  const seen = (): Outline => {
    known ??= outline(operation, body, fields);
    return known;
  };
  return yes({
    bytes: body,
    model,
    stream,
    usageWanted,
    outputTokensMax: outputTokensMax(body, fields),
    inputTokensEstimate: Math.ceil(body.length / BYTES_PER_TOKEN),
    toolsOffered: isFilled(body, fields.get('tools')),
    get unreadableParts() {
      return seen().unreadableParts;
    },
    statefulReference: stringOf(body, fields.get('previous_response_id')),
    sessionHint: sessionHint(body, fields.get('metadata')),
    lastInstruction: () => seen().lastInstruction(),
    sessionBytes: () => seen().sessionBytes(),
    render: (name, askUsage) => {
      const ask = askUsage && stream && !usageWanted && asksForUsage(operation);
      return splice(body, changes(body, fields, name === model ? undefined : name, ask));
    },
  });
}

/** Responses and embeddings always tell their usage; the older two only when asked. */
export const asksForUsage = (operation: Operation): boolean =>
  operation === 'chat' || operation === 'completion';

function changes(
  body: Uint8Array,
  fields: Fields,
  model: string | undefined,
  askUsage: boolean,
): readonly Splice[] {
  const found: Splice[] = [];
  const named = fields.get('model');
  if (model !== undefined && named !== undefined) {
    found.push({ start: named.valueStart, end: named.valueEnd, text: JSON.stringify(model) });
  }
  if (askUsage) found.push(usageChange(body, fields.get('stream_options'), body.indexOf(0x7b)));
  return found.sort((a, b) => a.start - b.start);
}

function usageChange(body: Uint8Array, options: Field | undefined, open: number): Splice {
  if (options === undefined) {
    const text = '"stream_options":{"include_usage":true},';
    return { start: open + 1, end: open + 1, text };
  }
  if (options.kind !== 'object') {
    return { start: options.valueStart, end: options.valueEnd, text: '{"include_usage":true}' };
  }
  const inner = innerFields(body, options.valueStart);
  const asked = inner.find((field) => field.key === 'include_usage');
  if (asked !== undefined) return { start: asked.valueStart, end: asked.valueEnd, text: 'true' };
  const text = inner.length === 0 ? '"include_usage":true' : '"include_usage":true,';
  return { start: options.valueStart + 1, end: options.valueStart + 1, text };
}

function includesUsage(body: Uint8Array, options: Field | undefined): boolean {
  if (options?.kind !== 'object') return false;
  const inner = innerFields(body, options.valueStart);
  return inner.some((field) => field.key === 'include_usage' && field.kind === 'true');
}

function outputTokensMax(body: Uint8Array, fields: Fields): number | undefined {
  for (const name of ['max_completion_tokens', 'max_output_tokens', 'max_tokens']) {
    const field = fields.get(name);
    const value = field === undefined ? undefined : integerAt(body, field);
    if (value !== undefined && value > 0) return value;
  }
  return undefined;
}

function isFilled(body: Uint8Array, field: Field | undefined): boolean {
  return field?.kind === 'array' && body[field.valueStart + 1] !== 0x5d;
}

function stringOf(body: Uint8Array, field: Field | undefined): string | undefined {
  if (field?.kind !== 'string') return undefined;
  return stringAt(body, field.valueStart, field.valueEnd);
}

function sessionHint(body: Uint8Array, metadata: Field | undefined): string | undefined {
  if (metadata?.kind !== 'object') return undefined;
  const inner = innerFields(body, metadata.valueStart);
  return stringOf(
    body,
    inner.find((field) => field.key === 'session_id'),
  );
}
