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

export type GroupSet = Uint8Array;
export function groupSet(names: readonly string[]): GroupSet {
  const set = new Uint8Array(GROUPS.length);
  for (const name of names) set[groupNumber(name)] = 1;
  return set;
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
  #touched: number[] = [];

  look(page: Page, start: number, end: number): void {
    for (const group of this.#touched) {
      this.before[group] = 255;
      this.after[group] = 255;
    }
    this.#touched.length = 0;
    const first = hitsFrom(page, start);
    for (let i = first - 1; i >= 0 && i >= first - HITS_MAX; i -= 1) {
      const distance = start - (page.hitEnd[i] ?? 0);
      if (distance > BEFORE_MAX) break;
      this.#note(page, i, distance, this.before);
    }
    for (let i = first; i < page.hits && i < first + HITS_MAX; i += 1) {
      const distance = (page.hitStart[i] ?? 0) - end;
      if (distance > AFTER_MAX) break;
      if (distance >= 0) this.#note(page, i, distance, this.after);
    }
  }

  #note(page: Page, hit: number, distance: number, into: Uint8Array): void {
    const groups = page.wordOf(hit)?.groups ?? [];
    for (let i = 0; i < groups.length; i += 1) {
      const group = groups[i] ?? 0;
      if (distance >= (into[group] ?? 255)) continue;
      into[group] = distance;
      this.#touched.push(group);
    }
  }

  /** Distance of the nearest word of the set, 255 when there is none. */
  nearest(set: GroupSet): number {
    let least = 255;
    for (const group of this.#touched) {
      if (set[group] !== 1) continue;
      const distance = Math.min(this.before[group] ?? 255, (this.after[group] ?? 255) * 2);
      if (distance < least) least = distance;
    }
    return least;
  }

  nearestBefore(set: GroupSet): number {
    let least = 255;
    for (const group of this.#touched) {
      if (set[group] === 1) least = Math.min(least, this.before[group] ?? 255);
    }
    return least;
  }

  /** Distance of a word that makes the value a number of a thing. */
  against(): number {
    const before = this.before[NOT] ?? 255;
    return before <= AGAINST_MAX ? before : 255;
  }
}
