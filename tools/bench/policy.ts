import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CallRecord } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import {
  type Built,
  build,
  chatOf,
  configurationOf,
  STARTED_AT,
} from '../../packages/engine/src/house.fixture.ts';
import { checkPolicies } from '../../packages/engine/src/rehearse/check.ts';
import { replay } from '../../packages/engine/src/rehearse/replay.ts';
import { publishing } from '../../packages/gateway/src/publishing.ts';
import { createClock } from '../../packages/ports/src/index.ts';
import { Book } from './book.ts';
import type { Goal, GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { versions } from './versions.ts';

/**
 * How long the check before publishing takes for 100,000 points, and how long 100,000 recorded
 * decisions take to be made again; whether each came out as it was. Wall time of one thread. How
 * long the loop of who serves meanwhile is held up by the check.
 */

export interface PolicyOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const points = 100_000;
const decisions = 100_000;
/** Calls that are made in truth; their records stand for many. */
const made = 400;

const atMost = (bound: number): readonly Goal[] => [{ kind: 'at-most', bound }];
const lines: readonly GoalLine[] = [
  { figure: 'check of 100,000 points', unit: 'ms', goals: atMost(1_000) },
  { figure: 'loop delay while it publishes, p99', unit: 'ms', goals: atMost(15) },
  { figure: 'loop delay while it publishes, longest', unit: 'ms', goals: [] },
  { figure: 'replay of 100,000 decisions', unit: 'ms', goals: atMost(10_000) },
  { figure: 'decisions that came out different', unit: '', goals: atMost(0) },
];

export async function policyBench({ rounds, quick, say }: PolicyOptions): Promise<Report> {
  const book = new Book();
  const share = quick ? 4 : 1;
  const built = build(house);
  const configuration = configurationOf(house);
  const records = await recordsOf(built);
  const many = Array.from({ length: decisions / share }, (_, at) => records[at % records.length]);
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    const snapshot = built.house.now();
    const begun = performance.now();
    const checked = checkPolicies(snapshot, configuration, {
      at: STARTED_AT,
      pointsMax: points / share,
    });
    const checkMs = ((performance.now() - begun) * points) / checked.points;
    const delay = await delayOf(configuration, built);
    const again = performance.now();
    const replayed = replay(many.filter(isThere), snapshot, configuration);
    const replayMs = (performance.now() - again) * share;
    if (round === 0) continue;
    const of = { contestant: 'signalbox', round } as const;
    book.write({ ...of, figure: 'check of 100,000 points', value: checkMs });
    book.write({ ...of, figure: 'loop delay while it publishes, p99', value: delay.p99Ms });
    book.write({ ...of, figure: 'loop delay while it publishes, longest', value: delay.maxMs });
    book.write({ ...of, figure: 'replay of 100,000 decisions', value: replayMs });
    const different = replayed.decisions - replayed.identical;
    book.write({ ...of, figure: 'decisions that came out different', value: different });
  }
  return { name: 'policy', versions: versions(), rows: book.rows(lines, true), faults: [] };
}

const RESOLUTION_MS = 1;

/** How long the loop of a serving gateway is held up while new documents are checked. */
async function delayOf(configuration: Configuration, built: Built): Promise<Delay> {
  const { refusals } = publishing({ clock: createClock(), keys: built.house.ports.keys });
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const found = await refusals({ configuration, files: [] });
  histogram.disable();
  if (found.length > 0) throw new Error('the documents of the bench keep their promises');
  const without = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  return { p99Ms: without(histogram.percentile(99)), maxMs: without(histogram.max) };
}

interface Delay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

const isThere = (one: CallRecord | undefined): one is CallRecord => one !== undefined;

async function recordsOf(built: Built): Promise<readonly CallRecord[]> {
  const models = ['auto', 'm1', 'shared', 'need:context>=8k', 'm4'];
  for (let at = 0; at < made; at += 1) {
    const model = models[at % models.length] ?? 'auto';
    const head = { step: `s${at % 25}`, key: `k${at % tenants}`, tags: { team: `t${at % 3}` } };
    const { settlement } = built.serve(chatOf(model), head);
    await built.clock.turn(1);
    for (const one of built.upstream.dials.splice(0)) one.answer({ choices: [] });
    await settlement;
  }
  return built.store.records();
}

const tenants = 8;
const list = (count: number, one: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => one(i)).join('\n');
const regions = ['eu', 'us', 'ap'];

const house = `
version: 1
node: {name: n1, tier: 1, policies: [house]}
endpoints:
${list(
  12,
  (e) => `  e${e}:
    url: ${e % 3 === 0 ? `http://127.0.0.1:${9_000 + e}/v1` : `https://e${e}.example/v1`}
    tier: ${(e % 3) + 1}
    region: ${regions[e % regions.length]}
    models: {m${e}: {context_tokens: 16000}, shared: {}}`,
)}
plans:
  basic: {tiers: [1, 2]}
  pro: {class: PRO, policies: [pro]}
policies:
  house: {rules: [{name: labels, when: {sensitivity: regulated}, require: {regions: [eu, us]}}]}
  pro: {rules: [{name: pro, when: {class: PRO}, prefer: {capabilities: [long-context]}}]}
  own:
    rules:
${list(20, (r) => `      - {name: r${r}, when: {step: s${r}}, route: {tier: ${(r % 3) + 1}}}`)}
tenants:
${list(tenants, (t) => `  t${t}: {policies: [own], plan: ${t % 2 === 0 ? 'pro' : 'basic'}}`)}
keys:
${list(tenants, (t) => `  k${t}: {tenant: t${t}, secret: "env:K${t}"}`)}
`;
