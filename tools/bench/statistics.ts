/**
 * The arithmetic of a benchmark: quantiles of a sample, and a figure over rounds as a median with
 * its spread. Quantiles interpolate linearly between the two nearest ranks (the method called
 * "type 7").
 */

export interface Spread {
  readonly rounds: number;
  readonly min: number;
  readonly max: number;
  /** Distance between the first and the third quartile. */
  readonly iqr: number;
}

export function ascending(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The quantile `at` (0 to 1) of values that are sorted already; undefined for none. */
export function quantile(sorted: ArrayLike<number>, at: number): number | undefined {
  if (!(at >= 0 && at <= 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${at}`);
  if (sorted.length === 0) return undefined;
  const place = (sorted.length - 1) * at;
  const low = Math.floor(place);
  const below = sorted[low];
  const above = sorted[Math.min(low + 1, sorted.length - 1)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (place - low);
}

export function median(values: Iterable<number>): number | undefined {
  return quantile(ascending(values), 0.5);
}

export function spreadOf(values: Iterable<number>): Spread | undefined {
  const sorted = ascending(values);
  const [first, third] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  if (first === undefined || third === undefined || min === undefined || max === undefined) {
    return undefined;
  }
  return { rounds: sorted.length, min, max, iqr: third - first };
}
