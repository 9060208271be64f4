// What a call costs, and what it would have cost without routing.
import type { Attempt, Call, Cost, Usage } from '@signalbox/contract';
import { costNanoUsd, type Price, priceOfService } from '@signalbox/documents';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { usageOf } from './usage.ts';

export type Bill = {
  readonly usage: Usage | undefined;
  readonly cost: Cost | undefined;
  readonly savingsNanoUsd: bigint | undefined;
};

/** What the outcome costs, as far as is known; nothing was used by a call that no one answered. */
export function bill(call: Scheduled, outcome: Outcome, frontier: Price | undefined): Bill {
  return withLost(billOf(call, outcome, frontier), call);
}

/** What was held when the node died in the middle of the call is spent, as of every other call. */
export function withLost(billed: Bill, { resumed }: Call): Bill {
  const lost = resumed?.lostNanoUsd ?? 0n;
  if (lost === 0n) return billed;
  const { cost } = billed;
  const known = cost?.kind === 'known' ? cost : HELD;
  return { ...billed, cost: { ...known, nanoUsd: known.nanoUsd + lost } };
}

const HELD = { kind: 'known', nanoUsd: 0n, priceVersion: 'held' } as const;

function billOf(call: Scheduled, outcome: Outcome, frontier: Price | undefined): Bill {
  const usage = usageOf(call, outcome);
  if (!('offer' in outcome)) {
    const cost = costOfAttempts(call, outcome);
    return cost === undefined ? NOTHING : { ...NOTHING, cost };
  }
  if (usage === undefined) return uncounted(outcome.offer);
  const price = priceOfService(outcome.offer.offering.price, serviceOf(outcome));
  const cost = withOthers(costNanoUsd(price, usage), outcome);
  return { usage, cost, savingsNanoUsd: savings(cost, usage, frontier) };
}

const NOTHING: Bill = { usage: undefined, cost: undefined, savingsNanoUsd: undefined };

/** What nobody counted costs nothing where nothing does; elsewhere its cost is not known. */
function uncounted({ offering: { price } }: Offer): Bill {
  if (price.kind !== 'known-zero') return NOTHING;
  const cost: Cost = { kind: 'known', nanoUsd: 0n, priceVersion: price.version };
  return { ...NOTHING, cost };
}

/** What was asked beside the answer is paid for, too, and what was rejected before it. */
function withOthers(cost: Cost, { attempts }: Outcome): Cost {
  if (cost.kind !== 'known' || attempts.length === 1) return cost;
  return { ...cost, nanoUsd: cost.nanoUsd + sumOf(attempts) };
}

function sumOf(attempts: readonly Attempt[]): bigint {
  let sum = 0n;
  for (const { costNanoUsd: cost } of attempts) if (cost !== undefined) sum += BigInt(cost);
  return sum;
}

/** A call without an answer may have had some that were rejected. */
function costOfAttempts({ route }: Scheduled, { attempts }: Outcome): Cost | undefined {
  const last = attempts.findLast(({ outcome }) => outcome === 'judged-away');
  if (last === undefined) return undefined;
  const offers = [...route.offers, ...route.better];
  const price = offers.find(({ place }) => place.name === last.endpoint)?.offering.price;
  if (price === undefined || price.kind === 'unknown') return { kind: 'unknown' };
  return { kind: 'known', nanoUsd: sumOf(attempts), priceVersion: price.version };
}

function serviceOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'whole') return outcome.answer.facts.service;
  return outcome.kind === 'streamed' ? outcome.piped.facts.service : undefined;
}

function savings(cost: Cost, usage: Usage, frontier: Price | undefined): bigint | undefined {
  if (cost.kind !== 'known' || frontier === undefined) return undefined;
  const without = costNanoUsd(frontier, usage);
  return without.kind === 'known' ? without.nanoUsd - cost.nanoUsd : undefined;
}
