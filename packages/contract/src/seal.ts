// The seal behind a clearance. Only `mint.ts` and `clearance.ts` import this file; the index does
// not list it. A private field cannot be forged by a cast, a literal or a parsed document, and
// asking for it costs no table of minted values.
import type { TenantName } from './ids.ts';
import type { Label, Retention, Tier } from './tiers.ts';

export type Subject = 'call' | 'probe' | 'event' | 'export';

export type Terms = {
  readonly subject: Subject;
  readonly tenant: TenantName;
  readonly label: Label;
  /** The highest tier that what this covers may reach. */
  readonly ceiling: Tier;
  /** A tier below the ceiling that it may not reach: a consent opened only the one above. */
  readonly shut?: Tier | undefined;
  /** Regions that may receive it; undefined: anywhere. */
  readonly residency: readonly string[] | undefined;
  /** `zero`: only places that keep nothing. */
  readonly retention: Retention;
  /** Only places of the tenant's own (sovereign topology). */
  readonly ownOnly: boolean;
};

export class Seal {
  readonly #sealed = true;
  readonly terms: Terms;
  constructor(terms: Terms) {
    const { residency } = terms;
    const kept = residency === undefined ? undefined : Object.freeze([...residency]);
    this.terms = Object.freeze({ ...terms, residency: kept });
    Object.freeze(this);
  }
  static holds(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #sealed in value && value.#sealed;
  }
  toJSON(): never {
    throw new TypeError('a clearance is never serialised: store the inputs and resolve again');
  }
}

// Whoever holds a clearance holds its prototype: nothing there leads back to the class, and nothing
// there can be exchanged.
Object.defineProperty(Seal.prototype, 'constructor', { value: undefined });
Object.freeze(Seal.prototype);
