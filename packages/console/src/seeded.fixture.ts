// Calls that look like a day's work, the same in every run, and control in front of them.
import { randomBytes } from 'node:crypto';
import { tenantName } from '@signalbox/contract';
import {
  type Control,
  type ControlOptions,
  createControl,
  type StatusDocument,
  type TenantRole,
} from '@signalbox/control';
import {
  createClock,
  EVERY_TENANT,
  type Feed,
  type Flows,
  type Listening,
  listen,
  type Overview,
  type OverviewPoint,
  type OverviewTotals,
  type RequestSummary,
  splitTarget,
} from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { MemoryBrought, switching } from './brought.fixture.ts';
import { consentsOf, MemoryConsents } from './consents.fixture.ts';
import { readConsole } from './index.ts';
import { documentsWith, rehearsing } from './rehearsed.fixture.ts';
import { HOOKS, toldOutbox } from './told.fixture.ts';

type Readings = ControlOptions['readings'];

export const ADMIN_KEY = 'admin-key-of-the-test';
/** Of an admin of acme. */
export const ACME_KEY = 'admin-key-of-acme';
export const AUDITOR_KEY = 'audit-key-of-acme';
export const FINANCE_KEY = 'finance-key-of-acme';
const ROLES_OF_ACME: ReadonlyMap<string, TenantRole> = new Map([
  [ACME_KEY, 'admin'],
  [AUDITOR_KEY, 'auditor'],
  [FINANCE_KEY, 'finance'],
]);
const STEP_MS = 60_000;

export class SeededReadings implements Readings {
  readonly calls: RequestSummary[] = [];
  readonly records: Map<string, object> = new Map();
  readonly #feeds = new Set<Feed>();

  /** Ends a call now: it stands in front, and every tail hears of it. */
  end(call: RequestSummary, record?: object): void {
    this.calls.unshift(call);
    if (record !== undefined) this.records.set(call.decision, record);
    for (const feed of this.#feeds) feed([call], 0);
  }

  async recentRequests(
    query: Parameters<Readings['recentRequests']>[0],
  ): ReturnType<Readings['recentRequests']> {
    const from = this.calls.findIndex((one) => one.decision === query.after) + 1;
    const fitting = this.calls
      .slice(from)
      .filter(
        (one) =>
          (query.tenant === EVERY_TENANT || one.tenant === query.tenant) &&
          (query.tier === undefined || one.tier === query.tier) &&
          (query.ending === undefined || one.ending === query.ending) &&
          (query.label === undefined || one.label === query.label) &&
          (query.reach === undefined || one.reach === query.reach) &&
          (query.received === undefined || one.received.includes(query.received)) &&
          one.at >= (query.from ?? 0) &&
          one.at < (query.to ?? Number.POSITIVE_INFINITY) &&
          (query.model === undefined || one.model === query.model),
      );
    const requests = fitting.slice(0, query.limit);
    const next = fitting.length > query.limit ? requests.at(-1)?.decision : undefined;
    return { requests, next };
  }

  async requestByDecision(
    _tenant: string,
    decision: string,
  ): ReturnType<Readings['requestByDecision']> {
    const summary = this.calls.find((one) => one.decision === decision);
    const record = this.records.get(decision);
    if (summary === undefined) return undefined;
    return { summary, recordJson: record === undefined ? undefined : JSON.stringify(record) };
  }

  async overview(query: Parameters<Readings['overview']>[0]): Promise<Overview> {
    const stepMs = Math.max(STEP_MS, Math.ceil(query.windowMs / 60 / STEP_MS) * STEP_MS);
    const to = Math.ceil(query.to / stepMs) * stepMs;
    const from = to - Math.ceil(query.windowMs / stepMs) * stepMs;
    const inside = this.calls.filter((one) => one.at >= from && one.at < to);
    const byTier = Map.groupBy(inside, (one) => one.tier ?? 0);
    const tiers = [...byTier].map(([tier, calls]) => {
      const steps = Map.groupBy(
        calls,
        (one) => from + Math.floor((one.at - from) / stepMs) * stepMs,
      );
      const points = [...steps].map(([at, some]): OverviewPoint => ({ at, ...totalsOf(some) }));
      return { tier, totals: totalsOf(calls), points };
    });
    return { from, to, stepMs, totals: totalsOf(inside), tiers };
  }

  async flows({ tenant, from, to }: Parameters<Readings['flows']>[0]): Promise<Flows> {
    const inside = this.calls.filter(
      (one) => one.tenant === tenant && one.at >= from && one.at < to,
    );
    return { from, to, ...flowsOf(inside) };
  }

  subscribe(_tenant: string, each: Feed): () => void {
    this.#feeds.add(each);
    return () => void this.#feeds.delete(each);
  }
}

function flowsOf(calls: readonly RequestSummary[]): Omit<Flows, 'from' | 'to'> {
  const reaches = [...Map.groupBy(calls, ({ reach, label }) => `${reach} ${label}`).values()];
  const sent = calls.filter((one) => one.endpoint !== undefined);
  const places = [...Map.groupBy(sent, ({ endpoint, label }) => `${endpoint} ${label}`).values()];
  return {
    reaches: reaches.map((some) => ({
      reach: some[0]?.reach ?? 'unknown',
      label: some[0]?.label,
      calls: some.length,
    })),
    places: places.map((some) => ({
      fate: 'received',
      endpoint: some[0]?.endpoint ?? '',
      region: some[0]?.tier === 3 ? 'us' : 'eu',
      legalEntity: some[0]?.tier === 3 ? 'Frontier Models Inc.' : undefined,
      tier: some[0]?.tier ?? 0,
      own: false,
      label: some[0]?.label,
      consent: undefined,
      calls: some.length,
      inputTokens: some.reduce((sum, one) => sum + (one.inputTokens ?? 0), 0),
      outputTokens: some.reduce((sum, one) => sum + (one.outputTokens ?? 0), 0),
      uncountedCalls: 0,
      first: Math.min(...some.map((one) => one.at)),
      last: Math.max(...some.map((one) => one.at)),
    })),
    cut: false,
    rowsFrom: calls.at(-1)?.at,
  };
}

function totalsOf(calls: readonly RequestSummary[]): OverviewTotals {
  const times = calls.map((one) => one.totalMs).sort((a, b) => a - b);
  const sum = (value: (one: RequestSummary) => number): number =>
    calls.reduce((total, one) => total + value(one), 0);
  const money = (value: (one: RequestSummary) => bigint | undefined): bigint =>
    calls.reduce((total, one) => total + (value(one) ?? 0n), 0n);
  return {
    calls: calls.length,
    errors: calls.filter((one) => one.status >= 500 || one.ending === 'cut').length,
    refused: calls.filter((one) => one.ending === 'refused').length,
    tokens: sum((one) => (one.inputTokens ?? 0) + (one.outputTokens ?? 0)),
    costNanoUsd: money((one) => one.costNanoUsd),
    unknownCostCalls: calls.filter((one) => one.costNanoUsd === undefined && one.endpoint).length,
    savingsNanoUsd: money((one) => one.savingsNanoUsd),
    p50Ms: times[Math.floor(times.length * 0.5)],
    p95Ms: times[Math.floor(times.length * 0.95)],
  };
}

/** A small linear congruence: numbers that look like chance and are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function decisionNumber(number: number): string {
  let text = '';
  for (let rest = number; text.length < 26; rest = Math.floor(rest / 32)) {
    text = CHARACTERS.charAt(rest % 32) + text;
  }
  return `dec_${text}`;
}

type Kind = Pick<RequestSummary, 'model' | 'endpoint' | 'tier'> & {
  readonly ms: number;
  readonly nano: number;
};
const KINDS: readonly Kind[] = [
  { model: 'sim-small', endpoint: 'sim-local', tier: 1, ms: 38, nano: 2_100 },
  { model: 'sim-medium', endpoint: 'sim-private', tier: 2, ms: 210, nano: 96_000 },
  { model: 'sim-frontier', endpoint: 'sim-frontier', tier: 3, ms: 920, nano: 4_800_000 },
];
const FRONTIER_NANO = 5_200_000;
const TENANTS = ['acme', 'globex', 'initech'];
const LABELS = ['public', 'internal', 'personal', 'regulated'];

export function call(number: number, at: number, chance: () => number): RequestSummary {
  const draw = chance();
  const [small, medium, large] = KINDS;
  const kind = draw < 0.62 ? small : draw < 0.86 ? medium : large;
  if (kind === undefined) throw new Error('three kinds');
  const input = 20 + Math.floor(chance() * 900);
  const output = 5 + Math.floor(chance() * 400);
  const weight = BigInt(Math.round((input + output) * 4));
  const cost = (BigInt(kind.nano) * weight) / 2_000n;
  const frontier = (BigInt(FRONTIER_NANO) * weight) / 2_000n;
  const fate = chance();
  const base: RequestSummary = {
    decision: decisionNumber(number),
    at,
    tenant: TENANTS[Math.floor(chance() * TENANTS.length)],
    key: 'web',
    session: 'ses_8f2a61c09d',
    step: undefined,
    stepSource: undefined,
    stepClass: undefined,
    routedBy: undefined,
    operation: 'chat',
    stream: chance() < 0.5,
    modelRequested: chance() < 0.8 ? 'auto' : kind.model,
    model: kind.model,
    endpoint: kind.endpoint,
    tier: kind.tier,
    label: LABELS[Math.floor(chance() * (kind.tier === 1 ? 4 : kind.tier === 2 ? 2 : 1))],
    ending: 'answered',
    code: undefined,
    status: 200,
    fallback: chance() < 0.04,
    inputTokens: input,
    outputTokens: output,
    costNanoUsd: cost,
    savingsNanoUsd: frontier - cost,
    firstByteMs: kind.ms / 3,
    totalMs: kind.ms * (0.6 + chance() * 1.6),
    reach: kind.tier === 1 ? 'stayed' : 'left',
    received: [kind.endpoint ?? ''],
    blocked: [],
    consent: undefined,
  };
  if (fate < 0.955) return base;
  if (fate < 0.975) return { ...base, ...REFUSED };
  if (fate < 0.985) return { ...base, ending: 'left' };
  return { ...base, ending: 'cut', code: 'upstream_failed', outputTokens: 3 };
}

const REFUSED: Partial<RequestSummary> = {
  ending: 'refused',
  code: 'no_eligible_route',
  status: 403,
  model: undefined,
  endpoint: undefined,
  tier: undefined,
  label: 'regulated',
  inputTokens: undefined,
  outputTokens: undefined,
  costNanoUsd: undefined,
  savingsNanoUsd: undefined,
  totalMs: 0.62,
  reach: 'unsent',
  received: [],
};

/** The newest call is number `count`. */
export function fill(readings: SeededReadings, count: number, now: number, overMs: number): void {
  const chance = seeded(7);
  for (let number = 1; number <= count; number += 1) {
    const at = now - overMs + (overMs * number) / (count + 1) - chance() * 400;
    readings.calls.unshift(call(number, at, chance));
  }
}

export type SeededServer = {
  readonly readings: SeededReadings;
  readonly brought: MemoryBrought;
  readonly control: Control;
  readonly origin: string;
  status: StatusDocument;
  /** False: acme's key was revoked. */
  holdsAcme: boolean;
  stop(): Promise<void>;
};

/** @param documents as a file has them, `given` too: the consents. */
export async function serveSeeded(
  status: StatusDocument,
  documents: string = documentsWith(),
  given: string = consentsOf(Date.now()),
): Promise<SeededServer> {
  const consents = new MemoryConsents(given);
  const readings = new SeededReadings();
  const brought = new MemoryBrought();
  const { configuration, ...rehearsed } = await rehearsing(documents);
  const outbox = toldOutbox(Date.now());
  const clock = createClock();
  const files = readConsole();
  if (files === undefined) throw new Error('the console is not built: npm test builds it');
  let listening: Listening | undefined;
  const origin = (): string => `http://127.0.0.1:${listening?.port ?? 0}`;
  const control = createControl({
    readings,
    clock,
    random: { bytes: (count) => randomBytes(count) },
    keys: nodeKeys(new Uint8Array(32).fill(3)),
    sink: { log() {}, count() {}, observe() {} },
    adminKeyHolds: (text) => text === ADMIN_KEY,
    tenantOf(text) {
      const role = ROLES_OF_ACME.get(text);
      const holds = (): boolean => role !== 'admin' || server.holdsAcme;
      if (role === undefined || !holds()) return undefined;
      return { tenant: tenantName('acme'), key: `acme-${role}`, role, holds };
    },
    consoleFiles: files,
    status: () => ({
      ...server.status,
      endpoints: [...server.status.endpoints, ...brought.statuses()],
    }),
    configuration: () => ({
      ...configuration(),
      endpoints: brought.configuration().endpoints,
      consents: consents.documents(),
    }),
    ...rehearsed,
    events: {
      events: (query) => outbox.events(query),
      event: (id) => outbox.event(id),
      deliveries: (query) => outbox.deliveries(query),
      waits: (ids) => outbox.waits(ids),
      again: (id, names = HOOKS) => (outbox.again(id, names, Date.now()) ? names : []),
    },
    brought,
    documents: { ...switching(brought), remove: (_noun, name) => consents.revoke(name) },
    origins: () => [origin()],
    keyEnvironment: 'test',
  });
  listening = await listen({
    host: '127.0.0.1',
    port: 0,
    refuse: () => ({ status: 400, headers: [], bytes: new Uint8Array(0) }),
    handler: (exchange) => {
      const target = splitTarget(exchange.head.target);
      if (target !== 'invalid' && control.handle(exchange, target)) return;
      exchange.reply(404, [], new Uint8Array(0));
    },
  });
  const server: SeededServer = {
    readings,
    brought,
    control,
    origin: origin(),
    status,
    holdsAcme: true,
    async stop() {
      control.drain();
      await listening?.close(200);
      outbox.close();
    },
  };
  return server;
}
