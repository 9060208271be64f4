// How long a call may wait for the better answer before the local one has to be begun, so that an
// answer is there in time. Of the time that is left each step to come has an equal share, and this
// one may take somewhat more than its own, since most take less. But never so much that the steps
// after it, and this one, could not be answered in time by the local model: that reserve is what a
// share with slack alone lacks.

/** How much more than its equal share a step may take. */
export const SLACK = 1.6;
/** Lost between the decision and the caller. */
const MARGIN_MS = 20;

export type Remaining = {
  /** Until the caller wants to be done, in milliseconds. */
  readonly budgetMs: number;
  /** How many calls have to fit into it, this one among them; at least 1. */
  readonly steps: number;
  /** How long the local answer takes, nearly always. */
  readonly localMs: number;
};

/** Milliseconds; 0: the local answer has to be begun now. */
export function patienceMs({ budgetMs, steps, localMs }: Remaining): number {
  const left = budgetMs - MARGIN_MS;
  const share = steps <= 1 ? left : (left / steps) * SLACK;
  const unreserved = left - localMs * Math.max(1, steps);
  return Math.max(0, Math.min(share, unreserved));
}
