// How sure an answer may be taken to be, 0 to 1, from the evidence alone. Without labels it orders
// answers and is no probability: its scale is a convention, so that the thresholds that people
// write (0.85, 0.75) part sure answers from unsure ones. Calibration makes shares of it.
import type { Evidence, TokenEvidence } from './evidence.ts';

/** Of an answer without log-probabilities in which nothing speaks of doubt. */
const UNTOLD = 0.9;
/** Of one that a gate holds back: nobody's threshold lets it pass. */
const GATED = 0.1;
/** Of tokens that are as likely as not (ln 2): there the model is half sure. */
const HALF: number = Math.LN2;
/** How much the least likely tenth of the tokens counts beside their mean. */
const LOW_WEIGHT = 0.3;
const REPETITION_MAX = 0.5;
const UNGROUNDED_MAX = 0.5;
/** What one word of doubt in a hundred takes away, and all of them together. */
const HEDGE_COST = 0.12;
const HEDGES_COST_MAX = 0.6;

/** @param isGrounded the answer is to be found in the request, as what is extracted is. */
export function confidenceOf(evidence: Evidence, isGrounded: boolean): number {
  if (gateOf(evidence, isGrounded) !== undefined) return GATED;
  const { logprobs, hedges, stated } = evidence;
  const sure = logprobs === undefined ? UNTOLD : ofTokens(logprobs);
  const spoken = sure * (1 - Math.min(HEDGES_COST_MAX, HEDGE_COST * hedges));
  return stated === undefined ? spoken : Math.min(spoken, (spoken + stated) / 2);
}

/** Why it is held back whatever its tokens say; undefined: nothing of the kind. */
export function gateOf(evidence: Evidence, isGrounded: boolean): string | undefined {
  if (evidence.empty) return 'empty';
  if (evidence.declines) return 'declines';
  if (evidence.sumsWrong > 0) return 'arithmetic';
  if (evidence.repetition > REPETITION_MAX) return 'repetition';
  if (isGrounded && (evidence.ungrounded ?? 0) > UNGROUNDED_MAX) return 'grounding';
  return evidence.cutOff ? 'length' : undefined;
}

function ofTokens({ mean, tenth }: TokenEvidence): number {
  const level = (1 - LOW_WEIGHT) * mean + LOW_WEIGHT * tenth;
  return 1 / (1 + (level / HALF) ** 2);
}
