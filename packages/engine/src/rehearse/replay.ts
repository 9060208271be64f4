// Recorded decisions, made again: under the same documents every one comes out as it was, to the
// bit; under others it is counted what would change. What moved at the time (who was left alone for
// a while) is taken from the record. Nobody is called.
import {
  type CallRecord,
  type RecordedCandidate,
  type RecordedClearance,
  type RecordedDecision,
  recordedTerms,
} from '@signalbox/contract';
import { type Configuration, costNanoUsd } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import { UNSCANNED } from '../classify/reading.ts';
import type { Snapshot } from '../house.ts';
import { asksContent } from '../resolve/features.ts';
import { GATES, type Gate } from '../resolve/gates.table.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Closings, Measured } from '../resolve/recorded.ts';
import { resolve } from '../resolve/resolve.ts';
import { isTold } from '../session/step.ts';
import type { KeyFacts } from '../tenant/tenant.ts';
import { imagine } from './imagined.ts';
import { isOutside, type Moved } from './moved.ts';
import { keysOf } from './whose.ts';

export type Replayed = {
  /** All that were given. */
  readonly decisions: number;
  /** Made again. */
  readonly replayed: number;
  /** Made again, and the same to the bit: candidates, gates, clearance, order. */
  readonly identical: number;
  /** The first offer is another one, or there is none, or now there is one. */
  readonly moved: number;
  /** Not made again, by reason. */
  readonly left: ReadonlyMap<string, number>;
  /** Some of those that moved. */
  readonly examples: readonly Moved[];
  /** Of answered calls whose prices are known: what they cost, and would have cost. */
  readonly nanoUsd: { readonly before: bigint; readonly after: bigint };
  /** Of answered calls to places that were measured: sums over the same calls. */
  readonly ms: { readonly before: number; readonly after: number; readonly calls: number };
  /** Decisions whose first offer lies outside what they were cleared for at the time. */
  readonly breaches: readonly Moved[];
};

const EXAMPLES_MAX = 20;
const NOTHING = 'refused';

export function replay(
  records: Iterable<CallRecord>,
  snapshot: Snapshot,
  configuration: Configuration,
): Replayed {
  const run = new Run(snapshot, configuration);
  for (const record of records) run.add(record);
  return run;
}

class Run implements Replayed {
  readonly #snapshot: Snapshot;
  readonly #configuration: Configuration;
  readonly #keys: Map<string, ReadonlyMap<string, KeyFacts>> = new Map();
  readonly #times: Map<string, { sum: number; calls: number }> = new Map();
  /** Calls whose answer would come from elsewhere: their times are known at the end. */
  readonly #timed: Map<string, { before: number; calls: number }> = new Map();
  /** Calls that stay where they were take as long as they did. */
  readonly #stayed = { ms: 0, calls: 0 };
  readonly left: Map<string, number> = new Map();
  readonly examples: Moved[] = [];
  readonly breaches: Moved[] = [];
  readonly nanoUsd = { before: 0n, after: 0n };
  decisions = 0;
  replayed = 0;
  identical = 0;
  moved = 0;

  constructor(snapshot: Snapshot, configuration: Configuration) {
    this.#snapshot = snapshot;
    this.#configuration = configuration;
  }

  get ms(): Replayed['ms'] {
    const { ms, calls } = this.#stayed;
    const all = { before: ms, after: ms, calls };
    for (const [place, { before, calls }] of this.#timed) {
      const time = this.#times.get(place);
      if (time === undefined) continue;
      all.before += before;
      all.after += (time.sum / time.calls) * calls;
      all.calls += calls;
    }
    return all;
  }

  add(record: CallRecord): void {
    this.decisions += 1;
    const { decided } = record;
    if (record.ending === 'answered') this.#time(record);
    const call = decided === undefined ? 'its record does not tell enough' : this.#call(record);
    if (decided === undefined || typeof call === 'string') {
      const why = typeof call === 'string' ? call : 'its record does not tell enough';
      this.left.set(why, (this.left.get(why) ?? 0) + 1);
      return;
    }
    this.replayed += 1;
    const { catalog, policies, consents } = this.#snapshot;
    const closings = closingsOf(record.candidates, decided);
    const measured = measuredIn(record.candidates, decided);
    const { level } = decided;
    const resolved = resolve(call, { catalog, policies, consents, closings, measured, level });
    const route = resolved.ok ? resolved.value.route : call.surveyed;
    const offers = resolved.ok ? resolved.value.route.offers : [];
    if (route !== undefined && isSame(record, decided, { ...route, offers })) this.identical += 1;
    this.#compare(record, decided, offers[0]);
  }

  #time({ attempts, totalMs, candidates, decided }: CallRecord): void {
    const first = decided === undefined ? undefined : candidates[decided.route[0] ?? -1];
    if (first === undefined || attempts.length !== 1) return;
    const time = this.#times.get(nameOf(first)) ?? { sum: 0, calls: 0 };
    this.#times.set(nameOf(first), { sum: time.sum + totalMs, calls: time.calls + 1 });
  }

  #compare(record: CallRecord, { route }: RecordedDecision, first: Offer | undefined): void {
    const was = record.candidates[route[0] ?? -1];
    const before = was === undefined ? NOTHING : nameOf(was);
    const after =
      first === undefined
        ? NOTHING
        : nameOf({ endpoint: first.place.name, model: first.offering.model });
    const told = { decision: record.decision, tenant: record.tenant ?? '', before, after };
    const { clearance } = record;
    if (first !== undefined && clearance !== undefined && isOutside(clearance, first)) {
      this.breaches.push(told);
    }
    this.#count(record, told, first);
    if (before === after) return;
    this.moved += 1;
    if (this.examples.length < EXAMPLES_MAX) this.examples.push(told);
  }

  /** What an answered call took and cost, and what it would have at the place of now. */
  #count(record: CallRecord, { before, after }: Moved, first: Offer | undefined): void {
    if (record.ending !== 'answered' || first === undefined) return;
    if (before === after) {
      this.#stayed.ms += record.totalMs;
      this.#stayed.calls += 1;
    } else {
      const timed = this.#timed.get(after) ?? { before: 0, calls: 0 };
      this.#timed.set(after, { before: timed.before + record.totalMs, calls: timed.calls + 1 });
    }
    const { usage, costNanoUsd: paid } = record;
    if (usage === undefined || paid === undefined) return;
    const cost = costNanoUsd(first.offering.price, usage);
    if (cost.kind !== 'known') return;
    this.nanoUsd.before += BigInt(paid);
    this.nanoUsd.after += cost.nanoUsd;
  }

  /** A text: why it cannot be made again. */
  #call(record: CallRecord): (Classified & { readonly surveyed?: RouteSeen }) | string {
    const { tenant: name, key: keyed, decided } = record;
    const tenant = name === undefined ? undefined : this.#snapshot.tenants.tenants.get(name);
    if (tenant === undefined || name === undefined) return 'its tenant is not there';
    const key = keyed === undefined ? undefined : this.#keysOf(name).get(keyed);
    if (key === undefined) return 'its key is not there';
    if (asksContent(tenant) && record.kinds?.includes(UNSCANNED) === true) {
      return 'whether its plan includes what it shows, its content alone tells';
    }
    return imagine({
      ...decided,
      tenant,
      key,
      at: record.at,
      model: record.modelRequested,
      // Rules see what the caller told, and nothing that was read from the call.
      step: isTold(record.stepSource) ? record.step : undefined,
      agent: record.agent,
      session: record.session,
      label: record.label,
      kinds: record.kinds,
      difficulty: record.difficulty,
      routed: record.routed,
      operation: record.operation,
      stream: record.stream,
      latencyBudgetMs: record.latencyBudgetMs,
      tags: record.tags,
    });
  }

  #keysOf(tenant: string): ReadonlyMap<string, KeyFacts> {
    const known =
      this.#keys.get(tenant) ??
      new Map(keysOf(this.#configuration, tenant).map((key) => [key.name, key]));
    this.#keys.set(tenant, known);
    return known;
  }
}

type RouteSeen = {
  readonly candidates: readonly RecordedCandidate[];
  readonly clearance: { readonly terms: RecordedClearance };
};

const nameOf = ({ endpoint, model }: { endpoint: string; model: string }): string =>
  `${endpoint}/${model}`;

const CLOSED: readonly Gate[] = ['down', 'tripped', 'limited', 'paused'];
/** What is met after the decision. */
const CLOSED_BITS = CLOSED.reduce((bits, gate) => bits | GATES[gate], 0) | GATES.escalates;

/** Who was left alone at the time. */
function closingsOf(
  candidates: readonly RecordedCandidate[],
  { closed }: RecordedDecision,
): Closings {
  const gates = new Map<string, Gate>();
  for (const at of closed) {
    const one = candidates[at];
    if (one === undefined) continue;
    gates.set(nameOf(one), CLOSED.find((gate) => (one.gates & GATES[gate]) !== 0) ?? 'down');
  }
  return {
    why(offering: Offering): Gate | undefined {
      return gates.size === 0 ? undefined : gates.get(nameOf(placeOf(offering)));
    },
  };
}

function measuredIn(
  candidates: readonly RecordedCandidate[],
  { most }: RecordedDecision,
): Measured | undefined {
  if (most === undefined) return undefined;
  const known = new Map<string, number>();
  for (const [at, worth] of most) {
    const one = candidates[at];
    if (one !== undefined) known.set(nameOf(one), worth);
  }
  return { of: () => (offering) => known.get(nameOf(placeOf(offering))) };
}

const placeOf = ({ endpoint, model }: Offering): Parameters<typeof nameOf>[0] => ({
  endpoint: endpoint.name,
  model,
});

function isSame(
  record: CallRecord,
  decided: RecordedDecision,
  { candidates, clearance, offers }: RouteSeen & { readonly offers: readonly Offer[] },
): boolean {
  const { candidates: was } = record;
  if (was.length !== candidates.length || decided.route.length !== offers.length) return false;
  const inRoute = new Set(decided.route);
  for (let at = 0; at < was.length; at += 1) {
    const [one, other] = [was[at], candidates[at]];
    if (one === undefined || other === undefined) return false;
    // What was met after the decision stands in the record, too.
    const gates = inRoute.has(at) ? one.gates & ~CLOSED_BITS : one.gates;
    const isEqual =
      one.endpoint === other.endpoint && one.model === other.model && one.tier === other.tier;
    if (!isEqual || gates !== other.gates) return false;
  }
  const order = decided.route.every((at, i) => {
    const offer = offers[i];
    const one = was[at];
    return one?.endpoint === offer?.place.name && one?.model === offer?.offering.model;
  });
  const terms = record.clearance && recordedTerms(record.clearance);
  return order && JSON.stringify(recordedTerms(clearance.terms)) === JSON.stringify(terms);
}
