// Endpoints and models of a snapshot in the words of the status page.
import { type EndpointName, type Tier, tenantName } from '@signalbox/contract';
import type { Price, TenantDocument } from '@signalbox/documents';
import {
  type Catalog,
  type EndpointFacts,
  type EndpointKnown,
  type Facts,
  factsOfModel,
  learntOf,
  NODE_ITSELF,
  type Offering,
  type OwnPrices,
  ownPriceOf,
  provenanceOf,
  type Reachability,
  type Snapshot,
  type TenantFacts,
  unconnectedWords,
} from '@signalbox/engine';
import { tailOf } from '@signalbox/ports';
import { perMillion } from './registry.ts';
import type { EndpointStatus, FactStatus, ModelFact, ModelStatus } from './status.ts';

/** Nobody in particular: names nothing as its own, and may use whatever is not another's. */
const STRANGER: TenantFacts = { ...NODE_ITSELF, unscannedLabel: 'personal' };

type Probes = ReadonlyMap<EndpointName, EndpointKnown>;

export const endpointStatuses = (
  catalog: Catalog,
  order: Reachability,
  probes: Probes,
): readonly EndpointStatus[] =>
  [...catalog.endpoints.values()].map((endpoint) => {
    const offered = catalog.offerings.filter((one) => one.endpoint.name === endpoint.name);
    return {
      name: endpoint.name,
      kind: endpoint.kind,
      origin: endpoint.origin,
      tier: catalog.placeOf(endpoint, STRANGER).tier,
      region: endpoint.region,
      tenant: endpoint.tenant,
      ...stateOf(endpoint, order),
      models: [...new Set(offered.map((one) => one.model))],
      hasKey: endpoint.probe.credential !== undefined,
      keyTail: tailFor(endpoint),
      facts: toldBy(
        probes.get(endpoint.name),
        offered.map(({ upstream }) => upstream),
      ),
    };
  });

/** Of a key that the operator holds nothing is shown. */
function tailFor({ name, tenant, probe }: EndpointFacts): string | undefined {
  const isBrought = tenant !== undefined && name.startsWith(`${tenant}/`);
  return isBrought && probe.credential !== undefined ? tailOf(probe.credential.value) : undefined;
}

function toldBy(known: EndpointKnown | undefined, models: readonly string[]): FactStatus[] {
  if (known === undefined) return [];
  const ofModels = models.flatMap((model) => rowsOf(factsOfModel(known, model), model));
  return [...rowsOf(known.endpoint, undefined), ...ofModels];
}

const rowsOf = (facts: Facts, model: string | undefined): FactStatus[] =>
  Object.entries(facts).map(([fact, { value, at, from }]) => ({ fact, model, value, at, from }));

function stateOf(
  endpoint: EndpointFacts,
  order: Reachability,
): Pick<EndpointStatus, 'state' | 'why'> {
  if (!endpoint.enabled) {
    return { state: 'off', why: `\`signalbox endpoint enable ${endpoint.name}\` turns it on` };
  }
  if (endpoint.quarantined) {
    const then = `\`signalbox endpoint activate ${endpoint.name}\` lets calls go there`;
    return { state: 'quarantined', why: endpoint.unavailable ?? then };
  }
  if (endpoint.unavailable !== undefined)
    return { state: 'unavailable', why: endpoint.unavailable };
  const met = order.downBy(endpoint);
  if (met !== undefined) {
    const words = unconnectedWords(met);
    return { state: 'down', why: words === undefined ? met : `it ${words.says}; ${words.hint}` };
  }
  return { state: 'available', why: undefined };
}

/** @param endpoints as `endpointStatuses` of the same snapshot says. */
export function modelStatuses(
  catalog: Catalog,
  endpoints: readonly EndpointStatus[],
): readonly ModelStatus[] {
  const byName = new Map(endpoints.map((one) => [one.name, one]));
  return [...catalog.byModel].map(([name, offerings]) => {
    const at = offerings.flatMap((one) => byName.get(one.endpoint.name) ?? []);
    const contexts = offerings.flatMap((one) => one.contextTokens ?? []);
    return {
      name,
      endpoints: at.map((one) => one.name),
      tiers: [...new Set(at.map((one) => one.tier))].toSorted((a: Tier, b: Tier) => a - b),
      available: at.some((one) => one.state === 'available'),
      contextTokens: contexts.length === 0 ? undefined : Math.max(...contexts),
    };
  });
}

/** Who has prices of its own, by name. */
type Contracts = ReadonlyMap<string, OwnPrices>;

/** Only those are compiled whose documents state prices. */
export function contractsOf(
  { tenants }: Snapshot,
  documents: ReadonlyMap<string, TenantDocument>,
): Contracts {
  const contracts = new Map<string, OwnPrices>();
  for (const [name, { models }] of documents) {
    if (models === undefined || models.reprice.length === 0) continue;
    const own = tenants.tenants.get(tenantName(name))?.ownPrices;
    if (own !== undefined) contracts.set(name, own);
  }
  return contracts;
}

/** Every field of a model at each endpoint, by whose word; of all models where none is named. */
export const modelFacts = (
  catalog: Catalog,
  probes: Probes,
  model: string | undefined,
  contracts: Contracts = new Map(),
): readonly ModelFact[] => {
  const offerings = model === undefined ? catalog.offerings : (catalog.byModel.get(model) ?? []);
  return offerings.flatMap((offering) => {
    const { endpoint, model: name, upstream, stated, listed } = offering;
    const told = probes.get(endpoint.name);
    const learnt = told === undefined ? undefined : learntOf(told, upstream, endpoint.probe.kind);
    const rows = [...provenanceOf(stated, learnt, listed), ...pricesOf(offering, contracts)];
    return rows.map((row) => ({ model: name, endpoint: endpoint.name, ...row }));
  });
};

/** What everybody pays, and who pays something else. */
function pricesOf(
  offering: Offering,
  contracts: Contracts,
): readonly Omit<ModelFact, 'model' | 'endpoint'>[] {
  const { price } = offering;
  const all = { from: price.version, value: priceWords(price) };
  const others = [...contracts].flatMap(([tenant, own]) => {
    const theirs = ownPriceOf(offering, own);
    if (theirs === undefined) return [];
    const said = [{ from: theirs.version, value: priceWords(theirs) }, all];
    return [{ field: `price of ${tenant}`, said }];
  });
  return [{ field: 'price', said: [all] }, ...others];
}

function priceWords(price: Price): string {
  if (price.kind === 'unknown') return `unknown: ${price.why}`;
  if (price.kind === 'known-zero') return '0';
  const { input, output, request } = price.rates;
  const tokens = `${perMillion(input)} in, ${perMillion(output)} out, USD per million tokens`;
  return request === 0n ? tokens : `${tokens}, and by the request`;
}
