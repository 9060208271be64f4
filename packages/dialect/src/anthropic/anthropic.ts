// The dialect of Anthropic's Messages API, `/v1/messages`: requests and answers into our words and
// back (`anthropic`), requests and answers that pass as bytes (`readQuestion`, `readAnswer`,
// `streamReader`), our noes in its envelope, and the count of a request's tokens. What the wire
// cannot carry is named, never bent; signatures of thoughts survive every way through it.
import { no, type Result, yes } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Ask, Json } from '../canon/canon.ts';
import type { BadAsk, Codec } from '../canon/codec.ts';
import { countIn } from '../canon/exact.ts';
import { decoder } from './decode.ts';
import { encoder } from './encode.ts';
import { readError } from './errors.ts';
import { readAsk } from './read-ask.ts';
import { readWhole, writeWhole } from './whole.ts';
import { writeAsk } from './write-ask.ts';

export { readAnswer } from './answer.ts';
export { readQuestion, withVersion } from './question.ts';
export { errorBody, errorEvent, statusOf } from './refusal.ts';
export { streamReader } from './stream.ts';

export const anthropic: Codec = {
  wire: 'anthropic',
  readAsk,
  writeAsk,
  readWhole,
  writeWhole,
  decoder,
  encoder,
  readError,
  streamType: 'text/event-stream',
};

/** A request of `count_tokens`: what a message would be asked with, never a stream. */
export function readCount(body: Json): Result<Ask, BadAsk> {
  const reading = readAsk(body);
  return reading.ok ? yes({ ...reading.value, stream: false }) : no(reading.refusal);
}

/** The answer of `count_tokens`. */
export const writeCount = (tokens: number): Uint8Array =>
  encode(JSON.stringify({ input_tokens: tokens }));

/** The tokens that an upstream counted; undefined: it told none. */
export const readCounted = (body: Json): number | undefined => countIn(body, 'input_tokens');
