// What a call costs, and what it would have cost without routing.
import type { Cost, Usage } from '@signalbox/contract';
import { costNanoUsd, type Price, priceOfService } from '@signalbox/documents';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import { usageOf } from './usage.ts';

export type Bill = {
  readonly usage: Usage | undefined;
  readonly cost: Cost | undefined;
  readonly savingsNanoUsd: bigint | undefined;
};

/** What the outcome costs, as far as is known; nothing was used by a call that no one answered. */
export function bill(call: Scheduled, outcome: Outcome, frontier: Price | undefined): Bill {
  const usage = usageOf(call, outcome);
  if (usage === undefined || !('offer' in outcome)) {
    return { usage: undefined, cost: undefined, savingsNanoUsd: undefined };
  }
  const price = priceOfService(outcome.offer.offering.price, serviceOf(outcome));
  const cost = costNanoUsd(price, usage);
  return { usage, cost, savingsNanoUsd: savings(cost, usage, frontier) };
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
