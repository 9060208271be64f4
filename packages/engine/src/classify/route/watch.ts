// Whether a tenant's calls of one step have moved: one number a day (the share that asks for the
// strong tier, that escalates, a mean score) against what was usual. A one-sided CUSUM finds
// small lasting shifts, an EWMA large ones within days. Usual is the median of four weeks, by the
// day of the week where weeks differ; the last week is left out, so that a shift does not become
// usual while it is being found, and the day of an alarm is never learned. An alarm begins anew: a
// shift that lasts is told every few days, until after some weeks it is what is usual.
//
// It must never decide about a call: an alarm asks for audits, a look, or the tier that was paid.

const WEEK = 7;
/** Weeks that are usual. */
const WEEKS = 4;
const DAYS_KEPT: number = WEEK * (WEEKS + 1);
/** Of fewer days with calls in four weeks nothing is usual. */
const DAYS_KNOWN_MIN: number = 2 * WEEK;
/** From the mean of absolute deviations to a standard deviation, of a normal distribution. */
const MEAN_TO_SD = 1.2533;
/** What is drift and what chance, in standard deviations a day. */
const SLACK = 0.5;
const CUSUM_MAX = 11.6;
const EWMA_WEIGHT = 0.25;
const EWMA_MAX = 2.4;
/** One odd day alone is no shift. */
const Z_MAX = 4;
/** Deviations below this share of the median are noise of counting. */
const SPREAD_MIN = 0.02;

export type Alarm = 'slow' | 'fast';

export class Watch {
  readonly #days: number[] = [];
  #cusum = 0;
  #ewma = 0;

  /** @param value of one day, in order; days without calls are told as NaN. */
  day(value: number): Alarm | undefined {
    const z = this.#deviation(value);
    let alarm: Alarm | undefined;
    if (z !== undefined) {
      const kept = Math.min(z, Z_MAX);
      this.#cusum = Math.max(0, this.#cusum + kept - SLACK);
      this.#ewma += EWMA_WEIGHT * (kept - this.#ewma);
      if (this.#cusum > CUSUM_MAX) alarm = 'slow';
      else if (this.#ewma > EWMA_MAX) alarm = 'fast';
    }
    if (alarm !== undefined) {
      this.#cusum = 0;
      this.#ewma = 0;
    }
    this.#days.push(alarm === undefined ? value : Number.NaN);
    if (this.#days.length > DAYS_KEPT) this.#days.shift();
    return alarm;
  }

  /** Median of what is usual; undefined: of four weeks too few days are known. */
  get usual(): number | undefined {
    const known = this.#known();
    return known === undefined ? undefined : median(known);
  }

  /** The oldest kept day is of the same weekday as the one that is asked about. */
  #known(): readonly number[] | undefined {
    if (this.#days.length < DAYS_KEPT) return undefined;
    const days = this.#days.slice(0, WEEK * WEEKS);
    return days.filter(Number.isFinite).length < DAYS_KNOWN_MIN ? undefined : days;
  }

  /** In standard deviations; undefined: it is not known what is usual. */
  #deviation(value: number): number | undefined {
    const usual = this.#known();
    if (usual === undefined || !Number.isFinite(value)) return undefined;
    const middle = median(usual);
    const offs = offsOfWeek(usual, middle);
    const left = usual.map((one, at) => Math.abs(one - middle - (offs[at % WEEK] ?? 0)));
    const spread = Math.max(MEAN_TO_SD * mean(left), SPREAD_MIN * middle, Number.MIN_VALUE);
    return (value - middle - (offs[0] ?? 0)) / spread;
  }
}

/** How each day of the week differs, as far as that is more than chance (James and Stein 1961). */
function offsOfWeek(usual: readonly number[], middle: number): readonly number[] {
  const same = Array.from({ length: WEEK }, (_, weekday) =>
    usual.filter((value, at) => at % WEEK === weekday && Number.isFinite(value)),
  );
  const offs = same.map((days) => (days.length === 0 ? 0 : mean(days) - middle));
  const between = mean(offs.map((off) => off * off));
  const within = mean(
    same.flatMap((days, at) => days.map((one) => (one - middle - (offs[at] ?? 0)) ** 2)),
  );
  // Within a weekday the mean was fitted, too: of four days three are free.
  const chance = within / (WEEKS - 1);
  const trust = between === 0 ? 0 : Math.max(0, 1 - chance / between);
  return offs.map((off) => trust * off);
}

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function mean(values: readonly number[]): number {
  const some = values.filter(Number.isFinite);
  return some.length === 0 ? 0 : some.reduce((sum, one) => sum + one, 0) / some.length;
}
