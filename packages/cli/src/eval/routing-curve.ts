// What an order of rows is worth. Rows go to the strong model from the highest score down; equal
// scores go together, each with their mean. Shares are of rows, qualities means of scores.

import { drawing } from './draws.ts';

export type Scored = { readonly score: number; readonly weak: number; readonly strong: number };

export type Worth = {
  /** Area under the share of the quality gap that is won, over the share of strong calls. */
  readonly apgr: number;
  /** Share of rows that may stay weak while quality is 95 % of the strong model's. */
  readonly keep95: number;
  /** Share of strong calls at which half, and four fifths, of the gap is won. */
  readonly cpt50: number;
  readonly cpt80: number;
};

const QUALITY_KEPT = 0.95;
/** Qualities are sums of many small numbers: what is this near is equal. */
const NEAR = 1e-9;
const BINS = 10;

/** @param times how often each row counts; undefined: once. Undefined where there is no gap. */
export function worth(
  rows: readonly Scored[],
  order: readonly number[],
  times?: Uint16Array,
): Worth | undefined {
  let [count, weak, strong] = [0, 0, 0];
  rows.forEach((row, at) => {
    const often = times?.[at] ?? 1;
    count += often;
    weak += often * row.weak;
    strong += often * row.strong;
  });
  const gap = strong - weak;
  if (count === 0 || Math.abs(gap) < NEAR) return undefined;
  const wanted = QUALITY_KEPT * strong - weak;
  const curve = new Float64Array(count + 1);
  let done = 0;
  let won = 0;
  let at = 0;
  while (at < order.length) {
    const { score } = at0(rows, order[at]);
    let [size, sum] = [0, 0];
    for (; at < order.length && at0(rows, order[at]).score === score; at += 1) {
      const row = at0(rows, order[at]);
      const often = times?.[order[at] ?? 0] ?? 1;
      size += often;
      sum += often * (row.strong - row.weak);
    }
    for (let i = 0; i < size; i += 1) {
      won += sum / size;
      done += 1;
      curve[done] = won;
    }
  }
  let area = 0;
  for (let k = 1; k <= count; k += 1) area += ((curve[k - 1] ?? 0) + (curve[k] ?? 0)) / 2 / gap;
  let least = curve.findIndex((one) => one >= wanted - NEAR);
  if (least < 0) least = count;
  return {
    apgr: area / count,
    keep95: 1 - least / count,
    cpt50: reached(curve, gap, 0.5),
    cpt80: reached(curve, gap, 0.8),
  };
}

const NONE: Scored = { score: Number.NaN, weak: 0, strong: 0 };
const at0 = (rows: readonly Scored[], at: number | undefined): Scored => rows[at ?? -1] ?? NONE;

/** On ten bins, between which lines are drawn, as RouteLLM does. */
function reached(curve: Float64Array, gap: number, share: number): number {
  const count = curve.length - 1;
  let before = 0;
  for (let bin = 1; bin <= BINS; bin += 1) {
    const now = (curve[Math.round((bin * count) / BINS)] ?? 0) / gap;
    if (now >= share) return (bin - 1 + (share - before) / (now - before)) / BINS;
    before = now;
  }
  return 1;
}

export const byScore = (rows: readonly Scored[]): readonly number[] =>
  rows.map((_, at) => at).sort((a, b) => at0(rows, b).score - at0(rows, a).score || a - b);

export type Band = { readonly low: number; readonly high: number };

/** 95 % of bootstrap draws of the rows lie between these; the draws are the same each time. */
export function spreadOf(
  rows: readonly Scored[],
  pick: (worth: Worth) => number,
  draws: number,
): Band | undefined {
  const order = byScore(rows);
  const values: number[] = [];
  const next = drawing(12_345);
  for (let draw = 0; draw < draws; draw += 1) {
    const times = new Uint16Array(rows.length);
    for (let i = 0; i < rows.length; i += 1) {
      const at = Math.floor(next() * rows.length);
      times[at] = (times[at] ?? 0) + 1;
    }
    const one = worth(rows, order, times);
    if (one !== undefined) values.push(pick(one));
  }
  values.sort((a, b) => a - b);
  const low = values[Math.floor(0.025 * values.length)];
  const high = values[Math.ceil(0.975 * values.length) - 1];
  return low === undefined || high === undefined ? undefined : { low, high };
}
