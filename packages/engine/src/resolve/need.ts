// A declared need: `context>=128k,tools,high-precision,eu`. Each demand is asked of each candidate
// on its own, so that a refusal can name the one that is in the way. What nobody states about a
// model is not known, and not known does not satisfy a need.
import { no, type Place, type Result, yes } from '@signalbox/contract';
import { closest } from '@signalbox/documents';
import type { EndpointFacts, Offering } from '../catalog/catalog.ts';
import {
  BOUNDS,
  MODEL_VALUES,
  MODEL_WORDS,
  type OfModel,
  type OfPlace,
  PLACE_VALUES,
  PLACE_WORDS,
} from './need.table.ts';

/** Demands by their place in the need: bit `i` of what is unmet is demand `i`. */
export type Need = {
  /** As it was written, in lower case and without spaces, for people. */
  readonly text: string;
  readonly demands: readonly Demand[];
};

type Demand = { readonly word: string } & (
  | { readonly of: 'model'; readonly holds: OfModel }
  | { readonly of: 'place'; readonly holds: OfPlace }
);

/** As many as bits that a number has to spare, and more than anybody means. */
const DEMANDS_MAX = 24;
const WORD_SHOWN_MAX = 64;

const BOUND = /^([a-z-]{1,16}[<>]=)(\d{1,9}(?:\.\d{1,6})?)([km]?)$/;
const VALUE = /^([a-z-]{1,16})=([a-z0-9][a-z0-9._+-]{0,62})$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/** @returns the words of what cannot be understood. */
export function readNeed(written: string): Result<Need, string> {
  const words = written.split(',', DEMANDS_MAX + 1).map((one) => one.trim().toLowerCase());
  if (words.length > DEMANDS_MAX) return no(`A need has at most ${DEMANDS_MAX} demands.`);
  const demands: Demand[] = [];
  for (const word of words) {
    const demand = readDemand(word);
    if (demand === undefined) return no(unknownWord(word));
    demands.push(demand);
  }
  return yes({ text: words.join(','), demands });
}

function readDemand(word: string): Demand | undefined {
  const ofModel = own(MODEL_WORDS, word);
  if (ofModel !== undefined) return { word, of: 'model', holds: ofModel };
  const ofPlace = own(PLACE_WORDS, word);
  if (ofPlace !== undefined) return { word, of: 'place', holds: ofPlace };
  const [, side = '', digits = '', factor = ''] = BOUND.exec(word) ?? [];
  const bound = own(BOUNDS, side);
  if (bound !== undefined) {
    return { word, of: 'model', holds: bound(Number(digits) * (FACTORS[factor] ?? 1)) };
  }
  const [, name = '', value = ''] = VALUE.exec(word) ?? [];
  const holds = own(MODEL_VALUES, name)?.(value);
  if (holds !== undefined) return { word, of: 'model', holds };
  const where = own(PLACE_VALUES, name)?.(value);
  return where === undefined ? undefined : { word, of: 'place', holds: where };
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const WORDS: readonly string[] = [...Object.keys(MODEL_WORDS), ...Object.keys(PLACE_WORDS)];
const FORMS: readonly string[] = [
  ...Object.keys(BOUNDS).map((one) => `${one}N`),
  ...[...Object.keys(MODEL_VALUES), ...Object.keys(PLACE_VALUES)].map((one) => `${one}=NAME`),
];

function unknownWord(word: string): string {
  const shown = word.slice(0, WORD_SHOWN_MAX);
  const near = closest(shown, WORDS);
  const meant = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  const all = [...WORDS, ...FORMS].join('`, `');
  return `The need \`${shown}\` is not known.${meant} There are \`${all}\`.`;
}

/** The demands of the model that it does not meet, as bits. */
export function unmetByModel({ demands }: Need, offering: Offering, step?: string): number {
  let unmet = 0;
  for (let at = 0; at < demands.length; at += 1) {
    const demand = demands[at];
    if (demand?.of === 'model' && !demand.holds(offering, step)) unmet |= 1 << at;
  }
  return unmet;
}

/** The same of the place. */
export function unmetByPlace({ demands }: Need, endpoint: EndpointFacts, place: Place): number {
  let unmet = 0;
  for (let at = 0; at < demands.length; at += 1) {
    const demand = demands[at];
    if (demand?.of === 'place' && !demand.holds(endpoint, place)) unmet |= 1 << at;
  }
  return unmet;
}

export function wordsOf({ demands }: Need, unmet: number): readonly string[] {
  return demands.filter((_, at) => (unmet & (1 << at)) !== 0).map(({ word }) => word);
}
