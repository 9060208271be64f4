// How many tokens a call may be answered with, as far as can be told before it runs: the caller's
// bound or a customary one, and never more than a rule allows.
import type { CapDocument, PricedUsage } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';

/** When the caller sets no bound; the hold is extended before more is spent. */
export const OUTPUT_TOKENS_ASSUMED = 1_024;

export function outputTokensOf(
  { head, question }: Classified,
  cap: CapDocument | undefined,
): number {
  const isShort = head.operation === 'embedding' || head.operation === 'count';
  if (isShort || question.passing !== undefined) return 0;
  const asked = question.outputTokensMax ?? OUTPUT_TOKENS_ASSUMED;
  return Math.min(asked, cap?.outputTokens ?? asked) * question.answersWanted;
}

/** What it may use at most of whoever answers it. */
export const usageOf = (call: Classified, cap: CapDocument | undefined): PricedUsage => ({
  inputTokens: call.question.inputTokensEstimate,
  outputTokens: outputTokensOf(call, cap),
});
