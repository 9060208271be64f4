// From documents to what the line reads: every room's part compiled once and swapped whole, and the
// state that outlives a swap created once and rebuilt from the journal.
import {
  assert,
  type Clock,
  type Keys,
  keyName,
  type Label,
  type Random,
  type Secret,
  type Sink,
  type Store,
  type TenantName,
  tenantName,
} from '@signalbox/contract';
import type {
  BudgetDocument,
  Configuration,
  EndpointDocument,
  KeyDocument,
  PlanDocument,
  Price,
  SecretReference,
  TenantDocument,
} from '@signalbox/documents';
import { plainValue, readSensitivePattern } from '@signalbox/documents';
import { type ApiKey, apiKeyMac, parseApiKey } from '@signalbox/trust';
import { compileCatalog, type ListedRowOf, type Reach } from './catalog/catalog.ts';
import { pace } from './catalog/pace.ts';
import { Allowance } from './classify/allowance.ts';
import { Decisions } from './classify/decisions.ts';
import { Comparisons } from './classify/route/comparisons.ts';
import { FeatureKeeping } from './classify/route/keeping.ts';
import { Routers } from './classify/route/routers.ts';
import { Watches } from './classify/route/watches.ts';
import { AuditPlaces } from './dispatch/evidence/audit-places.ts';
import { Fidelity } from './dispatch/evidence/fidelity.ts';
import { MovingOrder } from './dispatch/order.ts';
import { Standings } from './dispatch/standing.ts';
import type { Live, Snapshot } from './house.ts';
import { compilePolicies } from './policy/policy.ts';
import { Shadows } from './rehearse/shadow.ts';
import { leaveOut } from './resolve/leave-out.ts';
import { ownPrices } from './resolve/own-prices.ts';
import { prepare } from './resolve/view.ts';
import { budgets } from './schedule/budgets.ts';
import { Degradation } from './schedule/degradation.ts';
import { queueOwners } from './schedule/queue-owners.ts';
import { Rates } from './schedule/rates.ts';
import { slots } from './schedule/slots.ts';
import { idempotency } from './session/idempotency.ts';
import { sessionLabels } from './session/labels.ts';
import { OBJECT_HELD_MS, references } from './session/references.ts';
import { signatures } from './session/signatures.ts';
import { StepMemory } from './session/step-memory.ts';
import { counts } from './settle/counts.ts';
import { type Network, readNetwork } from './tenant/networks.ts';
import { OnDemand } from './tenant/on-demand.ts';
import { turnedAway } from './tenant/shared-node.ts';
import { StrongShares } from './tenant/strong-share.ts';
import type {
  Budget,
  KeyFacts,
  PlanFacts,
  SensitiveRules,
  TenantFacts,
  Tenants,
} from './tenant/tenant.ts';

export type CompileSources = {
  readonly configuration: Configuration;
  /** Digest of the documents. */
  readonly version: string;
  readonly keys: Keys;
  /** Undefined: it could not be read. */
  readonly secretOf: (reference: SecretReference) => Secret | undefined;
  readonly priceOf: (endpoint: EndpointDocument, reach: Reach, upstream: string) => Price;
  readonly reachOf: (url: URL) => Reach;
  /** Unix milliseconds: prices of tenants hold from a day on. */
  readonly at: number;
  readonly listedRowOf?: ListedRowOf | undefined;
};

export function compileSnapshot(sources: CompileSources): Snapshot {
  const { configuration, version } = sources;
  const { node, queue, server } = configuration;
  const catalog = compileCatalog({
    node: { name: node.name, tier: node.tier },
    endpoints: configuration.endpoints.values(),
    models: configuration.models,
    registry: configuration.registry,
    aliases: configuration.aliases.values(),
    secretOf: (endpoint, name) => {
      const credential = endpoint.credentials.find((one) => one.name === name);
      return credential === undefined ? undefined : sources.secretOf(credential.secret);
    },
    priceOf: sources.priceOf,
    reachOf: sources.reachOf,
    listedRowOf: sources.listedRowOf,
  });
  prepare(catalog);
  return {
    version,
    tenants: { tenants: compileTenants(sources), keys: compileKeys(sources), verified: new Map() },
    consents: configuration.consents,
    policies: compilePolicies(configuration.policies.values(), node.policies),
    catalog,
    queue: {
      waitMsMax: queue.waitMsMax,
      keepMs: queue.keepMs,
      callsMax: queue.callsMax,
      perTenantMax: queue.perTenantMax,
    },
    routing: configuration.routing,
    bodyBytesMax: server.bodyBytesMax,
    bodyMsMax: server.bodyMsMax,
  };
}

function compileTenants(sources: CompileSources): Tenants['tenants'] {
  let near: readonly EndpointDocument[] | undefined;
  const nearOnes = (): readonly EndpointDocument[] => {
    near ??= [...sources.configuration.endpoints.values()].filter(
      ({ tenant, url }) => tenant === undefined && sources.reachOf(new URL(url)) !== 'public',
    );
    return near;
  };
  const { tenants } = sources.configuration;
  const compile = (document: TenantDocument): TenantFacts => ({
    ...tenantFacts(tenantName(document.name), document, sources.configuration),
    ownPrices: ownPrices(document.models?.reprice ?? [], sources.version, sources.at),
    ownEndpoints: ownEndpoints(document, sources, nearOnes),
  });
  return new OnDemand<string, TenantDocument, TenantFacts>(tenants, compile);
}

/** Those it names, and where the node stands in a network of its own, what is near to the node. */
function ownEndpoints(
  { own }: TenantDocument,
  { configuration }: CompileSources,
  near: () => readonly EndpointDocument[],
): ReadonlySet<string> {
  const { network } = configuration.node;
  const atHome = network !== undefined && own.networks.includes(network);
  return new Set([...own.endpoints, ...(atHome ? near().map((one) => one.name) : [])]);
}

function tenantFacts(
  name: TenantName,
  document: TenantDocument,
  configuration: Configuration,
): Omit<TenantFacts, 'ownEndpoints' | 'ownPrices'> {
  const plan = document.plan === undefined ? undefined : configuration.plans.get(document.plan);
  return {
    name,
    plan: plan === undefined ? undefined : planFacts(plan),
    topology: document.topology,
    turnedAway: turnedAway(document, configuration.node),
    residency: document.residency,
    defaultLabel: document.defaultLabel,
    unscannedLabel: document.unscannedLabel,
    privacy: document.privacy,
    durable: document.durable,
    retention: document.retention,
    models: document.models,
    strongShare: lowerOf(document.strongShare, plan?.strongShare),
    budget: budgetOf(document.budget ?? plan?.budget),
    tenantClass: document.tenantClass ?? plan?.tenantClass,
    ring: document.ring,
    policies: document.policies,
    sensitive: sensitiveRules(document.sensitive),
    secondStage: document.sensitive?.secondStage,
    featuresUpTo: featuresUpTo(document),
    agentPolicies: document.agentPolicies,
  };
}

/** Whoever wants nothing kept has nothing kept. */
const featuresUpTo = ({ featuresUpTo, retention }: TenantDocument): Label | undefined =>
  featuresUpTo === 'none' || retention === 'zero' ? undefined : (featuresUpTo ?? 'internal');

/** @throws for a pattern that its document should not have let through: a bug, and no snapshot. */
function sensitiveRules(document: TenantDocument['sensitive']): SensitiveRules | undefined {
  if (document === undefined) return undefined;
  const patterns = document.patterns.map(({ name, pattern, kind }) => {
    const read = readSensitivePattern(pattern);
    if (!read.ok) throw new Error(`the pattern of ${name} cannot be read`);
    return { type: name, kind, items: read.items };
  });
  const sources = new Map(document.sources.map(({ name, kind }) => [name, kind]));
  return { patterns, sources, publicValues: new Set(document.publicValues.map(plainValue)) };
}

const lowerOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

export const planFacts = (plan: PlanDocument): PlanFacts => ({
  name: plan.name,
  policies: plan.policies,
  models: plan.models,
  tiers: plan.tiers,
  features: plan.features,
  inFlightMax: plan.inFlightMax,
  requestsPerMinuteMax: plan.requestsPerMinuteMax,
  tokensPerMinuteMax: plan.tokensPerMinuteMax,
});

const budgetOf = (document: BudgetDocument | undefined): Budget | undefined =>
  document === undefined ? undefined : { amountNanoUsd: document.amountNanoUsd, per: document.per };

/** Keys whose reference cannot be read are left out: they admit nobody. */
function compileKeys(sources: CompileSources): Tenants['keys'] {
  const byId = new Map<string, KeyDocument>();
  for (const document of sources.configuration.keys.values()) {
    const id = document.secretHash === undefined ? shownBy(document, sources)?.id : document.id;
    if (id !== undefined) byId.set(id, document);
  }
  return new OnDemand(byId, (document) => keyFacts(document, macOf(document, sources)));
}

/** The key itself, where its document does not name its hash alone. */
function shownBy({ secret }: KeyDocument, { secretOf }: CompileSources): ApiKey | undefined {
  const whole = secret === undefined ? undefined : secretOf(secret);
  return whole === undefined ? undefined : parseApiKey(whole.reveal());
}

function macOf(document: KeyDocument, sources: CompileSources): Uint8Array {
  if (document.secretHash !== undefined) return fromHex(document.secretHash);
  const shown = shownBy(document, sources);
  assert(shown !== undefined, 'it was read when its id was');
  return apiKeyMac(shown, sources.keys);
}

export function keyFacts(document: KeyDocument, mac: Uint8Array): KeyFacts {
  return {
    name: keyName(document.name),
    tenant: tenantName(document.tenant),
    mac,
    models: document.models,
    tiers: document.tiers,
    scopes: new Set(document.scopes),
    budget: budgetOf(document.budget),
    expiresAt: document.expiresMs,
    networks: document.networks
      ?.map(readNetwork)
      .filter((one): one is Network => one !== undefined),
    session: document.session,
    agent: document.agent,
    subject: document.subject,
    policies: document.policies,
    sessionRequired: document.requireSession,
    tagsFixed: Object.fromEntries(document.tags.fixed),
    tagsRequired: document.tags.required,
    revoked: document.revoked,
  };
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** The state that moves with every call. */
export function createLive(clock: Clock, store: Store, sink?: Sink, random?: Random): Live {
  const standings = new Standings(seedOf(random), (event, endpoint) =>
    sink?.log('warn', event, { endpoint }),
  );
  return {
    pools: { budgets: budgets(), slots: slots(clock), rates: new Rates(clock) },
    pace: pace(),
    standings,
    order: new MovingOrder(standings, clock, leaveOut),
    probes: new Map(),
    idempotency: idempotency(clock),
    references: references(clock),
    sessions: sessionLabels(clock),
    steps: new StepMemory(),
    routers: new Routers(),
    decisions: new Decisions(clock),
    keeping: new FeatureKeeping(),
    shares: new StrongShares(() => clock.monotonic()),
    fidelity: new Fidelity(),
    watches: new Watches(),
    signatures: signatures(clock),
    objects: references(clock, OBJECT_HELD_MS),
    counts: counts(clock, store),
    parking: { waiting: new Map(), again: new Map(), ends: new Map() },
    queueOwners: queueOwners(),
    degradation: new Degradation(),
    shadows: new Shadows(clock, sink),
    secondStages: new Allowance(clock),
    audits: new AuditPlaces(),
    comparisons: new Comparisons(),
  };
}

/** Nodes beside each other draw differently; without chance every node draws the same. */
function seedOf(random: Random | undefined): number {
  let seed = 0;
  for (const byte of random?.bytes(SEED_BYTES) ?? []) seed = (seed << 8) | byte;
  return seed;
}

const SEED_BYTES = 4;
