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

export class FlowTally {
  readonly #sums = new Map<string, FlowTotal>();

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
    const where = {
      tenant: call.tenant ?? '',
      hour: Math.floor(call.at / HOUR_MS),
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
