// Where a name may lead somebody, before there is a call: for lists of what a key may use. What a
// call says of itself (its label, its need, its step) can only leave out more.
import { type Tier, within } from '@signalbox/contract';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { Identity } from '../tenant/tenant.ts';
import { meant } from './asked.ts';
import { clear } from './clear.ts';
import { isEntitled } from './gates.ts';

/** In rising order; empty when nothing that the name stands for may be used now. */
export function tiersOf(name: string, who: Identity, catalog: Catalog): readonly Tier[] {
  const { tenant } = who;
  const clearance = clear('call', { tenant, label: tenant.defaultLabel, tierMax: undefined });
  const tiers = new Set<Tier>();
  for (const offering of meant(name, tenant, catalog)) {
    const place = catalog.placeOf(offering.endpoint, tenant);
    const may = within(clearance, place) === undefined && isEntitled(who, offering, place);
    if (may && isReady(offering)) tiers.add(place.tier);
  }
  return [...tiers].sort();
}

const isReady = ({ endpoint }: Offering): boolean =>
  endpoint.enabled && !endpoint.quarantined && endpoint.unavailable === undefined;
