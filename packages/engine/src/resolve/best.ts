// The order among models that all meet a need: by how good they are at the step where that is
// known, then by what a token costs, then as the documents have them.
import type { Field } from './field.ts';
import { qualityOf } from './need.table.ts';

/**
 * The best of them in their order, at most `most`; one pass, however many there are.
 * @param at places in its offerings.
 */
export function bestOf(
  field: Pick<Field, 'offerings' | 'costOf'>,
  at: readonly number[],
  { step, most }: { readonly step: string | undefined; readonly most: number },
): readonly number[] {
  const best: Ranked[] = [];
  for (const one of at) {
    const offering = field.offerings[one];
    if (offering === undefined) continue;
    const quality = qualityOf(offering, step) ?? UNKNOWN;
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

const UNKNOWN = -1;

type Ranked = { readonly at: number; readonly quality: number; readonly cost: number };

const isBetter = (one: Ranked, other: Ranked): boolean =>
  one.quality === other.quality ? one.cost < other.cost : one.quality > other.quality;
