// What there is to call: endpoints, the models behind them, aliases, and what is known about each.
// Compiled once per snapshot; health, which moves, stands beside it and survives a swap. It decides
// nothing about a caller: a place is made for a tenant here, and whether it may be used is asked in
// resolve. It must never hold the value of a credential in a form that prints.
import {
  type Credential,
  type EndpointName,
  endpointName,
  type Headers,
  type ModelName,
  modelName,
  type Place,
  type Retention,
  type Secret,
  type TenantName,
  type Tier,
  type Timers,
} from '@signalbox/contract';
import { kindAt, type ServerKind } from '@signalbox/dialect';
import type {
  CredentialDocument,
  EndpointDocument,
  ListedRow,
  ModelAtEndpoint,
  ModelCapabilities,
  ModelDocument,
  ModelFacts,
  Price,
  RegistryDocument,
  TargetDocument,
} from '@signalbox/documents';
import type { TenantFacts } from '../tenant/tenant.ts';
import { known, type Stated } from './known.ts';
import { onwardOf } from './onward.ts';
import { credentialsFor, kindNamed, type Lanes, pathOf, Ways } from './ways.ts';

export type Reach = 'loopback' | 'private' | 'public';

export type EndpointFacts = {
  readonly name: EndpointName;
  readonly kind: string;
  readonly origin: string;
  /** How each call comes there; undefined: it cannot. */
  readonly lanes: Lanes;
  readonly declaredTier: Tier | undefined;
  readonly reach: Reach;
  readonly region: string | undefined;
  /** Who operates it. */
  readonly legalEntity: string | undefined;
  readonly retention: Retention;
  /** Somebody vouches for what is said of it, and names the evidence. */
  readonly attested: boolean;
  readonly tenant: TenantName | undefined;
  readonly enabled: boolean;
  /** Asked about itself, and sent no call. */
  readonly quarantined: boolean;
  /** Undefined: ready to be called; else why not, for people. */
  readonly unavailable: string | undefined;
  readonly privateAddress: string | undefined;
  /** Those that could be read; a lane has them in the same order, as it sends them. */
  readonly credentials: readonly CredentialFacts[];
  /** Undefined: of limits that are stated 0.8, and limits that are told are not looked at. */
  readonly rateLimitBuffer: number | undefined;
  readonly forwarded: ReadonlySet<string>;
  readonly headers: Headers;
  readonly timers: Timers;
  /** Of answers that are not streamed. */
  readonly wholeTimers: Timers;
  readonly inFlightMax: number;
  /** Fewer than that, by how long first tokens take. */
  readonly inFlightLearnt: boolean;
  readonly retries: number;
  readonly probe: ProbeFacts;
};

/** How it is asked about itself. */
export type ProbeFacts = {
  readonly kind: ServerKind;
  /** Path and query of its base URL; the path without a slash at the end. */
  readonly urlPath: string;
  readonly credential: Credential | undefined;
  /** Between two rounds of questions; undefined: as usual. */
  readonly everyMs: number | undefined;
};

/** What a credential is, however it is sent. */
export type CredentialFacts = Omit<CredentialDocument, 'secret'> & { readonly value: Secret };

/** A model at an endpoint. */
export type Offering = {
  readonly endpoint: EndpointFacts;
  readonly model: ModelName;
  /** The endpoint's own name for it. */
  readonly upstream: string;
  readonly contextTokens: number | undefined;
  /** What it runs with until a call asks for more; undefined: not known, or there is no more. */
  readonly contextTokensNow: number | undefined;
  readonly capabilities: Partial<ModelCapabilities>;
  readonly facts: Partial<ModelFacts>;
  readonly price: Price;
  /** What of the above documents say. */
  readonly stated: Stated;
  /** What the shipped list says. */
  readonly listed: ListedRow | undefined;
};

export type NodeFacts = { readonly name: string; readonly tier: Tier };

export type Catalog = {
  readonly node: NodeFacts;
  readonly endpoints: ReadonlyMap<string, EndpointFacts>;
  readonly offerings: readonly Offering[];
  readonly byModel: ReadonlyMap<string, readonly Offering[]>;
  readonly aliases: ReadonlyMap<string, readonly TargetDocument[]>;
  /** What stands in for a model where its own places cannot have a call, in this order. */
  readonly onward: ReadonlyMap<string, readonly string[]>;
  readonly registry: RegistryDocument;
  /** Names of callers' headers that some endpoint lists, lower case. */
  readonly forwarded: ReadonlySet<string>;
  /** The dearest of tier 3: what every call would cost without routing. */
  readonly frontier: Price | undefined;
  /** The same among others: a tenant's, at its prices. */
  frontierOf(offerings: readonly Offering[]): Price | undefined;
  placeOf(endpoint: EndpointFacts, tenant: TenantFacts): Place;
  /** A pinned endpoint may be asked for a model that nobody listed. */
  unlisted(endpoint: EndpointFacts, upstream: string): Offering;
  /** An endpoint for what names no model: the same one every time. */
  whole(endpoint: EndpointFacts): Offering;
};

export type CatalogSources = {
  readonly node: NodeFacts;
  readonly endpoints: Iterable<EndpointDocument>;
  readonly models: ReadonlyMap<string, ModelDocument>;
  readonly registry: RegistryDocument;
  readonly aliases: Iterable<{
    readonly name: string;
    readonly targets: readonly TargetDocument[];
  }>;
  /**
   * The secret behind a credential; undefined: it could not be read, so the endpoint is
   * unavailable.
   */
  readonly secretOf: (endpoint: EndpointDocument, credential: string) => Secret | undefined;
  readonly priceOf: (endpoint: EndpointDocument, reach: Reach, model: string) => Price;
  readonly reachOf: (url: URL) => Reach;
  /** What the shipped list says of it; undefined: there is no list. */
  readonly listedRowOf?: ListedRowOf | undefined;
};

export type ListedRowOf = (
  endpoint: EndpointDocument,
  reach: Reach,
  upstream: string,
) => ListedRow | undefined;

export function compileCatalog(sources: CatalogSources): Catalog {
  const endpoints = new Map<string, EndpointFacts>();
  const offerings: Offering[] = [];
  const byModel = new Map<string, Offering[]>();
  const ways = new Ways();
  for (const document of sources.endpoints) {
    const endpoint = compileEndpoint(document, sources, ways);
    endpoints.set(document.name, endpoint);
    for (const model of document.models.values()) {
      const stated = statedOf(model, sources.models.get(model.name));
      const listed = sources.listedRowOf?.(document, endpoint.reach, model.upstream);
      const offering: Offering = {
        endpoint,
        model: modelName(model.name),
        upstream: model.upstream,
        ...known(stated, undefined, listed),
        stated,
        listed,
        price: sources.priceOf(document, endpoint.reach, model.upstream),
      };
      offerings.push(offering);
      const same = byModel.get(model.name);
      if (same === undefined) byModel.set(model.name, [offering]);
      else same.push(offering);
    }
  }
  const aliases = new Map<string, readonly TargetDocument[]>();
  for (const alias of sources.aliases) aliases.set(alias.name, alias.targets);
  const { node } = sources;
  return {
    node,
    endpoints,
    offerings,
    byModel,
    aliases,
    onward: onwardOf(sources.models),
    registry: sources.registry,
    forwarded: new Set([...endpoints.values()].flatMap((one) => [...one.forwarded])),
    frontier: frontierOf(offerings),
    frontierOf,
    placeOf: (endpoint, tenant) => placeFor(endpoint, tenant, node),
    unlisted: unlistedOffering,
    whole: wholeOf(endpoints.values()),
  };
}

/** What is said of the model at the endpoint goes before what is said of it anywhere. */
function statedOf(here: ModelAtEndpoint, anywhere: ModelDocument | undefined): Stated {
  const facts = { ...anywhere?.facts, ...here.facts };
  // Whoever tells it of tools in words says that it can call them.
  const told = facts.manners?.tools === 'prompted' ? { tools: true } : {};
  return {
    contextTokens: here.contextTokens ?? anywhere?.contextTokens,
    capabilities: { ...anywhere?.capabilities, ...here.capabilities, ...told },
    facts,
  };
}

/** Tier 3 for everybody, as far as can be told without a tenant. */
const isFrontier = ({ endpoint }: Offering): boolean =>
  endpoint.tenant === undefined &&
  endpoint.enabled &&
  !endpoint.quarantined &&
  (endpoint.declaredTier === undefined ? endpoint.reach === 'public' : endpoint.declaredTier === 3);

/** The dearest of tier 3. */
const frontierOf = (offerings: readonly Offering[]): Price | undefined =>
  dearest(offerings.filter(isFrontier));

/** By the price of a token in and a token out. */
function dearest(offerings: readonly Offering[]): Price | undefined {
  let most: Price | undefined;
  let mostPico = 0n;
  for (const { price } of offerings) {
    if (price.kind !== 'known') continue;
    const pico = price.rates.input + price.rates.output;
    if (pico > mostPico) {
      most = price;
      mostPico = pico;
    }
  }
  return most;
}

function compileEndpoint(
  document: EndpointDocument,
  sources: CatalogSources,
  ways: Ways,
): EndpointFacts {
  const url = new URL(document.url);
  const values = new Map<string, Secret>();
  const credentials: CredentialFacts[] = [];
  let missing: string | undefined;
  for (const { secret: _, ...credential } of document.credentials) {
    const { name } = credential;
    const value = sources.secretOf(document, name);
    if (value === undefined) missing ??= `its credential \`${name}\` cannot be read`;
    else {
      values.set(name, value);
      credentials.push({ ...credential, value });
    }
  }
  const lanes = ways.lanesTo(document, url, values);
  const address = document.privateAddress;
  return {
    name: endpointName(document.name),
    kind: document.kind,
    origin: url.origin,
    lanes,
    declaredTier: document.tier,
    reach: sources.reachOf(url),
    region: document.region,
    legalEntity: document.legalEntity,
    retention: document.retention,
    attested: document.attestation !== undefined,
    tenant: document.tenant as TenantName | undefined, // brand: the reference was checked by config
    enabled: document.enabled,
    quarantined: document.quarantined,
    unavailable: document.fault ?? (credentials.length === 0 ? missing : undefined),
    privateAddress: address === undefined ? undefined : `${address.host}:${address.port}`,
    credentials,
    rateLimitBuffer: document.rateLimitBuffer,
    forwarded: new Set(document.headers.forward),
    headers: [...document.headers.set],
    ...timersOf(document),
    inFlightMax: document.inFlightMax,
    inFlightLearnt: document.inFlightLearnt,
    retries: document.retries,
    probe: probeOf(document, url, values),
  };
}

function timersOf({
  timers: { wholeMs, ...timers },
}: EndpointDocument): Pick<EndpointFacts, 'timers' | 'wholeTimers'> {
  return { timers, wholeTimers: { ...timers, headMs: wholeMs } };
}

function probeOf(
  document: EndpointDocument,
  url: URL,
  values: ReadonlyMap<string, Secret>,
): ProbeFacts {
  const urlPath = pathOf(url);
  const kind = kindAt(kindNamed(document.kind), urlPath);
  const [credential] = credentialsFor(document, url, kind.auth, values);
  return { kind, urlPath, credential, everyMs: document.healthCheckIntervalMs };
}

function unlistedOffering(endpoint: EndpointFacts, upstream: string): Offering {
  const price: Price = { kind: 'unknown', why: 'not-listed', version: 'none' };
  const model = modelName(upstream);
  const unknown = { contextTokens: undefined, capabilities: {}, facts: {} };
  const rest = { price, stated: unknown, listed: undefined };
  return { endpoint, model, upstream, ...unknown, contextTokensNow: undefined, ...rest };
}

/** Whatever an endpoint serves; a plan or a key that names models does not include it. */
export const ANY_MODEL = '*';

function wholeOf(endpoints: Iterable<EndpointFacts>): Catalog['whole'] {
  const made = new Map<EndpointFacts, Offering>();
  for (const one of endpoints) made.set(one, unlistedOffering(one, ANY_MODEL));
  return (endpoint) => made.get(endpoint) ?? unlistedOffering(endpoint, ANY_MODEL);
}

/**
 * Tier is a relation of tenant, node and endpoint. On a laptop (a node of tier 1) node, operator
 * and tenant are one; on a shared node, what is merely near to the node is a private cloud at best,
 * unless the tenant names it as its own.
 */
function placeFor(endpoint: EndpointFacts, tenant: TenantFacts, node: NodeFacts): Place {
  const named = tenant.ownEndpoints.has(endpoint.name) || endpoint.tenant === tenant.name;
  const stated = endpoint.declaredTier ?? impliedTier(endpoint.reach, named, node);
  // What belongs to the operator of a shared node is nobody else's device.
  const tier = stated === 1 && !named && node.tier !== 1 ? 2 : stated;
  return {
    name: endpoint.name,
    origin: endpoint.origin,
    tier,
    region: endpoint.region,
    retention: tier === 1 ? 'zero' : endpoint.retention,
    own: named || (node.tier === 1 && tier === 1),
    tenant: endpoint.tenant,
    privateAddress: endpoint.privateAddress,
  };
}

function impliedTier(reach: Reach, named: boolean, node: NodeFacts): Tier {
  if (reach === 'public') return 3;
  if (reach === 'loopback' && node.tier === 1) return 1;
  if (reach === 'private' && named && node.tier === 1) return 1;
  return 2;
}
