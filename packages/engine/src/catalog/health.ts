// Which endpoints are down and how long the others take, learnt from what calls meet: an endpoint
// that refuses connections is left alone for a while, twice as long after each further refusal; of
// answers a moving average is kept, for predictions alone: no route depends on it. Passive and in
// memory; probes join with the upstreams' work. Nothing here widens a clearance: a route that is
// down is not replaced by one that is not allowed.
import type { Clock, EndpointName } from '@signalbox/contract';

export const DOWN_MS_FIRST = 1_000;
export const DOWN_MS_MAX = 30_000;
/** How much a new answer moves the average: the gain of TCP's smoothed round trip (RFC 6298). */
export const ANSWER_GAIN: number = 1 / 8;
/** Endpoints with an average; of more, the one that was measured first is forgotten. */
export const MEASURED_MAX = 1_000;

export interface Health {
  isDown(endpoint: EndpointName): boolean;
  /** A connection failed. */
  unreachable(endpoint: EndpointName): void;
  /** Any answer came. */
  reached(endpoint: EndpointName): void;
  /** Milliseconds until the first of these may be tried again; 0: now. */
  waitMs(endpoints: readonly EndpointName[]): number;
  /** An answer came to its end. `firstByteMs` undefined: it was no stream. */
  answered(endpoint: EndpointName, firstByteMs: number | undefined, totalMs: number): void;
  /** What such answers took lately; undefined: not measured yet. */
  took(endpoint: EndpointName, stream: boolean): Took | undefined;
}

/** Milliseconds. `firstByteMs` undefined: no stream was measured yet, `totalMs` is of others. */
export type Took = { readonly firstByteMs: number | undefined; readonly totalMs: number };

/** On the monotonic clock: a clock on the wall that is set right must not keep anybody down. */
type Down = { readonly since: number; readonly until: number; readonly times: number };

/** Told when an endpoint goes down and when it answers again. */
export type Told = (event: 'endpoint-down' | 'endpoint-up', endpoint: EndpointName) => void;

export function health(clock: Clock, told: Told = () => undefined): Health {
  const down = new Map<EndpointName, Down>();
  const measured = new Map<EndpointName, Measured>();
  return {
    isDown: (endpoint) => (down.get(endpoint)?.until ?? 0) > clock.monotonic(),
    unreachable(endpoint) {
      const before = down.get(endpoint);
      const times = (before?.times ?? 0) + 1;
      const now = clock.monotonic();
      const pause = Math.min(DOWN_MS_MAX, DOWN_MS_FIRST * 2 ** Math.min(times - 1, 8));
      down.set(endpoint, { since: before?.since ?? now, until: now + pause, times });
      if (before === undefined) told('endpoint-down', endpoint);
    },
    reached(endpoint) {
      if (down.size > 0 && down.delete(endpoint)) told('endpoint-up', endpoint);
    },
    waitMs(endpoints) {
      const now = clock.monotonic();
      const waits = endpoints.map((endpoint) => (down.get(endpoint)?.until ?? now) - now);
      return waits.length === 0 ? 0 : Math.max(0, Math.min(...waits));
    },
    answered(endpoint, firstByteMs, totalMs) {
      let known = measured.get(endpoint);
      if (known === undefined) {
        if (measured.size >= MEASURED_MAX) forgetFirst(measured);
        known = { firstByteMs: NONE_MS, streamMs: NONE_MS, wholeMs: NONE_MS };
        measured.set(endpoint, known);
      }
      if (firstByteMs === undefined) {
        known.wholeMs = moved(known.wholeMs, totalMs);
        return;
      }
      known.firstByteMs = moved(known.firstByteMs, firstByteMs);
      known.streamMs = moved(known.streamMs, totalMs);
    },
    took(endpoint, stream) {
      const known = measured.get(endpoint);
      if (known === undefined) return undefined;
      const { firstByteMs, streamMs, wholeMs } = known;
      if (stream && streamMs !== NONE_MS) return { firstByteMs, totalMs: streamMs };
      const totalMs = wholeMs === NONE_MS ? streamMs : wholeMs;
      // The first byte of an answer that is no stream comes with its last.
      return { firstByteMs: stream ? undefined : totalMs, totalMs };
    },
  };
}

/** Numbers alone, so that an answer changes them in place. */
type Measured = { firstByteMs: number; streamMs: number; wholeMs: number };
const NONE_MS = -1;

const moved = (beforeMs: number, ms: number): number =>
  beforeMs === NONE_MS ? ms : beforeMs + (ms - beforeMs) * ANSWER_GAIN;

/** Map keeps the order of insertion. */
function forgetFirst(measured: Map<EndpointName, Measured>): void {
  const first = measured.keys().next();
  if (first.done !== true) measured.delete(first.value);
}
