// How the time that is left is split, and how long a call may wait for the better answer before the
// local one has to be begun, so that an answer is there in time. What tools and the way between
// caller and gateway take is nobody's to give. Of the rest each step to come has an equal share;
// this one may take somewhat more than its own, since most take less. But never so much that the
// steps after it, and this one, could not be answered in time by the local model: that reserve is
// what a share with slack alone lacks.
import type { RecordedSplit } from '@signalbox/contract';

/** How much more than its equal share a step may take. */
export const SLACK = 1.6;
/** Lost between the decision and the caller, where nobody says how far away that is. */
const NETWORK_MS = 20;

export type Remaining = {
  /** Until the caller wants to be done, in milliseconds. */
  readonly budgetMs: number;
  /** How many calls have to fit into it, this one among them; at least 1. */
  readonly steps: number;
  /** How long the local answer takes, nearly always. */
  readonly localMs: number;
  /** What tools take between those calls, altogether. */
  readonly toolsMs?: number | undefined;
  /** Of each of those calls, between the caller and here; undefined: not said. */
  readonly networkMs?: number | undefined;
};

/** Milliseconds of each segment; `cloudMs` 0: the local answer has to be begun now. */
export function segmentsOf({
  budgetMs,
  steps: told,
  localMs,
  toolsMs = 0,
  networkMs,
}: Remaining): RecordedSplit {
  const steps = Math.max(1, told);
  const wayMs = networkMs === undefined ? NETWORK_MS : networkMs * steps;
  const left = budgetMs - toolsMs - wayMs;
  const share = steps === 1 ? left : (left / steps) * SLACK;
  const reserveMs = localMs * steps;
  return {
    deviceMs: reserveMs,
    networkMs: wayMs,
    toolMs: toolsMs,
    cloudMs: Math.max(0, Math.min(share, left - reserveMs)),
  };
}

/** How long the better answer is waited for. */
export const patienceMs = (remaining: Remaining): number => segmentsOf(remaining).cloudMs;
