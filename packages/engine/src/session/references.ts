// Where state is that an upstream holds: the endpoint of each response that went by, and the label
// of the call that made it, so that a call which continues it goes there and is no less sensitive.
// Bounded; of the ids only keyed hashes. Known again after a restart: the settlement of a call
// names what it taught, and a checkpoint the rest. What was forgotten is not known, and a call that
// refers to it must say itself where it is.
import {
  type Clock,
  type EndpointName,
  type HeldBody,
  higherLabel,
  type Keys,
  type Label,
  type TenantName,
} from '@signalbox/contract';

export const HELD_MS = 86_400_000;
/** Files and batches: vendors keep what a batch has written for as long. */
export const OBJECT_HELD_MS = 2_592_000_000;
export const PER_TENANT_MAX = 10_000;
/** Over all tenants; of the tenant that was idle longest the oldest goes first. */
export const HELD_MAX = 200_000;
/** Of a checkpoint, over all tenants: each has the same share of it, what was used last. */
export const CHECKPOINT_MAX = 20_000;
const DIGEST_BYTES = 16;

export type Held = {
  /** Undefined: more than one claims to hold it. */
  readonly endpoint: EndpointName | undefined;
  /** Of the call that made it. */
  readonly label: Label;
};

export interface References {
  /**
   * An endpoint answered with the id of state that it holds from now on. @returns the name of it in
   * records.
   */
  keep(reference: Reference, held: Held): string;
  find(reference: Reference): Held | undefined;
  /** Takes back what was kept in an earlier life of the node. @param at Unix milliseconds. */
  restore(tenant: TenantName, name: string, held: Held, at: number): void;
  checkpoint(): readonly HeldBody[];
}

export type Reference = { readonly tenant: TenantName; readonly id: string; readonly keys: Keys };

/** On the monotonic clock. */
type Kept = Held & { readonly until: number };

/** @param heldMs how long something is known after it was last told of. */
export function references(clock: Clock, heldMs: number = HELD_MS): References {
  return new Kepts(clock, heldMs);
}

/** Maps keep the order of insertion: the first is what was longest not used. */
class Kepts implements References {
  readonly #clock: Clock;
  readonly #heldMs: number;
  readonly #tenants = new Map<TenantName, Map<string, Kept>>();
  #size = 0;

  constructor(clock: Clock, heldMs: number) {
    this.#clock = clock;
    this.#heldMs = heldMs;
  }

  keep(reference: Reference, held: Held): string {
    const name = nameOf(reference);
    this.#put(reference.tenant, name, held, this.#clock.monotonic() + this.#heldMs);
    return name;
  }

  /** A clock that went back makes nothing younger than new. */
  restore(tenant: TenantName, name: string, held: Held, at: number): void {
    const age = Math.max(0, this.#clock.now() - at);
    if (age >= this.#heldMs) return;
    this.#put(tenant, name, held, this.#clock.monotonic() + this.#heldMs - age);
  }

  checkpoint(): readonly HeldBody[] {
    const now = this.#clock.monotonic();
    const wallMs = this.#clock.now() - now - this.#heldMs;
    const share = Math.floor(CHECKPOINT_MAX / Math.max(1, this.#tenants.size));
    const bodies: HeldBody[] = [];
    for (const [tenant, own] of this.#tenants) {
      let before = own.size - share;
      for (const [name, { endpoint, label, until }] of own) {
        before -= 1;
        if (before >= 0 || until <= now) continue;
        bodies.push({ tenant, name, endpoint, label, at: Math.round(until + wallMs) });
      }
    }
    return bodies;
  }

  #put(tenant: TenantName, name: string, { endpoint, label }: Held, until: number): void {
    const own = this.#tenants.get(tenant) ?? new Map<string, Kept>();
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, own);
    const before = this.#take(own, name);
    if (before !== undefined) {
      const only = before.endpoint === endpoint ? endpoint : undefined;
      own.set(name, { endpoint: only, label: higherLabel(before.label, label), until });
    } else {
      if (own.size >= PER_TENANT_MAX) this.#forgetFirst(own);
      else if (this.#size >= HELD_MAX) this.#forgetIdle();
      own.set(name, { endpoint, label, until });
    }
    this.#size += 1;
  }

  find(reference: Reference): Held | undefined {
    const own = this.#tenants.get(reference.tenant);
    if (own === undefined) return undefined;
    const name = nameOf(reference);
    const kept = this.#take(own, name);
    if (kept === undefined) return undefined;
    // Put back as what was used last.
    own.set(name, kept);
    this.#size += 1;
    return kept;
  }

  /** Undefined also for what is too old; it is gone either way. */
  #take(own: Map<string, Kept>, name: string): Kept | undefined {
    const kept = own.get(name);
    if (kept === undefined) return undefined;
    own.delete(name);
    this.#size -= 1;
    return kept.until > this.#clock.monotonic() ? kept : undefined;
  }

  #forgetFirst(own: Map<string, Kept>): void {
    const first = own.keys().next();
    if (first.done === true) return;
    own.delete(first.value);
    this.#size -= 1;
  }

  #forgetIdle(): void {
    for (const [tenant, own] of this.#tenants) {
      if (own.size > 0) {
        this.#forgetFirst(own);
        return;
      }
      this.#tenants.delete(tenant);
    }
  }
}

const nameOf = ({ id, keys }: Reference): string => keys.digest('reference', id, DIGEST_BYTES);
