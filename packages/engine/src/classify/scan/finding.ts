// What the scanner says of a text: where, what, how sure. Never the value.
import type { Kind } from './identifiers.table.ts';

export type Finding = {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** `us-ssn`, `email-address`: what a label names. */
  readonly type: string;
  readonly kind: Kind;
  /** From 0 to 1; from `RAISES_FROM` on the finding raises the label, below it is a note. */
  readonly confidence: number;
};

export const RAISES_FROM = 0.5;
/** What is seen and raises nothing. */
export const NOTED = 0.3;
