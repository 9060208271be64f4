// Which calls are queued: counted, in order, and bounded in number and bytes, of a tenant and of
// all. Whose those were that are gone is known for a while, to tell their callers so.
import type { Headers, KeyName, RequestId, TenantName } from '@signalbox/contract';
import type { Live } from '@signalbox/engine';

export type QueueOwners = Pick<Live['queueOwners'], 'ownerOf'>;

export type QueuedLimits = {
  readonly callsMax: number;
  readonly perTenantMax: number;
  readonly bytesMax: number;
  readonly perTenantBytesMax: number;
  readonly keepMs: number;
};

/** Whose a call is. */
export type Owner = { readonly tenant: TenantName; readonly key: string };

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

export type Place = Owner & {
  readonly key: KeyName;
  readonly request: RequestId;
  /** Its place in the line, over all starts. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly queuedAt: number;
  /** The same moment on the monotonic clock. */
  readonly since: number;
  state: 'opening' | 'waiting' | 'answering' | 'ready' | 'handing-out';
  /** Of its file. */
  bytes: number;
  /** Its file could not be written: this is all there is of it. */
  inMemory: Answer | undefined;
};

type Sum = { count: number; bytes: number };

const whoOf = ({ tenant, key }: Owner): string => `${tenant}/${key}`;

export class Places {
  readonly #limits: () => QueuedLimits;
  /** In the order in which they came. */
  readonly #places = new Map<RequestId, Place>();
  readonly #tenants = new Map<TenantName, Sum>();
  /** Also of those that are gone: a stranger hears nothing of them. */
  readonly #owners: QueueOwners;
  #bytes = 0;

  constructor(limits: () => QueuedLimits, owners: QueueOwners) {
    this.#limits = limits;
    this.#owners = owners;
  }

  has(place: Place): boolean {
    return this.#places.get(place.request) === place;
  }

  /** Undefined: nothing of this owner, now or a while ago. */
  find(request: RequestId, owner: Owner): Place | 'gone' | undefined {
    const place = this.#places.get(request);
    const whose = place ?? this.#owners.ownerOf(request);
    if (whose === undefined || whoOf(whose) !== whoOf(owner)) return undefined;
    return place ?? 'gone';
  }

  /** Where it stands among those that wait, from 1. */
  positionOf({ request }: Place): number {
    let position = 1;
    for (const [one, { state }] of this.#places) {
      if (one === request) break;
      if (state === 'waiting' || state === 'opening') position += 1;
    }
    return position;
  }

  /** Which limit is in the way of so many bytes more, and of one call more. */
  full(tenant: TenantName, bytes: number, more: 0 | 1): keyof QueuedLimits | undefined {
    const limits = this.#limits();
    const own = this.#tenants.get(tenant) ?? { count: 0, bytes: 0 };
    if (this.#places.size + more > limits.callsMax) return 'callsMax';
    if (own.count + more > limits.perTenantMax) return 'perTenantMax';
    if (this.#bytes + bytes > limits.bytesMax) return 'bytesMax';
    return own.bytes + bytes > limits.perTenantBytesMax ? 'perTenantBytesMax' : undefined;
  }

  add(place: Place): void {
    this.#places.set(place.request, place);
    this.#count(place.tenant, 1, place.bytes);
  }

  /** Its file has this size now. */
  sized(place: Place, bytes: number): void {
    if (this.has(place)) this.#count(place.tenant, 0, bytes - place.bytes);
    place.bytes = bytes;
  }

  take(place: Place): void {
    if (!this.has(place)) return;
    this.#places.delete(place.request);
    this.#count(place.tenant, -1, -place.bytes);
  }

  /** The one whose time is over first. */
  get oldest(): Place | undefined {
    return this.#places.values().next().value;
  }

  all(): readonly Place[] {
    return [...this.#places.values()];
  }

  #count(tenant: TenantName, count: number, bytes: number): void {
    const sum = this.#tenants.get(tenant) ?? { count: 0, bytes: 0 };
    sum.count += count;
    sum.bytes += bytes;
    this.#bytes += bytes;
    if (sum.count === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, sum);
  }
}
