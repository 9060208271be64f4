// Which tier is looked at after which.
import type { Tier } from '@signalbox/contract';
import type { Classified } from '../classify/classify.ts';
import type { Field } from './field.ts';

/** What moves it beside the wish is of calls of `auto` alone. */
export function orderOf(call: Classified, wish: Tier): readonly Tier[] {
  const failed = failedOn(call);
  const order = failed === undefined ? NEAREST[wish] : ABOVE[failed];
  if (call.profile.routed?.closed === undefined) return order;
  return [...order.filter((tier) => tier < 3), 3];
}

/** The highest tier whose answers to such calls were not good enough; it is passed over. */
function failedOn({ profile }: Classified): 1 | 2 | undefined {
  const cache = profile.routed?.cache;
  if (cache === undefined || cache.explored === true || cache.tier === 3) return undefined;
  return cache.tier;
}

/** Candidates that nothing refuses, by tier, in the order of tiers. */
export function openByTier(
  { gates, tiers }: Field,
  order: readonly Tier[],
): readonly (readonly number[])[] {
  const open: readonly number[][] = [[], [], [], []];
  for (let at = 0; at < gates.length; at += 1) {
    if (gates[at] === 0) open[tiers[at] ?? 0]?.push(at);
  }
  return order.map((tier) => open[tier] ?? []).filter((all) => all.length > 0);
}

/** A lower tier before a higher one at the same distance: cheaper, nearer, more private. */
export const NEAREST: Readonly<Record<Tier, readonly Tier[]>> = {
  1: [1, 2, 3],
  2: [2, 1, 3],
  3: [3, 2, 1],
};
/** The next one above what failed; what failed before what is below it. */
const ABOVE: Readonly<Record<1 | 2, readonly Tier[]>> = { 1: [2, 3, 1], 2: [3, 2, 1] };
