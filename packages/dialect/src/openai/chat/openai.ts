// The dialect of OpenAI's chat completions, as caller and as upstream, with what the many servers
// that speak it do to it. Reads and writes our one form; never asks whose server it is, only its
// quirks. What a server says out of order, twice, late or elsewhere is put right in the reading, so
// that what is written is what the official clients expect. No end is made up.
import type { Codec } from '../../canon/codec.ts';
import { ChatDecoder } from './decode.ts';
import { ChatEncoder } from './encode.ts';
import { readError } from './errors.ts';
import { readAsk } from './read-ask.ts';
import { readWhole } from './read-whole.ts';
import { writeAsk } from './write-ask.ts';
import { writeWhole } from './write-whole.ts';

export const openai: Codec = {
  wire: 'openai',
  readAsk,
  writeAsk,
  readWhole,
  writeWhole,
  decoder: () => new ChatDecoder(),
  encoder: (context) => new ChatEncoder(context),
  readError,
  streamType: 'text/event-stream',
};
