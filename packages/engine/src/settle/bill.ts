// What a call costs, and what it would have cost without routing.
import type { Cost, Usage } from '@signalbox/contract';
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
  const usage = usageOf(call, outcome);
  if (!('offer' in outcome)) return NOTHING;
  if (usage === undefined) return uncounted(outcome.offer);
  const price = priceOfService(outcome.offer.offering.price, serviceOf(outcome));
  const cost = withOvertaken(costNanoUsd(price, usage), outcome);
  return { usage, cost, savingsNanoUsd: savings(cost, usage, frontier) };
}

const NOTHING: Bill = { usage: undefined, cost: undefined, savingsNanoUsd: undefined };

/** What nobody counted costs nothing where nothing does; elsewhere its cost is not known. */
function uncounted({ offering: { price } }: Offer): Bill {
  if (price.kind !== 'known-zero') return NOTHING;
  const cost: Cost = { kind: 'known', nanoUsd: 0n, priceVersion: price.version };
  return { ...NOTHING, cost };
}

/** What was asked beside the answer is paid for, too. */
function withOvertaken(cost: Cost, { attempts }: Outcome): Cost {
  if (cost.kind !== 'known' || attempts.length === 1) return cost;
  let { nanoUsd } = cost;
  for (const { costNanoUsd: more } of attempts) if (more !== undefined) nanoUsd += BigInt(more);
  return { ...cost, nanoUsd };
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
