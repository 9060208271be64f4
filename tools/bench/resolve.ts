import type { Label } from '@signalbox/contract';
import { loadSnapshot } from '../../packages/documents/src/index.ts';
import { build, chatOf, type Heads } from '../../packages/engine/src/house.fixture.ts';
import { enter } from '../../packages/engine/src/line.ts';
import { resolve } from '../../packages/engine/src/resolve/resolve.ts';
import { Book } from './book.ts';
import type { Goal, GoalLine } from './goals.table.ts';
import type { Report } from './report.ts';
import { Chance } from './resilience/chance.ts';
import { ascending, median, quantile } from './statistics.ts';
import { swapped } from './swap.ts';
import { versions } from './versions.ts';

/**
 * How long the decision about one call takes: 3,000 offers, 200 rules, ten endpoints a second whose
 * health changes, calls of which hardly two are alike. Beside it the same decision among 30 offers
 * without a rule. Wall time of one thread, every call on its own. Then what a change of the
 * documents of ten thousand tenants costs (`swap.ts`).
 */

export interface ResolveOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

interface Size {
  readonly endpoints: number;
  readonly models: number;
  readonly rules: number;
}

export const large: Size = { endpoints: 150, models: 20, rules: 200 };
const small: Size = { endpoints: 3, models: 10, rules: 0 };
const calls = 4_000;
const warmUp = 2_000;
/** Calls between two changes of an endpoint's health: ten a second at 500 calls a second. */
const callsBetweenChanges = 50;

const atMost = (bound: number): readonly Goal[] => [{ kind: 'at-most', bound }];
const lines: readonly GoalLine[] = [
  { figure: 'resolve p50', unit: 'us', goals: [] },
  { figure: 'resolve p99', unit: 'us', goals: atMost(300) },
  { figure: "a tenant's first call", unit: 'us', goals: atMost(1_000) },
  { figure: 'swap, 10,000 tenants', unit: 'ms', goals: atMost(20) },
  { figure: "a tenant's first call, more p50", unit: 'us', goals: [] },
  { figure: "a tenant's first call, more p99", unit: 'us', goals: atMost(1_000) },
];

export async function resolveBench({ rounds, quick, say }: ResolveOptions): Promise<Report> {
  const book = new Book();
  const listed = await loadSnapshot();
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`);
    for (const [contestant, size] of [
      ['signalbox', large],
      ['30 offers', small],
    ] as const) {
      const seen = await measured(size, round, quick ? calls / 4 : calls);
      const of = { contestant, round };
      book.write({ ...of, figure: 'resolve p50', value: quantile(seen.sorted, 0.5) ?? 0 });
      book.write({ ...of, figure: 'resolve p99', value: quantile(seen.sorted, 0.99) ?? 0 });
      book.write({ ...of, figure: "a tenant's first call", value: seen.firstUs });
    }
    const of = { contestant: 'signalbox', round };
    const { blockMs, firstMoreUs } = await swapped(
      houseOf(large),
      listed.ok ? listed.value : undefined,
    );
    book.write({ ...of, figure: 'swap, 10,000 tenants', value: blockMs });
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const value = quantile(firstMoreUs, share) ?? 0;
      book.write({ ...of, figure: `a tenant's first call, more ${name}`, value });
    }
  }
  return { name: 'resolve', versions: versions(), rows: book.rows(lines, true), faults: [] };
}

export async function measured(
  size: Size,
  seed: number,
  count: number,
): Promise<{ readonly sorted: Float64Array; readonly firstUs: number }> {
  const yaml = houseOf(size);
  const built = build(yaml, seed + 1);
  const chance = new Chance(seed + 1);
  const { house } = built;
  const { standings } = house.live;
  const tookUs: number[] = [];
  const firstUs: number[] = [];
  for (let at = 0; at < warmUp + count; at += 1) {
    const head = { key: `k${at % tenants}`, ...headOf(chance, at) };
    const call = built.call(chatOf(modelOf(chance, size), bodyOf(chance)), head);
    const entered = await enter(call, house, { seen: call });
    if (!entered.ok) throw new Error(entered.refusal.message);
    if (at % callsBetweenChanges === 0) {
      const endpoints = [...house.now().catalog.endpoints.values()];
      const endpoint = endpoints[below(chance, endpoints.length)];
      const met = chance.next() < 0.5 ? undefined : 'connect_failed';
      if (endpoint !== undefined) standings.probed(endpoint, met, built.clock.monotonic());
    }
    const { catalog, policies, consents } = house.now();
    const facts = { catalog, policies, consents, closings: house.live.order };
    const begun = performance.now();
    resolve(entered.value, facts);
    const us = (performance.now() - begun) * 1_000;
    if (at === warmUp - 1) built.swap(yaml);
    else if (at >= warmUp && at < warmUp + tenants) firstUs.push(us);
    else if (at > warmUp) tookUs.push(us);
  }
  return { sorted: ascending(tookUs), firstUs: median(firstUs) ?? 0 };
}

const tenants = 20;
const regions = ['eu', 'us', 'ap'];
const capabilities = [
  '[tools]',
  '[tools, vision]',
  '[tools, json_schema, reasoning]',
  '[reasoning]',
];
const labels: readonly Label[] = ['public', 'internal', 'personal'];

export function houseOf({ endpoints, models, rules }: Size): string {
  const list = (count: number, one: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => one(i)).join('\n');
  return `
version: 1
node: {name: n1, tier: 1}
endpoints:
${list(
  endpoints,
  (e) => `
  e${e}:
    url: ${e % 3 === 0 ? `http://127.0.0.1:${9_000 + e}/v1` : `https://e${e}.example/v1`}
    tier: ${(e % 3) + 1}
    region: ${regions[e % regions.length]}
    retention: ${e % 2 === 0 ? 'zero' : 'standard'}
    price: {input_per_million_usd: "${1 + (e % 7)}", output_per_million_usd: "${2 + (e % 11)}"}
    models:
${list(models, (m) => modelDocument(e, m))}`,
)}
plans:
  half: {models: ["m1*", "m2*", "m3*"]}
policies:
  p:
    rules:${rules === 0 ? ' []' : `\n${list(rules, ruleOf)}`}
tenants:
${list(tenants, tenantOf)}
keys:
${list(tenants, (t) => `  k${t}: {tenant: t${t}, secret: "env:K${t}"}`)}
`;
}

const modelDocument = (endpoint: number, m: number): string => `
      m${(endpoint * 7 + m) % 200}:
        context_tokens: ${8_000 * (1 + (m % 5))}
        capabilities: ${capabilities[m % capabilities.length]}`;

const tenantOf = (t: number): string => `
  t${t}:
    policies: [p]
    ${t % 3 === 0 ? 'plan: half' : ''}
    ${t % 4 === 0 ? 'residency: [eu, us]' : ''}`;

const ruleOf = (r: number): string => `
      - name: r${r}
        when: {step: s${r}, sensitivity: ${labels[r % labels.length]}}
        route: {tier_max: ${(r % 3) + 1}}`;

function modelOf(chance: Chance, { models }: Size): string {
  const draw = below(chance, 4);
  if (draw === 0) return needOf(chance);
  if (draw === 1) return `m${below(chance, models)}`;
  return 'auto';
}

/** Hardly two alike: the bound is one of many. */
const needOf = (chance: Chance): string =>
  `need:context>=${8_000 + below(chance, 24_000)},tools,input-price<=${1 + below(chance, 7)},eu`;

function bodyOf(chance: Chance): object {
  const content = `Question ${below(chance, 1e9)} about ${'words '.repeat(1 + below(chance, 40))}`;
  return { messages: [{ role: 'user', content }] };
}

function headOf(chance: Chance, at: number): Heads {
  const label = labels[below(chance, labels.length)] ?? 'public';
  return {
    step: `s${below(chance, 250)}`,
    sensitivity: { label, kinds: [] },
    agent: `agent-${at}`,
  };
}

const below = (chance: Chance, count: number): number => Math.floor(chance.next() * count);
