// What of the candidates stands in a record: which of them, with which gates, and who was left
// alone for the moment.
import type { RecordedCandidate, RecordedDecision } from '@signalbox/contract';
import type { Offering } from '../catalog/catalog.ts';
import type { Field } from './field.ts';
import { GATES, type Gate } from './gates.table.ts';
import type { Candidate, Offer } from './offer.ts';

/** What calls and probes have met: who is left alone for a while. */
export type Closings = { why(offering: Offering): Gate | undefined };

/** The most that an answer of a model there may be worth, 0 to 100; undefined: not known. */
export type MostOf = (offering: Offering) => number | undefined;
/** What checks of answers have met; undefined: nothing of this tenant's and this step. */
export type Measured = {
  of(tenant: string, step: string | undefined): MostOf | undefined;
};

export type Moving = {
  readonly closings?: Closings | undefined;
  readonly measured?: Measured | undefined;
};

/** At most this many candidates stand in a record, those of the route among them. */
const RECORDED_MAX = 64;

/**
 * The candidates that stand in a record, in their order: all of them where they are few, else those
 * of the route before others.
 */
export function shownOf(field: Field, offers: readonly Offer[]): readonly Candidate[] {
  const { offerings } = field;
  if (field.isAll) return shownOfAll(field, offers);
  const missing = [...offers];
  const shown: Candidate[] = [];
  let room = RECORDED_MAX - missing.length;
  for (let at = 0; at < offerings.length && (room > 0 || missing.length > 0); at += 1) {
    const chosen = placeOf(missing, offerings[at]);
    if (chosen >= 0) missing.splice(chosen, 1);
    else if (room > 0) room -= 1;
    else continue;
    shown.push(field.candidate(at));
  }
  // What was not asked for by the call: an answer in time, a better one.
  for (const { offering, place } of missing) {
    shown.push({ offering, place, gates: 0, unmet: 0, target: undefined, score: 0 });
  }
  return shown;
}

/** The same where a field has everything there is, once, and knows where. */
function shownOfAll(field: Field, offers: readonly Offer[]): readonly Candidate[] {
  const places = new Set<number>();
  const others: Candidate[] = [];
  for (const { offering, place } of offers) {
    const at = field.indexOf(offering);
    if (at >= 0 && !places.has(at)) places.add(at);
    else others.push({ offering, place, gates: 0, unmet: 0, target: undefined, score: 0 });
  }
  const chosen = [...places];
  let room = Math.min(RECORDED_MAX - offers.length, field.offerings.length - places.size);
  for (let at = 0; room > 0; at += 1) {
    if (places.has(at)) continue;
    chosen.push(at);
    room -= 1;
  }
  chosen.sort((a, b) => a - b);
  const shown = chosen.map((at) => field.candidate(at));
  return others.length === 0 ? shown : [...shown, ...others];
}

/** Of a few; -1: it is none of them. */
function placeOf(offers: readonly Offer[], offering: Offering | undefined): number {
  for (let at = 0; at < offers.length; at += 1) if (offers[at]?.offering === offering) return at;
  return -1;
}

/** What was allowed and not chosen has a gate of its own: it is down, or was not needed. */
export function recordedOf(
  shown: readonly Candidate[],
  offers: readonly Offer[],
  facts: Moving,
): readonly RecordedCandidate[] {
  return shown.map((one) => {
    const { endpoint, model } = one.offering;
    const isPassedOver = one.gates === 0 && placeOf(offers, one.offering) < 0;
    const gates = isPassedOver ? GATES[closed(one.offering, facts) ?? 'notNeeded'] : one.gates;
    return { endpoint: endpoint.name, model, tier: one.place.tier, gates };
  });
}

/** Of those that nothing else refuses; nearly always nobody. */
export function closedOf(shown: readonly Candidate[], facts: Moving): readonly number[] {
  let found: readonly number[] = NOBODY;
  for (let at = 0; at < shown.length; at += 1) {
    const one = shown[at];
    if (one === undefined || one.gates !== 0 || closed(one.offering, facts) === undefined) continue;
    found = [...found, at];
  }
  return found;
}

const NOBODY: readonly number[] = [];

/** What checks have met of those that stand in a record; undefined: of none of them anything. */
export function mostIn(
  shown: readonly Candidate[],
  mostOf: MostOf | undefined,
): RecordedDecision['most'] {
  if (mostOf === undefined) return undefined;
  const found = shown.flatMap(({ offering }, at) => {
    const most = mostOf(offering);
    return most === undefined ? [] : [[at, most] as const];
  });
  return found.length === 0 ? undefined : found;
}

/** Undefined: it may be asked. */
export const closed = (offering: Offering, { closings }: Moving): Gate | undefined =>
  closings?.why(offering);
