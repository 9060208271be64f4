// An offer is a model at a place; a candidate is an offer with the gates that refused it.
import type { Place } from '@signalbox/contract';
import type { Offering } from '../catalog/catalog.ts';
import type { Target } from './asked.ts';

/** A model at a place that may have the call. */
export type Offer = { readonly offering: Offering; readonly place: Place };

/** `gates` 0: nothing refused it. */
export type Candidate = Offer & {
  readonly gates: number;
  /** Demands of the need that it does not meet, as bits. */
  readonly unmet: number;
  /** Of the list that was asked for. */
  readonly target: Target | undefined;
  /** How much rules prefer it. */
  readonly score: number;
};

/**
 * How the offers of a route stand to each other, in their order. Offers of one rank are equally
 * good: dispatch picks among them by what moves with every call.
 */
export type Ranking = {
  /** From 0 on, never falling. */
  readonly ranks: readonly number[];
  /** Shares within a rank. */
  readonly weights: readonly number[];
};

const ALONE: Ranking = { ranks: [0], weights: [1] };

export function rankingOf(offers: readonly Candidate[]): Ranking {
  if (offers.length <= 1) return ALONE;
  const ranks: number[] = [];
  const weights: number[] = [];
  let rank = 0;
  let before: Candidate | undefined;
  for (const one of offers) {
    if (before !== undefined && !isEqual(before, one)) rank += 1;
    ranks.push(rank);
    weights.push(one.target?.weight ?? 1);
    before = one;
  }
  return { ranks, weights };
}

/** Neighbours that both state a weight, or one model on one tier. */
function isEqual(one: Candidate, next: Candidate): boolean {
  if (one.target?.weight !== undefined && next.target?.weight !== undefined) return true;
  return (
    one.score === next.score &&
    one.target?.at === next.target?.at &&
    one.place.tier === next.place.tier &&
    one.offering.model === next.offering.model
  );
}
