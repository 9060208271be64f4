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
  type RecordedDecision,
  type RecordedTurn,
  type Refusal,
  type Result,
  stepClassOf,
  type Tier,
  within,
  yes,
} from '@signalbox/contract';
import type { PricedUsage } from '@signalbox/documents';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import type { Judging, Policies, Verdict } from '../policy/policy.ts';
import { asked, meantIn } from './asked.ts';
import { inOrder } from './best.ts';
import { clear } from './clear.ts';
import { agreed, type Consents, type NamedConsent } from './consent.ts';
import { unruledBatch, withoutFeature } from './features.ts';
import { Field, type Looking } from './field.ts';
import { wantsOf } from './gates.ts';
import { heldAt } from './hold.ts';
import type { Need } from './need.ts';
import { type Candidate, type Offer, type Ranking, rankingOf } from './offer.ts';
import {
  type Closings,
  closed,
  closedOf,
  type Measured,
  type MostOf,
  type Moving,
  mostIn,
  recordedOf,
  shownOf,
} from './recorded.ts';
import { refuseRoute } from './refuse.ts';
import { NEAREST, openByTier, orderOf } from './tier-order.ts';
import { usageOf } from './tokens.ts';
import { viewOf } from './view.ts';

/** What was looked at, for the record: also of a call that goes nowhere. */
export type Surveyed = {
  readonly clearance: Clearance;
  readonly candidates: readonly RecordedCandidate[];
  /** Places in `candidates` of those that were left alone for the moment. */
  readonly closed: readonly number[];
  readonly verdict: Verdict;
  /** What a consent did that the call named. */
  readonly consent: NamedConsent | undefined;
};
export type Route = Surveyed &
  Ranking & {
    /** Tried in this order, those of one rank in the order of the moment. Never empty. */
    readonly offers: readonly Offer[];
    /** Asked beside the others when the time of the call is about to run out, and only then. */
    readonly late: Offer | undefined;
    /** What the call may use of whoever answers it. */
    readonly usageMax: PricedUsage;
    /** How long the first may take to begin; undefined: as the time of the call allows. */
    readonly lateMs: number | undefined;
    /** Asked when an answer of the others was rejected, and only then. */
    readonly better: readonly Offer[];
    /** Whether its session stays where it was, and why. */
    readonly turn?: RecordedTurn | undefined;
    /** What checks of answers had met by then. */
    readonly most?: RecordedDecision['most'];
  };
export type Resolved = Branded<Classified & { readonly route: Route }, 'resolved'>;

export type ResolveFacts = {
  readonly catalog: Catalog;
  readonly policies: Policies;
  readonly consents: Consents;
  /** Unix milliseconds of an entry that is not the first; undefined: when the call came. */
  readonly at?: number | undefined;
  readonly closings?: Closings | undefined;
  readonly measured?: Measured | undefined;
  /** Of degradation, 0 to 4. */
  readonly level?: number | undefined;
  /** What it was cleared for in the entry before: a parked call comes back equal or lower. */
  readonly bound?: RecordedClearance | undefined;
};

/** Offers beside the first ones that a policy's fallback adds. */
const SPARES_MAX = 32;

/** All that was looked at, before anything is chosen. */
export type Survey = {
  readonly verdict: Verdict;
  readonly clearance: Clearance;
  readonly consent: NamedConsent | undefined;
  readonly field: Field;
  readonly need: Need | undefined;
  /** The order is part of the wish: a chain. */
  readonly ordered: boolean;
  /** Allowed, and on higher tiers than what was asked for; where a policy escalates. */
  readonly above: readonly Candidate[];
  /** Allowed, and named by a rule for when the first takes too long. */
  readonly slow: Candidate | undefined;
  /** Allowed, and near enough to answer when the time of the call is about to run out. */
  readonly near: readonly Candidate[];
};

export function survey(
  call: Classified,
  facts: ResolveFacts,
  judging: Judging = facts,
): Result<Survey, Refusal> {
  const verdict = facts.policies.judge(call, judging);
  const { label } = call.profile;
  const { tierMax, demands } = verdict;
  const { tenant } = call;
  const { bound } = facts;
  const { consent, lift, refusal } = agreed(call, facts.consents, facts.at ?? call.at);
  const clearance = clear('call', { tenant, label, tierMax, demands, bound, lift });
  const unseen = { clearance, candidates: NONE, closed: NONE, verdict, consent };
  const denied = refusal ?? withoutFeature(call) ?? unruledBatch(call, verdict.output);
  if (denied !== undefined) return refused(call, unseen, denied);
  const view = viewOf(facts.catalog, tenant);
  const wanted = asked(call, verdict, facts.catalog, view.visible);
  if (!wanted.ok) return refused(call, unseen, wanted.refusal);
  const { offerings, ordered, need, pinned, targets } = wanted.value;
  const isBound = bound !== undefined || lift !== undefined;
  const { retention } = clearance.terms;
  const wants = wantsOf(call, { registry: facts.catalog.registry, pinned, retention });
  const looking = { call, view, clearance, wants, need, isBound, verdict };
  const field = new Field(offerings, targets, looking);
  const others = (): readonly Candidate[] => {
    const seen = new Set(offerings);
    const rest = view.visible.filter((offering) => !seen.has(offering));
    return new Field(rest, undefined, looking).open();
  };
  // What only passes is asked where it was meant to go, and nowhere beside it.
  const passes = call.question.passing !== undefined;
  const isNear = isHurried(call, verdict) && !pinned && !passes;
  const near = isNear ? nearest([...field.open(), ...others()], verdict) : NONE;
  const first = offerings[0];
  const byRule = verdict.chain !== undefined && first !== undefined && !passes;
  const tier = first === undefined ? 1 : view.placeOf(first.endpoint).tier;
  const fallback = byRule ? fallbackOf(verdict, tier) : undefined;
  const mayRise = verdict.output?.escalate !== undefined && !pinned && !passes;
  const above = mayRise ? [...field.open(), ...others()] : NONE;
  const named = pinned || passes ? undefined : verdict.tooSlow?.model;
  const slow = named === undefined ? undefined : slowOf(named, looking, facts);
  const found = { verdict, clearance, consent, need, ordered, near, above, slow };
  if (fallback === undefined) return yes({ ...found, field });
  // Where a rule's chain cannot go on, the policy's fallback says on which tier to look.
  const spare = others().filter((one) => allowedSpare(one.place.tier, tier, fallback));
  const all = [...offerings, ...spare.slice(0, SPARES_MAX).map((one) => one.offering)];
  return yes({ ...found, field: new Field(all, targets, looking) });
}

const NONE: readonly never[] = [];

/** Of the places that serve it the first that is up. */
function slowOf(model: string, looking: Looking, facts: ResolveFacts): Candidate | undefined {
  const open = new Field(servedAs(model, looking, facts.catalog), undefined, looking).open();
  return open.find(({ offering }) => closed(offering, facts) === undefined) ?? open[0];
}

const servedAs = (model: string, { call, view }: Looking, catalog: Catalog): readonly Offering[] =>
  meantIn(model, { ...{ catalog, tenant: call.tenant, session: call.session }, all: view.visible });

/** Its time can run out, and the policy says what to do then. */
const isHurried = ({ profile }: Classified, { fallback, latencyBudgetMs }: Verdict): boolean =>
  fallback.tooSlow !== undefined && (profile.latencyBudgetMs ?? latencyBudgetMs) !== undefined;

/** On the tier that the policy names, else below it; what was asked for before what was not. */
function nearest(open: readonly Candidate[], { fallback }: Verdict): readonly Candidate[] {
  return open
    .filter(({ place }) => place.tier <= (fallback.tooSlow ?? 0))
    .toSorted((a, b) => b.place.tier - a.place.tier);
}

function fallbackOf({ fallback }: Verdict, tier: Tier): Tier | undefined {
  return tier === 1 ? fallback.localUnavailable : fallback.cloudUnavailable;
}

/** The route of a survey, before anything of it is written down. */
export type Choice = Pick<Route, 'offers' | 'late' | 'lateMs' | 'better' | 'turn'> & {
  readonly offers: readonly Candidate[];
  /** Everybody who may be asked, in this order; empty: nobody. */
  readonly all: readonly Offer[];
};

export function choose(surveyed: Survey, call: Classified, facts: Moving): Choice {
  const { verdict, clearance, field, ordered, near, above, slow } = surveyed;
  const { wanted, turn }: Preferred = ordered
    ? { wanted: field.open(), turn: undefined }
    : preferred(surveyed, call, facts);
  const isSpare = slow !== undefined && !wanted.some((one) => one.offering === slow.offering);
  // Who is asked when the first takes too long stands in for one that is down, too.
  const offers = isSpare && wanted.length > 0 ? [...wanted, slow] : wanted;
  if (offers.length === 0) return NOWHERE;
  const tier = offers[0]?.place.tier ?? 1;
  const second = offers.find((one, at) => at > 0 && one.offering === slow?.offering);
  const late = second ?? near.find((one) => one.place.tier < tier);
  const better = above.length === 0 ? NONE : betterThan(offers, above, escalateTo(call, verdict));
  const all =
    late === undefined && better.length === 0
      ? offers
      : [...offers, ...(late === undefined || late === second ? [] : [late]), ...better];
  for (const offer of all) {
    assert(within(clearance, offer.place) === undefined, 'a route stays within its clearance');
  }
  const lateMs = second === undefined ? undefined : verdict.tooSlow?.afterMs;
  return { offers, late, lateMs, better, all, turn };
}

const NOWHERE: Choice = {
  offers: NONE,
  late: undefined,
  lateMs: undefined,
  better: NONE,
  all: NONE,
  turn: undefined,
};

export function resolve(call: Classified, facts: ResolveFacts): Result<Resolved, Refusal> {
  const surveyed = survey(call, facts);
  if (!surveyed.ok) return surveyed;
  const { verdict, clearance, consent, field } = surveyed.value;
  const { offers, late, lateMs, better, all, turn } = choose(surveyed.value, call, facts);
  const seen = shownOf(field, all);
  const candidates = recordedOf(seen, all, facts);
  const closed = closedOf(seen, facts);
  if (offers.length === 0) {
    const refusal = refuseRoute(call, clearance, surveyed.value);
    return refused(call, { clearance, candidates, closed, verdict, consent }, refusal);
  }
  const { ranks, weights } = rankingOf(offers);
  const usageMax = usageOf(call, verdict.cap);
  const route: Route = {
    clearance,
    offers,
    ranks,
    weights,
    late,
    usageMax,
    lateMs,
    better,
    candidates,
    closed,
    verdict,
    consent,
    turn,
    most: mostIn(seen, measuredFor(call, facts)),
  };
  return yes(Object.assign(call, { route }) as Resolved); // brand: minted here
}

/** Where the tenant has no strong call left, evidence buys none either. */
function escalateTo({ profile }: Classified, { output }: Verdict): number {
  const highest = output?.escalate ?? 0;
  return profile.routed?.closed === undefined ? highest : Math.min(2, highest);
}

/** On higher tiers than the route begins on, the nearest first; of each tier what was asked for. */
function betterThan(
  offers: readonly Candidate[],
  above: readonly Candidate[],
  highest: number,
): readonly Candidate[] {
  const first = offers[0]?.place.tier ?? 1;
  const chosen = new Set(offers.map((one) => one.offering));
  return above
    .filter(({ place }) => place.tier > first && place.tier <= highest)
    .filter(({ offering }) => !chosen.has(offering))
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

/** Easy work low, hard work high; what the difficulty asks for bends to what is allowed. */
const TIER_BY_DIFFICULTY: Readonly<Record<Classified['profile']['difficulty'], Tier>> = {
  easy: 1,
  middle: 2,
  hard: 3,
};

/**
 * One model on one tier, the best: where it stands in one place, one request is one upstream call
 * without a chain. Of a need all models of the tier that meet it, the best first. A policy's
 * fallback adds the tiers that it names, in case the first is down.
 */
function preferred({ field, verdict, need }: Survey, call: Classified, facts: Moving): Preferred {
  const wish = verdict.tier ?? TIER_BY_DIFFICULTY[call.profile.difficulty];
  const ranked = { step: call.step, most: SPARES_MAX, mostOf: measuredFor(call, facts) };
  const open = openByTier(field, verdict.tier === undefined ? orderOf(call, wish) : NEAREST[wish]);
  const byTier = inOrder(field, open, need !== undefined, ranked);
  const isUp = (at: number): boolean => {
    const offering = field.offerings[at];
    return offering !== undefined && closed(offering, facts) === undefined;
  };
  // Where no document wishes for a tier, what is up goes before what would be nearer to the guess.
  const looked = verdict.tier === undefined ? byTier : byTier.slice(0, 1);
  const isShort = verdict.tier === undefined && call.profile.routed?.closed !== undefined;
  // What rules prefer is no way past a share that is used up.
  const below = isShort ? looked.filter((open) => (field.tiers[open[0] ?? 0] ?? 0) < 3) : NONE;
  const first = highestOf(below, isUp, field.scores) ?? highestOf(looked, isUp, field.scores);
  const chosenAt = first ?? byTier[0]?.[0];
  if (chosenAt === undefined) return NOBODY;
  const asking = { call, chosen: chosenAt, isUp, usage: usageOf(call, verdict.cap) };
  const isFree = verdict.tier === undefined && call.stepSeen?.before !== undefined;
  const { at, turn } = isFree ? heldAt(field, asking) : { at: chosenAt, turn: undefined };
  const { offering, place } = field.candidate(at);
  const beside = byTier.find((open) => open.includes(at)) ?? [];
  const isSame = (one: number): boolean =>
    need !== undefined || field.offerings[one]?.model === offering.model;
  const chosen = beside.filter(isSame);
  const same = (need === undefined ? chosen : upFirst(chosen, isUp)).map((one) =>
    field.candidate(one),
  );
  const equals = field.scores === undefined ? same : same.toSorted((a, b) => b.score - a.score);
  const fallback = fallbackOf(verdict, place.tier);
  if (fallback === undefined) return { wanted: equals, turn };
  const spare: Candidate[] = [];
  for (const open of byTier) {
    for (const one of open) {
      if (spare.length >= SPARES_MAX || (open === beside && isSame(one))) continue;
      const candidate = field.candidate(one);
      if (allowedSpare(candidate.place.tier, place.tier, fallback)) spare.push(candidate);
    }
  }
  return { wanted: [...equals, ...spare], turn };
}

type Preferred = { readonly wanted: readonly Candidate[]; readonly turn: RecordedTurn | undefined };
const NOBODY: Preferred = { wanted: NONE, turn: undefined };

/** Of what such calls of this tenant met. */
const measuredFor = (call: Classified, { measured }: Moving): MostOf | undefined =>
  measured?.of(call.tenant.name, stepClassOf(call));

function upFirst(all: readonly number[], isUp: (at: number) => boolean): readonly number[] {
  const up = all.filter(isUp);
  return up.length === all.length ? all : [...up, ...all.filter((one) => !up.includes(one))];
}

/** The first that is up; where rules prefer something, the first of the highest score. */
function highestOf(
  byTier: readonly (readonly number[])[],
  isUp: (at: number) => boolean,
  scores: Field['scores'],
): number | undefined {
  if (scores === undefined) {
    return byTier.map((open) => open.find(isUp)).find((at) => at !== undefined);
  }
  let best: number | undefined;
  for (const open of byTier) {
    for (const at of open) {
      const isBetter = best === undefined || (scores[at] ?? 0) > (scores[best] ?? 0);
      if (isBetter && isUp(at)) best = at;
    }
  }
  return best;
}

/** `local_unavailable: cloud` opens tiers 2 and 3, `cloud_unavailable: local` opens tier 1. */
function allowedSpare(tier: Tier, first: Tier, fallback: Tier): boolean {
  return first === 1 ? tier > 1 && tier <= fallback : tier === fallback;
}
