// How times spread: counts in buckets whose width grows with the time (sixteen to each doubling,
// as in HdrHistogram), so that a quantile is right to a few percent and an answer costs two
// additions. What is older than a minute is forgotten, half a minute at a time. Times are on the
// monotonic clock.

export const WINDOW_MS = 60_000;
const HALF_MS: number = WINDOW_MS / 2;
/** A quantile is computed anew after this. */
const REFRESH_MS = 3_000;
const STEPS = 16;
const STEP_BITS = 4;
/** About 17 minutes. */
const MS_MAX = 1_048_575;
const BUCKETS = 272;

export class Latencies {
  readonly #at: number;
  #now: Uint32Array = new Uint32Array(BUCKETS);
  #before: Uint32Array = new Uint32Array(BUCKETS);
  #half = 0;
  #counted = 0;
  #countedBefore = 0;
  #known: number | undefined = undefined;
  #knownUntil = 0;

  /** `quantile` from 0 to 1: the one that is asked for. */
  constructor(quantile: number) {
    this.#at = quantile;
  }

  took(ms: number, now: number): void {
    this.#turn(now);
    const bucket = bucketOf(ms);
    this.#now[bucket] = (this.#now[bucket] ?? 0) + 1;
    this.#counted += 1;
  }

  /** Times that are remembered. */
  samples(now: number): number {
    this.#turn(now);
    return this.#counted + this.#countedBefore;
  }

  /** Milliseconds; undefined: nothing is remembered. */
  quantile(now: number): number | undefined {
    const samples = this.samples(now);
    if (samples === 0) return undefined;
    if (this.#known === undefined || now >= this.#knownUntil) {
      this.#known = this.#find(samples * this.#at);
      this.#knownUntil = now + REFRESH_MS;
    }
    return this.#known;
  }

  #find(rank: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const here = (this.#now[bucket] ?? 0) + (this.#before[bucket] ?? 0);
      if (here === 0) continue;
      if (seen + here >= rank) {
        const from = startOf(bucket);
        return from + (startOf(bucket + 1) - from) * ((rank - seen) / here);
      }
      seen += here;
    }
    return MS_MAX;
  }

  #turn(now: number): void {
    const half = Math.floor(now / HALF_MS);
    if (half <= this.#half) return;
    const isNext = half === this.#half + 1;
    const oldest = this.#before;
    this.#before = isNext ? this.#now : oldest.fill(0);
    this.#countedBefore = isNext ? this.#counted : 0;
    this.#now = isNext ? oldest.fill(0) : this.#now.fill(0);
    this.#counted = 0;
    this.#half = half;
  }
}

/** Below 16 ms a bucket each; above, sixteen to each doubling. */
function bucketOf(ms: number): number {
  const whole = Math.max(0, Math.min(MS_MAX, Math.floor(ms)));
  if (whole < STEPS) return whole;
  const doubling = 31 - Math.clz32(whole) - STEP_BITS;
  return doubling * STEPS + (whole >> doubling);
}

/** The least time in a bucket. */
function startOf(bucket: number): number {
  if (bucket < STEPS * 2) return bucket;
  const doubling = Math.floor(bucket / STEPS) - 1;
  return (bucket - doubling * STEPS) << doubling;
}
