// The codecs by wire, and which wire a call speaks.
import type { Dialect, Operation } from '@signalbox/contract';
import { anthropic } from '../anthropic/anthropic.ts';
import type { Wire } from '../canon/canon.ts';
import type { Codec } from '../canon/codec.ts';
import { gemini } from '../gemini/gemini.ts';
import { ollama } from '../ollama/ollama.ts';
import { openai } from '../openai/chat/openai.ts';
import { responses } from '../responses/responses.ts';

export const CODECS: Readonly<Record<Wire, Codec>> = {
  openai,
  responses,
  anthropic,
  gemini,
  ollama,
};

/** Two formats share the paths of the OpenAI dialect. */
export const wireOf = (dialect: Dialect, operation: Operation): Wire =>
  dialect === 'openai' && operation === 'response' ? 'responses' : dialect;
