// Where documents are tried before anybody is served by them: behind whoever composes the server.
// Nothing here changes what is in force.
import type { Configuration } from '@signalbox/documents';
import type { Snapshot } from '@signalbox/engine';

/** A policy as somebody is writing it: what stands below its name in `policies`. */
export type Draft = { readonly name: string; readonly text: string };

export type Written = { readonly text: string; readonly file: string; readonly line: number };

export type DraftProblem = {
  /** Undefined: in the draft itself, whose lines and columns are counted from 1. */
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  /** The line and, below it, a caret; empty where there is none. */
  readonly excerpt: string;
  readonly message: string;
  readonly hint: string;
};

export type Attempt = {
  readonly problems: readonly DraftProblem[];
  /** Everything with the draft in its place; undefined: it cannot be read. */
  readonly configuration: Configuration | undefined;
};

/** How far a draft is asked: whether it can be read, or also what it promises. */
export type Depth = 'form' | 'promises';

export interface Rehearsal {
  /** What calls are decided on now. */
  snapshot(): Snapshot;
  /** Undefined: no document has this name. */
  written(policy: string): Written | undefined;
  attempt(draft: Draft, depth: Depth): Promise<Attempt>;
}
