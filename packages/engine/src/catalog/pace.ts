// How long answers take, learnt from calls: a moving average each endpoint, for predictions alone.
// No route depends on it.
import type { EndpointName } from '@signalbox/contract';

/** How much a new answer moves the average: the gain of TCP's smoothed round trip (RFC 6298). */
export const ANSWER_GAIN: number = 1 / 8;
/** Endpoints with an average; of more, the one that was measured first is forgotten. */
export const MEASURED_MAX = 1_000;

export interface Pace {
  /** An answer came to its end. `firstByteMs` undefined: it was no stream. */
  answered(endpoint: EndpointName, firstByteMs: number | undefined, totalMs: number): void;
  /** What such answers took lately; undefined: not measured yet. */
  took(endpoint: EndpointName, stream: boolean): Took | undefined;
}

/** Milliseconds. `firstByteMs` undefined: no stream was measured yet, `totalMs` is of others. */
export type Took = { readonly firstByteMs: number | undefined; readonly totalMs: number };

export function pace(): Pace {
  const measured = new Map<EndpointName, Measured>();
  return {
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
