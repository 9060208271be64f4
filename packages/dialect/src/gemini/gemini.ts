// Google's dialect: `generateContent` and `streamGenerateContent`, as the Gemini API and Vertex AI
// speak it. Adds: requests and answers to and from our words; what the format cannot say is named
// as dropped. Signatures of thoughts and calls, ids of calls and reasons to stop survive both ways.
// It refuses what has the wrong type, with its path. It never invents an end: a stream ends when
// every candidate said why it stopped and the connection ended cleanly.
//
// Paths, credentials and differences between servers are in the table of server kinds.
import type { Codec } from '../canon/codec.ts';
import { readAsk } from './ask.ts';
import { writeAsk } from './ask-write.ts';
import { decoder, readWhole } from './decode.ts';
import { arrayEncoder, encoder } from './encode.ts';
import { readError } from './errors.ts';
import { writeWhole } from './whole.ts';

export { readAnswer } from './answer.ts';
export {
  readEmbedAsk,
  readEmbedded,
  type WrittenEmbedAsk,
  writeEmbedAsk,
  writeEmbedded,
} from './embed.ts';
export { readCountQuestion, readQuestion } from './question.ts';
export { errorBody, errorElement, errorEvent } from './refusal.ts';
export { streamReader } from './stream.ts';

/** Streams with `alt=sse`. */
export const gemini: Codec = {
  wire: 'gemini',
  readAsk,
  writeAsk,
  readWhole,
  writeWhole,
  decoder,
  encoder,
  readError,
  streamType: 'text/event-stream',
};

/** Streams without `alt=sse`: one array, element by element. */
export const geminiArray: Codec = {
  ...gemini,
  encoder: arrayEncoder,
  streamType: 'application/json',
};
