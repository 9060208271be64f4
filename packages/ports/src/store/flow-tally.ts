// Where data went, summed up for one batch: an upsert for each kind of flow, not for each call.
import type { Reach } from './records.ts';
import type { SettledRow } from './row.ts';
import { HOUR_MS } from './tally.ts';
import type { FlowPlace } from './whereto.ts';

export type FlowTotal = {
  readonly tenant: string;
  readonly hour: number;
  readonly fate: FlowPlace['fate'] | Reach;
  /** Empty, as what follows: of the call as a whole. */
  readonly endpoint: string;
  readonly region: string;
  readonly entity: string;
  readonly tier: number;
  readonly own: boolean;
  readonly label: string;
  readonly consent: string;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  uncounted: number;
  first: number;
  last: number;
};

/** Calls of one batch mostly go where the ones before them went. */
const RECENT_MAX = 16;

export class FlowTally {
  readonly #sums = new Map<string, FlowTotal>();
  /** Some of the sums: to compare with a few costs less than to make a key. */
  readonly #recent: FlowTotal[] = [];

  sums(): Iterable<FlowTotal> {
    return this.#sums.values();
  }

  /** Calls of nobody known reach no place, and are in nobody's report. */
  settled({ summary, places }: SettledRow): void {
    if (summary.tenant === undefined) return;
    this.#add(summary, { ...NOWHERE, fate: summary.reach });
    for (const place of places) this.#add(summary, place);
  }

  #add(call: SettledRow['summary'], place: Where): void {
    const sum = this.#sumOf(call, place);
    sum.calls += 1;
    sum.inputTokens += place.inputTokens ?? 0;
    sum.outputTokens += place.outputTokens ?? 0;
    if (place.fate === 'received' && place.inputTokens === undefined) sum.uncounted += 1;
    sum.first = Math.min(sum.first, call.at);
    sum.last = Math.max(sum.last, call.at);
  }

  #sumOf(call: SettledRow['summary'], place: Where): FlowTotal {
    const hour = Math.floor(call.at / HOUR_MS);
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i += 1) {
      const sum = recent[i];
      if (sum !== undefined && sum.hour === hour && isOf(sum, call, place)) return sum;
    }
    const sum = this.#keyed(call, place, hour);
    if (recent.length === RECENT_MAX) recent.shift();
    recent.push(sum);
    return sum;
  }

  #keyed(call: SettledRow['summary'], place: Where, hour: number): FlowTotal {
    const where = {
      tenant: call.tenant ?? '',
      hour,
      fate: place.fate,
      endpoint: place.endpoint,
      region: place.region,
      entity: place.legalEntity,
      tier: place.tier,
      own: place.own,
      label: call.label ?? '',
      consent: call.consent ?? '',
    };
    const key = JSON.stringify(Object.values(where));
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const counts = { calls: 0, inputTokens: 0, outputTokens: 0, uncounted: 0 };
    const sum = { ...where, ...counts, first: call.at, last: call.at };
    this.#sums.set(key, sum);
    return sum;
  }
}

const isOf = (sum: FlowTotal, call: SettledRow['summary'], place: Where): boolean =>
  sum.endpoint === place.endpoint &&
  sum.fate === place.fate &&
  sum.tenant === (call.tenant ?? '') &&
  sum.label === (call.label ?? '') &&
  sum.consent === (call.consent ?? '') &&
  sum.tier === place.tier &&
  sum.own === place.own &&
  sum.region === place.region &&
  sum.entity === place.legalEntity;

type Where = Omit<FlowPlace, 'fate'> & { readonly fate: FlowTotal['fate'] };

const NOWHERE: Omit<Where, 'fate'> = {
  endpoint: '',
  region: '',
  legalEntity: '',
  tier: 0,
  own: false,
  inputTokens: undefined,
  outputTokens: undefined,
};
