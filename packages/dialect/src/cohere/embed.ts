// Embeddings of Cohere's v2 API, `/v2/embed`: texts in, vectors by type out. Servers alone speak
// it. It wants to know what the vectors are for; callers of the OpenAI dialect may say so in
// `input_type`, and what nobody says is a document. Facts from recorded traffic and the API
// reference.
import { type Result, yes } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Dropped, Json } from '../canon/canon.ts';
import type { BadAsk, WriteTo, Written } from '../canon/codec.ts';
import {
  dropOthers,
  type EmbedAsk,
  type Embedded,
  readVector,
  textsOf,
} from '../canon/embedding.ts';
import { countIn, listIn, member, textIn } from '../canon/exact.ts';

const USUAL_TYPE = 'search_document';

/** What is too long is refused and not cut. Refused too where an input is tokens. */
export function writeEmbedAsk(ask: EmbedAsk, to: WriteTo): Result<Written, BadAsk> {
  const texts = textsOf(ask);
  if (!texts.ok) return texts;
  const dropped: Dropped = new Set(ask.user === undefined ? [] : ['user']);
  dropOthers(ask, 'openai', dropped);
  const { input_type: type, ...rest } = ask.extra?.openai ?? {};
  for (const name of Object.keys(rest)) dropped.add(`openai.${name}`);
  const body: Json = {
    model: to.model,
    texts: texts.value,
    input_type: type ?? USUAL_TYPE,
    embedding_types: ['float'],
    truncate: 'NONE',
    ...(ask.dimensions === undefined ? {} : { output_dimension: ask.dimensions }),
  };
  return yes({ body: encode(JSON.stringify(body)), dropped });
}

const text = new TextDecoder();

/** Undefined: it is no such answer. Billed units count as usage, as they do of a chat. */
export function readEmbedded(body: Uint8Array): Embedded | undefined {
  const value = parsed(body);
  const rows = listIn(member(value, 'embeddings'), 'float');
  if (rows === undefined) return undefined;
  const vectors: (readonly number[])[] = [];
  for (const row of rows) {
    const vector = readVector(row);
    if (vector === undefined) return undefined;
    vectors.push(vector);
  }
  const billed = member(member(value, 'meta'), 'billed_units');
  return {
    model: textIn(value, 'model') || undefined,
    vectors,
    inputTokens: countIn(billed, 'input_tokens'),
  };
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
