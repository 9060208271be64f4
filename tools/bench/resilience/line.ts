/**
 * The same clouds and the same outage, asked through the whole line of the engine: a gateway in
 * memory with its documents, over a clock that is turned by hand and upstreams that answer when the
 * scene says so. It shows that what the modules can do is what a caller gets.
 */
import { build, chatOf, type Dialled } from '../../../packages/engine/src/house.fixture.ts';
import { type Chance, cloudMs, localMs } from './chance.ts';
import type { Help } from './first-token.ts';
import type { Loops } from './loop.ts';

export type OnTheLine = {
  readonly tookMs: readonly number[];
  /** Calls to upstreams beyond one for each call. */
  readonly moreShare: number;
  /** Of all calls, those that nobody answered. */
  readonly failed: number;
  /** Calls out at the dead endpoint after its death was noticed and before its first answer. */
  readonly atOnceMax: number;
};

const BETWEEN_MS = 50;
const TOKEN = { choices: [{ index: 0, delta: { content: 'x' } }] };
const DONE = 'data: [DONE]\n\n';

const endpoint = (name: string, tier: number): string => `
  ${name}:
    url: https://${name}.example/v1
    tier: ${tier}
    models: [m, ${name}-only]
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}`;

const house = (endpoints: string, policy: string): string => `
version: 1
node: {name: n1, tier: 1}
endpoints:${endpoints}
tenants:
  acme: {policies: [p]}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
  p: ${policy}
`;

const chain = (models: string): string => `rules: [{name: r, route: {chain: [${models}]}}]`;
const IN_TIME = 'latency_budget_ms: 1800, fallback: {too_slow: 1}';
const POLICIES: Readonly<Record<Help, string>> = {
  none: `{${chain('a-only')}}`,
  hedge: `{hedge: true, ${chain('a-only, b-only')}}`,
  local: `{${IN_TIME}, ${chain('a-only')}}`,
};

/** Streams to a cloud that stalls now and then; see `first-token.ts`. */
export function cloudOnTheLine(help: Help, calls: number, chance: Chance): Promise<OnTheLine> {
  const endpoints = endpoint('a', 3) + endpoint('b', 3) + endpoint('low', 1);
  const say = ({ endpoint: name }: Dialled): number =>
    name === 'low' ? localMs(chance) : cloudMs(chance);
  return play(house(endpoints, POLICIES[help]), { calls, betweenMs: BETWEEN_MS, chance, say });
}

const LOOP_STEPS = 5;
const LOOP_MS = 6_000;

/** Loops of five steps, each of which says what is left of six seconds; see `loop.ts`. */
export async function loopsOnTheLine(count: number, chance: Chance): Promise<Loops> {
  const policy = `{fallback: {too_slow: 1}, ${chain('a-only')}}`;
  const { serve, clock, upstream, store } = build(
    house(endpoint('a', 3) + endpoint('low', 1), policy),
    Math.floor(chance.next() * 1e9),
  );
  upstream.script = (dialled) => {
    const tookMs = dialled.endpoint === 'low' ? chance.lognormal(300, 0.2) : cloudMs(chance);
    clock.after(tookMs, () => {
      if (!dialled.aborted) dialled.stream().event(TOKEN).chunk(DONE).end();
    });
  };
  let [over, late, local] = [0, 0, 0];
  const step = (session: string, endsAt: number, steps: number): void => {
    const leftMs = Math.floor(endsAt - clock.monotonic());
    if (steps === 0) {
      over += 1;
      if (leftMs < 0) late += 1;
      return;
    }
    const head = { session, latencyBudgetMs: Math.max(1, leftMs), latencySteps: steps };
    serve(chatOf('m', { stream: true }), head).settlement.then((settlement) => {
      if (settlement?.record.attempts.at(-1)?.role === 'late') local += 1;
      step(session, endsAt, steps - 1);
    });
  };
  for (let at = 0; at < count; at += 1) {
    clock.after(at * BETWEEN_MS, () => step(`s${at}`, clock.monotonic() + LOOP_MS, LOOP_STEPS));
  }
  while (over < count) {
    await clock.turn(1_000);
    upstream.dials.length = 0;
    store.entries.length = 0;
  }
  return { lateShare: late / count, localShare: local / (count * LOOP_STEPS) };
}

const OUTAGE_CALLS = 4_500;
const OUTAGE_BETWEEN_MS = 20;
const DEAD_FROM_MS = 20_000;
const DEAD_TO_MS = 50_000;
const CONNECT_MS = 1_000;

/** Three equal endpoints, of which one takes no connections for a while; see `outage.ts`. */
export function outageOnTheLine(chance: Chance): Promise<OnTheLine> {
  const endpoints = endpoint('a', 3) + endpoint('b', 3) + endpoint('c', 3);
  const yaml = house(endpoints, '{default_tier: 3}');
  return play(yaml, {
    calls: OUTAGE_CALLS,
    betweenMs: OUTAGE_BETWEEN_MS,
    chance,
    say: () => chance.lognormal(300, 0.4),
    mortal: 'a',
  });
}

type Scene = {
  readonly calls: number;
  readonly betweenMs: number;
  readonly chance: Chance;
  /** When the first token comes. */
  readonly say: (dialled: Dialled) => number;
  /** The endpoint that dies. */
  readonly mortal?: string;
};

async function play(yaml: string, scene: Scene): Promise<OnTheLine> {
  const { calls, betweenMs, chance, say, mortal } = scene;
  const built = build(yaml, Math.floor(chance.next() * 1e9));
  const { clock, upstream, store } = built;
  const tookMs: number[] = [];
  let [begun, over, dials, failed, atOnceMax, out] = [0, 0, 0, 0, 0, 0];
  let isKnownDead = false;
  upstream.script = (dialled) => {
    dials += 1;
    const isMortal = dialled.endpoint === mortal;
    const now = clock.monotonic();
    const isDead = isMortal && now >= DEAD_FROM_MS && now < DEAD_TO_MS;
    if (isMortal) out += 1;
    if (isMortal && isKnownDead) atOnceMax = Math.max(atOnceMax, out);
    clock.after(isDead ? CONNECT_MS : say(dialled), () => {
      if (isMortal) out -= 1;
      if (dialled.aborted) return;
      if (isMortal) isKnownDead = isDead;
      if (isDead) dialled.fault('connect_timeout');
      else dialled.stream().event(TOKEN).chunk(DONE).end();
    });
  };
  const next = (): void => {
    begun += 1;
    if (begun < calls) clock.after(chance.exponential(betweenMs), next);
    const began = clock.monotonic();
    const served = built.serve(chatOf('m', { stream: true }), { session: `s${begun}` });
    served.settlement.then((settlement) => {
      over += 1;
      tookMs.push(clock.monotonic() - began);
      if (settlement?.record.ending !== 'answered') failed += 1;
    });
  };
  clock.after(0, next);
  while (over < calls) {
    await clock.turn(1_000);
    upstream.dials.length = 0;
    store.entries.length = 0;
  }
  return { tookMs, moreShare: dials / calls - 1, failed, atOnceMax };
}
