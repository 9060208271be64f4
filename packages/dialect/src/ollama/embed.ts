// Embeddings between this dialect and OpenAI's: a list of texts in, a vector for each out. The
// older /api/embeddings has one `prompt` and one `embedding`. OpenAI's clients ask for base64 of
// little-endian floats; here vectors are numbers, and each side gets what it asked for.
import type { Result } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Dropped, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk, Written } from '../canon/codec.ts';
import {
  at,
  booleanAt,
  listAt,
  neededText,
  numberAt,
  objectAt,
  reading,
  textAt,
  Wrong,
} from './fields.ts';

export type EmbedAsk = {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly dimensions?: number;
  /** Vectors are wanted in base64. */
  readonly base64: boolean;
  readonly user?: string;
  /** `truncate`, `keep_alive`, `options`: this dialect alone has them. */
  readonly own?: JsonObject;
};

/** One vector for each input, in order. */
export type Embedded = {
  readonly model: string | undefined;
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens: number | undefined;
};

const OWN = ['truncate', 'keep_alive', 'options'] as const;

/** Of /api/embed (`input`) and /api/embeddings (`prompt`). */
export function readEmbedAsk(body: Json): Result<EmbedAsk, BadAsk> {
  return reading(() => {
    const whole = objectAt({ value: body, path: 'body' });
    const own = OWN.flatMap((name) => {
      const { value } = at(whole, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    booleanAt(at(whole, 'truncate'));
    objectAt(at(whole, 'options'));
    const dimensions = numberAt(at(whole, 'dimensions'));
    const prompt = textAt(at(whole, 'prompt'));
    return {
      model: neededText(at(whole, 'model')),
      inputs: prompt === undefined ? readInputs(whole) : [prompt],
      ...(dimensions === undefined ? {} : { dimensions }),
      base64: false,
      ...(own.length === 0 ? {} : { own: Object.fromEntries(own) }),
    };
  });
}

/** Of OpenAI's /v1/embeddings. */
export function readOpenaiEmbedAsk(body: Json): Result<EmbedAsk, BadAsk> {
  return reading(() => {
    const whole = objectAt({ value: body, path: 'body' });
    const dimensions = numberAt(at(whole, 'dimensions'));
    const user = textAt(at(whole, 'user'));
    return {
      model: neededText(at(whole, 'model')),
      inputs: readInputs(whole),
      ...(dimensions === undefined ? {} : { dimensions }),
      base64: textAt(at(whole, 'encoding_format')) === 'base64',
      ...(user === undefined ? {} : { user }),
    };
  });
}

function readInputs(body: Json | undefined): readonly string[] {
  const place = at(body, 'input');
  if (typeof place.value === 'string') return [place.value];
  if (place.value === undefined) throw new Wrong('input', 'The field `input` is missing.');
  return listAt(place).map((one) => {
    // Lists of numbers are tokens of one model; another one would read another text.
    const text = textAt(one);
    if (text !== undefined) return text;
    throw new Wrong(one.path, `The field \`${one.path}\` must be a string.`);
  });
}

/** For /api/embed. `model`: the name that the upstream knows. */
export function writeEmbedAsk(ask: EmbedAsk, model: string): Written {
  const { inputs, dimensions, own } = ask;
  const body = {
    model,
    input: inputs,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...own,
  };
  const dropped: Dropped = new Set(ask.user === undefined ? [] : ['user']);
  return { body: encode(JSON.stringify(body)), dropped };
}

/** For OpenAI's /v1/embeddings: vectors come as numbers, whatever the caller wants. */
export function writeOpenaiEmbedAsk(ask: EmbedAsk, model: string): Written {
  const { inputs, dimensions, user } = ask;
  const body = {
    model,
    input: inputs,
    encoding_format: 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(user === undefined ? {} : { user }),
  };
  return { body: encode(JSON.stringify(body)), dropped: new Set(Object.keys(ask.own ?? {})) };
}

/** Of /api/embed and /api/embeddings. Undefined: it is no such answer. */
export function readEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const single = vectorOf(propertyOf(value, 'embedding'));
  const several = propertyOf(value, 'embeddings');
  const vectors = single === undefined ? vectorsOf(several) : [single];
  return vectors && { ...headOf(value), vectors, inputTokens: countOf(value, 'prompt_eval_count') };
}

/** Of OpenAI's /v1/embeddings, in the order of `index`. */
export function readOpenaiEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const data = propertyOf(value, 'data');
  if (!Array.isArray(data)) return undefined;
  const rows: readonly unknown[] = data;
  const place = (row: unknown, at: number): number => countOf(row, 'index') ?? at;
  const inOrder = rows
    .map((row, at) => ({ row, place: place(row, at) }))
    .sort((a, b) => a.place - b.place);
  const vectors = vectorsOf(inOrder.map(({ row }) => propertyOf(row, 'embedding')));
  const inputTokens = countOf(propertyOf(value, 'usage'), 'prompt_tokens');
  return vectors && { ...headOf(value), vectors, inputTokens };
}

/** For the caller of /api/embed; `single`: of /api/embeddings. */
export function writeEmbedded(
  { vectors, inputTokens }: Embedded,
  { model, single }: { readonly model: string; readonly single: boolean },
): Uint8Array {
  if (single) return encode(JSON.stringify({ embedding: vectors[0] ?? [] }));
  const count = inputTokens === undefined ? {} : { prompt_eval_count: inputTokens };
  return encode(JSON.stringify({ model, embeddings: vectors, ...count }));
}

/** For the caller of OpenAI's /v1/embeddings. Usage is told always: 0 where it is unknown. */
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

const text = new TextDecoder();

/** Not `parseExact`: a vector's numbers are floats, whose last digits say nothing. */
function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(text.decode(body));
  } catch {
    return undefined;
  }
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function headOf(value: unknown): { readonly model: string | undefined } {
  const model = propertyOf(value, 'model');
  return { model: typeof model === 'string' && model !== '' ? model : undefined };
}

function countOf(value: unknown, key: string): number | undefined {
  const count = propertyOf(value, key);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Undefined where one of them is no vector. */
function vectorsOf(value: unknown): readonly (readonly number[])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const vectors: (readonly number[])[] = [];
  for (const one of value) {
    const vector = vectorOf(one);
    if (vector === undefined) return undefined;
    vectors.push(vector);
  }
  return vectors;
}

function vectorOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'string') return fromBase64(value);
  if (!Array.isArray(value)) return undefined;
  return value.every((one) => typeof one === 'number') ? value : undefined;
}

const FLOAT_BYTES = 4;

function toBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * FLOAT_BYTES));
  vector.forEach((one, index) => void view.setFloat32(index * FLOAT_BYTES, one, true));
  let binary = '';
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(encoded: string): readonly number[] | undefined {
  let binary: string;
  try {
    binary = atob(encoded);
  } catch {
    return undefined;
  }
  if (binary.length % FLOAT_BYTES !== 0) return undefined;
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let i = 0; i < binary.length; i += 1) view.setUint8(i, binary.charCodeAt(i));
  const vector: number[] = [];
  for (let i = 0; i < binary.length; i += FLOAT_BYTES) vector.push(view.getFloat32(i, true));
  return vector;
}
