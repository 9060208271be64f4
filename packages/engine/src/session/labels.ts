// What sessions have held: the highest label of their calls, so that a harmless turn after a
// sensitive one goes no further than that one did. A label only rises here; an admin lowers it by
// an act that the journal keeps. Of each session its keyed hash, the label and the types that made
// it; only of those above what every call of their tenant has anyway. Bounded: of a tenant with
// more the one that was idle longest is forgotten, those with lower labels first, and what a call
// says itself still holds. Known again after a restart: records name session and label, a
// checkpoint the rest.
import {
  type Clock,
  higherLabel,
  LABELS,
  type Label,
  type SessionBody,
  type SessionId,
  type TenantName,
} from '@signalbox/contract';

/** After its last call. */
export const SESSION_MS = 86_400_000;
export const SESSIONS_PER_TENANT_MAX = 20_000;
/** Over all tenants; of the tenant that was idle longest one goes first. */
export const SESSIONS_MAX = 200_000;
/** Of a checkpoint, over all tenants: each has the same share of it, what was used last. */
export const SESSIONS_KEPT_MAX = 10_000;
/** What else a session has held counts as `held-session`. */
const GROUNDS_MAX = 16;

/** One reason for a label: a type that was found or declared, or `unscanned`, `default`, ... */
export type Ground = { readonly type: string; readonly kind: string; readonly label: Label };

export type Raised = { readonly label: Label; readonly grounds: readonly Ground[] };

export interface SessionLabels {
  /** Undefined: nothing above what every call has, or nothing known. */
  of(tenant: TenantName, session: SessionId): Raised | undefined;
  /** As soon as it is known what a call holds. */
  raise(tenant: TenantName, session: SessionId, held: Raised): void;
  /** The one way down. @returns what it was; undefined: nothing was held. */
  declassify(tenant: TenantName, session: SessionId, to: Label): Label | undefined;
  /** Takes back what was held in an earlier life of the node. @param at Unix milliseconds. */
  restore(tenant: TenantName, session: SessionId, held: Raised, at: number): void;
  checkpoint(): readonly SessionBody[];
}

export const sessionLabels = (clock: Clock): SessionLabels => new Held(clock);

/** Why a session is sensitive, when only its label is known. */
const HELD = 'held-session';
export const unknownGround = (label: Label): Ground => ({ type: HELD, kind: HELD, label });

/** One object a session, changed in place: calls of a session make nothing new here. */
class Session implements Raised {
  label: Label;
  grounds: readonly Ground[];
  /** On the monotonic clock. */
  until: number;

  constructor({ label, grounds }: Raised, until: number) {
    this.label = label;
    this.grounds = grounds;
    this.until = until;
  }

  take({ label, grounds }: Raised, until: number): void {
    this.label = higherLabel(this.label, label);
    this.grounds = together(this.grounds, grounds);
    this.until = Math.max(this.until, until);
  }
}

/** The same list where nothing is new. */
function together(known: readonly Ground[], more: readonly Ground[]): readonly Ground[] {
  const fresh = more.filter((one) => !known.some((other) => covers(other, one)));
  if (fresh.length === 0) return known;
  const all = [...known, ...fresh];
  if (all.length <= GROUNDS_MAX) return all;
  const label = all.map((one) => one.label).reduce(higherLabel);
  return [unknownGround(label)];
}

const covers = (one: Ground, other: Ground): boolean =>
  one.type === other.type &&
  one.kind === other.kind &&
  higherLabel(one.label, other.label) === one.label;

/** By label; maps keep the order of insertion, so the first of each was idle longest. */
type Own = ReadonlyMap<Label, Map<SessionId, Session>>;

class Held implements SessionLabels {
  readonly #clock: Clock;
  readonly #tenants = new Map<TenantName, Own>();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(tenant: TenantName, session: SessionId): Raised | undefined {
    const own = this.#tenants.get(tenant);
    if (own === undefined) return undefined;
    const found = find(own, session);
    return found !== undefined && found.until > this.#clock.monotonic() ? found : undefined;
  }

  raise(tenant: TenantName, session: SessionId, held: Raised): void {
    this.#put(tenant, session, held, this.#clock.monotonic() + SESSION_MS);
  }

  declassify(tenant: TenantName, session: SessionId, to: Label): Label | undefined {
    const before = this.of(tenant, session);
    if (before === undefined || higherLabel(to, before.label) === to) return before?.label;
    const { label } = before;
    this.#remove(tenant, session, label);
    if (to !== 'public') this.raise(tenant, session, { label: to, grounds: [unknownGround(to)] });
    return label;
  }

  /** A clock that went back makes nothing younger than new. */
  restore(tenant: TenantName, session: SessionId, held: Raised, at: number): void {
    const age = Math.max(0, this.#clock.now() - at);
    if (age >= SESSION_MS) return;
    this.#put(tenant, session, held, this.#clock.monotonic() + SESSION_MS - age);
  }

  checkpoint(): readonly SessionBody[] {
    const now = this.#clock.monotonic();
    const wallMs = this.#clock.now() - now - SESSION_MS;
    const share = Math.floor(SESSIONS_KEPT_MAX / Math.max(1, this.#tenants.size));
    const bodies: SessionBody[] = [];
    for (const [tenant, own] of this.#tenants) {
      let before = sizeOf(own) - share;
      for (const label of LABELS) {
        for (const [session, { grounds, until }] of own.get(label) ?? NONE) {
          before -= 1;
          if (before >= 0 || until <= now) continue;
          const kinds = grounds.map((one) => one.type);
          bodies.push({ tenant, session, label, kinds, at: Math.round(until + wallMs) });
        }
      }
    }
    return bodies;
  }

  #put(tenant: TenantName, session: SessionId, held: Raised, until: number): void {
    const own = this.#tenants.get(tenant) ?? emptyOwn();
    // Put back as who was used last.
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, own);
    const before = find(own, session);
    const known =
      before !== undefined && before.until > this.#clock.monotonic() ? before : undefined;
    if (before !== undefined) this.#remove(tenant, session, before.label);
    else if (sizeOf(own) >= SESSIONS_PER_TENANT_MAX) this.#forgetFirst(tenant, own);
    else if (this.#size >= SESSIONS_MAX) this.#forgetIdle();
    const next = known ?? new Session(held, until);
    if (known !== undefined) next.take(held, until);
    own.get(next.label)?.set(session, next);
    this.#size += 1;
  }

  #remove(tenant: TenantName, session: SessionId, label: Label): void {
    if (this.#tenants.get(tenant)?.get(label)?.delete(session) === true) this.#size -= 1;
  }

  #forgetFirst(tenant: TenantName, own: Own): void {
    for (const label of LABELS) {
      const first = own.get(label)?.keys().next();
      if (first === undefined || first.done === true) continue;
      this.#remove(tenant, first.value, label);
      return;
    }
  }

  #forgetIdle(): void {
    for (const [tenant, own] of this.#tenants) {
      if (sizeOf(own) > 0) {
        this.#forgetFirst(tenant, own);
        return;
      }
      this.#tenants.delete(tenant);
    }
  }
}

const NONE: ReadonlyMap<SessionId, Session> = new Map();

const emptyOwn = (): Own => new Map(LABELS.map((label) => [label, new Map()] as const));

function find(own: Own, session: SessionId): Session | undefined {
  return (
    own.get('regulated')?.get(session) ??
    own.get('personal')?.get(session) ??
    own.get('internal')?.get(session)
  );
}

function sizeOf(own: Own): number {
  let size = 0;
  for (const some of own.values()) size += some.size;
  return size;
}
