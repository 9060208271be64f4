// Embeddings: `embedContent` and `batchEmbedContents`, to and from the plain words that OpenAI's
// endpoint is translated with as well. Of answers also Vertex AI's `predict` is read.
import { no, type Result, yes } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Dropped, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk, Written } from '../canon/codec.ts';
import {
  dropOthers,
  type EmbedAsk,
  type Embedded,
  readVector,
  textsOf,
} from '../canon/embedding.ts';
import { countIn, isObject, listIn, member, said, textIn } from '../canon/exact.ts';
import { either, integerAt, listAt, objectAt, textAt, WrongField } from './fields.ts';

/** Fields of this dialect alone. */
const OWN = ['taskType', 'title', 'autoTruncate'];
const REQUESTS = 'requests';

/** @param model of the path. */
export function readEmbedAsk(body: Json, model: string): Result<EmbedAsk, BadAsk> {
  try {
    return yes(askOf(body, model));
  } catch (error) {
    if (error instanceof WrongField) return no({ param: error.param, message: error.message });
    throw error;
  }
}

function askOf(body: Json, model: string): EmbedAsk {
  const requests = listAt(body, REQUESTS, '');
  const [first = body] = requests ?? [];
  const path = requests === undefined ? '' : `${REQUESTS}[0]`;
  const config = objectAt(first, 'embedContentConfig', path) ?? first;
  const dimensions = integerAt(config, 'outputDimensionality', path);
  const own = Object.fromEntries(
    OWN.flatMap((name) => {
      const value = either(config, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const inputs =
    requests === undefined
      ? [inputOf(body, '')]
      : requests.map((one, at) => inputOf(one, `${REQUESTS}[${at}].`));
  return {
    model,
    inputs,
    base64: false,
    ...said({ dimensions, extra: Object.keys(own).length === 0 ? undefined : { gemini: own } }),
  };
}

/** The texts of a content are one input. */
function inputOf(request: Json, path: string): string {
  const place = `${path}content`;
  const content = objectAt(request, 'content', path.replace(/\.$/, ''));
  if (content === undefined) throw new WrongField(place, `The field \`${place}\` is missing.`);
  const parts = listAt(content, 'parts', place) ?? [];
  const texts = parts.map((part, at) => {
    const text = textAt(part, 'text', `${place}.parts[${at}]`);
    if (text !== undefined) return text;
    const param = `${place}.parts[${at}]`;
    throw new WrongField(
      param,
      `The field \`${param}\` must hold a text: nothing else is embedded.`,
    );
  });
  return texts.join('');
}

/** `method`: what the path ends with; one input alone is no batch. */
export type WrittenEmbedAsk = Written & {
  readonly method: 'embedContent' | 'batchEmbedContents';
};

/** Refused where an input is tokens: this dialect takes texts alone. */
export function writeEmbedAsk(ask: EmbedAsk, model: string): Result<WrittenEmbedAsk, BadAsk> {
  const texts = textsOf(ask);
  if (!texts.ok) return texts;
  const dropped: Dropped = new Set(ask.user === undefined ? [] : ['user']);
  dropOthers(ask, 'gemini', dropped);
  const name = `models/${model.replace(/^models\//, '')}`;
  const requests = texts.value.map((text) => ({
    model: name,
    content: { parts: [{ text }] },
    ...ask.extra?.gemini,
    ...said({ outputDimensionality: ask.dimensions }),
  }));
  const [only, second] = requests;
  return yes(
    only !== undefined && second === undefined
      ? { method: 'embedContent', body: encode(JSON.stringify(only)), dropped }
      : { method: 'batchEmbedContents', body: encode(JSON.stringify({ requests })), dropped },
  );
}

/** The same for `batchEmbedContents`, which takes one input as well. */
export function writeEmbedBatch(ask: EmbedAsk, model: string): Result<Written, BadAsk> {
  const written = writeEmbedAsk(ask, model);
  if (!written.ok || written.value.method === 'batchEmbedContents') return written;
  const { body: only, dropped } = written.value;
  return yes({ body: encode(`{"requests":[${text.decode(only)}]}`), dropped });
}

const text = new TextDecoder();

/** Undefined: it is no such answer. */
export function readEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const rows = rowsOf(value);
  if (rows === undefined) return undefined;
  const vectors: (readonly number[])[] = [];
  for (const row of rows) {
    const vector = readVector(member(row, 'values'));
    if (vector === undefined) return undefined;
    vectors.push(vector);
  }
  return { model: textIn(value, 'modelVersion'), vectors, inputTokens: tokensOf(value, rows) };
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

function rowsOf(value: Json | undefined): readonly Json[] | undefined {
  const single = member(value, 'embedding');
  if (isObject(single)) return [single];
  const predictions = listIn(value, 'predictions');
  const rows = predictions?.map((one) => member(one, 'embeddings') ?? null);
  return listIn(value, 'embeddings') ?? rows;
}

function tokensOf(value: Json | undefined, rows: readonly Json[]): number | undefined {
  const told = countIn(member(value, 'usageMetadata'), 'promptTokenCount');
  if (told !== undefined) return told;
  const counts = rows.map((row) => countIn(member(row, 'statistics'), 'token_count'));
  return counts.length === 0 || counts.includes(undefined)
    ? undefined
    : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** For the caller; `single`: of `embedContent`. */
export function writeEmbedded(
  { vectors, inputTokens }: Embedded,
  { single }: { readonly single: boolean },
): Uint8Array {
  const rows = vectors.map((values) => ({ values }));
  const usage: JsonObject =
    inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: inputTokens } };
  const body = single ? { embedding: rows[0] ?? { values: [] } } : { embeddings: rows };
  return encode(JSON.stringify({ ...body, ...usage }));
}
