// What the words around a value say of it. The nearest word wins: `order 4111...` is an order,
// `order paid with card 4111...` a card.
import type { Page } from './page.ts';
import { GROUPS, groupNumber } from './words.ts';

/** How far a word before or after a value speaks for it, in characters. */
const BEFORE_MAX = 72;
const AFTER_MAX = 32;
/** Hits looked at on either side. */
const HITS_MAX = 24;
/** A word that speaks against a value stands right before it. */
const AGAINST_MAX = 30;

const NOT = groupNumber('not');
/** Two of these hold every group. */
const BITS = 31;

/** Groups by number, and the same as bits: most questions are answered by the bits. */
export type GroupSet = {
  readonly low: number;
  readonly high: number;
  readonly groups: readonly number[];
};
export const groupSet = (names: readonly string[]): GroupSet => setOf(names.map(groupNumber));
export function setOf(groups: readonly number[]): GroupSet {
  let low = 0;
  let high = 0;
  for (const group of groups) {
    if (group < BITS) low |= 1 << group;
    else high |= 1 << (group - BITS);
  }
  return { low, high, groups };
}

/** Index of the first hit that begins at or after `at`. */
export function hitsFrom(page: Page, at: number): number {
  let low = 0;
  let high = page.hits;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((page.hitEnd[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The words around one value, found once and asked by every type that the value could be. */
export class Surroundings {
  /** By group: distance of the nearest word before and after; 255 is none. */
  readonly before: Uint8Array = new Uint8Array(GROUPS.length).fill(255);
  readonly after: Uint8Array = new Uint8Array(GROUPS.length).fill(255);
  #low = 0;
  #high = 0;
  #touched: number[] = [];

  /** @param heading what the heading of its column says stands right before the value. */
  look(page: Page, start: number, end: number, heading: GroupSet | undefined): void {
    for (let i = 0; i < this.#touched.length; i += 1) {
      const group = this.#touched[i] ?? 0;
      this.before[group] = 255;
      this.after[group] = 255;
    }
    this.#touched.length = 0;
    this.#low = 0;
    this.#high = 0;
    const first = hitsFrom(page, start);
    for (let i = first - 1; i >= 0 && i >= first - HITS_MAX; i -= 1) {
      const distance = start - (page.hitEnd[i] ?? 0);
      if (distance > BEFORE_MAX) break;
      this.#note(page.wordOf(i)?.groups ?? [], distance, this.before);
    }
    for (let i = first; i < page.hits && i < first + HITS_MAX; i += 1) {
      const distance = (page.hitStart[i] ?? 0) - end;
      if (distance > AFTER_MAX) break;
      if (distance >= 0) this.#note(page.wordOf(i)?.groups ?? [], distance, this.after);
    }
    if (heading !== undefined) this.#note(heading.groups, 0, this.before);
  }

  #note(groups: readonly number[], distance: number, into: Uint8Array): void {
    for (let i = 0; i < groups.length; i += 1) {
      const group = groups[i] ?? 0;
      if (distance >= (into[group] ?? 255)) continue;
      into[group] = distance;
      this.#touched.push(group);
      if (group < BITS) this.#low |= 1 << group;
      else this.#high |= 1 << (group - BITS);
    }
  }

  /** Distance of the nearest word of the set, 255 when there is none. */
  nearest(set: GroupSet): number {
    if ((set.low & this.#low) === 0 && (set.high & this.#high) === 0) return 255;
    let least = 255;
    for (let i = 0; i < set.groups.length; i += 1) {
      const group = set.groups[i] ?? 0;
      const before = this.before[group] ?? 255;
      const after = (this.after[group] ?? 255) * 2;
      if (before < least) least = before;
      if (after < least) least = after;
    }
    return least;
  }

  nearestBefore(set: GroupSet): number {
    if ((set.low & this.#low) === 0 && (set.high & this.#high) === 0) return 255;
    let least = 255;
    for (let i = 0; i < set.groups.length; i += 1) {
      const before = this.before[set.groups[i] ?? 0] ?? 255;
      if (before < least) least = before;
    }
    return least;
  }

  /** Distance of a word that makes the value a number of a thing. */
  against(): number {
    const before = this.before[NOT] ?? 255;
    return before <= AGAINST_MAX ? before : 255;
  }
}
