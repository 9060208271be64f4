// A declared need: `context>=128k,tools,high-precision,eu`. Each demand is asked of each candidate
// on its own, so that a refusal can name the one that is in the way. What nobody states about a
// model is not known, and not known does not satisfy a need.
import { no, type Place, type Result, yes } from '@signalbox/contract';
import { closest } from '@signalbox/documents';
import type { EndpointFacts, Offering } from '../catalog/catalog.ts';
import { maskOf } from './gates.ts';
import {
  BOUNDS,
  type Measure,
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
  | ({ readonly of: 'model' } & OfModel)
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
  if (ofModel !== undefined) return { word, of: 'model', ...ofModel };
  const ofPlace = own(PLACE_WORDS, word);
  if (ofPlace !== undefined) return { word, of: 'place', holds: ofPlace };
  const [, side = '', digits = '', factor = ''] = BOUND.exec(word) ?? [];
  const bound = own(BOUNDS, side);
  if (bound !== undefined) {
    return { word, of: 'model', ...bound(Number(digits) * (FACTORS[factor] ?? 1)) };
  }
  const [, name = '', value = ''] = VALUE.exec(word) ?? [];
  const holds = own(MODEL_VALUES, name)?.(value);
  if (holds !== undefined) return { word, of: 'model', ...holds };
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

/** Adds to `unmet` the demands of the model that each of many offerings does not meet. */
export function addUnmet(
  { demands }: Need,
  { all, rows, numbers, step }: Many,
  unmet: Uint32Array,
): void {
  for (let at = 0; at < demands.length; at += 1) {
    const demand = demands[at];
    if (demand?.of !== 'model') continue;
    const { column, holds } = demand;
    const into = { rows, bit: 1 << at, unmet };
    if (column?.kind === 'can') addWithout(numbers.traits, maskOf(column.all), into);
    else if (column?.kind === 'bound') addOutside(numbers[column.of], column, into);
    else {
      all.forEach((one, i) => {
        if (!holds(one, step)) unmet[i] = (unmet[i] ?? 0) | into.bit;
      });
    }
  }
}

type Many = {
  readonly all: readonly Offering[];
  /** Of each of them its place among the numbers. */
  readonly rows: Uint32Array;
  readonly numbers: Readonly<Record<Measure, Float64Array>> & { readonly traits: Int32Array };
  readonly step: string | undefined;
};
type Into = { readonly rows: Uint32Array; readonly bit: number; readonly unmet: Uint32Array };

function addWithout(traits: Int32Array, mask: number, { rows, bit, unmet }: Into): void {
  for (let i = 0; i < rows.length; i += 1) {
    // Within: a row is a place in the columns, `unmet` is as long as `rows`.
    const has = (traits[rows[i] as number] as number) & mask;
    if (has !== mask) unmet[i] = (unmet[i] as number) | bit;
  }
}

function addOutside(
  values: Float64Array,
  { least, most }: { readonly least: number; readonly most: number },
  { rows, bit, unmet }: Into,
): void {
  for (let i = 0; i < rows.length; i += 1) {
    const value = values[rows[i] as number] as number; // within, as above
    if (value < least || value > most) unmet[i] = (unmet[i] as number) | bit;
  }
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
