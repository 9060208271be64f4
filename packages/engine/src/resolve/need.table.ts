// The words of a declared need, as callers write them: `context>=128k,tools,eu`.
import type { Place } from '@signalbox/contract';
import {
  MODALITIES,
  type Modality,
  type ModelCapabilities,
  quantisationBits,
} from '@signalbox/documents';
import type { EndpointFacts, Offering } from '../catalog/catalog.ts';

export type OfModel = {
  readonly holds: (offering: Offering, step: string | undefined) => boolean;
  /** The same over numbers that are kept of all offerings; absent: only `holds` can tell. */
  readonly column?: Column;
};
export type Column =
  | { readonly kind: 'can'; readonly all: readonly (keyof ModelCapabilities)[] }
  | { readonly kind: 'bound'; readonly of: Measure; readonly least: number; readonly most: number };
/** Numbers that every offering has; what nobody knows is 0, and a price above every bound. */
export type Measure = 'contextTokens' | 'bits' | 'inputPico' | 'outputPico';
export type OfPlace = (endpoint: EndpointFacts, place: Place) => boolean;

/** What nobody states is not known, and not known does not satisfy a need. */
const can = (...all: readonly (keyof ModelCapabilities)[]): OfModel => ({
  holds: ({ capabilities }) => all.every((one) => capabilities[one] === true),
  column: { kind: 'can', all },
});

const stated = (holds: (offering: Offering) => boolean): OfModel => ({ holds });

const bounded = (of: Measure, least: number, most: number): OfModel => ({
  holds: (one) => measured(of, one) >= least && measured(of, one) <= most,
  column: { kind: 'bound', of, least, most },
});
const atLeast = (of: Measure, least: number): OfModel =>
  bounded(of, least, Number.POSITIVE_INFINITY);
const atMost = (of: Measure, most: number): OfModel => bounded(of, Number.NEGATIVE_INFINITY, most);

/** A price that nobody knows is above every bound. */
export function measured(of: Measure, offering: Offering): number {
  if (of === 'contextTokens') return offering.contextTokens ?? 0;
  if (of === 'bits') return bitsOf(offering) ?? 0;
  const { price } = offering;
  if (price.kind === 'unknown') return Number.POSITIVE_INFINITY;
  return price.kind === 'known' ? Number(price.rates[of === 'inputPico' ? 'input' : 'output']) : 0;
}

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
  'long-context': atLeast('contextTokens', LONG_CONTEXT_TOKENS),
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
  language: (value) => stated(({ facts }) => facts.languages?.includes(value) === true),
  domain: (value) => stated(({ facts }) => facts.domains?.includes(value) === true),
  licence: (value) => stated(({ facts }) => facts.licence === value),
  input: (value) =>
    through(value, (kind) => stated(({ facts }) => facts.inputs?.includes(kind) === true)),
  output: (value) =>
    through(value, (kind) => stated(({ facts }) => facts.outputs?.includes(kind) === true)),
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
  'context>=': (least) => atLeast('contextTokens', least),
  'q>=': (least) => atLeast('bits', least),
  'quality>=': (least) => ({ holds: (one, step) => (qualityOf(one, step) ?? -1) >= least }),
  'input-price<=': (most) => atMost('inputPico', most * PICO_A_TOKEN),
  'output-price<=': (most) => atMost('outputPico', most * PICO_A_TOKEN),
};

/** A dollar per million tokens. */
const PICO_A_TOKEN = 1_000_000;

export const bitsOf = ({ facts }: Offering): number | undefined =>
  facts.quantisation === undefined ? undefined : quantisationBits(facts.quantisation);

export const qualityOf = ({ facts }: Offering, step: string | undefined): number | undefined =>
  step === undefined ? undefined : facts.quality?.get(step);

/** What a token in and a token out cost together, in pico-dollars. */
export const costOf = (offering: Offering): number =>
  measured('inputPico', offering) + measured('outputPico', offering);
