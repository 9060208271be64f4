// Totals and series for charts, per tier. At most POINTS_MAX steps, each a whole number of minutes,
// so that an answer has a bound whatever the window.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { bigint, type Columns, number } from './columns.ts';
import { percentiles } from './latency.ts';
import {
  type Overview,
  type OverviewPoint,
  type OverviewQuery,
  type OverviewTotals,
  POINTS_MAX,
  type TierSeries,
  WINDOW_MS_MAX,
} from './records.ts';
import { MINUTE_MS } from './tally.ts';

export class OverviewReader {
  readonly #sums: StatementSync;

  constructor(database: DatabaseSync) {
    this.#sums = database.prepare(
      `SELECT minute / ?1 AS step, tier, bucket, sum(calls) AS calls, sum(errors) AS errors,
         sum(refused) AS refused, sum(tokens) AS tokens, sum(cost) AS cost,
         sum(unknown_cost_calls) AS unknown_cost_calls, sum(savings) AS savings
       FROM minutes WHERE tenant = ?2 AND minute >= ?3 AND minute < ?4
       GROUP BY step, tier, bucket ORDER BY tier, step`,
    );
    this.#sums.setReadBigInts(true);
  }

  read(query: OverviewQuery): Overview {
    const windowMs = Math.min(Math.max(query.windowMs, MINUTE_MS), WINDOW_MS_MAX);
    const minutes = Math.ceil(windowMs / MINUTE_MS);
    const stepMinutes = Math.ceil(minutes / POINTS_MAX);
    const stepMs = stepMinutes * MINUTE_MS;
    // Steps begin at whole multiples, so that a point does not change its meaning as time goes on.
    const toStep = Math.floor(query.to / stepMs) + 1;
    const fromStep = toStep - Math.ceil(minutes / stepMinutes);
    const rows = this.#sums.all(
      // A number would be bound as a real, and the division would not be whole.
      BigInt(stepMinutes),
      query.tenant,
      fromStep * stepMinutes,
      toStep * stepMinutes,
    );
    return {
      from: fromStep * stepMs,
      to: toStep * stepMs,
      stepMs,
      totals: totalsOf(rows),
      tiers: tiersOf(rows, stepMs),
    };
  }
}

function tiersOf(rows: readonly Columns[], stepMs: number): readonly TierSeries[] {
  const tiers = Map.groupBy(rows, (row) => number(row, 'tier') ?? 0);
  return [...tiers].map(([tier, ofTier]) => {
    const steps = Map.groupBy(ofTier, (row) => number(row, 'step') ?? 0);
    const points = [...steps].map(
      ([step, ofStep]): OverviewPoint => ({ at: step * stepMs, ...totalsOf(ofStep) }),
    );
    return { tier, totals: totalsOf(ofTier), points };
  });
}

function totalsOf(rows: readonly Columns[]): OverviewTotals {
  const calls = new Map<number, number>();
  for (const row of rows) {
    const count = number(row, 'calls') ?? 0;
    const bucket = number(row, 'bucket') ?? 0;
    if (count > 0) calls.set(bucket, (calls.get(bucket) ?? 0) + count);
  }
  return {
    ...percentiles(calls),
    calls: count(rows, 'calls'),
    errors: count(rows, 'errors'),
    refused: count(rows, 'refused'),
    tokens: count(rows, 'tokens'),
    costNanoUsd: money(rows, 'cost'),
    unknownCostCalls: count(rows, 'unknown_cost_calls'),
    savingsNanoUsd: money(rows, 'savings'),
  };
}

const count = (rows: readonly Columns[], name: string): number =>
  rows.reduce((sum, row) => sum + (number(row, name) ?? 0), 0);

const money = (rows: readonly Columns[], name: string): bigint =>
  rows.reduce((sum, row) => sum + (bigint(row, name) ?? 0n), 0n);
