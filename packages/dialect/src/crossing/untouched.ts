// What the record needs of an answer whose bytes pass as they are, by wire.
import type { Operation } from '@signalbox/contract';
import * as anthropic from '../anthropic/anthropic.ts';
import type { Wire } from '../canon/canon.ts';
import * as gemini from '../gemini/gemini.ts';
import * as ollama from '../ollama/ollama.ts';
import { type AnswerFacts, readAnswer } from '../openai/answer.ts';
import { type StreamReader, streamReader } from '../openai/stream.ts';

export type Watching = {
  readAnswer(operation: Operation, body: Uint8Array): AnswerFacts;
  /** @param hideUsage it was asked for by us, and is taken out again. */
  streamReader(operation: Operation, hideUsage: boolean): StreamReader;
};

export const UNTOUCHED: Readonly<Record<Wire, Watching>> = {
  openai: { readAnswer, streamReader },
  responses: { readAnswer, streamReader },
  anthropic: {
    readAnswer: (_, body) => anthropic.readAnswer(body),
    streamReader: () => anthropic.streamReader(),
  },
  gemini: {
    readAnswer: (_, body) => gemini.readAnswer(body),
    streamReader: () => gemini.streamReader(),
  },
  ollama: {
    readAnswer: (_, body) => ollama.readAnswer(body),
    streamReader: () => ollama.streamReader(),
  },
};
