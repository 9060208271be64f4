// The codecs by wire, and which wire a call speaks.
import type { Dialect, Operation } from '@signalbox/contract';
import { anthropic } from '../anthropic/anthropic.ts';
import type { ServerWire, Wire } from '../canon/canon.ts';
import type { Codec, ServerCodec } from '../canon/codec.ts';
import { cohere } from '../cohere/cohere.ts';
import { converse } from '../converse/converse.ts';
import { gemini } from '../gemini/gemini.ts';
import { generate, ollama } from '../ollama/ollama.ts';
import { completions } from '../openai/chat/completion.ts';
import { openai } from '../openai/chat/openai.ts';
import { responses } from '../responses/responses.ts';

export const CODECS: Readonly<Record<Wire, Codec>> = {
  openai,
  responses,
  anthropic,
  gemini,
  ollama,
};

/** How servers are asked and answer. */
export const SERVER_CODECS: Readonly<Record<ServerWire, ServerCodec>> = {
  ...CODECS,
  converse,
  cohere,
};

/** Of a format in which no server is asked. */
export type CallerCodec = Omit<Codec, 'writeAsk'>;

/** How callers ask for a completion of a prompt; of servers a chat is asked for them. */
const PROMPTS: { readonly [W in Wire]?: CallerCodec } = { openai: completions, ollama: generate };

export const callerCodec = (caller: Wire, operation: Operation): CallerCodec =>
  (operation === 'completion' ? PROMPTS[caller] : undefined) ?? CODECS[caller];

/** Formats that have embeddings, the one that carries most of them first. */
export const EMBED_WIRES: readonly Wire[] = ['openai', 'ollama', 'gemini'];

/** Formats in which a server may be asked for a count of tokens, beside the one it prefers. */
export const COUNT_WIRES: readonly Wire[] = ['anthropic', 'responses', 'gemini', 'openai'];

/** Two formats share the paths of the OpenAI dialect; of them responses alone are counted. */
export const wireOf = (dialect: Dialect, operation: Operation): Wire =>
  dialect === 'openai' && (operation === 'response' || operation === 'count')
    ? 'responses'
    : dialect;
