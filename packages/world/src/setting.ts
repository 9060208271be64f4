// What a world is about: which documents, which storm, which callers, and what ends it.
import type { Configuration } from '@signalbox/documents';
import type { Chance } from './chance.ts';
import { drawWish, type WishTools } from './client/wish.ts';
import { type Changed, changedDocuments } from './documents/change.ts';
import { firstDocuments } from './documents/first.ts';
import type { Wish } from './facts.ts';
import type { Invariant } from './oracle/invariants.table.ts';
import { FULL, type Planned, planStorm } from './storm.ts';

export type Setting = {
  /** @param startMs Unix milliseconds at which the world begins. */
  readonly documents: (chance: Chance, startMs: number) => Configuration;
  readonly change: (before: Configuration, chance: Chance) => Changed;
  readonly storm: (chance: Chance, endpoints: readonly string[]) => readonly Planned[];
  readonly wish: (number: number, tools: WishTools) => Wish;
  /** What ends the world; undefined: everything that must hold. */
  readonly judged: ReadonlySet<Invariant> | undefined;
  /** Some model servers answer with far more than anybody reads. */
  readonly floods: boolean;
  /**
   * In this share of the worlds endpoints are asked about themselves, and webhooks are told of the
   * registry.
   */
  readonly besideShare: number;
  /** What leaves is asked once more at the far end, as the real ports ask. */
  readonly asserts: boolean;
};

export const EVERYTHING: Setting = {
  documents: firstDocuments,
  change: changedDocuments,
  storm: (chance, endpoints) => planStorm(chance, endpoints, FULL),
  wish: drawWish,
  judged: undefined,
  floods: true,
  besideShare: 0,
  asserts: false,
};
