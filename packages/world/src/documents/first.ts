// The documents that a world begins with: several tenants, endpoints on three tiers, chains, rules,
// budgets and keys, drawn from the seed. They are what a configuration file compiles to.
import type { Tier } from '@signalbox/contract';
import type {
  AliasDocument,
  Configuration,
  EndpointDocument,
  KeyDocument,
  ModelAtEndpoint,
  PlanDocument,
  PolicyDocument,
  RuleDocument,
  TenantDocument,
} from '@signalbox/documents';
import type { Chance } from '../chance.ts';
import { PLACES, type PlaceRow } from './places.table.ts';

export const TENANTS = ['acme', 'bolt', 'crypt', 'dorm'] as const;
export const REGIONS = ['eu', 'us'] as const;
export const STEPS = ['classification', 'planning', 'writing'] as const;

const NANO_PER_USD = 1_000_000_000;

export function firstDocuments(chance: Chance): Configuration {
  const thrift = chance.happens(0.3) ? 0.3 : 1;
  const named = <T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> =>
    new Map(all.map((one) => [one.name, one]));
  return {
    version: 1,
    server: {
      host: '127.0.0.1',
      port: 0,
      bodyBytesMax: 32_768,
      headersMsMax: 10_000,
      bodyMsMax: 3_000,
      drainDelayMs: 0,
      drainMsMax: 1_000,
      connectionsMax: 1_000,
      secretsRefreshMs: 60_000,
      metrics: { port: undefined },
      tls: undefined,
    },
    node: {
      name: 'n1',
      tier: chance.pick<Tier>([1, 2, 2]),
      region: chance.pick(['eu', undefined]),
      network: undefined,
      policies: [],
    },
    endpoints: named(PLACES.map((place) => endpoint(place, chance))),
    models: new Map(),
    registry: { rollouts: new Map(), quantisationMin: new Map(), webhooks: new Map() },
    aliases: named([...aliases(chance)]),
    plans: named(plans(chance)),
    tenants: named(TENANTS.map((name) => tenant(name, chance, thrift))),
    keys: named(TENANTS.flatMap((name) => keys(name, chance, thrift))),
    policies: named([policy('house', chance), policy('strict', chance)]),
    consents: new Map(),
    prices: [],
    authority: undefined,
    rings: new Map(),
    queue: {
      waitMsMax: chance.pick([3_000, 6_000, 20_000]),
      callsMax: chance.pick([4, 40]),
      perTenantMax: chance.pick([2, 20]),
      bytesMax: chance.pick([20_000, 1_000_000]),
      perTenantBytesMax: 1_000_000,
      keepMs: 15_000,
    },
    routing: { threshold: 0.1, labelsMin: 50, featuresKeepDays: 30 },
    journal: journal(chance),
    telemetry: { logLevel: 'info', otlp: undefined },
  };
}

function journal(chance: Chance): Configuration['journal'] {
  return {
    keepDays: 30,
    keepBytes: chance.happens(0.2) ? 150_000 : 1_000_000_000,
    groupCommitMsMax: chance.pick([2, 10]),
    backlogBytesMax: chance.pick([48_000, 160_000]),
    segmentBytesMax: chance.pick([12_000, 50_000, 1_000_000]),
  };
}

function endpoint(place: PlaceRow, chance: Chance): EndpointDocument {
  const { name, url, tier, region, price } = place;
  const { hostname, port } = new URL(url);
  const isPrivate = hostname.startsWith('10.') || hostname.startsWith('127.');
  return {
    name,
    kind: 'openai-compatible',
    modelPath: undefined,
    url,
    tier,
    region,
    legalEntity: undefined,
    retention: chance.pick(['standard', 'zero', 'zero']),
    attestation: undefined,
    tenant: place.tenant,
    enabled: !chance.happens(0.08),
    quarantined: false,
    privateAddress: isPrivate ? { host: hostname, port: Number(port) } : undefined,
    credentials: isPrivate
      ? []
      : [
          {
            name: `${name}-key`,
            secret: { kind: 'env', value: `UPSTREAM ${name}` },
            weight: 1,
            header: chance.pick(['authorization', 'x-api-key']),
            limits: { requestsPerMinuteMax: undefined, tokensPerMinuteMax: undefined },
          },
        ],
    headers: { forward: [], set: new Map([['x-tenancy', 'world']]) },
    timers: {
      connectMs: 1_000,
      headMs: chance.pick([2_000, 4_000]),
      wholeMs: 4_000,
      idleMs: chance.pick([1_500, 3_000]),
      totalMs: chance.pick([8_000, 12_000]),
    },
    inFlightMax: chance.pick([2, 4, 30]),
    inFlightLearnt: false,
    retries: chance.pick([0, 0, 1, 2]),
    healthCheckIntervalMs: undefined,
    rateLimitBuffer: undefined,
    models: new Map(place.models.map((model) => [`${model}-v1`, modelAt(model)])),
    amortised: undefined,
    price:
      price === undefined
        ? undefined
        : {
            inputPerMillionUsd: price[0],
            outputPerMillionUsd: price[1],
            cachedInputPerMillionUsd: undefined,
            cacheWritePerMillionUsd: undefined,
            requestUsd: undefined,
          },
    origin: undefined,
  };
}

function modelAt(model: string): ModelAtEndpoint {
  const embeddings = model === 'embedder';
  return {
    upstream: `${model}-v1`,
    name: model,
    contextTokens: 32_000,
    capabilities: embeddings ? { embeddings } : { tools: model !== 'small', embeddings },
    facts: {},
    price: undefined,
  };
}

function aliases(chance: Chance): readonly AliasDocument[] {
  const target = (model: string, at?: string) => ({ model, endpoint: at, weight: undefined });
  const chain = (name: string, targets: AliasDocument['targets']): AliasDocument => ({
    name,
    targets,
    origin: undefined,
  });
  return [
    chain('upwards', [target('small'), target('medium'), target('large')]),
    chain('downwards', [target('large'), target('medium'), target('small')]),
    chain('careful', [
      target('small', 'desk'),
      target('medium', chance.pick(['rack-eu', 'rack-us'])),
      target('large', chance.pick(['hall-eu', 'cloud-eu'])),
      target('large', 'frontier'),
    ]),
  ];
}

function plans(chance: Chance): readonly PlanDocument[] {
  const shared = {
    tenantClass: undefined,
    policies: [],
    budget: undefined,
    requestsPerMinuteMax: undefined,
    tokensPerMinuteMax: undefined,
    origin: undefined,
  };
  return [
    { ...shared, name: 'open', models: undefined, tiers: undefined, inFlightMax: undefined },
    {
      ...shared,
      name: 'narrow',
      models: chance.pick([undefined, ['small', 'medium', 'embedder']]),
      tiers: chance.pick<readonly Tier[] | undefined>([undefined, [1, 2]]),
      inFlightMax: chance.pick([1, 3, 6]),
    },
  ];
}

function tenant(name: string, chance: Chance, thrift: number): TenantDocument {
  const own = name === 'acme' ? ['rack-eu'] : [];
  const sovereign = name === 'crypt';
  return {
    name,
    plan: name === 'dorm' ? 'narrow' : 'open',
    tenantClass: undefined,
    topology: sovereign ? 'sovereign' : chance.pick(['cloud', 'hybrid']),
    sharedNodes: sovereign ? 'allow' : 'refuse',
    residency: chance.pick<readonly string[] | undefined>([
      undefined,
      undefined,
      undefined,
      ['eu'],
      ['eu', 'us'],
    ]),
    ring: undefined,
    defaultLabel: chance.weighted([
      ['public', 14],
      ['internal', 5],
      ['personal', 1],
    ]),
    unscannedLabel: chance.pick(['personal', 'regulated', 'internal']),
    privacy: chance.happens(0.15) ? 'observe' : 'enforce',
    durable: name === 'dorm' || chance.happens(0.2) ? 'before-answer' : 'after-answer',
    budget: chance.pick([
      undefined,
      undefined,
      budget(chance, 0.008 * thrift),
      budget(chance, 0.03 * thrift),
    ]),
    own: { endpoints: sovereign ? ['rack-us', 'hall-eu'] : own, networks: [] },
    privateAddresses: [],
    policies: chance.pick<readonly string[]>([[], ['house'], ['house', 'strict']]),
    agentPolicies: new Map(),
    models: undefined,
    retention: chance.pick(['standard', 'standard', 'standard', 'zero']),
    origin: undefined,
  };
}

function budget(chance: Chance, usd: number): NonNullable<TenantDocument['budget']> {
  const per = chance.pick(['day', 'day', 'month', 'total'] as const);
  return { amountNanoUsd: BigInt(Math.round(usd * NANO_PER_USD)), per };
}

function keys(tenantName: string, chance: Chance, thrift: number): readonly KeyDocument[] {
  const shared: Omit<KeyDocument, 'name' | 'secret'> = {
    tenant: tenantName,
    id: undefined,
    secretHash: undefined,
    models: undefined,
    tiers: undefined,
    scopes: ['call', 'explain'],
    budget: undefined,
    expiresMs: undefined,
    networks: undefined,
    session: undefined,
    agent: undefined,
    subject: undefined,
    requireSession: false,
    policies: [],
    tags: { fixed: new Map(), required: [] },
    revoked: false,
    origin: undefined,
  };
  const named = (name: string): Pick<KeyDocument, 'name' | 'secret'> => ({
    name: `${tenantName}-${name}`,
    secret: { kind: 'env', value: `KEY ${tenantName}-${name}` },
  });
  return [
    { ...shared, ...named('main') },
    {
      ...shared,
      ...named('small'),
      tiers: chance.pick<readonly Tier[] | undefined>([undefined, [1, 2], [1]]),
      models: chance.pick<readonly string[] | undefined>([undefined, ['s*', 'm*', 'embedder']]),
      budget: budget(chance, chance.pick([0.003, 0.008]) * thrift),
      requireSession: chance.happens(0.1),
    },
    { ...shared, ...named('gone'), revoked: true },
  ];
}

function policy(name: string, chance: Chance): PolicyDocument {
  const hurry = chance.fork(`hurry ${name}`);
  const rule = (
    ruleName: string,
    when: Partial<RuleDocument['when']>,
    route: Partial<RuleDocument['route']>,
  ): RuleDocument => ({
    name: `${name}-${ruleName}`,
    when: {
      step: undefined,
      tenant: undefined,
      tenantClass: undefined,
      sensitivity: undefined,
      model: undefined,
      agent: undefined,
      expression: undefined,
      ...when,
    },
    route: {
      tier: undefined,
      tierMax: undefined,
      model: undefined,
      endpoint: undefined,
      chain: undefined,
      ...route,
    },
    output: undefined,
    effects: undefined,
    origin: undefined,
  });
  const rules =
    name === 'strict'
      ? [rule('ceiling', { step: ['planning'] }, { tierMax: chance.pick<Tier>([1, 2]) })]
      : [
          rule('near', { step: ['classification'] }, { tier: 1 }),
          rule('far', { step: ['planning'] }, { model: chance.pick(['upwards', 'downwards']) }),
          rule('inner', { sensitivity: ['internal'] }, { tierMax: chance.pick<Tier>([1, 2, 3]) }),
        ];
  return {
    name,
    version: undefined,
    author: undefined,
    approval: undefined,
    fromMs: undefined,
    untilMs: undefined,
    mode: 'enforce',
    ring: undefined,
    defaultTier: chance.pick<Tier | undefined>([undefined, undefined, 1, 3]),
    rules,
    tests: [],
    fallback: {
      cloudUnavailable: chance.pick<Tier | undefined>([undefined, 1]),
      localUnavailable: chance.pick<Tier | undefined>([undefined, 2, 3]),
      allUnavailable: chance.pick(['queue', 'queue', undefined, 'refuse']),
      tooSlow: hurry.pick<Tier | undefined>([undefined, 1, 2]),
    },
    hedge: hurry.happens(0.5),
    latencyBudgetMs: hurry.pick([undefined, 600, 1_200]),
    output: undefined,
    cascade: undefined,
    origin: undefined,
  };
}
