// What is asked of the model for one answer, and the parts in which the answer comes.
import type { Grammar, Token } from './engine.ts';
import type { Sampling } from './generate.ts';
import type { TokenNote } from './notes.ts';

export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string; readonly notes: readonly TokenNote[] }
  | { readonly kind: 'call'; readonly index: number; readonly name: string }
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string }
  | {
      readonly kind: 'end';
      readonly reason: 'stop' | 'length' | 'tool_calls';
      readonly tokensSaid: number;
    };

export type Calls = {
  /** For one call of one of the tools. */
  readonly grammar: Grammar;
  /** Whether the answer must begin with a call. */
  readonly required: boolean;
  readonly several: boolean;
};

export type AnswerPlan = {
  readonly prompt: readonly Token[];
  readonly sampling: Sampling;
  readonly tokensMax: number;
  readonly notesTop: number | undefined;
  readonly stops: readonly string[];
  /** For the whole answer. */
  readonly shape: Grammar | undefined;
  readonly calls: Calls | undefined;
};
