// Is an answer sure enough for its tier? The least of all its choices counts.
import type { StepClass } from '@signalbox/contract';
import type { Answer, Ask } from '@signalbox/dialect';
import type { OutputRules } from '../../policy/policy.ts';
import type { Offer } from '../../resolve/offer.ts';
import { confidenceOf, gateOf } from './confidence.ts';
import { evidenceOf } from './evidence.ts';

/** What is answered from the request alone. */
const GROUNDED: ReadonlySet<StepClass> = new Set(['extract', 'retrieval_summarise']);
const DIGITS = 3;

export type Judged = {
  readonly confidence: number;
  /** `confidence_min: 0.412`, with the gate that held it back. */
  readonly rejected: string | undefined;
};

/** Undefined: whoever answers there is believed. */
export const leastConfidence = (rules: OutputRules | undefined, offer: Offer): number | undefined =>
  rules?.confidenceMin?.[offer.place.tier];

export function judgedSure(asked: {
  readonly answer: Answer;
  readonly ask: Ask | undefined;
  readonly step: StepClass | undefined;
  /** Asked with how sure it is. */
  readonly least: (confidence: number) => number;
}): Judged {
  const { answer, ask, step, least } = asked;
  const isGrounded = step !== undefined && GROUNDED.has(step);
  let confidence = 1;
  let gate: string | undefined;
  for (const one of evidenceOf(answer, ask)) {
    const sure = confidenceOf(one, isGrounded);
    if (sure >= confidence) continue;
    confidence = sure;
    gate = gateOf(one, isGrounded);
  }
  confidence = Number(confidence.toFixed(DIGITS));
  if (confidence >= least(confidence)) return { confidence, rejected: undefined };
  const why = gate === undefined ? '' : ` (${gate})`;
  return { confidence, rejected: `confidence_min: ${confidence}${why}` };
}
