// Consents in the lattice of the check: none, and each that opens something else, named by calls
// whose data it covers and by others.
import type { Configuration, ConsentDocument } from '@signalbox/documents';

/** A consent that a call names, and whether it covers the data. */
export type Agreement = {
  readonly consent: ConsentDocument;
  readonly covers: boolean;
};

/** What of a call has to do with a consent. */
export type Naming = {
  /** Undefined: the call names none. */
  readonly consent?: string | undefined;
  readonly subject?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
};

/** Of one tenant. */
const CONSENTS_MAX = 4;

/** Of many that open the same the first stands for all: the lattice stays small. */
export function agreementsIn({
  consents,
}: Configuration): (tenant: string) => readonly (Agreement | undefined)[] {
  const byTenant = new Map<string, Map<string, ConsentDocument>>();
  for (const consent of consents.values()) {
    const { tenant, tiers, regions, fromMs, untilMs, revoked, subject } = consent;
    const alike = JSON.stringify([tiers, regions, fromMs, untilMs, revoked, subject === undefined]);
    const own = byTenant.get(tenant) ?? new Map<string, ConsentDocument>();
    byTenant.set(tenant, own);
    if (own.size < CONSENTS_MAX && !own.has(alike)) own.set(alike, consent);
  }
  const known = new Map<string, readonly (Agreement | undefined)[]>();
  for (const [tenant, own] of byTenant) {
    const all = [...own.values()].flatMap((consent) => [
      { consent, covers: true },
      { consent, covers: false },
    ]);
    known.set(tenant, [undefined, ...all]);
  }
  return (tenant) => known.get(tenant) ?? NO_AGREEMENT;
}

const NO_AGREEMENT = [undefined];

/** What it does not cover is what nobody has ever named. */
export function naming(agreement: Agreement | undefined): Naming {
  if (agreement === undefined) return {};
  const { consent, covers } = agreement;
  const { name, subject, kinds } = consent;
  return { consent: name, subject, kinds: covers ? kinds : [UNCOVERED] };
}

const UNCOVERED = 'uncovered';
