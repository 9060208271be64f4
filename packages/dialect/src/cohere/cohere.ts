// The format of Cohere's v2 Chat API, `/v2/chat`. Servers alone speak it: requests are written,
// answers read, and nobody asks us in it. Its messages are those of OpenAI's chat with other fields
// around them, so they are ordered there and written anew here; its streams are typed events that
// begin and end each content, call and citation. Facts from recorded traffic and the API reference.
import type { ServerCodec } from '../canon/codec.ts';
import { decoder } from './decode.ts';
import { readWhole } from './whole.ts';
import { writeAsk } from './write-ask.ts';

export const cohere: ServerCodec = { writeAsk, readWhole, decoder };
