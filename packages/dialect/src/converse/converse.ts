// The format of Amazon Bedrock's Converse and ConverseStream, which is one for all models there.
// Servers alone speak it: requests are written, answers read, and nobody asks us in it. Its streams
// are binary frames (`application/vnd.amazon.eventstream`); the connection takes the frames apart,
// and here come server-sent events, each an object whose one key names it.
import type { ServerCodec } from '../canon/codec.ts';
import { decoder } from './decode.ts';
import { readWhole } from './whole.ts';
import { writeAsk } from './write-ask.ts';

export const converse: ServerCodec = { writeAsk, readWhole, decoder };
