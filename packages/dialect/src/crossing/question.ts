// A caller's body in its own format, read for deciding.
import {
  assert,
  type Dialect,
  type Operation,
  type Question,
  type Refusal,
  type Result,
} from '@signalbox/contract';
import * as anthropic from '../anthropic/anthropic.ts';
import { readEmbedQuestion } from '../gemini/embed-question.ts';
import * as gemini from '../gemini/gemini.ts';
import * as ollama from '../ollama/ollama.ts';
import { readQuestion } from '../openai/question.ts';
import { isPassed } from '../passing/operations.table.ts';
import { type PassedHead, readPassed } from '../passing/question.ts';

/** What stands in the path instead of the body. */
export type InPath = {
  readonly model: string;
  readonly stream: boolean;
  /** Of an operation that only passes. */
  readonly passed?: PassedHead | undefined;
};

/** @param path only formats that name the model there look at it. */
export function questionIn(
  dialect: Dialect,
  operation: Operation,
  body: Uint8Array,
  path: InPath,
): Result<Question, Refusal> {
  if (isPassed(operation)) {
    const head = path.passed;
    assert(head !== undefined, 'a path that only passes tells what its head tells');
    return readPassed(operation, body, head);
  }
  switch (dialect) {
    case 'openai':
      return readQuestion(operation, body);
    case 'anthropic':
      return anthropic.readQuestion(body, operation !== 'count');
    case 'gemini':
      if (operation === 'embedding') return readEmbedQuestion(body, path.model);
      if (operation === 'count') return gemini.readCountQuestion(body, path.model);
      return gemini.readQuestion(body, path.model, path.stream);
    case 'ollama':
      return ollama.readQuestion(operation, body);
  }
}
