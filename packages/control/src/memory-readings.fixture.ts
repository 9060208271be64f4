// Ended calls in memory: what control asks the store, with every scope that it asked for noted.
import type { TenantName } from '@signalbox/contract';
import {
  EVERY_TENANT,
  type Feed,
  type Flows,
  type Overview,
  type OverviewTotals,
  type RecentQuery,
  type RequestSummary,
  type Scope,
  type StoredRecord,
} from '@signalbox/ports';
import type { Readings } from './readings.ts';

type Went = Pick<Flows, 'reaches' | 'places' | 'cut' | 'rowsFrom'>;
const NOWHERE: Went = { reaches: [], places: [], cut: false, rowsFrom: undefined };

type Held = StoredRecord;

export class MemoryReadings implements Readings {
  /** Whose rows were asked for, in order. */
  readonly scopes: Scope[] = [];
  failure: Error | undefined;
  /** Where the data of acme went. */
  went: Went = NOWHERE;
  readonly #held: Held[] = [];
  readonly #feeds = new Map<Feed, Scope>();

  add(summary: RequestSummary, record?: object, feedback?: StoredRecord['feedback']): void {
    this.#held.unshift({ summary, recordJson: record && JSON.stringify(record), feedback });
    this.tell([summary], 0);
  }

  tell(requests: readonly RequestSummary[], dropped: number): void {
    for (const [feed, scope] of this.#feeds) {
      feed(
        requests.filter((one) => sees(scope, one)),
        dropped,
      );
    }
  }

  get feeds(): number {
    return this.#feeds.size;
  }

  async recentRequests(query: RecentQuery): ReturnType<Readings['recentRequests']> {
    this.#ask(query.tenant);
    const all = this.#held.map((one) => one.summary).filter((one) => sees(query.tenant, one));
    const from = query.after === undefined ? 0 : all.findIndex(isDecision(query.after)) + 1;
    const fitting = all.slice(from).filter((one) => fits(query, one));
    const requests = fitting.slice(0, query.limit);
    const next = fitting.length > query.limit ? requests.at(-1)?.decision : undefined;
    return { requests, next };
  }

  async requestByDecision(tenant: Scope, decision: string): Promise<StoredRecord | undefined> {
    this.#ask(tenant);
    return this.#held.find((one) => sees(tenant, one.summary) && isDecision(decision)(one.summary));
  }

  async overview(query: Parameters<Readings['overview']>[0]): Promise<Overview> {
    this.#ask(query.tenant);
    const calls = this.#held.map((one) => one.summary).filter((one) => sees(query.tenant, one));
    const from = query.to - query.windowMs;
    const totals = totalsOf(calls);
    const points = [{ at: from, ...totals }];
    return { from, to: query.to, stepMs: 60_000, totals, tiers: [{ tier: 1, totals, points }] };
  }

  async flows(query: Parameters<Readings['flows']>[0]): Promise<Flows> {
    this.#ask(query.tenant);
    return { ...query, ...(query.tenant === 'acme' ? this.went : NOWHERE) };
  }

  subscribe(tenant: Scope, each: Feed): () => void {
    this.#ask(tenant);
    this.#feeds.set(each, tenant);
    return () => void this.#feeds.delete(each);
  }

  #ask(scope: Scope): void {
    this.scopes.push(scope);
    if (this.failure !== undefined) throw this.failure;
  }
}

const isDecision =
  (decision: string) =>
  (one: RequestSummary): boolean =>
    one.decision === decision;

const sees = (scope: Scope, one: RequestSummary): boolean =>
  scope === EVERY_TENANT || one.tenant === scope;

function fits(query: RecentQuery, one: RequestSummary): boolean {
  if (query.tier !== undefined && one.tier !== query.tier) return false;
  if (query.ending !== undefined && one.ending !== query.ending) return false;
  return query.session === undefined || one.session === query.session;
}

function totalsOf(calls: readonly RequestSummary[]): OverviewTotals {
  return {
    calls: calls.length,
    errors: 0,
    refused: 0,
    tokens: 0,
    costNanoUsd: 1_500n,
    unknownCostCalls: 0,
    savingsNanoUsd: 2_500n,
    p50Ms: 10,
    p95Ms: 20,
  };
}

const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `dec_` and 26 characters that count. */
export function decisionNumber(number: number): string {
  let text = '';
  for (let rest = number; text.length < 26; rest = Math.floor(rest / 32)) {
    text = CHARACTERS.charAt(rest % 32) + text;
  }
  return `dec_${text}`;
}

/** @param tenant brand: any text will do here. */
export function summary(number: number, more: Partial<RequestSummary> = {}): RequestSummary {
  return {
    decision: decisionNumber(number),
    at: 1_700_000_000_000 + number * 1_000,
    tenant: 'acme' as TenantName, // brand: a name of the test
    key: 'acme-key',
    session: undefined,
    step: undefined,
    stepSource: undefined,
    stepClass: undefined,
    routedBy: undefined,
    operation: 'chat',
    stream: false,
    modelRequested: 'auto',
    model: 'sim-small',
    endpoint: 'sim-local',
    tier: 1,
    label: 'public',
    ending: 'answered',
    code: undefined,
    status: 200,
    fallback: false,
    inputTokens: 12,
    outputTokens: 34,
    costNanoUsd: 1_234n,
    savingsNanoUsd: 5_000n,
    firstByteMs: 4.5,
    totalMs: 12.25,
    reach: 'stayed',
    received: ['sim-local'],
    blocked: [],
    consent: undefined,
    ...more,
  };
}
