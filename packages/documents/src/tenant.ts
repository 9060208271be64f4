/**
 * Who may call, what they subscribe to, and what they agreed to: plans, tenants, keys, consents,
 * rings.
 */
import type { Label, Retention, Tier, Topology } from '@signalbox/contract';
import type { PrivateAddress } from './endpoint.ts';
import type { OverridesDocument } from './model.ts';
import type { Origin } from './origin.ts';
import type { SecretReference } from './secret-reference.ts';

export interface BudgetDocument {
  readonly amountNanoUsd: bigint;
  readonly per: 'day' | 'month' | 'total';
}

/** What a plan may include beside chats; images and audio inside of chats too. */
// biome-ignore format: two lines are read at once
export const PLAN_FEATURES = [
  'tools', 'streaming', 'embeddings', 'moderations',
  'images', 'audio', 'rerank', 'files', 'batches',
] as const;
export type PlanFeature = (typeof PLAN_FEATURES)[number];

export interface PlanDocument {
  readonly name: string;
  /** Of tenants that state none. */
  readonly tenantClass: string | undefined;
  /** Asked after those of a tenant. */
  readonly policies: readonly string[];
  /** Patterns of model names, `*` standing for any run of characters; absent means every model. */
  readonly models: readonly string[] | undefined;
  readonly tiers: readonly Tier[] | undefined;
  /** Absent means all of them. */
  readonly features?: readonly PlanFeature[] | undefined;
  readonly budget: BudgetDocument | undefined;
  readonly inFlightMax: number | undefined;
  /** Of the calls of the model `auto` of each tenant, 0 to 1; absent: as many as suit. */
  readonly strongShare?: number | undefined;
  /** Of each tenant. */
  readonly requestsPerMinuteMax: number | undefined;
  /** Of each tenant, in and out. */
  readonly tokensPerMinuteMax: number | undefined;
  readonly origin: Origin | undefined;
}

export interface TenantDocument {
  readonly name: string;
  readonly plan: string | undefined;
  readonly tenantClass: string | undefined;
  readonly topology: Topology;
  /** Whether nodes that others share take its content; `refuse` binds a sovereign one alone. */
  readonly sharedNodes: 'refuse' | 'allow';
  /** Regions its calls may run in; absent means every region. */
  readonly residency: readonly string[] | undefined;
  readonly ring: number | undefined;
  readonly defaultLabel: Label;
  readonly unscannedLabel: Label;
  readonly privacy: 'enforce' | 'observe';
  readonly durable: 'after-answer' | 'before-answer';
  readonly budget: BudgetDocument | undefined;
  /** Endpoints and networks that the tenant names as its own. */
  readonly own: OwnPlaces;
  /** Private hosts and ports at which it may bring endpoints; only the operator's files say so. */
  readonly privateAddresses: readonly PrivateAddress[];
  /** Asked in this order. */
  readonly policies: readonly string[];
  /** By agent; asked before those of the tenant. */
  readonly agentPolicies: ReadonlyMap<string, readonly string[]>;
  /** Undefined: it has what everybody has. */
  readonly models: OverridesDocument | undefined;
  readonly retention: Retention;
  /** As of its plan; the lower one holds. */
  readonly strongShare?: number | undefined;
  /** What is sensitive, or public, for this tenant beyond what everybody's scanner knows. */
  readonly sensitive?: SensitiveDocument | undefined;
  /** Of calls with a higher label no features are kept; absent: `internal`. */
  readonly featuresUpTo?: Label | 'none' | undefined;
  readonly origin: Origin | undefined;
}

/**
 * Whether a node takes none of a tenant's content: the tenant is sovereign, and the node is neither
 * the device itself nor in a network of its own.
 */
export const staysAway = (
  { topology, sharedNodes, own }: Pick<TenantDocument, 'topology' | 'sharedNodes' | 'own'>,
  { tier, network }: { readonly tier: Tier; readonly network: string | undefined },
): boolean =>
  topology === 'sovereign' &&
  sharedNodes === 'refuse' &&
  tier !== 1 &&
  (network === undefined || !own.networks.includes(network));

export interface SensitiveDocument {
  readonly patterns: readonly SensitivePattern[];
  /** Data sources and types of documents that are always sensitive. */
  readonly sources: readonly SensitiveSource[];
  /** Values that stand in texts and are nobody's secret: an address of a help desk. */
  readonly publicValues: readonly string[];
  /** Absent: what patterns cannot see is not looked for. */
  readonly secondStage?: SecondStageDocument | undefined;
}

/** A model on tier 1 that reads what the scanner has read. */
export interface SecondStageDocument {
  /** A model, an alias or `endpoint/model`. */
  readonly model: string;
  /** For one call, however many pieces its text has. */
  readonly timeoutMs: number;
  readonly windowsMax: number;
  readonly perMinuteMax: number;
  readonly atOnceMax: number;
}

export interface SensitiveSource {
  readonly name: string;
  readonly kind: SensitiveKind;
}

export interface SensitivePattern {
  /** The type that a label and a record name. */
  readonly name: string;
  /** As `readSensitivePattern` reads it. */
  readonly pattern: string;
  readonly kind: SensitiveKind;
}

export type SensitiveKind =
  | 'health'
  | 'financial'
  | 'government-id'
  | 'secret'
  | 'email'
  | 'phone'
  | 'name'
  | 'address'
  | 'date-of-birth'
  | 'ip';

export interface OwnPlaces {
  readonly endpoints: readonly string[];
  readonly networks: readonly string[];
}

export type KeyScope = 'call' | 'explain' | 'admin' | 'audit' | 'finance';

export interface KeyDocument {
  readonly name: string;
  readonly tenant: string;
  /** The twelve base62 characters inside the key. */
  readonly id: string | undefined;
  /** HMAC-SHA-256 of the key under the node's pepper, lower-case hex. */
  readonly secretHash: string | undefined;
  /** The whole key by reference, instead of `id` and `secretHash`. */
  readonly secret: SecretReference | undefined;
  readonly models: readonly string[] | undefined;
  readonly tiers: readonly Tier[] | undefined;
  readonly scopes: readonly KeyScope[];
  readonly budget: BudgetDocument | undefined;
  /** Milliseconds since 1970; the file says an ISO 8601 date. */
  readonly expiresMs: number | undefined;
  readonly networks: readonly string[] | undefined;
  /** Fixed by the key: the caller's header is not asked. */
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly subject: string | undefined;
  readonly requireSession: boolean;
  /** Of the sessions that are held with it; asked before all others. */
  readonly policies: readonly string[];
  readonly tags: KeyTags;
  readonly revoked: boolean;
  readonly origin: Origin | undefined;
}

export interface KeyTags {
  readonly fixed: ReadonlyMap<string, string>;
  readonly required: readonly string[];
}

/** What lets data of a tenant go further than its label does; a call names it. */
export interface ConsentDocument {
  readonly name: string;
  readonly tenant: string;
  /** Absent means every subject of the tenant. */
  readonly subject: string | undefined;
  /** Kinds or single types of data, or other grounds of a label: `unscanned`, `declared`. */
  readonly kinds: readonly string[];
  readonly tiers: readonly Tier[];
  /** Only there; absent means wherever the tenant's residency allows. */
  readonly regions: readonly string[] | undefined;
  readonly purpose: string;
  /** Milliseconds since 1970, as `untilMs`; absent means since it was written. */
  readonly fromMs: number | undefined;
  readonly untilMs: number;
  readonly givenBy: string;
  readonly revoked: boolean;
  readonly origin: Origin | undefined;
}

export interface RingDocument {
  readonly name: string;
  /** The number that a tenant's `ring` names. */
  readonly order: number;
  /** Not active in this version. */
  readonly percent: number | undefined;
  readonly origin: Origin | undefined;
}
