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

/** Index of the first hit that ends after `at`. */
export function hitsFrom(page: Page, at: number): number {
  let low = 0;
  let high = page.hits;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((page.hitEnd[middle] as number) <= at)
      low = middle + 1; // within: below `hits`
    else high = middle;
  }
  return low;
}

/** Distances of the nearest word on one side of a value, by group; 255 is none. */
class Side {
  readonly distance: Uint8Array = new Uint8Array(GROUPS.length).fill(255);
  low = 0;
  high = 0;
  readonly #touched: Uint8Array = new Uint8Array(GROUPS.length);
  #many = 0;

  clear(): void {
    for (let i = 0; i < this.#many; i += 1) this.distance[this.#touched[i] as number] = 255;
    this.#many = 0;
    this.low = 0;
    this.high = 0;
  }

  note(groups: readonly number[], distance: number): void {
    for (let i = 0; i < groups.length; i += 1) {
      const group = groups[i] as number; // within: i is
      const known = this.distance[group] as number; // one a group
      if (distance >= known) continue;
      this.distance[group] = distance;
      if (known < 255) continue;
      this.#touched[this.#many] = group;
      this.#many += 1;
      if (group < BITS) this.low |= 1 << group;
      else this.high |= 1 << (group - BITS);
    }
  }

  nearest({ low, high, groups }: GroupSet): number {
    let least = 255;
    if ((low & this.low) === 0 && (high & this.high) === 0) return least;
    for (let i = 0; i < groups.length; i += 1) {
      const distance = this.distance[groups[i] as number] as number; // one a group
      if (distance < least) least = distance;
    }
    return least;
  }
}

/** The words around one value, found once and asked by every type that the value could be. */
export class Surroundings {
  readonly #before: Side = new Side();
  readonly #after: Side = new Side();
  /** The first hit that ends after the value begins. */
  #first = 0;

  /** What stands before a value that begins at `start`; a heading stands right before it. */
  lookBefore(page: Page, start: number, heading: GroupSet | undefined): void {
    const side = this.#before;
    side.clear();
    const first = hitsFrom(page, start);
    this.#first = first;
    for (let i = first - 1; i >= 0 && i >= first - HITS_MAX; i -= 1) {
      const distance = start - (page.hitEnd[i] as number); // within: below `hits`
      if (distance > BEFORE_MAX) break;
      side.note(page.groupsOf(i), distance);
    }
    if (heading !== undefined) side.note(heading.groups, 0);
  }

  /** What stands after a value that ends at `end`, whose start has been looked before. */
  lookAfter(page: Page, end: number): void {
    const side = this.#after;
    side.clear();
    const until = Math.min(page.hits, this.#first + HITS_MAX);
    for (let i = this.#first; i < until; i += 1) {
      const distance = (page.hitStart[i] as number) - end; // within: below `hits`
      if (distance > AFTER_MAX) break;
      if (distance >= 0) side.note(page.groupsOf(i), distance);
    }
  }

  /** Some word of the set stands near: that of `nearest` is not 255. */
  holds({ low, high }: GroupSet): boolean {
    return (
      (low & (this.#before.low | this.#after.low)) !== 0 ||
      (high & (this.#before.high | this.#after.high)) !== 0
    );
  }

  /** Distance of the nearest word of the set, one behind counted twice; 255 when there is none. */
  nearest(set: GroupSet): number {
    if (!this.holds(set)) return 255;
    return Math.min(this.#before.nearest(set), 2 * this.#after.nearest(set));
  }

  nearestBefore(set: GroupSet): number {
    return this.#before.nearest(set);
  }

  /** Distance of a word that makes the value a number of a thing. */
  against(): number {
    const before = this.#before.distance[NOT] as number; // one a group
    return before <= AGAINST_MAX ? before : 255;
  }
}
