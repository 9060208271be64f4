// The words of a declared need, as callers write them: `context>=128k,tools,eu`.
import type { Place } from '@signalbox/contract';
import {
  MODALITIES,
  type Modality,
  type ModelCapabilities,
  quantisationBits,
} from '@signalbox/documents';
import type { EndpointFacts, Offering } from '../catalog/catalog.ts';

export type OfModel = (offering: Offering, step: string | undefined) => boolean;
export type OfPlace = (endpoint: EndpointFacts, place: Place) => boolean;

/** What nobody states is not known, and not known does not satisfy a need. */
const can =
  (...all: readonly (keyof ModelCapabilities)[]): OfModel =>
  ({ capabilities }) =>
    all.every((one) => capabilities[one] === true);

/** What people call a long context. */
const LONG_CONTEXT_TOKENS = 128_000;

export const MODEL_WORDS: Readonly<Record<string, OfModel>> = {
  tools: can('tools'),
  vision: can('vision'),
  json: can('jsonSchema'),
  logprobs: can('logprobs'),
  embeddings: can('embeddings'),
  reasoning: can('reasoning'),
  'high-precision': can('reasoning', 'jsonSchema'),
  'long-context': (one) => (one.contextTokens ?? 0) >= LONG_CONTEXT_TOKENS,
};

/** What runs on the node itself is in every region, as it is in every residency. */
const inRegion =
  (region: string): OfPlace =>
  (_, place) =>
    place.tier === 1 || place.region?.toLowerCase() === region;

export const PLACE_WORDS: Readonly<Record<string, OfPlace>> = {
  eu: inRegion('eu'),
  us: inRegion('us'),
  'zero-retention': (_, { retention }) => retention === 'zero',
  attested: ({ attested }) => attested,
};

/** `language=de`: several of one name are all demanded. Undefined: no such value. */
export const MODEL_VALUES: Readonly<Record<string, (value: string) => OfModel | undefined>> = {
  language: (value) => (one) => one.facts.languages?.includes(value) === true,
  domain: (value) => (one) => one.facts.domains?.includes(value) === true,
  licence: (value) => (one) => one.facts.licence === value,
  input: (value) => through(value, (kind) => (one) => one.facts.inputs?.includes(kind) === true),
  output: (value) => through(value, (kind) => (one) => one.facts.outputs?.includes(kind) === true),
};

export const PLACE_VALUES: Readonly<Record<string, (value: string) => OfPlace>> = {
  region: inRegion,
};

function through(value: string, of: (kind: Modality) => OfModel): OfModel | undefined {
  const kind = MODALITIES.find((one) => one === value);
  return kind === undefined ? undefined : of(kind);
}

/** `context>=128k`: the least or the most of a number. */
export const BOUNDS: Readonly<Record<string, (bound: number) => OfModel>> = {
  'context>=': (least) => (one) => (one.contextTokens ?? 0) >= least,
  'q>=': (least) => (one) => (bitsOf(one) ?? 0) >= least,
  'quality>=': (least) => (one, step) => (qualityOf(one, step) ?? -1) >= least,
  'input-price<=': (most) => (one) => picoOf(one, 'input') <= most * PICO_A_TOKEN,
  'output-price<=': (most) => (one) => picoOf(one, 'output') <= most * PICO_A_TOKEN,
};

/** A dollar per million tokens. */
const PICO_A_TOKEN = 1_000_000;

/** A price that nobody knows is above every bound. */
function picoOf({ price }: Offering, side: 'input' | 'output'): number {
  if (price.kind === 'unknown') return Number.POSITIVE_INFINITY;
  return price.kind === 'known' ? Number(price.rates[side]) : 0;
}

export const bitsOf = ({ facts }: Offering): number | undefined =>
  facts.quantisation === undefined ? undefined : quantisationBits(facts.quantisation);

export const qualityOf = ({ facts }: Offering, step: string | undefined): number | undefined =>
  step === undefined ? undefined : facts.quality?.get(step);

/** What a token in and a token out cost together, in pico-dollars. */
export const costOf = (offering: Offering): number =>
  picoOf(offering, 'input') + picoOf(offering, 'output');
