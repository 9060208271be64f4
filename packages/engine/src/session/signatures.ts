// What providers signed of a session's tool calls, and want back with their results: signatures,
// and the thoughts that they prove. They travel with the caller in a field of its format; a client
// that drops the field gets them back from here, by the id of the call. Each goes back to the
// endpoint that made it and to no other, so that nothing leaves that was not there before. In
// memory alone, bounded in count, bytes and age; what was forgotten is left out of the request.
import type { Clock, EndpointName, SessionId, TenantName } from '@signalbox/contract';
import type { SignedCall, SignedCalls } from '@signalbox/dialect';

/** Since they were last made or asked for. */
export const SIGNED_MS = 3_600_000;
/** Of one session at one endpoint; the oldest go first. */
export const PER_SESSION_MAX = 256;
/** Of characters, as of all that follows; a call that is larger alone is not kept. */
export const PER_SESSION_CHARS_MAX = 2_097_152;
/** The session that was idle longest gives way. */
export const PER_TENANT_CHARS_MAX = 16_777_216;
/** Over all tenants; of the tenant that was idle longest the session that was. */
export const SIGNED_CHARS_MAX = 67_108_864;
/** What an entry takes beside its texts. */
const ENTRY_CHARS = 128;

/** Whose calls, and who made them. */
export type Signer = {
  readonly tenant: TenantName;
  readonly session: SessionId;
  readonly endpoint: EndpointName;
};

export interface Signatures {
  /** An endpoint answered with these calls. */
  keep(signer: Signer, calls: readonly SignedCall[]): void;
  find(signer: Signer): SignedCalls | undefined;
}

export function signatures(clock: Clock): Signatures {
  return new Kept(clock);
}

type Bucket = { readonly calls: Map<string, SignedCall>; chars: number; until: number };
type Own = { readonly buckets: Map<string, Bucket>; chars: number };

/** Maps keep the order of insertion: the first is what was longest not used. */
class Kept implements Signatures {
  readonly #clock: Clock;
  readonly #tenants = new Map<TenantName, Own>();
  #chars = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(signer: Signer, calls: readonly SignedCall[]): void {
    if (calls.length === 0) return;
    this.#forgetOld();
    const { tenant } = signer;
    const own = this.#tenants.get(tenant) ?? { buckets: new Map(), chars: 0 };
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, own);
    const bucket = this.#used(own, nameOf(signer)) ?? { calls: new Map(), chars: 0, until: 0 };
    bucket.until = this.#clock.monotonic() + SIGNED_MS;
    own.buckets.set(nameOf(signer), bucket);
    for (const call of calls) this.#add(own, bucket, call);
    while (own.chars > PER_TENANT_CHARS_MAX) this.#forgetFirst(own);
    while (this.#chars > SIGNED_CHARS_MAX) this.#forgetIdle();
  }

  find(signer: Signer): SignedCalls | undefined {
    const own = this.#tenants.get(signer.tenant);
    const bucket = own === undefined ? undefined : this.#used(own, nameOf(signer));
    if (own === undefined || bucket === undefined) return undefined;
    bucket.until = this.#clock.monotonic() + SIGNED_MS;
    own.buckets.set(nameOf(signer), bucket);
    return bucket.calls;
  }

  /** Taken out, to be put back as what was used last. */
  #used(own: Own, name: string): Bucket | undefined {
    const bucket = own.buckets.get(name);
    if (bucket === undefined) return undefined;
    if (bucket.until <= this.#clock.monotonic()) {
      this.#forget(own, name, bucket);
      return undefined;
    }
    own.buckets.delete(name);
    return bucket;
  }

  #add(own: Own, bucket: Bucket, call: SignedCall): void {
    const size = charsOf(call);
    if (size > PER_SESSION_CHARS_MAX) return;
    this.#take(own, bucket, call.id);
    bucket.calls.set(call.id, call);
    this.#count(own, bucket, size);
    for (const [first] of bucket.calls) {
      const fits = bucket.calls.size <= PER_SESSION_MAX && bucket.chars <= PER_SESSION_CHARS_MAX;
      if (fits) return;
      this.#take(own, bucket, first);
    }
  }

  #take(own: Own, bucket: Bucket, id: string): void {
    const call = bucket.calls.get(id);
    if (call === undefined) return;
    bucket.calls.delete(id);
    this.#count(own, bucket, -charsOf(call));
  }

  #count(own: Own, bucket: Bucket, chars: number): void {
    bucket.chars += chars;
    own.chars += chars;
    this.#chars += chars;
  }

  #forget(own: Own, name: string, { chars }: Bucket): void {
    own.buckets.delete(name);
    own.chars -= chars;
    this.#chars -= chars;
  }

  #forgetFirst(own: Own): void {
    for (const [name, bucket] of own.buckets) {
      this.#forget(own, name, bucket);
      return;
    }
  }

  #forgetIdle(): void {
    for (const [tenant, own] of this.#tenants) {
      if (own.buckets.size > 0) {
        this.#forgetFirst(own);
        return;
      }
      this.#tenants.delete(tenant);
    }
  }

  /** Within each tenant, and among tenants, the oldest come first. */
  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [tenant, own] of this.#tenants) {
      for (const [name, bucket] of own.buckets) {
        if (bucket.until > now) return;
        this.#forget(own, name, bucket);
      }
      this.#tenants.delete(tenant);
    }
  }
}

const nameOf = ({ session, endpoint }: Signer): string => `${session}\n${endpoint}`;

function charsOf({ id, signature = '', thoughts }: SignedCall): number {
  let chars = ENTRY_CHARS + id.length + signature.length;
  for (const { text, signature: proof = '', sealed = '' } of thoughts) {
    chars += ENTRY_CHARS + text.length + proof.length + sealed.length;
  }
  return chars;
}
