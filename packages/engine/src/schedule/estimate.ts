// What a call may cost at most on its route, as far as can be told before it runs: the input by its
// length, the output by the caller's bound or a customary one, at the dearest offer.
import { costNanoUsd } from '@signalbox/documents';
import type { Resolved } from '../resolve/resolve.ts';

/** When the caller sets no bound; the hold is extended before more is spent. */
export const OUTPUT_TOKENS_ASSUMED = 1_024;

export function outputTokens({ head, question }: Resolved): number {
  const isShort = head.operation === 'embedding' || head.operation === 'count';
  if (isShort || question.passing !== undefined) return 0;
  return (question.outputTokensMax ?? OUTPUT_TOKENS_ASSUMED) * question.answersWanted;
}

export function estimateNanoUsd(call: Resolved): bigint {
  if (call.head.operation === 'count') return 0n;
  const usage = {
    inputTokens: call.question.inputTokensEstimate,
    outputTokens: outputTokens(call),
  };
  let most = 0n;
  for (const { offering } of call.route.offers) {
    const cost = costNanoUsd(offering.price, usage);
    if (cost.kind === 'known' && cost.nanoUsd > most) most = cost.nanoUsd;
  }
  const { late } = call.route;
  const cost = late === undefined ? undefined : costNanoUsd(late.offering.price, usage);
  return cost?.kind === 'known' && cost.nanoUsd > most ? cost.nanoUsd : most;
}
