// Percentiles from fixed buckets: they add up over minutes, tiers and tenants, which percentiles
// themselves do not.
import { BUCKETS_MS } from './latency.table.ts';
import type { Latency } from './records.ts';

/** The bucket of a duration; the one after the last bound holds everything slower. */
export function bucketOf(ms: number): number {
  let low = 0;
  let high = BUCKETS_MS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ms <= (BUCKETS_MS[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param calls By bucket. The slowest bucket has no upper bound: it answers with its lower one. */
export function percentiles(calls: ReadonlyMap<number, number>): Latency {
  const sorted = [...calls].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (share: number): number | undefined => {
    let seen = 0;
    for (const [bucket, count] of sorted) {
      seen += count;
      if (seen >= total * share) return BUCKETS_MS[bucket] ?? BUCKETS_MS.at(-1);
    }
    return undefined;
  };
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
