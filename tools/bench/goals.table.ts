/**
 * Every figure in the order of the table, its unit, and the goals it must reach. A figure may
 * have none, or several.
 */

export type Goal =
  | { readonly kind: 'at-most'; readonly bound: number }
  | { readonly kind: 'at-least'; readonly bound: number }
  /** The other's figure divided by ours, in the same round. */
  | { readonly kind: 'times-below'; readonly against: string; readonly atLeast: number }
  /** Our figure divided by the other's, in the same round. */
  | { readonly kind: 'times-of'; readonly against: string; readonly atMost: number };

export interface GoalLine {
  readonly figure: string;
  readonly unit: string;
  readonly goals: readonly Goal[];
}

const belowPortkey = (atLeast: number): Goal => ({
  kind: 'times-below',
  against: 'portkey',
  atLeast,
});
const atMost = (bound: number): Goal => ({ kind: 'at-most', bound });

export const overheadGoals: readonly GoalLine[] = [
  {
    figure: 'cpu, 1 KB request',
    unit: 'us',
    goals: [belowPortkey(6), { kind: 'times-of', against: 'bare', atMost: 2 }],
  },
  { figure: 'cpu, 100 KB request', unit: 'us', goals: [belowPortkey(8)] },
  { figure: 'cpu, stream chunk', unit: 'us', goals: [belowPortkey(1.6)] },
  { figure: 'cpu, stream of 200 chunks', unit: 'us', goals: [] },
  { figure: 'cpu, stream chunk, usage not asked for', unit: 'us', goals: [belowPortkey(1.6)] },
  { figure: 'cpu, 1 KB request at 200/s', unit: 'us', goals: [] },
  { figure: 'requests/s at saturation, 1 KB', unit: '1/s', goals: [] },
  { figure: 'requests/s at saturation, 100 KB', unit: '1/s', goals: [] },
  { figure: 'added unary p50, sequential', unit: 'ms', goals: [atMost(0.4)] },
  { figure: 'added unary p99, sequential', unit: 'ms', goals: [] },
  { figure: 'added unary p50 at 200/s', unit: 'ms', goals: [atMost(0.4)] },
  { figure: 'added unary p99 at 200/s', unit: 'ms', goals: [atMost(3)] },
  { figure: 'added first token p50, 1 stream', unit: 'ms', goals: [atMost(0.8)] },
  { figure: 'added first token p50, 50 streams', unit: 'ms', goals: [atMost(0.8)] },
  { figure: 'added first token p99, 50 streams', unit: 'ms', goals: [] },
  { figure: 'unary p50, sequential', unit: 'ms', goals: [] },
  { figure: 'unary p50 at 200/s', unit: 'ms', goals: [] },
  { figure: 'unary p99 at 200/s', unit: 'ms', goals: [] },
  { figure: 'sending late by p99 at 200/s', unit: 'ms', goals: [] },
  { figure: 'rss after start', unit: 'MB', goals: [] },
  { figure: 'rss after load', unit: 'MB', goals: [] },
  { figure: 'rss of 5,000 slow streams', unit: 'MB', goals: [atMost(280)] },
  { figure: 'rss of 500 slow streams', unit: 'MB', goals: [] },
  { figure: 'rss per open stream', unit: 'KB', goals: [] },
  { figure: 'event-loop delay p99 at 200/s, two tails', unit: 'ms', goals: [atMost(15)] },
];

const ofPortkey = (atMost: number): Goal => ({ kind: 'times-of', against: 'portkey', atMost });

/** Portkey scans nothing. */
export const scannedGoals: readonly GoalLine[] = [
  { figure: 'cpu, 1 KB of prose', unit: 'us', goals: [belowPortkey(4)] },
  { figure: 'cpu, 100 KB without anchors', unit: 'us', goals: [belowPortkey(2)] },
  { figure: 'cpu, 100 KB of prose', unit: 'us', goals: [ofPortkey(1.3)] },
  { figure: 'event-loop delay p99, 25 MB bodies', unit: 'ms', goals: [atMost(15)] },
];

export const startGoals: readonly GoalLine[] = [
  { figure: 'first start to first 200', unit: 's', goals: [] },
  { figure: 'second start to first 200', unit: 's', goals: [atMost(2)] },
  { figure: 'rss of the gateway', unit: 'MB', goals: [atMost(150)] },
  { figure: 'rss with npm and bootstrap', unit: 'MB', goals: [] },
];
