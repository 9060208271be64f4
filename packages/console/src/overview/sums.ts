// The answer of the overview as charts and tables read it: every step of the window, in order, with
// 0 where nothing happened.

import type { Overview, Point, TierSums, Totals } from '../api/shapes.ts';
import type { ChartFacts, Series } from '../chart/series.ts';
import { runningSum } from '../chart/series.ts';
import { count, money, shortMoney } from '../format.ts';
import { tierName } from '../shell/tier.tsx';

const STEPS_MAX = 720;

export const timesOf = ({ from, to, stepMs }: Overview): readonly number[] =>
  Array.from(
    { length: Math.min(STEPS_MAX, Math.max(1, Math.round((to - from) / stepMs))) },
    (_, at) => from + at * stepMs,
  );

export const frontierMicroUsd = (totals: Totals): number =>
  totals.costMicroUsd + totals.savingsMicroUsd;

/** Tiers in order; the one without a tier last. */
export const inOrder = (tiers: readonly TierSums[]): readonly TierSums[] =>
  tiers.toSorted((a, b) => (a.tier || 9) - (b.tier || 9));

function along(
  overview: Overview,
  points: readonly Point[],
  value: (one: Point) => number,
): number[] {
  const times = timesOf(overview);
  const values = times.map(() => 0);
  for (const point of points) {
    const step = Math.round((point.at - overview.from) / overview.stepMs);
    if (step >= 0 && step < values.length) values[step] = (values[step] ?? 0) + value(point);
  }
  return values;
}

export function requestsChart(overview: Overview): ChartFacts {
  const bands = inOrder(overview.tiers).map(
    (one): Series => ({
      key: String(one.tier),
      name: tierName(one.tier),
      look: `tier-${one.tier}`,
      values: along(overview, one.points, (point) => point.calls),
      total: count(one.totals.calls),
    }),
  );
  const points = overview.tiers.flatMap((one) => one.points);
  const errors: Series = {
    key: 'errors',
    name: 'Errors',
    look: 'errors',
    values: along(overview, points, (point) => point.errors),
    total: count(overview.totals.errors),
  };
  return {
    title: 'Requests by tier',
    times: timesOf(overview),
    stepMs: overview.stepMs,
    bands,
    lines: [],
    strip: overview.totals.errors > 0 ? errors : undefined,
    whole: true,
    show: count,
    tick: count,
    plain: String,
  };
}

export function costChart(overview: Overview): ChartFacts {
  const spent = inOrder(overview.tiers).filter((one) => one.totals.costMicroUsd > 0);
  const bands = spent.map(
    (one): Series => ({
      key: String(one.tier),
      name: tierName(one.tier),
      look: `tier-${one.tier}`,
      values: runningSum(along(overview, one.points, (point) => point.costMicroUsd)),
      total: money(one.totals.costMicroUsd),
    }),
  );
  const points = overview.tiers.flatMap((one) => one.points);
  const frontier: Series = {
    key: 'frontier',
    name: 'All at the frontier',
    look: 'frontier',
    values: runningSum(along(overview, points, frontierMicroUsd)),
    total: money(frontierMicroUsd(overview.totals)),
  };
  return {
    title: 'Cost so far against all-frontier',
    times: timesOf(overview),
    stepMs: overview.stepMs,
    bands,
    lines: [frontier],
    strip: undefined,
    whole: false,
    show: money,
    tick: shortMoney,
    plain: (micro) => (micro / 1_000_000).toFixed(6),
  };
}
