// Which of several places that are equally good takes the next call: of two that are drawn the one
// with the lower score (power of two choices), the score being the expected wait for a first token
// times the calls that wait for theirs. Where weights are stated, the draws keep to them, and only
// a clear difference outvotes them. The place that answered this session before is always looked
// at and counts half, since it may still hold the prompt: a score, never a pin.
import type { Load } from './load.ts';

export type Choice = { readonly load: Load; readonly weight: number };

/** A prompt that is held is read in half the time or less. */
export const WARM_SHARE = 0.5;
/** How much better the second of two weighted draws must be. */
export const WEIGHTED_SHARE = 0.5;
export const NONE = -1;

export type Moment = {
  readonly now: number;
  readonly isStream: boolean;
  /** Index of the place that answered the session before; -1: none of them. */
  readonly warm: number;
};

/** @returns the index of one of `choices`, which are at least one. */
export function pick(choices: readonly Choice[], moment: Moment, draws: Draws): number {
  const { length } = choices;
  const { warm } = moment;
  if (length < 2) return 0;
  const isWeighted = choices.some(({ weight }) => weight !== choices[0]?.weight);
  const first = isWeighted ? weighted(choices, draws) : draws.below(length);
  const second = isWeighted ? weighted(choices, draws) : other(first, length, draws);
  const share = isWeighted ? WEIGHTED_SHARE : 1;
  const isBetter = score(choices, second, moment) < score(choices, first, moment) * share;
  const better = isBetter ? second : first;
  if (warm === NONE || warm === better) return better;
  // Who is not known yet is tried with a session that begins.
  if (choices[better]?.load.isKnown() === false) return warm;
  return score(choices, warm, moment) <= score(choices, better, moment) ? warm : better;
}

function score(choices: readonly Choice[], at: number, { now, isStream, warm }: Moment): number {
  const own = choices[at]?.load.score(now, isStream) ?? Number.POSITIVE_INFINITY;
  return at === warm ? own * WARM_SHARE : own;
}

/** Any but the first. */
function other(first: number, length: number, draws: Draws): number {
  const drawn = draws.below(length - 1);
  return drawn < first ? drawn : drawn + 1;
}

function weighted(choices: readonly Choice[], draws: Draws): number {
  let total = 0;
  for (const { weight } of choices) total += weight;
  let left = draws.next() * total;
  for (let at = 0; at < choices.length - 1; at += 1) {
    left -= choices[at]?.weight ?? 0;
    if (left < 0) return at;
  }
  return choices.length - 1;
}

const SPAN = 4_294_967_296;

/** Chance for choices, not for secrets: xorshift (Marsaglia), 32 bits, from a seed. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    // It never leaves 0.
    this.#state = seed | 0 || 1;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / SPAN;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }
}
