// Where a call that was answered could be answered on another tier, to compare both: the same
// survey, under the clearance that it was answered under or a lower one, one model of one tier. It
// is a route like any other; nothing is tried after it, and nobody is asked better ones.
import { assert, type Tier, within } from '@signalbox/contract';
import { NO_CHECKS } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import type { Candidate } from './offer.ts';
import { rankingOf } from './offer.ts';
import { closed, closedOf, recordedOf, shownOf } from './recorded.ts';
import { type Resolved, type ResolveFacts, survey } from './resolve.ts';
import { usageOf } from './tokens.ts';

/**
 * @param tiers the first that has an open place is taken.
 * @returns undefined: none of them has.
 */
export function resolveAside(
  call: Classified,
  facts: ResolveFacts,
  tiers: readonly Tier[],
): Resolved | undefined {
  const surveyed = survey(call, facts);
  if (!surveyed.ok) return undefined;
  const { verdict, clearance, consent, field, above } = surveyed.value;
  const open = [...field.open(), ...above].filter(
    ({ offering }) => closed(offering, facts) === undefined,
  );
  const offers = oneModel(open, tiers);
  const [first] = offers;
  if (first === undefined) return undefined;
  assert(within(clearance, first.place) === undefined, 'a route stays within its clearance');
  const seen = shownOf(field, offers);
  const { ranks, weights } = rankingOf(offers);
  const confidenceMin = { [first.place.tier]: 0 };
  // How sure it is shall be known, and nothing follows from it.
  const output = { ...NO_CHECKS, confidenceMin, compiled: undefined, tools: undefined };
  const route: Resolved['route'] = {
    ...{ clearance, offers, ranks, weights, consent },
    ...{ late: undefined, lateMs: undefined, better: [] },
    usageMax: usageOf(call, verdict.cap),
    candidates: recordedOf(seen, offers, facts),
    closed: closedOf(seen, facts),
    verdict: { ...verdict, output },
  };
  return Object.assign(call, { route }) as Resolved; // brand: minted here
}

/** The first of the tier, and it alone: an answer of anybody else would say nothing of it. */
function oneModel(open: readonly Candidate[], tiers: readonly Tier[]): readonly Candidate[] {
  for (const tier of tiers) {
    const first = open.find(({ place }) => place.tier === tier);
    if (first !== undefined) return [first];
  }
  return [];
}
