// Chance from a seed: the same seed draws the same, everywhere. A fork has a stream of its own, so
// that one more draw in one part of the world changes nothing in the others.
import { assert, type Random } from '@signalbox/contract';

const UINT32 = 0x1_0000_0000;
const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;

export class Chance {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** A stream of its own, named. */
  fork(name: string): Chance {
    let mixed = BASIS ^ this.#seed;
    for (let at = 0; at < name.length; at += 1) {
      mixed = Math.imul(mixed ^ name.charCodeAt(at), PRIME) >>> 0;
    }
    return new Chance(mixed ^ Math.imul(this.#seed, 0x9e3779b1));
  }

  /** Whole, from 0 to `bound` exclusive. */
  below(bound: number): number {
    assert(bound > 0, 'a draw has a bound above zero');
    return this.#next() % bound;
  }

  /** Whole, both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  happens(share: number): boolean {
    return this.#next() < share * UINT32;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return this.oneOf(choices) ?? choices[0];
  }

  /** Undefined for an empty list. */
  oneOf<T>(choices: readonly T[]): T | undefined {
    return choices.length === 0 ? undefined : choices[this.below(choices.length)];
  }

  /** Each choice with its weight, a whole number. */
  weighted<T>(choices: readonly [readonly [T, number], ...(readonly [T, number])[]]): T {
    let left = this.below(choices.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [choice, weight] of choices) {
      if (left < weight) return choice;
      left -= weight;
    }
    return choices[0][0];
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = this.#next() & 0xff;
    return bytes;
  }

  /** The `Random` port. */
  random(): Random {
    return { bytes: (count) => this.bytes(count) };
  }

  /** splitmix32. */
  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }
}
