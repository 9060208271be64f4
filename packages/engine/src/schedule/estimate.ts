// What a call may cost at most on its route, as far as can be told before it runs: the input by its
// length, the output by the caller's bound or a customary one, at the dearest offer.
import { costNanoUsd } from '@signalbox/documents';
import type { Resolved } from '../resolve/resolve.ts';

export const outputTokens = (call: Resolved): number => call.route.usageMax.outputTokens;

export function estimateNanoUsd(call: Resolved): bigint {
  if (call.head.operation === 'count') return 0n;
  const usage = call.route.usageMax;
  let most = 0n;
  for (const { offering } of call.route.offers) {
    const cost = costNanoUsd(offering.price, usage);
    if (cost.kind === 'known' && cost.nanoUsd > most) most = cost.nanoUsd;
  }
  const { late } = call.route;
  const cost = late === undefined ? undefined : costNanoUsd(late.offering.price, usage);
  return cost?.kind === 'known' && cost.nanoUsd > most ? cost.nanoUsd : most;
}
