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
import type { Lift } from './consent.ts';

export type ClearFacts = {
  readonly tenant: TenantFacts;
  readonly label: Label;
  /** The lowest `tier_max` of the rules that matched. */
  readonly tierMax: Tier | undefined;
  /** What the rules that matched require. */
  readonly demands?: Demands | undefined;
  /** Never passed, whatever the documents allow now. */
  readonly bound?: RecordedClearance | undefined;
  /** What a consent opens. */
  readonly lift?: Lift | undefined;
};

/** `privacy: observe` reports labels and does not bind by them; the topology binds always. */
export function clear(subject: Subject, facts: ClearFacts): Clearance {
  const { tenant, label, tierMax, demands, bound, lift } = facts;
  const byLabel = tenant.privacy === 'observe' ? 3 : ceilingOfLabel(lift?.rest ?? label);
  const byDocuments = lowerTier(ceilingOfTopology(tenant.topology), tierMax ?? 3);
  const highest = lowerTier(lowerTier(byLabel, byDocuments), bound?.ceiling ?? 3);
  const isPlain = lift === undefined && bound?.shut === undefined;
  const ceiling = isPlain ? highest : highestOf(highest, facts);
  return mintClearance({
    subject,
    tenant: tenant.name,
    label,
    ceiling,
    shut: isPlain || ceiling < 3 || isOpen(2, facts) ? undefined : 2,
    residency: [
      tenant.residency,
      ...(demands?.regions ?? []),
      bound?.residency,
      lift?.regions,
    ].reduce(inBoth),
    retention: bound?.retention === 'zero' ? 'zero' : (demands?.retention ?? tenant.retention),
    ownOnly: tenant.topology === 'sovereign' || demands?.own === true || bound?.ownOnly === true,
  });
}

/** A consent opens the tiers that it names, and no other beside what the label allows itself. */
const isOpen = (tier: Tier, { label, lift, bound }: ClearFacts): boolean =>
  tier !== bound?.shut &&
  (lift === undefined || tier <= ceilingOfLabel(label) || lift.tiers.includes(tier));

/** The highest open one; tier 1 is always open. */
function highestOf(highest: Tier, facts: ClearFacts): Tier {
  if (highest === 3 && isOpen(3, facts)) return 3;
  return highest >= 2 && isOpen(2, facts) ? 2 : 1;
}

/** Undefined: anywhere. */
function inBoth(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((region) => other.includes(region));
}
