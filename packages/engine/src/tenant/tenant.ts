// Who is asking, and what may they do. The first room: it takes a key from the head, before a byte
// of the body is read, and adds the tenant and the key's facts. It refuses what carries no key or a
// bad, expired, revoked or misplaced one, and each call of a tenant whose content this node may not
// take. It must never say which of the parts of a key was wrong, nor take longer for a key that
// exists than for one that does not.
import {
  type Branded,
  type Call,
  type Clock,
  type KeyName,
  type Keys,
  type Label,
  no,
  type Refusal,
  type Result,
  type Resumed,
  type Retention,
  refusal,
  type TenantName,
  type Tier,
  type Topology,
  tenantName,
  yes,
} from '@signalbox/contract';
import type {
  OverridesDocument,
  PatternItem,
  PlanFeature,
  PriceBook,
  SecondStageDocument,
  SensitiveKind,
} from '@signalbox/documents';
import { apiKeyHolds, parseApiKey } from '@signalbox/trust';
import { inNetworks, type Network } from './networks.ts';
import type { Lookup } from './on-demand.ts';

export type Budget = {
  readonly amountNanoUsd: bigint;
  readonly per: 'day' | 'month' | 'total';
};

/** What a tenant subscribes to; undefined: no limit. */
export type PlanFacts = {
  readonly name: string;
  /** Of all its tenants, asked after theirs. */
  readonly policies: readonly string[];
  readonly models: readonly string[] | undefined;
  readonly tiers: readonly Tier[] | undefined;
  readonly features?: readonly PlanFeature[] | undefined;
  readonly inFlightMax: number | undefined;
  readonly requestsPerMinuteMax?: number | undefined;
  readonly tokensPerMinuteMax?: number | undefined;
};

/** A tenant's own types of data, compiled, and values that are public for it. */
export type SensitiveRules = {
  readonly patterns: readonly {
    readonly type: string;
    readonly kind: SensitiveKind;
    readonly items: readonly PatternItem[];
  }[];
  /** Kinds of its data sources and types of documents. */
  readonly sources: ReadonlyMap<string, SensitiveKind>;
  /** In the form of `plainValue`. */
  readonly publicValues: ReadonlySet<string>;
};

export type TenantFacts = {
  readonly name: TenantName;
  /** Of its calls of the model `auto` the share that may go to tier 3. */
  readonly strongShare?: number | undefined;
  readonly plan: PlanFacts | undefined;
  readonly topology: Topology;
  /** Why this node takes none of its content; undefined: it does. */
  readonly turnedAway?: Refusal | undefined;
  readonly residency: readonly string[] | undefined;
  readonly defaultLabel: Label;
  readonly unscannedLabel: Label;
  readonly privacy: 'enforce' | 'observe';
  readonly durable: 'after-answer' | 'before-answer';
  readonly retention: Retention;
  /** The tightest of the tenant's own and its plan's. */
  readonly budget: Budget | undefined;
  readonly ownEndpoints: ReadonlySet<string>;
  /** What it has otherwise than the others. */
  readonly models: OverridesDocument | undefined;
  /** What it pays by its contract; undefined: as everybody. */
  readonly ownPrices?: OwnPrices | undefined;
  /** Its own, else that of its plan: for rules. */
  readonly tenantClass: string | undefined;
  readonly ring: number | undefined;
  readonly policies: readonly string[];
  /** What the scanner is told beside what it knows; undefined: nothing. */
  readonly sensitive?: SensitiveRules | undefined;
  /** Who reads what the scanner has read; undefined: nobody. */
  readonly secondStage?: SecondStageDocument | undefined;
  /** The highest label of calls whose features are kept; undefined: of none. */
  readonly featuresUpTo?: Label | undefined;
  /** By agent; asked before those of the tenant. */
  readonly agentPolicies: ReadonlyMap<string, readonly string[]>;
};

/** What its contract states of prices. */
export type OwnPrices = {
  readonly book: PriceBook;
  /** Unix milliseconds: those that hold then. */
  readonly at: number;
};

/** The node itself, where it asks an endpoint that belongs to no tenant. */
export const NODE_ITSELF: TenantFacts = {
  name: tenantName(''),
  plan: undefined,
  topology: 'hybrid',
  residency: undefined,
  defaultLabel: 'public',
  unscannedLabel: 'public',
  privacy: 'enforce',
  durable: 'after-answer',
  retention: 'standard',
  budget: undefined,
  ownEndpoints: new Set(),
  models: undefined,
  tenantClass: undefined,
  ring: undefined,
  policies: [],
  agentPolicies: new Map(),
};

export type Scope = 'call' | 'explain' | 'admin' | 'audit' | 'finance';

export type KeyFacts = {
  readonly name: KeyName;
  readonly tenant: TenantName;
  readonly mac: Uint8Array;
  readonly models: readonly string[] | undefined;
  readonly tiers: readonly Tier[] | undefined;
  readonly scopes: ReadonlySet<Scope>;
  readonly budget: Budget | undefined;
  readonly expiresAt: number | undefined;
  readonly networks: readonly Network[] | undefined;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly subject: string | undefined;
  /** Of the sessions that are held with it. */
  readonly policies: readonly string[];
  readonly sessionRequired: boolean;
  readonly tagsFixed: Readonly<Record<string, string>>;
  readonly tagsRequired: readonly string[];
  readonly revoked: boolean;
};

export type Tenants = {
  /** By the id inside the key. */
  readonly keys: Lookup<string, KeyFacts>;
  readonly tenants: Lookup<TenantName, TenantFacts>;
  /** Keys that were verified under these documents, by their text: a swap forgets them. */
  readonly verified: Map<string, KeyFacts>;
};

export type Identity = { readonly tenant: TenantFacts; readonly key: KeyFacts };
export type Admitted = Branded<Call & Identity, 'admitted'>;

/** Adds who is asking; the key must have the scope `call`. */
export function admit(
  call: Call,
  tenants: Tenants,
  ports: { readonly keys: Keys; readonly clock: Clock },
): Result<Admitted, Refusal> {
  const { head, resumed } = call;
  const found =
    resumed === undefined
      ? identify(head.keyText, head.address, tenants, ports)
      : recognise(resumed, head.address, tenants, ports);
  if (!found.ok) return found;
  if (!found.value.key.scopes.has('call')) {
    const message = 'This key may not make calls: it lacks the scope `call`.';
    return no(refusal('not_entitled', message));
  }
  // From here on the tenant is known: what is refused is recorded as its own.
  const known = Object.assign(call, found.value);
  const { turnedAway } = found.value.tenant;
  return turnedAway === undefined ? yes(known as Admitted) : no(turnedAway); // brand: minted here
}

const UNKNOWN_KEY = refusal('key_invalid', 'This key is not known here.');
/** Verified keys that are remembered; above it each call verifies anew. */
const VERIFIED_MAX = 10_000;

function verify(text: string, tenants: Tenants, keys: Keys): KeyFacts | undefined {
  const parsed = parseApiKey(text);
  if (parsed === undefined) return undefined;
  const key = tenants.keys.get(parsed.id);
  // A key that does not exist takes the same comparison as one that does.
  if (!apiKeyHolds(parsed, key?.mac, keys) || key === undefined) return undefined;
  if (tenants.verified.size < VERIFIED_MAX) tenants.verified.set(text, key);
  return key;
}

/** Verifies a key for whatever it may be used for. */
export function identify(
  keyText: string | undefined,
  address: string,
  tenants: Tenants,
  ports: { readonly keys: Keys; readonly clock: Clock },
): Result<Identity, Refusal> {
  if (keyText === undefined) return no(refusal('key_missing', 'The request carries no key.'));
  const key = tenants.verified.get(keyText) ?? verify(keyText, tenants, ports.keys);
  return mayUse(key, address, tenants, ports.clock);
}

/** The key of an earlier time is not there any more: what it was must still hold. */
export function recognise(
  { tenant, keyId, keyMac }: Pick<Resumed, 'tenant' | 'keyId' | 'keyMac'>,
  address: string,
  tenants: Tenants,
  { keys, clock }: { readonly keys: Keys; readonly clock: Clock },
): Result<Identity, Refusal> {
  const key = tenants.keys.get(keyId);
  const isSame = key !== undefined && key.tenant === tenant && keys.equal(key.mac, keyMac);
  return mayUse(isSame ? key : undefined, address, tenants, clock);
}

function mayUse(
  key: KeyFacts | undefined,
  address: string,
  tenants: Tenants,
  clock: Clock,
): Result<Identity, Refusal> {
  const tenant = key === undefined ? undefined : tenants.tenants.get(key.tenant);
  if (key === undefined || tenant === undefined) return no(UNKNOWN_KEY);
  if (key.revoked) return no(refusal('key_revoked', `The key \`${key.name}\` was revoked.`));
  if (key.expiresAt !== undefined && key.expiresAt <= clock.now()) {
    return no(refusal('key_expired', `The key \`${key.name}\` has expired.`));
  }
  if (key.networks !== undefined && !inNetworks(key.networks, address)) {
    const message = 'This key may not be used from this network address.';
    return no(refusal('not_entitled', message));
  }
  return yes({ tenant, key });
}
