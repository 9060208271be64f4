// When every allowed route is down, a call waits for the first that may be tried again, and then
// enters at resolve once more: its clearance is made anew, so it comes back equal or lower. Waiting
// is bounded in time and number. A stream's caller hears a comment now and then; a caller that
// allows it is answered at once and fetches its answer later.
import {
  type Clock,
  decisionId,
  type Headers,
  no,
  type Refusal,
  type Reply,
  type RequestId,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Scheduled } from './schedule.ts';

export const HEARTBEAT_MS = 15_000;
const RETRY_AFTER_MS = 5_000;
/** A route that came up a moment ago is not stormed: at least this long between two entries. */
const PAUSE_MS_MIN = 50;

export type Parking = {
  /** Calls that wait now. */
  readonly waiting: Map<RequestId, string>;
  /** When each of them enters again, Unix milliseconds. */
  readonly again: Map<RequestId, number>;
  /** Ends the wait of each: the node stops, and a call that waits is refused, not left. */
  readonly ends: Map<RequestId, () => void>;
};

export type ParkPorts = {
  readonly clock: Clock;
  /** Milliseconds until the first place of its route may be asked again. */
  readonly waitMs: (call: Scheduled) => number;
  readonly parking: Parking;
  readonly limits: ParkLimits;
};

export type ParkLimits = {
  readonly waitMsMax: number;
  readonly keepMs: number;
  readonly callsMax: number;
  readonly perTenantMax: number;
};

/**
 * Waits once; the caller of this function enters at resolve again. @returns milliseconds waited so
 * far, in all.
 */
export async function park(
  call: Scheduled & { readonly parkedMs?: number },
  reply: Reply,
  ports: ParkPorts,
): Promise<Result<number, Refusal>> {
  const { parking, limits, clock, waitMs } = ports;
  const down = refusal('upstream_unavailable', 'All allowed routes are down.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
  // Nobody waits for a count: it is made by length then.
  const isCount = call.head.operation === 'count';
  if (isCount || call.route.verdict.fallback.allUnavailable === 'refuse') return no(down);
  if (!parking.waiting.has(call.id) && isFull(call, ports)) return no(down);
  parking.waiting.set(call.id, call.tenant.name);
  const deferred = call.head.queueAllowed && reply.defer(queuedHeaders(call.id));
  const limit = deferred ? limits.keepMs : limits.waitMsMax;
  const before = call.parkedMs ?? 0;
  const left = limit - before;
  if (left <= 0) return no(down);
  const pause = Math.min(left, Math.max(PAUSE_MS_MIN, waitMs(call)));
  // Counted over all entries: short waits after one another beat like one long wait.
  const beats = call.question.stream && !deferred;
  const beatMs = beats ? HEARTBEAT_MS - (before % HEARTBEAT_MS) : undefined;
  parking.again.set(call.id, clock.now() + pause);
  const beat = beatMs === undefined ? undefined : { ms: beatMs, head: streamHead(call.id) };
  const stayed = await wait(pause, beat, reply, { clock, ends: parking.ends, id: call.id });
  parking.ends.delete(call.id);
  return stayed ? yes(before + pause) : no(down);
}

const queuedHeaders = (id: RequestId): Headers => [
  ['location', `/v1/queued/${id}`],
  ['x-signalbox-decision-id', decisionId(id, 1)],
  ['retry-after-ms', String(RETRY_AFTER_MS)],
];

function isFull(call: Scheduled, { parking, limits }: ParkPorts): boolean {
  if (parking.waiting.size >= limits.callsMax) return true;
  let own = 0;
  for (const tenant of parking.waiting.values()) if (tenant === call.tenant.name) own += 1;
  return own >= limits.perTenantMax;
}

const COMMENT = encode(': waiting for a route\n\n');
const streamHead = (id: RequestId): Headers => [
  ['content-type', 'text/event-stream'],
  ['cache-control', 'no-cache'],
  // What its headers would have said is in the record of the decision.
  ['x-signalbox-decision-id', decisionId(id, 1)],
];

type Waiting = {
  readonly clock: Clock;
  readonly ends: Parking['ends'];
  readonly id: RequestId;
};

/** @returns false when the caller went away, or the node stops. */
function wait(
  ms: number,
  beating: { readonly ms: number; readonly head: Headers } | undefined,
  reply: Reply,
  { clock, ends, id }: Waiting,
): Promise<boolean> {
  return new Promise((resolve) => {
    let over = false;
    let cancelBeat = (): void => undefined;
    const finish = (stayed: boolean): void => {
      if (over) return;
      over = true;
      cancel();
      cancelBeat();
      resolve(stayed);
    };
    const beat = (): void => {
      if (over || beating === undefined) return;
      reply.begin(200, beating.head);
      reply.write(COMMENT);
      cancelBeat = clock.after(HEARTBEAT_MS, beat);
    };
    const cancel = clock.after(ms, () => {
      // A comment that is due in the moment in which the wait ends is not lost.
      if (beating?.ms === ms) beat();
      finish(true);
    });
    if (beating !== undefined && beating.ms < ms) cancelBeat = clock.after(beating.ms, beat);
    reply.onLeave(() => finish(false));
    ends.set(id, () => finish(false));
  });
}
