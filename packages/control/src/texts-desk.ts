// Where documents are kept that people write as text, comments included: behind whoever composes
// the server, like the desk of the others. What a configuration file owns, it leaves alone. A
// change is held against what the documents promise, kept with whoever made it, and in force when
// the promise resolves.
import type { Origin } from '@signalbox/documents';
import type { DeskAnswer } from './documents-desk.ts';
import type { DraftProblem, Written } from './rehearsal.ts';

/**
 * Nouns of `signalbox.yaml` whose documents are written so. Prices have no names of their own: what
 * is kept under the name of a model are the prices of that model, a list or a single one.
 */
export const TEXT_NOUNS = ['policies', 'plans', 'rings', 'models', 'aliases', 'prices'] as const;
export type TextNoun = (typeof TEXT_NOUNS)[number];

export type TextPlace = { readonly noun: TextNoun; readonly name: string };

export type TextChange = TextPlace & {
  /** `set` replaces what the desk itself keeps. */
  readonly deed: 'create' | 'set' | 'remove';
  /** What stands below its name; of one that is removed, nothing. */
  readonly text: string;
  /** `operator`, or the name of a key. */
  readonly by: string;
  /** Asked of the text that stands just before the change; not given: whatever stands. */
  readonly isExpected?: ((stands: string | undefined) => boolean) | undefined;
};

export type TextAnswer =
  | DeskAnswer
  /** Another text stands than was expected. */
  | { readonly kind: 'changed' }
  /** Problems without a file are of the text, whose lines are counted from 1. */
  | { readonly kind: 'wrong'; readonly problems: readonly DraftProblem[] };

export type TextVersion = {
  /** From 1, without gaps. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly by: string;
  readonly deed: TextChange['deed'];
  readonly text: string;
};

export interface TextsDesk {
  /** By name, each with where it is written; a model that is only served is none. */
  all(noun: TextNoun): ReadonlyMap<string, Origin | undefined>;
  /** As it stands in its file; undefined: there is none, or it has no text of its own. */
  written(place: TextPlace): Written | undefined;
  /** Whether it can be changed here: no file owns it. */
  isKept(place: TextPlace): boolean;
  change(change: TextChange): Promise<TextAnswer>;
  /** What was kept here, the newest first; of what a file owns, nothing. */
  versions(place: TextPlace): Promise<readonly TextVersion[]>;
}
