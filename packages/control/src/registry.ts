// The registry as people look at it: each model with its relations and places, what it costs there
// and by whose word, and what takes its place for whom.
import type {
  Configuration,
  Disagreement,
  KnownPrice,
  ModelDocument,
  Price,
  RolloutDocument,
} from '@signalbox/documents';
import type { Catalog, Offering } from '@signalbox/engine';
import type { EndpointStatus } from './status.ts';

/** Dollars a million tokens, exact; null: nobody said. */
export type PriceStatus = {
  readonly kind: 'known' | 'zero' | 'unknown';
  readonly input: string | null;
  readonly output: string | null;
  readonly cached_input: string | null;
  /** `list`, `document`, `hardware`: by whose word; of what is unknown, why. */
  readonly by: string;
  readonly from: string | null;
  readonly version: string;
  /** What another source of the list says. */
  readonly disputed: readonly {
    readonly field: string;
    readonly taken: string;
    readonly left: string;
  }[];
};

export type RegistryPlace = {
  readonly endpoint: string;
  readonly upstream: string;
  readonly tier: number;
  readonly state: string;
  readonly context_tokens: number | null;
  readonly capabilities: readonly string[];
  readonly price: PriceStatus;
};

export type RegistryModel = {
  readonly name: string;
  readonly family: string | null;
  readonly source: { readonly file: string; readonly line: number } | null;
  readonly relations: readonly { readonly relation: string; readonly models: readonly string[] }[];
  readonly quantisation: string | null;
  readonly licence: string | null;
  readonly places: readonly RegistryPlace[];
};

export type RegistryRollout = {
  readonly name: string;
  readonly model: string;
  readonly to: string;
  readonly enabled: boolean;
  readonly percent: number;
  readonly rings: readonly number[];
  readonly tenants: readonly string[];
};

export type RegistryStatus = {
  readonly models: readonly RegistryModel[];
  readonly rollouts: readonly RegistryRollout[];
  readonly list: { readonly version: string; readonly date: string } | null;
};

export type PriceList = {
  readonly date: string;
  readonly digest: string;
  readonly disagreements: readonly Disagreement[];
};

export type RegistrySources = {
  readonly catalog: Catalog;
  readonly configuration: Pick<Configuration, 'models' | 'registry'>;
  /** As `endpointStatuses` of the same snapshot says. */
  readonly endpoints: readonly EndpointStatus[];
  /** The shipped list of prices; undefined: it cannot be read. */
  readonly list: PriceList | undefined;
  /** As the list calls whoever answers at this origin; undefined: no list holds there. */
  readonly providerOf: (host: string) => string | undefined;
};

/** Models that have a place, and those that are only written of. */
export function registryOf(sources: RegistrySources): RegistryStatus {
  const { catalog, configuration, list } = sources;
  const names = new Set([...catalog.byModel.keys(), ...configuration.models.keys()]);
  const states = new Map(sources.endpoints.map((one) => [one.name, one]));
  return {
    models: [...names].toSorted().map((name) => modelOf(name, states, sources)),
    rollouts: [...configuration.registry.rollouts].map(([name, one]) => rolloutOf(name, one)),
    list: list === undefined ? null : { version: `catalog:${list.digest}`, date: list.date },
  };
}

type States = ReadonlyMap<string, EndpointStatus>;

function modelOf(name: string, states: States, sources: RegistrySources): RegistryModel {
  const document = sources.configuration.models.get(name);
  const offerings = sources.catalog.byModel.get(name) ?? [];
  const fact = (key: 'quantisation' | 'licence'): string | null =>
    offerings.map(({ facts }) => facts[key]).find((one) => one !== undefined) ??
    document?.facts[key] ??
    null;
  const origin = document?.origin;
  return {
    name,
    family: document?.family ?? null,
    source: origin === undefined ? null : { file: origin.file, line: origin.line },
    relations: document === undefined ? [] : relationsOf(document),
    quantisation: fact('quantisation'),
    licence: fact('licence'),
    places: offerings.map((one) => placeOf(one, states, sources)),
  };
}

function relationsOf({ relations }: ModelDocument): RegistryModel['relations'] {
  const { sameWeights, fallsBackTo, successorOf, distilledFrom, fineTuneOf } = relations;
  const all: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['same weights as', sameWeights],
    ['falls back to', fallsBackTo],
    ['successor of', [successorOf]],
    ['distilled from', [distilledFrom]],
    ['fine-tune of', [fineTuneOf]],
  ];
  return all.flatMap(([relation, named]) => {
    const models = named.filter((one) => one !== undefined);
    return models.length === 0 ? [] : [{ relation, models }];
  });
}

function placeOf(offering: Offering, states: States, sources: RegistrySources): RegistryPlace {
  const { endpoint, upstream, contextTokens, capabilities, price } = offering;
  const status = states.get(endpoint.name);
  const able = Object.entries(capabilities).filter(([, has]) => has === true);
  const provider = sources.providerOf(new URL(endpoint.origin).hostname);
  const disputed = (sources.list?.disagreements ?? []).filter(
    (one) => one.provider === provider && one.model === upstream,
  );
  return {
    endpoint: endpoint.name,
    upstream,
    tier: status?.tier ?? 3,
    state: status?.state ?? 'unavailable',
    context_tokens: contextTokens ?? null,
    capabilities: able.map(([name]) => (name === 'jsonSchema' ? 'json' : name)),
    price: priceOf(price, disputed),
  };
}

const BY: Readonly<Record<string, string>> = {
  catalog: 'list',
  configuration: 'document',
  default: 'hardware',
};

function priceOf(price: Price, disputed: readonly Disagreement[]): PriceStatus {
  const { version } = price;
  const from = price.kind === 'unknown' ? undefined : price.from;
  const base = {
    ...{ input: null, output: null, cached_input: null, from: from ?? null, version },
    disputed: disputed.map(({ field, taken, left }) => ({ field, taken, left })),
  };
  if (price.kind === 'unknown') return { ...base, kind: 'unknown', by: price.why };
  const [word = ''] = version.split(':');
  const by = BY[word] ?? word;
  if (price.kind === 'known-zero') return { ...base, kind: 'zero', by, input: '0', output: '0' };
  return { ...base, kind: 'known', by, ...ratesOf(price) };
}

const ratesOf = ({
  rates,
}: KnownPrice): Pick<PriceStatus, 'input' | 'output' | 'cached_input'> => ({
  input: perMillion(rates.input),
  output: perMillion(rates.output),
  cached_input: rates.cachedInput === rates.input ? null : perMillion(rates.cachedInput),
});

/** Pico-USD a token are micro-USD a million of them. */
export function perMillion(pico: bigint): string {
  const fraction = (pico % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${pico / 1_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

const rolloutOf = (name: string, one: RolloutDocument): RegistryRollout => ({
  name,
  model: one.model,
  to: one.to,
  enabled: one.enabled,
  percent: one.percent,
  rings: one.rings,
  tenants: one.tenants,
});
