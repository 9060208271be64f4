// The dialect of Anthropic's Messages API, `/v1/messages`: requests and answers into our words and
// back (`anthropic`), requests and answers that pass as bytes (`readQuestion`, `readAnswer`,
// `streamReader`), and our noes in its envelope. What the wire cannot carry is named, never bent;
// signatures of thoughts survive every way through it.
import type { Codec } from '../canon/codec.ts';
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
