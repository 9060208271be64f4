// Where the call may run and where it shall: profile, policy, catalog and entitlements become a
// clearance and a route, an ordered list of offers, with a reason for every candidate left out.
// Refuses unknown models, plans that do not include what is asked, and calls that nothing allowed
// can serve. Pure: the same inputs give the same route, bit for bit. It must never put into the
// route what is not within the clearance, whatever a rule, a fallback or a header asks for.
import {
  assert,
  type Branded,
  type Clearance,
  no,
  type RecordedCandidate,
  type RecordedClearance,
  type Refusal,
  type Result,
  type Tier,
  within,
  yes,
} from '@signalbox/contract';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Policies, Verdict } from '../policy/policy.ts';
import { asked, type Target } from './asked.ts';
import { clear } from './clear.ts';
import { GATES, type Gate } from './gates.table.ts';
import { gatesOf } from './gates.ts';
import { type Candidate, type Offer, type Ranking, rankingOf } from './offer.ts';
import { refuseRoute } from './refuse.ts';

/** What was looked at, for the record: also of a call that goes nowhere. */
export type Surveyed = {
  readonly clearance: Clearance;
  readonly candidates: readonly RecordedCandidate[];
  readonly verdict: Verdict;
};
export type Route = Surveyed &
  Ranking & {
    /** Tried in this order, those of one rank in the order of the moment. Never empty. */
    readonly offers: readonly Offer[];
    /** Asked beside the others when the time of the call is about to run out, and only then. */
    readonly late: Offer | undefined;
    /** Asked when an answer of the others was rejected, and only then. */
    readonly better: readonly Offer[];
  };
export type Resolved = Branded<Classified & { readonly route: Route }, 'resolved'>;

export type ResolveFacts = {
  readonly catalog: Catalog;
  readonly policies: Policies;
  readonly closings?: Closings | undefined;
  /** What it was cleared for in the entry before: a parked call comes back equal or lower. */
  readonly bound?: RecordedClearance | undefined;
};

/** What calls and probes have met: who is left alone for a while. */
export type Closings = { why(offering: Offering): Gate | undefined };

/** At most this many candidates stand in a record; the rest is counted by nobody. */
const RECORDED_MAX = 64;

/** All that was looked at, before anything is chosen. */
export type Survey = {
  readonly verdict: Verdict;
  readonly clearance: Clearance;
  readonly candidates: readonly Candidate[];
  /** The order is part of the wish: a chain. */
  readonly ordered: boolean;
  /** Allowed, and on higher tiers than what was asked for; where a policy escalates. */
  readonly above: readonly Candidate[];
  /** Allowed, and near enough to answer when the time of the call is about to run out. */
  readonly near: readonly Candidate[];
};

export function survey(call: Classified, facts: ResolveFacts): Result<Survey, Refusal> {
  const verdict = facts.policies.judge(call);
  const { label } = call.profile;
  const { tierMax } = verdict;
  const clearance = clear('call', { tenant: call.tenant, label, tierMax, bound: facts.bound });
  const wanted = asked(call, verdict, facts.catalog);
  if (!wanted.ok) return refused(call, { clearance, candidates: [], verdict }, wanted.refusal);
  const { offerings, ordered, need, pinned, targets } = wanted.value;
  const seen = (offering: Offering, target: Target | undefined): Candidate => {
    const place = facts.catalog.placeOf(offering.endpoint, call.tenant);
    const gates = gatesOf({ call, offering, place, clearance, need, pinned });
    return { offering, place, gates, target };
  };
  const candidates = offerings.map((one, at) => seen(one, targets?.[at]));
  const others = (): readonly Candidate[] =>
    facts.catalog.offerings
      .filter((offering) => !offerings.includes(offering))
      .map((one) => seen(one, undefined));
  // What only passes is asked where it was meant to go, and nowhere beside it.
  const passes = call.question.passing !== undefined;
  const hurried = isHurried(call, verdict) && !pinned && !passes;
  const near = hurried ? nearest(candidates, others(), verdict) : NONE;
  const tier = candidates[0]?.place.tier;
  const byRule = verdict.chain !== undefined && tier !== undefined && !passes;
  const fallback = byRule ? fallbackOf(verdict, tier) : undefined;
  const mayRise = verdict.output?.escalate !== undefined && !pinned && !passes;
  const above = mayRise ? [...candidates, ...others()] : NONE;
  const found = { verdict, clearance, ordered, near, above };
  if (!byRule || fallback === undefined) return yes({ ...found, candidates });
  // Where a rule's chain cannot go on, the policy's fallback says on which tier to look.
  const spare = others().filter((one) => allowedSpare(one.place.tier, tier, fallback));
  return yes({ ...found, candidates: [...candidates, ...spare] });
}

const NONE: readonly Candidate[] = [];

/** Its time can run out, and the policy says what to do then. */
const isHurried = ({ profile }: Classified, { fallback, latencyBudgetMs }: Verdict): boolean =>
  fallback.tooSlow !== undefined && (profile.latencyBudgetMs ?? latencyBudgetMs) !== undefined;

/** On the tier that the policy names, else below it; what was asked for before what was not. */
function nearest(
  candidates: readonly Candidate[],
  others: readonly Candidate[],
  { fallback }: Verdict,
): readonly Candidate[] {
  return [...candidates, ...others]
    .filter(({ place, gates }) => gates === 0 && place.tier <= (fallback.tooSlow ?? 0))
    .toSorted((a, b) => b.place.tier - a.place.tier);
}

function fallbackOf({ fallback }: Verdict, tier: Tier): Tier | undefined {
  return tier === 1 ? fallback.localUnavailable : fallback.cloudUnavailable;
}

export function resolve(call: Classified, facts: ResolveFacts): Result<Resolved, Refusal> {
  const surveyed = survey(call, facts);
  if (!surveyed.ok) return surveyed;
  const { verdict, clearance, candidates, ordered, near, above } = surveyed.value;
  const open = candidates.filter((candidate) => candidate.gates === 0);
  if (open.length === 0) {
    const recorded = recordedCandidates(candidates, open, facts);
    const refusal = refuseRoute(call, clearance, candidates);
    return refused(call, { clearance, candidates: recorded, verdict }, refusal);
  }
  const offers = ordered ? open : preferred(open, call, verdict, facts);
  const tier = offers[0]?.place.tier ?? 1;
  const late = near.find((one) => one.place.tier < tier);
  const better = above.length === 0 ? NONE : betterThan(offers, above, verdict);
  const extra = late === undefined ? better : [late, ...better];
  for (const offer of extra.length === 0 ? offers : [...offers, ...extra]) {
    assert(within(clearance, offer.place) === undefined, 'a route stays within its clearance');
  }
  const recorded =
    extra.length === 0
      ? recordedCandidates(candidates, offers, facts)
      : recordedCandidates(withExtra(candidates, extra), [...offers, ...extra], facts);
  const { ranks, weights } = rankingOf(offers);
  const route: Route = {
    clearance,
    offers,
    ranks,
    weights,
    late,
    better,
    candidates: recorded,
    verdict,
  };
  return yes(Object.assign(call, { route }) as Resolved); // brand: minted here
}

const withExtra = (
  candidates: readonly Candidate[],
  extra: readonly Candidate[],
): readonly Candidate[] => [...candidates, ...extra.filter((one) => !candidates.includes(one))];

/** On higher tiers than the route begins on, the nearest first; of each tier what was asked for. */
function betterThan(
  offers: readonly Candidate[],
  above: readonly Candidate[],
  { output }: Verdict,
): readonly Candidate[] {
  const first = offers[0]?.place.tier ?? 1;
  return above
    .filter(({ place, gates }) => gates === 0 && place.tier > first)
    .filter((one) => one.place.tier <= (output?.escalate ?? 0) && !offers.includes(one))
    .toSorted((a, b) => a.place.tier - b.place.tier)
    .slice(0, BETTER_MAX);
}

/** Further than this an answer that does not pass is not carried. */
const BETTER_MAX = 4;

/** There is no route to put on the call; what was looked at stays on it for its record. */
function refused(call: Classified, surveyed: Surveyed, refusal: Refusal): Result<never, Refusal> {
  Object.assign(call, { surveyed });
  return no(refusal);
}

/** What was allowed and not chosen has a gate of its own: it is down, or was not needed. */
export function recordedCandidates(
  candidates: readonly Candidate[],
  offers: readonly Offer[],
  facts: Moving,
): readonly RecordedCandidate[] {
  return candidates.slice(0, RECORDED_MAX).map((one) => {
    const { endpoint, model } = one.offering;
    const isPassedOver = one.gates === 0 && !offers.includes(one);
    const gates = isPassedOver ? GATES[closed(one, facts) ?? 'notNeeded'] : one.gates;
    return { endpoint: endpoint.name, model, tier: one.place.tier, gates };
  });
}

type Moving = Pick<ResolveFacts, 'closings'>;

/** Undefined: it may be asked. */
const closed = ({ offering }: Candidate, { closings }: Moving): Gate | undefined =>
  closings?.why(offering);

/** Easy work low, hard work high; what the difficulty asks for bends to what is allowed. */
const TIER_BY_DIFFICULTY: Readonly<Record<Classified['profile']['difficulty'], Tier>> = {
  easy: 1,
  middle: 2,
  hard: 3,
};

/**
 * One model on one tier, the best: where it stands in one place, one request is one upstream call
 * without a chain. A policy's fallback adds the tiers that it names, in case the first is down.
 */
function preferred(
  open: readonly Candidate[],
  call: Classified,
  verdict: Verdict,
  facts: Moving,
): readonly Candidate[] {
  const wish = verdict.tier ?? TIER_BY_DIFFICULTY[call.profile.difficulty];
  const distance = (one: Candidate): number => {
    const off = one.place.tier - wish;
    // A lower tier before a higher one at the same distance: cheaper, nearer, more private.
    return off <= 0 ? -off * 2 : off * 2 + 1;
  };
  const sorted = open.toSorted((a, b) => distance(a) - distance(b));
  const up = sorted.filter((one) => closed(one, facts) === undefined);
  const equal = up.find((one) => distance(one) === distance(sorted[0] ?? one));
  // Where no document wishes for a tier, what is up goes before what would be nearer to the guess.
  const first = equal ?? (verdict.tier === undefined ? up[0] : undefined) ?? sorted[0];
  if (first === undefined) return [];
  const { model } = first.offering;
  const { tier } = first.place;
  const equals = sorted.filter((one) => one.place.tier === tier && one.offering.model === model);
  const fallback = fallbackOf(verdict, tier);
  if (fallback === undefined) return equals;
  const spare = sorted.filter(
    (one) => !equals.includes(one) && allowedSpare(one.place.tier, tier, fallback),
  );
  return [...equals, ...spare];
}

/** `local_unavailable: cloud` opens tiers 2 and 3, `cloud_unavailable: local` opens tier 1. */
function allowedSpare(tier: Tier, first: Tier, fallback: Tier): boolean {
  return first === 1 ? tier > 1 && tier <= fallback : tier === fallback;
}
