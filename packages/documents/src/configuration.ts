/**
 * The configuration as the rest of Signalbox reads it: every default filled in, every reference
 * checked, every unit named last.
 *
 * What an operator writes is YAML in snake_case; `@signalbox/config` turns it into this form and
 * says everything that is wrong with it at once. Nothing in here holds a secret: a credential is a
 * reference (`env:`, `file:`, `exec:`), resolved by the composer when the gateway starts.
 *
 * Named things stand in maps, not in plain objects: a tenant may be called `constructor`.
 * What is absent is `undefined`, never 0 or ''.
 */

export type ConfiguredTier = 1 | 2 | 3;
export type ConfiguredLabel = 'public' | 'internal' | 'personal' | 'regulated';
export type ConfiguredTopology = 'cloud' | 'hybrid' | 'sovereign';

/** Where a value was written; `line` counts from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

export interface Configuration {
  readonly version: 1;
  readonly server: ServerDocument;
  readonly node: NodeDocument;
  readonly endpoints: ReadonlyMap<string, EndpointDocument>;
  readonly models: ReadonlyMap<string, ModelDocument>;
  readonly aliases: ReadonlyMap<string, AliasDocument>;
  readonly plans: ReadonlyMap<string, PlanDocument>;
  readonly tenants: ReadonlyMap<string, TenantDocument>;
  readonly keys: ReadonlyMap<string, KeyDocument>;
  readonly policies: ReadonlyMap<string, PolicyDocument>;
  readonly consents: ReadonlyMap<string, ConsentDocument>;
  readonly prices: readonly PriceDocument[];
  /** Recognised and kept, with no effect in this version. */
  readonly authority: Json | undefined;
  readonly rings: ReadonlyMap<string, RingDocument>;
  readonly queue: QueueDocument;
  readonly journal: JournalDocument;
  readonly telemetry: TelemetryDocument;
}

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface ServerDocument {
  readonly host: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly headersMsMax: number;
  readonly bodyMsMax: number;
  /** 5,000, and 0 when the server is bound to a loopback address. */
  readonly drainDelayMs: number;
  readonly drainMsMax: number;
  readonly connectionsMax: number;
  readonly metrics: MetricsDocument;
}

export interface MetricsDocument {
  /** A port of its own for `/metrics`; without one it is behind the admin key. */
  readonly port: number | undefined;
}

export interface NodeDocument {
  readonly name: string;
  /** Where this node stands; on a laptop it is the device itself, tier 1. */
  readonly tier: ConfiguredTier;
  readonly region: string | undefined;
  readonly network: string | undefined;
}

/**
 * What speaks at the other end. `openai-compatible` is the plain case; the others name what the
 * gateway may know about the server beyond the wire format.
 */
export type EndpointKind =
  | 'openai-compatible'
  | 'embedded'
  | 'sim'
  | 'ollama'
  | 'vllm'
  | 'llama-server'
  | 'lmstudio'
  | 'openai'
  | 'anthropic'
  | 'gemini';

export interface EndpointDocument {
  readonly name: string;
  readonly kind: EndpointKind;
  /** Base of the API with its version path (`http://localhost:11434/v1`), without a last slash. */
  readonly url: string;
  /** Declared by the operator; without it the tier follows from where the address stands. */
  readonly tier: ConfiguredTier | undefined;
  readonly region: string | undefined;
  readonly legalEntity: string | undefined;
  readonly retention: 'standard' | 'zero';
  /** Only this tenant may use it. */
  readonly tenant: string | undefined;
  readonly enabled: boolean;
  /** The one private host and port this endpoint may dial; only the operator's own file says so. */
  readonly privateAddress: PrivateAddress | undefined;
  readonly credentials: readonly CredentialDocument[];
  readonly headers: EndpointHeaders;
  readonly timers: EndpointTimers;
  readonly inFlightMax: number;
  readonly retries: number;
  /** Not active in this version. */
  readonly healthCheckIntervalMs: number | undefined;
  /** The share of the upstream's limits to use, 0 to 1. Not active in this version. */
  readonly rateLimitBuffer: number | undefined;
  /** Keyed by the name the upstream knows. */
  readonly models: ReadonlyMap<string, ModelAtEndpoint>;
  readonly amortised: AmortisedDocument | undefined;
  readonly price: PriceNumbers | undefined;
  readonly origin: Origin | undefined;
}

export interface PrivateAddress {
  readonly host: string;
  readonly port: number;
}

export interface CredentialDocument {
  readonly name: string;
  readonly secret: SecretReference;
  readonly weight: number;
  /** `authorization` is sent as `Bearer <secret>`, the others bare. */
  readonly header: 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'api-key';
  readonly limits: CredentialLimits;
}

export interface SecretReference {
  readonly kind: 'env' | 'file' | 'exec';
  /** The variable's name, the path, or the command. */
  readonly value: string;
}

export interface CredentialLimits {
  readonly requestsPerMinuteMax: number | undefined;
  readonly tokensPerMinuteMax: number | undefined;
}

export interface EndpointHeaders {
  /** Names of the caller's headers that go on to the upstream, lower case. */
  readonly forward: readonly string[];
  readonly set: ReadonlyMap<string, string>;
}

export interface EndpointTimers {
  readonly connectMs: number;
  readonly headMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface ModelAtEndpoint {
  /** The name the upstream knows. */
  readonly upstream: string;
  /** Our name; the upstream's own when nothing else is said. */
  readonly name: string;
  readonly contextTokens: number | undefined;
  readonly capabilities: Partial<ModelCapabilities> | undefined;
  readonly price: PriceNumbers | undefined;
}

export interface ModelCapabilities {
  readonly tools: boolean;
  readonly vision: boolean;
  readonly jsonSchema: boolean;
  readonly logprobs: boolean;
  readonly embeddings: boolean;
  readonly reasoning: boolean;
}

export interface ModelDocument {
  readonly name: string;
  readonly family: string | undefined;
  readonly tierHint: ConfiguredTier | undefined;
  readonly contextTokens: number | undefined;
  /** A capability that nobody stated is absent: not known is not the same as no. */
  readonly capabilities: Partial<ModelCapabilities>;
  readonly price: PriceNumbers | undefined;
  readonly origin: Origin | undefined;
}

export interface TargetDocument {
  readonly model: string;
  /** Pins the target to one endpoint. */
  readonly endpoint: string | undefined;
  readonly weight: number | undefined;
}

export interface AliasDocument {
  readonly name: string;
  /** Tried in this order. */
  readonly targets: readonly TargetDocument[];
  readonly origin: Origin | undefined;
}

export interface BudgetDocument {
  readonly amountNanoUsd: bigint;
  readonly per: 'day' | 'month' | 'total';
}

export interface PlanDocument {
  readonly name: string;
  /** Patterns of model names, `*` standing for any run of characters; absent means every model. */
  readonly models: readonly string[] | undefined;
  readonly tiers: readonly ConfiguredTier[] | undefined;
  readonly budget: BudgetDocument | undefined;
  readonly inFlightMax: number | undefined;
  /** Not active in this version. */
  readonly requestsPerMinuteMax: number | undefined;
  /** Not active in this version. */
  readonly tokensPerMinuteMax: number | undefined;
  readonly origin: Origin | undefined;
}

export interface TenantDocument {
  readonly name: string;
  readonly plan: string | undefined;
  readonly topology: ConfiguredTopology;
  /** Regions its calls may run in; absent means every region. */
  readonly residency: readonly string[] | undefined;
  readonly ring: number | undefined;
  readonly defaultLabel: ConfiguredLabel;
  readonly unscannedLabel: ConfiguredLabel;
  readonly privacy: 'enforce' | 'observe';
  readonly durable: 'after-answer' | 'before-answer';
  readonly budget: BudgetDocument | undefined;
  /** Endpoints and networks that the tenant names as its own. */
  readonly own: OwnPlaces;
  /** Asked in this order; the first rule that matches decides. */
  readonly policies: readonly string[];
  readonly retention: 'standard' | 'zero';
  readonly origin: Origin | undefined;
}

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
  readonly tiers: readonly ConfiguredTier[] | undefined;
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
  readonly tags: KeyTags;
  readonly revoked: boolean;
  readonly origin: Origin | undefined;
}

export interface KeyTags {
  readonly fixed: ReadonlyMap<string, string>;
  readonly required: readonly string[];
}

export interface PolicyDocument {
  readonly name: string;
  readonly defaultTier: ConfiguredTier | undefined;
  /** The first rule that matches decides. */
  readonly rules: readonly RuleDocument[];
  readonly fallback: FallbackDocument;
  /** Not active in this version. */
  readonly escalationThreshold: number | undefined;
  readonly origin: Origin | undefined;
}

export interface RuleDocument {
  readonly name: string;
  readonly when: RuleCondition;
  readonly route: RuleRoute;
  readonly origin: Origin | undefined;
}

/** Every field that is present must hold; a field holds when one of its values does. */
export interface RuleCondition {
  readonly step: readonly string[] | undefined;
  readonly tenant: readonly string[] | undefined;
  /** The labels themselves, `>=personal` already spelled out. */
  readonly sensitivity: readonly ConfiguredLabel[] | undefined;
  /** Patterns of the requested model's name. */
  readonly model: readonly string[] | undefined;
  readonly agent: readonly string[] | undefined;
}

export interface RuleRoute {
  /** The tier to run on while it is up; fallback may leave it. */
  readonly tier: ConfiguredTier | undefined;
  /** The tier no fallback may pass: it lowers the clearance's ceiling. */
  readonly tierMax: ConfiguredTier | undefined;
  /** A model or an alias. */
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
  readonly chain: readonly TargetDocument[] | undefined;
}

export interface FallbackDocument {
  /** Where calls go when tier 2 and 3 are down. */
  readonly cloudUnavailable: ConfiguredTier | undefined;
  /** Where calls go when tier 1 is down; never past the clearance. */
  readonly localUnavailable: ConfiguredTier | undefined;
  readonly allUnavailable: 'queue' | 'refuse' | undefined;
}

/** Recognised and kept; lifting a ceiling by consent is not active in this version. */
export interface ConsentDocument {
  readonly name: string;
  readonly tenant: string;
  /** Absent means every subject of the tenant. */
  readonly subject: string | undefined;
  readonly kinds: readonly string[];
  readonly tiers: readonly ConfiguredTier[];
  readonly purpose: string;
  readonly untilMs: number;
  readonly givenBy: string;
  readonly origin: Origin | undefined;
}

/** Decimal strings, because a price like 0.075 has no exact binary form. */
export interface PriceNumbers {
  readonly inputPerMillionUsd: string | undefined;
  readonly outputPerMillionUsd: string | undefined;
  readonly cachedInputPerMillionUsd: string | undefined;
  readonly cacheWritePerMillionUsd: string | undefined;
  readonly requestUsd: string | undefined;
}

export interface PriceDocument extends PriceNumbers {
  readonly model: string;
  /** Absent means at every endpoint. */
  readonly endpoint: string | undefined;
  /** Milliseconds since 1970; the price holds from here on. */
  readonly fromMs: number;
  readonly origin: Origin | undefined;
}

/** What a machine of one's own costs, to be spread over the tokens it makes. */
export interface AmortisedDocument {
  readonly hardwareUsd: string;
  readonly lifeMonths: number;
  readonly watts: number;
  readonly kilowattHourUsd: string;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  /** The share of its life in which the machine really works, above 0 and up to 1. */
  readonly utilization: number;
}

export interface RingDocument {
  readonly name: string;
  /** The number that a tenant's `ring` names. */
  readonly order: number;
  /** Not active in this version. */
  readonly percent: number | undefined;
  readonly origin: Origin | undefined;
}

export interface QueueDocument {
  readonly waitMsMax: number;
  readonly callsMax: number;
  readonly perTenantMax: number;
  readonly bytesMax: number;
  /** How long a parked call waits, and then its answer is kept, before it is gone. */
  readonly keepMs: number;
}

export interface JournalDocument {
  readonly keepDays: number;
  readonly keepBytes: number;
  readonly groupCommitMsMax: number;
  readonly backlogBytesMax: number;
  readonly segmentBytesMax: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface TelemetryDocument {
  readonly logLevel: LogLevel;
  /** Not active in this version. */
  readonly otlp: OtlpDocument | undefined;
}

export interface OtlpDocument {
  readonly url: string;
  readonly headers: ReadonlyMap<string, SecretReference>;
}
