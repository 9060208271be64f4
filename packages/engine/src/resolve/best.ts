// The order among models that all meet a need: by how good they are at the step where that is
// known, then by what a token costs, then as the documents have them. Answers that were not of the
// form that was asked for lower what documents say, and put a model of which they say nothing
// behind the others.
import type { Field } from './field.ts';
import { qualityOf } from './need.table.ts';
import type { MostOf } from './recorded.ts';

/**
 * The best of them in their order, at most `most`; one pass, however many there are.
 * @param at places in its offerings.
 */
export function bestOf(
  field: Pick<Field, 'offerings' | 'costOf'>,
  at: readonly number[],
  { step, most, mostOf }: Order,
): readonly number[] {
  const best: Ranked[] = [];
  for (const one of at) {
    const offering = field.offerings[one];
    if (offering === undefined) continue;
    const quality = worthOf(qualityOf(offering, step), mostOf?.(offering));
    const last = best.at(-1);
    if (best.length >= most && last !== undefined && last.quality > quality) continue;
    const ranked = { at: one, quality, cost: field.costOf(one) };
    if (best.length >= most && last !== undefined && !isBetter(ranked, last)) continue;
    const before = best.findIndex((other) => isBetter(ranked, other));
    best.splice(before < 0 ? best.length : before, 0, ranked);
    if (best.length > most) best.pop();
  }
  return best.map((one) => one.at);
}

type Order = {
  readonly step: string | undefined;
  readonly most: number;
  /** The most that its answers may be worth, 0 to 100; undefined: nobody has checked enough. */
  readonly mostOf?: MostOf | undefined;
};

/** Of each tier the best first where a need was declared, else as the documents have them. */
export function inOrder(
  field: Pick<Field, 'offerings' | 'costOf'>,
  tiers: readonly (readonly number[])[],
  isNeed: boolean,
  order: Order,
): readonly (readonly number[])[] {
  const { mostOf } = order;
  if (isNeed) return tiers.map((one) => bestOf(field, one, order));
  return mostOf === undefined ? tiers : tiers.map((one) => poorLast(field, one, mostOf));
}

/** As they stand, but those whose answers are often of the wrong form behind the others. */
function poorLast(
  { offerings }: Pick<Field, 'offerings'>,
  at: readonly number[],
  mostOf: MostOf,
): readonly number[] {
  const isPoor = (one: number): boolean => {
    const offering = offerings[one];
    return offering !== undefined && (mostOf(offering) ?? GOOD_FORM) < GOOD_FORM;
  };
  const poor = at.filter(isPoor);
  return poor.length === 0 ? at : [...at.filter((one) => !poor.includes(one)), ...poor];
}

const UNKNOWN = -1;
/** Below it answers are of the wrong form so often that others go before. */
const GOOD_FORM = 90;

function worthOf(stated: number | undefined, most: number | undefined): number {
  if (stated !== undefined) return most === undefined ? stated : Math.min(stated, most);
  return most === undefined || most >= GOOD_FORM ? UNKNOWN : UNKNOWN - (100 - most);
}

type Ranked = { readonly at: number; readonly quality: number; readonly cost: number };

const isBetter = (one: Ranked, other: Ranked): boolean =>
  one.quality === other.quality ? one.cost < other.cost : one.quality > other.quality;
