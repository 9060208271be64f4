// The mint of clearances: from a label, a topology and what a tenant's documents say follows how
// far something may go. One function for calls, probes, events and exports, so that there is one
// place to get it right.
import {
  type Clearance,
  ceilingOfLabel,
  ceilingOfTopology,
  type Label,
  lowerTier,
  type Subject,
  type Tier,
} from '@signalbox/contract';
import { mintClearance } from '@signalbox/contract/mint';
import type { TenantFacts } from '../tenant/tenant.ts';

export type ClearFacts = {
  readonly tenant: TenantFacts;
  readonly label: Label;
  /** The lowest `tier_max` of the rules that matched. */
  readonly tierMax: Tier | undefined;
};

/** `privacy: observe` reports labels and does not bind by them; the topology binds always. */
export function clear(subject: Subject, facts: ClearFacts): Clearance {
  const { tenant, label, tierMax } = facts;
  const byLabel = tenant.privacy === 'observe' ? 3 : ceilingOfLabel(label);
  const ceiling = lowerTier(byLabel, lowerTier(ceilingOfTopology(tenant.topology), tierMax ?? 3));
  return mintClearance({
    subject,
    tenant: tenant.name,
    label,
    ceiling,
    residency: tenant.residency,
    retention: tenant.retention,
    ownOnly: tenant.topology === 'sovereign',
  });
}
