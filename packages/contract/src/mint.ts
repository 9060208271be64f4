// The mint. Only `engine/resolve` imports this subpath (tidy holds that); everybody else passes
// clearances on.
import type { Clearance } from './clearance.ts';
import { Seal, type Terms } from './seal.ts';

/** Seals the terms. */
export function mintClearance(terms: Terms): Clearance {
  const sealed: unknown = new Seal(terms);
  return sealed as Clearance; // brand: the one place where a clearance is minted
}
