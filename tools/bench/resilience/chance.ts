/**
 * Chance from a seed, and the distributions of the simulations. First tokens of a cloud take a
 * lognormal time with a median of 600 ms, and three in a hundred calls stall for 3 to 20 s; those
 * of the local model take 143 ms in the median and hardly vary.
 */

export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  /** The time between two calls that come independently of each other. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  lognormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.next()));
  }
}

const STALL_SHARE = 0.03;
const STALL_MS_MIN = 3_000;
const STALL_MS_MAX = 20_000;

export const cloudMs = (chance: Chance): number =>
  chance.next() < STALL_SHARE
    ? chance.between(STALL_MS_MIN, STALL_MS_MAX)
    : chance.lognormal(600, 0.5);

export const localMs = (chance: Chance): number => chance.lognormal(143, 0.21);
