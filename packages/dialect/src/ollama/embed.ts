// Embeddings in this dialect: /api/embed, a list of texts in and a vector for each out, and the
// older /api/embeddings with one `prompt` and one `embedding`.
import { type Result, yes } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Dropped, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk, WriteTo, Written } from '../canon/codec.ts';
import {
  dropOthers,
  type EmbedAsk,
  type Embedded,
  readVector,
  textsOf,
} from '../canon/embedding.ts';
import { countIn, listIn, member, restOf, textIn } from '../canon/exact.ts';
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
import { UNCUT, withoutLacking, withoutUncut } from './options.ts';

const KNOWN: ReadonlySet<string> = new Set(['model', 'input', 'prompt', 'dimensions']);

/** Of /api/embed (`input`) and /api/embeddings (`prompt`). */
export function readEmbedAsk(body: Json): Result<EmbedAsk, BadAsk> {
  return reading(() => {
    const whole = objectAt({ value: body, path: 'body' });
    booleanAt(at(whole, 'truncate'));
    objectAt(at(whole, 'options'));
    const dimensions = numberAt(at(whole, 'dimensions'));
    const prompt = textAt(at(whole, 'prompt'));
    const own = Object.entries(withoutUncut(restOf(whole, KNOWN))).filter(
      ([, value]) => value !== null,
    );
    return {
      model: neededText(at(whole, 'model')),
      inputs: prompt === undefined ? readInputs(whole) : [prompt],
      ...(dimensions === undefined ? {} : { dimensions }),
      base64: false,
      ...(own.length === 0 ? {} : { extra: { ollama: Object.fromEntries(own) } }),
    };
  });
}

function readInputs(body: Json | undefined): readonly string[] {
  const place = at(body, 'input');
  if (typeof place.value === 'string') return [place.value];
  if (place.value === undefined) throw new Wrong('input', 'The field `input` is missing.');
  return listAt(place).map((one) => {
    const text = textAt(one);
    if (text !== undefined) return text;
    throw new Wrong(one.path, `The field \`${one.path}\` must be a string.`);
  });
}

/** For /api/embed. Refused where an input is tokens: this dialect takes texts alone. */
export function writeEmbedAsk(ask: EmbedAsk, to: WriteTo): Result<Written, BadAsk> {
  const texts = textsOf(ask);
  if (!texts.ok) return texts;
  const dropped: Dropped = new Set(ask.user === undefined ? [] : ['user']);
  dropOthers(ask, 'ollama', dropped);
  const body: { [key: string]: Json } = {
    ...UNCUT,
    ...ask.extra?.ollama,
    model: to.model,
    input: texts.value,
    ...(ask.dimensions === undefined ? {} : { dimensions: ask.dimensions }),
  };
  withoutLacking(body, to.quirks, dropped);
  return yes({ body: encode(JSON.stringify(body)), dropped });
}

const text = new TextDecoder();

/** Of /api/embed and /api/embeddings. Undefined: it is no such answer. */
export function readEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const single = member(value, 'embedding');
  const rows = single === undefined ? listIn(value, 'embeddings') : [single];
  if (rows === undefined) return undefined;
  const vectors: (readonly number[])[] = [];
  for (const row of rows) {
    const vector = readVector(row);
    if (vector === undefined) return undefined;
    vectors.push(vector);
  }
  const model = textIn(value, 'model') || undefined;
  return { model, vectors, inputTokens: countIn(value, 'prompt_eval_count') };
}

/** Not `parseExact`: a vector's numbers are floats, whose last digits say nothing. */
function parsed(body: Uint8Array): Json | undefined {
  try {
    const value: Json = JSON.parse(text.decode(body));
    return value;
  } catch {
    return undefined;
  }
}

/** For the caller of /api/embed; `single`: of /api/embeddings. */
export function writeEmbedded(
  { vectors, inputTokens }: Embedded,
  { model, single }: { readonly model: string; readonly single: boolean },
): Uint8Array {
  if (single) return encode(JSON.stringify({ embedding: vectors[0] ?? [] }));
  const count: JsonObject = inputTokens === undefined ? {} : { prompt_eval_count: inputTokens };
  return encode(JSON.stringify({ model, embeddings: vectors, ...count }));
}
