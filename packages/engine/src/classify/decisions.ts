// What came of calls like this one: where answers of a tier were not good enough three times, one
// after the other, the next such call begins above it, and pays for the failing tier no more. One
// call in twenty begins there all the same, so that a tier that is well again is found.
//
// Alike are calls of one tenant under the same documents (policies and models), of the same label,
// step, system prompt, tools and format of the answer, with nearly the same words in the last
// instruction. It knows hashes, never a text; it is bounded, expires, and a start begins anew. Of
// calls that are not public or internal it knows nothing: the tiers above are closed to them.
//
// It must never open anything: it orders what resolve allows, and resolve is the one to say what.
import type { Clock, Label, RecordedCache, RequestId, TenantName, Tier } from '@signalbox/contract';
import type { Step } from '../session/step.ts';
import { bandsOf, hashOf } from './likeness.ts';

/** Failures in a row from which it acts. */
const CONCORDANT_MIN = 3;
/** One call in so many tries the tier that failed. */
const EXPLORE_EVERY = 20;
/** After the last failure. */
export const EXPIRES_MS = 86_400_000;
export const KINDS_PER_TENANT_MAX = 4_096;
/** Over all tenants; of the tenant that was idle longest the oldest goes first. */
export const KINDS_MAX = 100_000;
export const TENANTS_MAX = 1_024;

export type Alike = {
  readonly id: RequestId;
  readonly tenant: TenantName;
  /** Digest of the documents that the call is decided under. */
  readonly version: string;
  readonly label: Label;
  readonly step: Step;
};

/** What was thought of one answer. `by` is the model, and what it says that it is. */
export type Judgement = { readonly tier: Tier; readonly by: string; readonly failed: boolean };

/** Failures in a row of one model; `at` on the monotonic clock. */
type Tally = { readonly by: string; failed: number; at: number };
type Kind = Map<Tier, Tally>;
type Own = { readonly kinds: Map<number, Kind> };

export class Decisions {
  readonly #clock: Clock;
  readonly #tenants: Map<TenantName, Own> = new Map();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: nothing is known of such calls, or nothing that would matter. Changes nothing. */
  look(call: Alike): RecordedCache | undefined {
    const own = this.#tenants.get(call.tenant);
    if (own === undefined || own.kinds.size === 0) return undefined;
    const since = this.#clock.monotonic() - EXPIRES_MS;
    let found: RecordedCache | undefined;
    for (const key of keysOf(call)) {
      for (const [tier, { failed, at }] of own.kinds.get(key) ?? NOTHING) {
        if (tier === HIGHEST || failed < CONCORDANT_MIN || at <= since) continue;
        const isMore = found === undefined || tier > found.tier;
        if (isMore || (tier === found?.tier && failed > found.failures)) {
          found = { tier, failures: failed };
        }
      }
    }
    if (found === undefined || !isExplored(call.id)) return found;
    return { ...found, explored: true };
  }

  /** Answers of a call in their order; of most calls nothing was judged. */
  learn(call: Alike, judged: readonly Judgement[]): void {
    if (judged.length === 0) return;
    const keys = keysOf(call);
    if (keys.length === 0) return;
    const own = this.#of(call.tenant);
    for (const one of judged) this.#note(own, keys, one);
  }

  /** Over all tenants. */
  get size(): number {
    return this.#size;
  }

  #note({ kinds }: Own, keys: readonly number[], { tier, by, failed }: Judgement): void {
    const now = this.#clock.monotonic();
    for (const key of keys) {
      const kind = kinds.get(key);
      const known = kind?.get(tier);
      if (!failed) {
        kind?.delete(tier);
        if (kind?.size === 0) this.#forget(kinds, key);
        continue;
      }
      const isSame = known?.by === by && known.at > now - EXPIRES_MS;
      const tally = isSame ? known : { by, failed: 0, at: now };
      tally.failed += 1;
      tally.at = now;
      if (kind === undefined) this.#size += 1;
      putLast(kinds, key, (kind ?? new Map()).set(tier, tally));
      if (kinds.size > KINDS_PER_TENANT_MAX) this.#forgetOldest(kinds);
      else if (this.#size > KINDS_MAX) this.#forgetIdle();
    }
  }

  #of(tenant: TenantName): Own {
    const own = this.#tenants.get(tenant) ?? { kinds: new Map() };
    putLast(this.#tenants, tenant, own);
    if (this.#tenants.size > TENANTS_MAX) {
      const [idle] = this.#tenants;
      this.#size -= idle?.[1].kinds.size ?? 0;
      this.#tenants.delete(idle?.[0] ?? tenant);
    }
    return own;
  }

  #forget(kinds: Own['kinds'], key: number): void {
    if (kinds.delete(key)) this.#size -= 1;
  }

  #forgetOldest(kinds: Own['kinds']): void {
    const [oldest] = kinds.keys();
    if (oldest !== undefined) this.#forget(kinds, oldest);
  }

  #forgetIdle(): void {
    for (const { kinds } of this.#tenants.values()) {
      if (kinds.size === 0) continue;
      this.#forgetOldest(kinds);
      return;
    }
  }
}

const HIGHEST: Tier = 3;
const NOTHING: Kind = new Map();
const NO_KEYS: readonly number[] = [];
/** With a band's 32 bits as many as a number holds. */
const REST = 2 ** 21;

/** None: of a request that is no chat, one without words, or one that stays where it is anyway. */
function keysOf({ version, label, step }: Alike): readonly number[] {
  const { node, class: name = '', instruction } = step;
  if (node === undefined || (label !== 'public' && label !== 'internal')) return NO_KEYS;
  const same = hashOf(`${version} ${label} ${name} ${node}`);
  return bandsOf(instruction, same).map((band) => band * REST + (same % REST));
}

/** By its id alone, which is chance: the same call is always told the same. */
const isExplored = (id: RequestId): boolean => hashOf(id) % EXPLORE_EVERY === 0;

/** Maps keep the order of insertion: the first was idle longest. */
function putLast<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
}
