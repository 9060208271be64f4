// What one tenant says at one step in nearly every call: boilerplate, or words chosen once to buy a
// stronger model with every call. Neither tells one call from another, so neither is scored. A term
// counts as usual when far more of the tenant's calls hold it than of those the router learned
// from; counts are of hashes, in one small table, and half of them is forgotten again and again.
//
// It bounds what a fixed text can do, not what words that change with every call can: for those
// there is `StrongShare`.
import type { Features } from './features.ts';

/** Places of the table, two bytes each; terms that share a place count together. */
const TABLE_BITS = 12;
/** From so many calls on something is usual. */
const CALLS_MIN = 16;
/** At so many half is forgotten. */
const CALLS_MAX = 256;
/** So much more often than in training. */
const MORE_OFTEN = 0.5;

/** Of a term the share of texts in training that held it; absent: a small one. */
export type Common = ReadonlyMap<number, number>;

export class Usual {
  readonly #counts: Uint16Array = new Uint16Array(2 ** TABLE_BITS);
  #calls = 0;

  /** The features without what is usual; what they hold counts from the next call on. */
  without(features: Features, common: Common): Features {
    const kept = this.#calls < CALLS_MIN ? features : this.#unusual(features, common);
    this.#learn(features);
    return kept;
  }

  #unusual(features: Features, common: Common): Features {
    const places = new Int32Array(features.places.length);
    const weights = new Float64Array(features.places.length);
    let size = 0;
    let words = 0;
    for (let i = 0; i < features.places.length; i += 1) {
      const place = features.places[i] as number; // within: i is
      const most = (MORE_OFTEN + (common.get(place) ?? 0)) * this.#calls;
      if ((this.#counts[rowOf(place)] as number) > most) continue;
      places[size] = place;
      weights[size] = features.weights[i] as number; // one a place
      size += 1;
      if (i < features.words) words += 1;
    }
    return {
      ...features,
      ...{ places: places.subarray(0, size), weights: weights.subarray(0, size), words },
    };
  }

  /** Each row once a call, however often its terms stand there. */
  #learn({ places }: Features): void {
    const rows = new Set<number>();
    for (const place of places) rows.add(rowOf(place));
    for (const row of rows) this.#counts[row] = (this.#counts[row] as number) + 1;
    this.#calls += 1;
    if (this.#calls < CALLS_MAX) return;
    for (let row = 0; row < this.#counts.length; row += 1) {
      this.#counts[row] = (this.#counts[row] as number) >>> 1;
    }
    this.#calls >>>= 1;
  }
}

const rowOf = (place: number): number => Math.imul(place + 1, 0x9e37_79b1) >>> (32 - TABLE_BITS);
