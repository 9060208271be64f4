// What the admin API tells of models: places, prices by whose word, relations, rollouts.
import { type Decode, flag, list, maybe, number, object, text } from './decode.ts';
import { type Source, source } from './policy-shape.ts';

export type Price = {
  readonly kind: string;
  /** Dollars a million tokens. */
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly by: string;
  readonly from: string | undefined;
  readonly disputed: readonly {
    readonly field: string;
    readonly taken: string;
    readonly left: string;
  }[];
};

export type ModelPlace = {
  readonly endpoint: string;
  readonly upstream: string;
  readonly tier: number;
  readonly state: string;
  readonly contextTokens: number | undefined;
  readonly capabilities: readonly string[];
  readonly price: Price;
};

export type Model = {
  readonly name: string;
  readonly family: string | undefined;
  readonly source: Source | undefined;
  readonly relations: readonly { readonly relation: string; readonly models: readonly string[] }[];
  readonly quantisation: string | undefined;
  readonly licence: string | undefined;
  readonly places: readonly ModelPlace[];
};

export type Rollout = {
  readonly name: string;
  readonly model: string;
  readonly to: string;
  readonly enabled: boolean;
  readonly percent: number;
  readonly rings: readonly number[];
  readonly tenants: readonly string[];
};

export type Registry = {
  readonly models: readonly Model[];
  readonly rollouts: readonly Rollout[];
  /** The day of the shipped list; undefined: there is none. */
  readonly listed: string | undefined;
};

const price: Decode<Price> = object((read) => ({
  kind: read('kind', text),
  input: read('input', maybe(text)),
  output: read('output', maybe(text)),
  by: read('by', text),
  from: read('from', maybe(text)),
  disputed: read(
    'disputed',
    list(
      object((of) => ({
        field: of('field', text),
        taken: of('taken', text),
        left: of('left', text),
      })),
    ),
  ),
}));

const place: Decode<ModelPlace> = object((read) => ({
  endpoint: read('endpoint', text),
  upstream: read('upstream', text),
  tier: read('tier', number),
  state: read('state', text),
  contextTokens: read('context_tokens', maybe(number)),
  capabilities: read('capabilities', list(text)),
  price: read('price', price),
}));

const model: Decode<Model> = object((read) => ({
  name: read('name', text),
  family: read('family', maybe(text)),
  source: read('source', maybe(source)),
  relations: read(
    'relations',
    list(object((of) => ({ relation: of('relation', text), models: of('models', list(text)) }))),
  ),
  quantisation: read('quantisation', maybe(text)),
  licence: read('licence', maybe(text)),
  places: read('places', list(place)),
}));

export const registry: Decode<Registry> = object((read) => ({
  models: read('models', list(model)),
  rollouts: read(
    'rollouts',
    list(
      object((of) => ({
        name: of('name', text),
        model: of('model', text),
        to: of('to', text),
        enabled: of('enabled', flag),
        percent: of('percent', number),
        rings: of('rings', list(number)),
        tenants: of('tenants', list(text)),
      })),
    ),
  ),
  listed: read('list', maybe(object((of) => of('date', text)))),
}));

/** One field at one endpoint: the first word holds. */
export type ModelFact = {
  readonly endpoint: string;
  readonly field: string;
  readonly said: readonly { readonly from: string; readonly value: string }[];
};

export const modelFacts: Decode<readonly ModelFact[]> = object((read) =>
  read(
    'data',
    list(
      object((of) => ({
        endpoint: of('endpoint', text),
        field: of('field', text),
        said: of(
          'said',
          list(object((by) => ({ from: by('from', text), value: by('value', text) }))),
        ),
      })),
    ),
  ),
);
