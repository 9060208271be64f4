// What a piece of data may do outside: minted by resolve alone, passed on by everybody else, and
// asked again where the socket opens. `within` is the one check; whoever sends anything anywhere
// asks it with the place it is going to.
import type { TenantName } from './ids.ts';
import { Seal, type Terms } from './seal.ts';
import { higherLabel, type Label, type Retention, type Tier } from './tiers.ts';

declare const cleared: unique symbol;
/** Sealed: has no public constructor, is never serialised, and a hand-made one fails `within`. */
export type Clearance = { readonly terms: Terms; readonly [cleared]: true };
export type { Subject, Terms } from './seal.ts';

/** Where something would go, as seen by the tenant whose data it is. */
export type Place = {
  /** The endpoint or sink by name. */
  readonly name: string;
  /** Scheme, host and port; the dial function refuses any other. */
  readonly origin: string;
  /** For this tenant on this node. */
  readonly tier: Tier;
  readonly region: string | undefined;
  readonly retention: Retention;
  /** True when the place is the tenant's own (or node, operator and tenant are one). */
  readonly own: boolean;
  /** The only tenant that may use it; undefined: everybody. */
  readonly tenant: TenantName | undefined;
  /**
   * `host:port` on a private network that the operator declared; undefined: public addresses only.
   */
  readonly privateAddress: string | undefined;
};

export type Breach = 'forged' | 'tenant' | 'tier' | 'residency' | 'retention' | 'not-own';

/** Undefined when the place is within the clearance, else the first term it breaks. */
export function within(clearance: Clearance, place: Place): Breach | undefined {
  if (!Seal.holds(clearance)) return 'forged';
  const terms = clearance.terms;
  if (place.tenant !== undefined && place.tenant !== terms.tenant) return 'tenant';
  // Asked this way round, a tier that is no number is above every ceiling.
  if (!(place.tier <= terms.ceiling) || place.tier === terms.shut) return 'tier';
  if (terms.ownOnly && !place.own) return 'not-own';
  if (terms.residency !== undefined && !inRegion(terms.residency, place)) return 'residency';
  if (terms.retention === 'zero' && place.retention !== 'zero') return 'retention';
  return undefined;
}

export type Uncovered = Breach | 'label';

/** What is about to be sent, as its sender knows it. */
export type Sending = {
  readonly place: Place;
  readonly label: Label;
  readonly tenant: TenantName;
};

/**
 * The same where something is about to be sent, with its label and with whose it is: a clearance
 * that was made for something less sensitive, before a label rose or for another tenant covers
 * nothing of it.
 */
export function covers(
  clearance: Clearance,
  { place, label, tenant }: Sending,
): Uncovered | undefined {
  const breach = within(clearance, place);
  if (breach !== undefined) return breach;
  if (tenant !== clearance.terms.tenant) return 'tenant';
  const made = clearance.terms.label;
  return label === made || higherLabel(label, made) === made ? undefined : 'label';
}

/**
 * The node's own machine (tier 1) is in every residency; elsewhere an unknown region is outside.
 */
function inRegion(residency: readonly string[], place: Place): boolean {
  if (place.tier === 1) return true;
  return place.region !== undefined && residency.includes(place.region);
}
