/**
 * An agent's loop of five steps that has six seconds in all. Each step is answered by the cloud, or
 * by the local model when the step's patience is over: for ever, by equal shares with slack, or by
 * `latency-budget.ts`, which keeps the time for the local answers of the steps to come.
 */
import { patienceMs, SLACK } from '../../../packages/engine/src/dispatch/latency-budget.ts';
import { type Chance, cloudMs } from './chance.ts';

export type Patience = 'endless' | 'share' | 'reserve';

export type Loops = { readonly lateShare: number; readonly localShare: number };

const STEPS = 5;
const BUDGET_MS = 6_000;
const LOCAL_MEDIAN_MS = 300;
const LOCAL_SIGMA = 0.2;
/** The 99th percentile of the local model's steps. */
const LOCAL_MS: number = LOCAL_MEDIAN_MS * Math.exp(LOCAL_SIGMA * 2.33);

export function loops(patience: Patience, count: number, chance: Chance): Loops {
  let late = 0;
  let local = 0;
  for (let at = 0; at < count; at += 1) {
    let leftMs = BUDGET_MS;
    for (let steps = STEPS; steps > 0; steps -= 1) {
      const better = cloudMs(chance);
      const own = chance.lognormal(LOCAL_MEDIAN_MS, LOCAL_SIGMA);
      const waitMs = waitOf(patience, leftMs, steps);
      if (better > waitMs) local += 1;
      // Asked late, the local model may still be overtaken.
      leftMs -= better > waitMs ? Math.min(better, waitMs + own) : better;
    }
    if (leftMs < 0) late += 1;
  }
  return { lateShare: late / count, localShare: local / (count * STEPS) };
}

function waitOf(patience: Patience, budgetMs: number, steps: number): number {
  if (patience === 'endless') return Number.POSITIVE_INFINITY;
  if (patience === 'share') return Math.max(0, (budgetMs / steps) * SLACK);
  return patienceMs({ budgetMs, steps, localMs: LOCAL_MS });
}
