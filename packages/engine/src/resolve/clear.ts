// The mint of clearances: from a label, a topology and what a tenant's documents say follows how
// far something may go. One function for calls, probes, events and exports, so that there is one
// place to get it right.
import {
  type Clearance,
  ceilingOfLabel,
  ceilingOfTopology,
  type Label,
  lowerTier,
  type RecordedClearance,
  type Subject,
  type Tier,
} from '@signalbox/contract';
import { mintClearance } from '@signalbox/contract/mint';
import type { Demands } from '../policy/policy.ts';
import type { TenantFacts } from '../tenant/tenant.ts';

export type ClearFacts = {
  readonly tenant: TenantFacts;
  readonly label: Label;
  /** The lowest `tier_max` of the rules that matched. */
  readonly tierMax: Tier | undefined;
  /** What the rules that matched require. */
  readonly demands?: Demands | undefined;
  /** Never passed, whatever the documents allow now. */
  readonly bound?: RecordedClearance | undefined;
};

/** `privacy: observe` reports labels and does not bind by them; the topology binds always. */
export function clear(subject: Subject, facts: ClearFacts): Clearance {
  const { tenant, label, tierMax, demands, bound } = facts;
  const byLabel = tenant.privacy === 'observe' ? 3 : ceilingOfLabel(label);
  const byDocuments = lowerTier(ceilingOfTopology(tenant.topology), tierMax ?? 3);
  const ceiling = lowerTier(lowerTier(byLabel, byDocuments), bound?.ceiling ?? 3);
  return mintClearance({
    subject,
    tenant: tenant.name,
    label,
    ceiling,
    residency: [tenant.residency, ...(demands?.regions ?? []), bound?.residency].reduce(inBoth),
    retention: bound?.retention === 'zero' ? 'zero' : (demands?.retention ?? tenant.retention),
    ownOnly: tenant.topology === 'sovereign' || demands?.own === true || bound?.ownOnly === true,
  });
}

/** Undefined: anywhere. */
function inBoth(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((region) => other.includes(region));
}
