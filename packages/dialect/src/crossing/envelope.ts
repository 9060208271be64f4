// Our noes in the caller's own envelope, and whole answers where a stream has begun already.
import type { Refusal } from '@signalbox/contract';
import * as anthropic from '../anthropic/anthropic.ts';
import { encode } from '../bytes.ts';
import type { Wire } from '../canon/canon.ts';
import * as gemini from '../gemini/gemini.ts';
import * as ollama from '../ollama/ollama.ts';
import { answerEvent, errorBody, errorEvent, type RefusalIds } from '../openai/refusal.ts';

type Envelope = {
  readonly errorBody: (refusal: Refusal, ids: RefusalIds) => Uint8Array;
  /** What follows it is an unclean end. */
  readonly errorEvent: (refusal: Refusal, ids: RefusalIds) => Uint8Array;
};

const ENVELOPES: Readonly<Record<Wire, Envelope>> = {
  openai: { errorBody, errorEvent },
  responses: { errorBody, errorEvent },
  anthropic,
  gemini,
  ollama,
};

export const errorBodyIn = (wire: Wire, refusal: Refusal, ids: RefusalIds): Uint8Array =>
  ENVELOPES[wire].errorBody(refusal, ids);

export const errorEventIn = (wire: Wire, refusal: Refusal, ids: RefusalIds): Uint8Array =>
  ENVELOPES[wire].errorEvent(refusal, ids);

const text = new TextDecoder();

/** A whole answer where a stream has begun already, as heartbeats do: one message, as it is. */
export function answerEventIn(wire: Wire, body: Uint8Array, isError: boolean): Uint8Array {
  if (wire !== 'ollama') return answerEvent(body, isError);
  return encode(`${text.decode(body).replaceAll(/\r?\n/g, ' ')}\n`);
}
