// Why a call has neither an answer nor a stream, in words for its caller: what the last attempt
// met, or why none was made.
import {
  type Attempt,
  type Fault,
  type FaultCode,
  type Refusal,
  refusal,
} from '@signalbox/contract';
import type { Common, Outcome } from './outcome.ts';
import { STOPPED } from './pipe.ts';
import type { LeftOut } from './turns.ts';
import { isUnconnected } from './visit.ts';

export type Nowhere = {
  readonly attempts: readonly Attempt[];
  readonly fault: Fault | undefined;
  /** What the last one that answered asked for. */
  readonly retryAfterMs: number | undefined;
  /** All said that what is paid for is used up. */
  readonly isSpent: boolean;
  readonly leftOut: LeftOut | undefined;
};

/** SDKs wait for a minute at most: what is further away is no short limit. */
const SHORT_MS_MAX = 60_000;
const LIMITED_MS = 1_000;
const UNAVAILABLE_MS = 5_000;

/** True when no offer took a connection, or none may be asked since they failed too often. */
export function isUnreached({ attempts, leftOut }: Nowhere): boolean {
  if (attempts.length === 0) return leftOut !== undefined && leftOut.why !== 'limited';
  return attempts.every(({ fault }) => fault !== undefined && isUnconnected(fault));
}

/** @param limitedMs until the first of those that limit the rate is asked again. */
export function refusalOf(nowhere: Nowhere, limitedMs: number | undefined): Refusal {
  const { attempts, fault, retryAfterMs: told, leftOut } = nowhere;
  const last = attempts[attempts.length - 1];
  if (last === undefined) return untried(leftOut);
  const where = ` Last: ${wordsOf(last)}.`;
  const more = told === undefined ? {} : { retryAfterMs: told };
  if (nowhere.isSpent && leftOut === undefined) return spent(where);
  if (last.status === 429) return limited(limitedMs ?? told, where);
  if (isUnreached(nowhere)) {
    const again = { retryAfterMs: told ?? UNAVAILABLE_MS };
    return refusal('upstream_unavailable', `All allowed routes are down.${where}`, again);
  }
  const timeouts = fault !== undefined && TIMEOUTS.has(fault.code);
  if (timeouts) return refusal('upstream_timeout', `Every allowed route was too slow.${where}`);
  return refusal(
    'upstream_failed',
    `Every allowed route failed before the first byte.${where}`,
    more,
  );
}

function untried(leftOut: LeftOut | undefined): Refusal {
  if (leftOut === undefined) {
    const retryAfterMs = 1_000;
    const message = 'No allowed endpoint has a free place.';
    return refusal('concurrency_limited', message, { retryAfterMs });
  }
  const { offer, why, waitMs } = leftOut;
  const { name } = offer.offering.endpoint;
  if (why === 'limited') return limited(waitMs, ` First again: \`${name}\`.`);
  const message = `All allowed routes are down. First again: \`${name}\`, which ${DOES[why]}.`;
  const retryAfterMs = why === 'paused' ? Math.ceil(waitMs) : UNAVAILABLE_MS;
  return refusal('upstream_unavailable', message, { retryAfterMs });
}

const DOES: Readonly<Record<Exclude<LeftOut['why'], 'limited'>, string>> = {
  down: 'takes no connections',
  tripped: 'failed too often lately',
  paused: 'asked for a pause',
};

function limited(toldMs: number | undefined, where: string): Refusal {
  if ((toldMs ?? 0) > SHORT_MS_MAX) return spent(where);
  const retryAfterMs = toldMs ?? LIMITED_MS;
  return refusal('rate_limited', `The endpoint limits the rate.${where}`, { retryAfterMs });
}

const spent = (where: string): Refusal =>
  refusal('quota_exhausted', `The endpoint has no quota left for now.${where}`);

const TIMEOUTS: ReadonlySet<Fault['code']> = new Set([
  'head_timeout',
  'idle_timeout',
  'total_timeout',
]);

/** How others prove who they are is the operator's to see. */
const codeForCallers = (code: FaultCode): FaultCode =>
  isUnconnected(code) && code !== 'connect_timeout' ? 'connect_failed' : code;

function wordsOf({ endpoint, fault, status }: Attempt): string {
  const answered = status === undefined ? '' : ` (status ${status})`;
  const why = fault === undefined ? 'busy' : codeForCallers(fault);
  return `\`${endpoint}\`, ${why}${answered}`;
}

/** @param run whose caller has gone, or has to: the node stops. */
export function goneBy(run: {
  readonly stops: boolean;
  common(): Common;
}): Extract<Outcome, { kind: 'failed' | 'left' }> {
  if (run.stops) return { kind: 'failed', refusal: STOPPED, ...run.common() };
  return { kind: 'left', ...run.common() };
}
