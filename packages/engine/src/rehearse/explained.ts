// One call that nobody made, explained: the rules that hold for it, how far its data may go, and
// every candidate with what became of it. For people: `policy explain`, and the console.
import type { Clearance, RecordedCandidate, Refusal } from '@signalbox/contract';
import { type Configuration, costNanoUsd, type PlanDocument } from '@signalbox/documents';
import type { Snapshot } from '../house.ts';
import { compilePolicies, type Matched } from '../policy/policy.ts';
import { type Gate, gateNames } from '../resolve/gates.table.ts';
import type { Candidate, Offer } from '../resolve/offer.ts';
import { recordedOf, shownOf } from '../resolve/recorded.ts';
import { resolve, survey } from '../resolve/resolve.ts';
import { usageOf } from '../resolve/tokens.ts';
import type { TenantFacts } from '../tenant/tenant.ts';
import { downAt, type Imagined, imagine } from './imagined.ts';

export type Explained = {
  /** From the nearest scope to the widest. */
  readonly matched: readonly Matched[];
  /** Undefined: it was refused before anybody asked how far it may go. */
  readonly terms: Clearance['terms'] | undefined;
  /** In the order in which they are asked; empty where it is refused. */
  readonly offers: readonly Offer[];
  /** The name of the rule that places the call, with file and line. */
  readonly rule: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly candidates: readonly ExplainedCandidate[];
};

export type ExplainedCandidate = Omit<RecordedCandidate, 'gates'> & {
  readonly gates: readonly Gate[];
  /** Where it stands in the route, from 1; undefined: nowhere. */
  readonly turn: number | undefined;
  /** At most; undefined: its price is unknown. */
  readonly costNanoUsdMax: bigint | undefined;
};

export type Moment = {
  /** Names of endpoints that are down. */
  readonly down: readonly string[];
  /** Of degradation. */
  readonly level: number;
};

export function explainImagined(
  call: Imagined,
  { catalog, policies, consents }: Pick<Snapshot, 'catalog' | 'policies' | 'consents'>,
  { down, level }: Moment,
): Explained {
  const facts = { catalog, policies, consents, closings: downAt(new Set(down)), level };
  const asked = imagine(call);
  const surveyed = survey(asked, facts);
  const resolved = resolve(imagine(call), facts);
  const offers = resolved.ok ? resolved.value.route.offers : [];
  const seen = surveyed.ok ? shownOf(surveyed.value.field, offers) : [];
  const usage = usageOf(asked, surveyed.ok ? surveyed.value.verdict.cap : undefined);
  const recorded = recordedOf(seen, offers, facts);
  return {
    matched: policies.matched(asked),
    terms: surveyed.ok ? surveyed.value.clearance.terms : undefined,
    offers,
    rule: resolved.ok ? resolved.value.route.verdict.rule : undefined,
    refusal: resolved.ok ? undefined : resolved.refusal,
    // Both were made of the same list, in its order.
    candidates: recorded.map((one, at) => ({
      ...one,
      gates: gateNames(one.gates),
      turn: turnOf(offers, seen[at]),
      costNanoUsdMax: costMax(seen[at], usage),
    })),
  };
}

function turnOf(offers: readonly Offer[], seen: Candidate | undefined): number | undefined {
  const at = offers.findIndex(({ offering }) => offering === seen?.offering);
  return at < 0 ? undefined : at + 1;
}

function costMax(
  seen: Candidate | undefined,
  usage: ReturnType<typeof usageOf>,
): bigint | undefined {
  const cost = seen === undefined ? undefined : costNanoUsd(seen.offering.price, usage);
  return cost?.kind === 'known' ? cost.nanoUsd : undefined;
}

/** What a rule does, by its keys. */
export function doesOf({ rule: { route, effects, output } }: Matched): readonly string[] {
  const said = (value: object): readonly string[] =>
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [key]));
  return [
    ...said(route).map((key) => `route.${key}`),
    ...said(effects ?? {}),
    ...(output === undefined ? [] : ['output']),
  ];
}

export type AsIf = {
  readonly topology?: TenantFacts['topology'] | undefined;
  /** `any` among them: no residency; empty: as it is. */
  readonly residency?: readonly string[] | undefined;
  readonly plan?: PlanDocument | undefined;
  /** Instead of those that are attached to the tenant itself. */
  readonly policies?: readonly string[] | undefined;
};

/** A tenant as it might be. */
export function tenantAsIf(tenant: TenantFacts, as: AsIf): TenantFacts {
  const { topology, residency = [], plan, policies } = as;
  const stays = residency.includes('any') ? undefined : residency;
  return {
    ...tenant,
    topology: topology ?? tenant.topology,
    residency: residency.length === 0 ? tenant.residency : stays,
    plan: plan === undefined ? tenant.plan : { ...plan },
    tenantClass: tenant.tenantClass ?? plan?.tenantClass,
    policies: policies ?? tenant.policies,
  };
}

/** The same tenants, models and prices under the policies of another reading of the documents. */
export const withPolicies = (
  snapshot: Snapshot,
  { policies, node }: Pick<Configuration, 'policies' | 'node'>,
): Snapshot => ({ ...snapshot, policies: compilePolicies(policies.values(), node.policies) });
