// The one form of embeddings between dialects, and OpenAI's wire into it and out of it: a list of
// texts or of token lists in, a vector for each out. OpenAI's clients ask for base64 of
// little-endian 32-bit floats by themselves; other wires know numbers alone. Here vectors are
// numbers, and each side gets what it asked for.
import { no, type Result, yes } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Dropped, Extra, Json, Wire } from './canon.ts';
import type { BadAsk, WriteTo, Written } from './codec.ts';
import { countIn, isObject, listIn, member, numberOf, restOf, textIn } from './exact.ts';

export type EmbedAsk = {
  readonly model: string;
  /** A text, or tokens of one model, which another model would read as another text. */
  readonly inputs: readonly (string | readonly number[])[];
  readonly dimensions?: number;
  /** Vectors are wanted in base64. */
  readonly base64: boolean;
  readonly user?: string;
  readonly extra?: Extra;
};

/** One vector for each input, in order. */
export type Embedded = {
  readonly model: string | undefined;
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens: number | undefined;
};

/** More inputs than this in one call are refused; OpenAI takes 2,048. */
const INPUTS_MAX = 65_536;

/** For wires that know texts alone. */
export function textsOf(ask: EmbedAsk): Result<readonly string[], BadAsk> {
  const texts = ask.inputs.filter((input) => typeof input === 'string');
  if (texts.length === ask.inputs.length) return yes(texts);
  return no({
    param: 'input',
    message: 'This model takes texts alone, no tokens. Send `input` as a string or strings.',
  });
}

/** What other wires said in their own words, by name. */
export function dropOthers(ask: EmbedAsk, wire: Wire, dropped: Dropped): void {
  for (const [other, own] of Object.entries(ask.extra ?? {})) {
    if (other === wire) continue;
    for (const key of Object.keys(own)) dropped.add(`${other}.${key}`);
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'input', 'dimensions', 'encoding_format', 'user'],
]);

export function readOpenaiEmbedAsk(body: Json): Result<EmbedAsk, BadAsk> {
  if (!isObject(body)) return wrong(undefined, 'The body must be a JSON object.');
  const model = textIn(body, 'model');
  if (model === undefined) return wrong('model', 'The field `model` must be a string.');
  const format = said(body, 'encoding_format');
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    return wrong('encoding_format', 'The field `encoding_format` must be `float` or `base64`.');
  }
  const dimensions = countIn(body, 'dimensions');
  if (dimensions === undefined && said(body, 'dimensions') !== undefined) {
    return wrong('dimensions', 'The field `dimensions` must be a whole number.');
  }
  const user = textIn(body, 'user');
  if (user === undefined && said(body, 'user') !== undefined) {
    return wrong('user', 'The field `user` must be a string.');
  }
  const inputs = readInputs(said(body, 'input'));
  if (!inputs.ok) return inputs;
  const rest = restOf(body, KNOWN);
  return yes({
    model,
    inputs: inputs.value,
    ...(dimensions === undefined ? {} : { dimensions }),
    base64: format === 'base64',
    ...(user === undefined ? {} : { user }),
    ...(rest === undefined ? {} : { extra: { openai: rest } }),
  });
}

/** Absent and null are the same. */
function said(body: Json, key: string): Json | undefined {
  const found = member(body, key);
  return found === null ? undefined : found;
}

const wrong = (param: string | undefined, message: string): Result<never, BadAsk> =>
  no({ param, message });

/** A string, strings, tokens, or lists of tokens. */
function readInputs(value: Json | undefined): Result<EmbedAsk['inputs'], BadAsk> {
  if (typeof value === 'string') return yes([value]);
  if (value === undefined) return wrong('input', 'The field `input` is missing.');
  if (!Array.isArray(value) || value.length > INPUTS_MAX) return wrong('input', NO_INPUT);
  const list: readonly Json[] = value;
  if (list.length > 0 && isTokens(list)) return yes([list]);
  const inputs: (string | readonly number[])[] = [];
  for (const [at, one] of list.entries()) {
    if (typeof one !== 'string' && !(Array.isArray(one) && isTokens(one))) {
      return wrong(`input[${at}]`, `The element \`input[${at}]\` must be a string or tokens.`);
    }
    inputs.push(one);
  }
  return yes(inputs);
}

const NO_INPUT = `The field \`input\` must be a string or a list of at most ${INPUTS_MAX}.`;

const isTokens = (list: readonly Json[]): list is readonly number[] =>
  list.every((one) => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0);

/** Vectors come as numbers, whatever the caller wants: they are written anew. */
export function writeOpenaiEmbedAsk(ask: EmbedAsk, to: WriteTo): Written {
  const { inputs, dimensions, user, extra } = ask;
  const dropped: Dropped = new Set();
  dropOthers(ask, 'openai', dropped);
  const [only] = inputs;
  const body: Record<string, Json> = {
    ...extra?.openai,
    model: to.model,
    input: inputs.length === 1 && only !== undefined ? only : inputs,
    encoding_format: 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(user === undefined ? {} : { user }),
  };
  for (const field of to.quirks.lacks ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    if (field !== 'encoding_format') dropped.add(field);
  }
  return { body: encode(JSON.stringify(body)), dropped };
}

const text = new TextDecoder();

/**
 * In the order of `index`. Undefined: it is no such answer. Not `parseExact`: a vector's numbers
 * are floats, whose last digits say nothing.
 */
export function readOpenaiEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const data = listIn(value, 'data');
  if (data === undefined) return undefined;
  const rows = data
    .map((row, at) => ({ row, place: countIn(row, 'index') ?? at }))
    .sort((a, b) => a.place - b.place);
  const vectors: (readonly number[])[] = [];
  for (const { row } of rows) {
    const vector = readVector(member(row, 'embedding'));
    if (vector === undefined) return undefined;
    vectors.push(vector);
  }
  const usage = member(value, 'usage');
  return {
    model: textIn(value, 'model') || undefined,
    vectors,
    inputTokens: countIn(usage, 'prompt_tokens') ?? countIn(usage, 'total_tokens'),
  };
}

function parsed(body: Uint8Array): Json | undefined {
  try {
    const value: Json = JSON.parse(text.decode(body));
    return value;
  } catch {
    return undefined;
  }
}

/** Numbers, or base64 of little-endian 32-bit floats. */
export function readVector(value: Json | undefined): readonly number[] | undefined {
  if (typeof value === 'string') return fromBase64(value);
  if (!Array.isArray(value)) return undefined;
  const list: readonly Json[] = value;
  const numbers = list.map(numberOf);
  return numbers.every((one) => one !== undefined) ? numbers : undefined;
}

/** Usage is told always: 0 where it is unknown. */
export function writeOpenaiEmbedded(
  { vectors, inputTokens = 0 }: Embedded,
  { model, base64 }: { readonly model: string; readonly base64: boolean },
): Uint8Array {
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: base64 ? toBase64(vector) : vector,
  }));
  const usage = { prompt_tokens: inputTokens, total_tokens: inputTokens };
  return encode(JSON.stringify({ object: 'list', data, model, usage }));
}

const FLOAT_BYTES = 4;
/** Of characters that one call makes a string of. */
const SLICE = 8_192;

export function toBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * FLOAT_BYTES));
  vector.forEach((one, index) => void view.setFloat32(index * FLOAT_BYTES, one, true));
  const bytes = new Uint8Array(view.buffer);
  let binary = '';
  for (let at = 0; at < bytes.length; at += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  }
  return btoa(binary);
}

export function fromBase64(encoded: string): readonly number[] | undefined {
  let binary: string;
  try {
    binary = atob(encoded);
  } catch {
    return undefined;
  }
  if (binary.length % FLOAT_BYTES !== 0) return undefined;
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / FLOAT_BYTES }, (_, index) =>
    view.getFloat32(index * FLOAT_BYTES, true),
  );
}
