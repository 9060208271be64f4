// How many calls of the model `auto` a tenant may have on the strong tier, as a share of all of
// them: a bucket that each call fills by that share and each strong one empties by one. Whatever a
// classifier is made to believe, no more go there: of n calls at most share * n + BURST, and
// HELD_DEBT beside them that go on where their session is. It refuses nothing: what finds the
// bucket empty begins on a lower tier. In the memory of one gateway; bounded.
import type { TenantName } from '@signalbox/contract';

/** Strong calls in a row, of a tenant whose bucket is full. */
export const BURST = 6;
/** Steps in the middle of a tool's use stay where they are, so far. */
export const HELD_DEBT = 4;
const TENANTS_MAX = 10_000;

export class StrongShare {
  #credit = BURST;

  /** @param held the call goes on in the middle of a step. */
  allows(held = false): boolean {
    return this.#credit >= (held ? 1 - HELD_DEBT : 1);
  }

  /** One more call. @param share 0 to 1. */
  counts(share: number, isStrong: boolean): void {
    this.#credit = Math.min(BURST, this.#credit + share);
    if (isStrong) this.spends(1);
  }

  /** What was thought to be strong was not, or the other way round. @param by 1 or -1. */
  spends(by: 1 | -1): void {
    this.#credit = Math.min(BURST, this.#credit - by);
  }
}

/** Held for a while at what was usual before an alarm. */
type Clamp = { readonly share: number; until: number };
type Own = { readonly bucket: StrongShare; clamp: Clamp | undefined };
type Sharing = { readonly name: TenantName; readonly strongShare?: number | undefined };

/** Times are on the monotonic clock. */
export class StrongShares {
  readonly #now: () => number;
  readonly #tenants: Map<TenantName, Own> = new Map();
  #clamped = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why the strong tier is closed for now; undefined: it is open, as for nearly every call. */
  closed({ name, strongShare }: Sharing, held: boolean): 'share' | 'alarm' | undefined {
    if (strongShare === undefined && this.#clamped === 0) return undefined;
    const own = this.#tenants.get(name);
    if (own === undefined || own.bucket.allows(held)) return undefined;
    if (this.#clampOf(own) !== undefined) return 'alarm';
    return strongShare === undefined ? undefined : 'share';
  }

  /** A call was decided. */
  decided(tenant: Sharing, isStrong: boolean): void {
    const share = this.#shareOf(tenant);
    if (share !== undefined) this.#of(tenant.name).bucket.counts(share, isStrong);
  }

  /** It ended, and was what it was thought to be, or not. */
  ended(tenant: Sharing, thought: boolean, isStrong: boolean): void {
    if (thought === isStrong || this.#shareOf(tenant) === undefined) return;
    this.#of(tenant.name).bucket.spends(isStrong ? 1 : -1);
  }

  /** From an alarm on its share is what it was before. */
  clamp(tenant: TenantName, share: number, forMs: number): void {
    const own = this.#of(tenant);
    const until = this.#now() + forMs;
    if (this.#clampOf(own) === undefined) {
      own.clamp = { share, until };
      this.#clamped += 1;
    } else if (own.clamp !== undefined) own.clamp.until = until;
  }

  #shareOf({ name, strongShare }: Sharing): number | undefined {
    if (this.#clamped === 0) return strongShare;
    const own = this.#tenants.get(name);
    const clamp = own === undefined ? undefined : this.#clampOf(own);
    if (clamp === undefined) return strongShare;
    return Math.min(clamp.share, strongShare ?? 1);
  }

  #clampOf(own: Own): Clamp | undefined {
    if (own.clamp === undefined || own.clamp.until > this.#now()) return own.clamp;
    own.clamp = undefined;
    this.#clamped -= 1;
    return undefined;
  }

  #of(name: TenantName): Own {
    const own = this.#tenants.get(name) ?? { bucket: new StrongShare(), clamp: undefined };
    this.#tenants.delete(name);
    this.#tenants.set(name, own);
    if (this.#tenants.size > TENANTS_MAX) {
      const [idle] = this.#tenants;
      if (idle?.[1].clamp !== undefined) this.#clamped -= 1;
      this.#tenants.delete(idle?.[0] ?? name);
    }
    return own;
  }
}
