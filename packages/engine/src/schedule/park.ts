// When every allowed route is down, a call waits for the first that may be tried again, and then
// enters at resolve once more: its clearance is made anew, so it comes back equal or lower. Waiting
// is bounded in time and number. A stream's caller hears a comment now and then; a caller that
// allows it is answered as soon as its call is safe on disk, and fetches its answer later. Such a
// call outlives the node: when the node stops it is left as it is, held and not settled.
import {
  apart,
  type Clock,
  decisionId,
  type Headers,
  type Parked,
  type Refusal,
  type Reply,
  type RequestId,
  recordedTerms,
  refusal,
  waitHeaders,
  yes,
} from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import { parseApiKey } from '@signalbox/trust';
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

/** The node stops, and the call goes on when it is back. */
export const LEFT_WAITING = 'left-waiting';

/** Milliseconds waited so far, in all; or why the call waits no longer. */
export type WaitEnd = number | Refusal | typeof LEFT_WAITING;

/** Waits once; who is told a number enters at resolve again. */
export async function park(
  call: Scheduled & { readonly parkedMs?: number },
  reply: Reply,
  ports: ParkPorts,
): Promise<WaitEnd> {
  const { parking, limits, clock, waitMs } = ports;
  const down = refusal('upstream_unavailable', 'All allowed routes are down.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
  // Nobody waits for a count: it is made by length then.
  const isCount = call.head.operation === 'count';
  if (isCount || call.route.verdict.fallback.allUnavailable === 'refuse') return down;
  if (!parking.waiting.has(call.id) && isFull(call, ports)) {
    return call.head.queueAllowed ? FULL : down;
  }
  parking.waiting.set(call.id, call.tenant.name);
  const asked = call.head.queueAllowed ? await reply.defer(parkedOf(call)) : yes(false);
  if (!asked.ok) return asked.refusal;
  const deferred = asked.value;
  if (deferred) Object.assign(call, { queued: true });
  const limit = deferred ? limits.keepMs : limits.waitMsMax;
  const before = call.parkedMs ?? 0;
  const left = limit - before;
  if (left <= 0) return down;
  const pause = Math.min(left, Math.max(PAUSE_MS_MIN, waitMs(call)));
  // Counted over all entries: short waits after one another beat like one long wait.
  const beats = call.question.stream && !deferred;
  const beatMs = beats ? HEARTBEAT_MS - (before % HEARTBEAT_MS) : undefined;
  parking.again.set(call.id, clock.now() + pause);
  const beat = beatMs === undefined ? undefined : { ms: beatMs, head: streamHead(call.id) };
  const stayed = await wait(pause, beat, reply, { clock, ends: parking.ends, id: call.id });
  parking.ends.delete(call.id);
  if (stayed) return before + pause;
  return deferred ? LEFT_WAITING : down;
}

const FULL: Refusal = refusal('queue_full', 'No more calls may wait for a route now.', {
  retryAfterMs: RETRY_AFTER_MS,
});

/** All that the call needs to enter the line again in another life of the node. */
function parkedOf(call: Scheduled): Parked {
  const { id, tenant, key, head, profile, route, question, resumed } = call;
  return {
    headers: queuedHeaders(id),
    tenant: tenant.name,
    key: key.name,
    keyId: resumed?.keyId ?? parseApiKey(head.keyText ?? '')?.id ?? '',
    keyMac: key.mac,
    label: profile.label,
    bound: recordedTerms(route.clearance.terms),
    bytes: question.bytes,
  };
}

const queuedHeaders = (id: RequestId): Headers => [
  ['location', `/v1/queued/${id}`],
  ['x-signalbox-decision-id', decisionId(id, 1)],
  ...waitHeaders(apart(RETRY_AFTER_MS, id)),
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
