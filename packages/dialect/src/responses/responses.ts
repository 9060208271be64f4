// The Responses API of OpenAI, which Azure, xAI, LM Studio, llama-server, vLLM and others speak
// too: a request of typed items, an answer of typed items, a stream of typed events that tells both
// the fragments and the wholes. It carries thoughts with what the provider sealed of them,
// pictures, files, calls with ids; it has one answer to a question, no stop sequences, no seed, no
// penalties. State that a provider holds (stored responses, conversations) cannot cross. Facts:
// OpenAI's reference and client, recorded answers of OpenAI, Azure, xAI, LM Studio, GitHub Copilot
// and llama-server.
import type { Codec } from '../canon/codec.ts';
import { readAsk } from './ask.ts';
import { decoder } from './decode.ts';
import { encoder, writeWhole } from './encode.ts';
import { readError } from './errors.ts';
import { readWhole } from './whole.ts';
import { writeAsk } from './write-ask.ts';

export const responses: Codec = {
  wire: 'responses',
  readAsk,
  writeAsk,
  readWhole,
  writeWhole,
  decoder,
  encoder,
  readError,
  streamType: 'text/event-stream',
};
