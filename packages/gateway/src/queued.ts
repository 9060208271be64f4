// Answers that are fetched later: calls that were parked with `x-signalbox-queue: allow`. In
// memory, bounded in number, bytes and time; an answer is handed out once, to the key that asked.
import type { Clock, Headers, RequestId } from '@signalbox/contract';
import type { Deferred } from './reply.ts';

export type QueuedLimits = {
  readonly callsMax: number;
  readonly bytesMax: number;
  readonly keepMs: number;
};

export type Fetched =
  | { readonly kind: 'waiting'; readonly request: RequestId; readonly position: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

export type Queued = {
  /** @param owner the key's name. Undefined when there is no room. */
  open(request: RequestId, owner: string): Deferred | undefined;
  /** An answer is given once and gone. */
  fetch(request: RequestId, owner: string): Fetched;
};

type Place = {
  readonly owner: string;
  readonly since: number;
  answer: { status: number; headers: Headers; body: Uint8Array } | undefined;
};

export function queued(clock: Clock, limits: () => QueuedLimits): Queued {
  const places = new Map<RequestId, Place>();
  /** Whose they were: a stranger hears nothing of them. */
  const expired = new Map<RequestId, string>();
  let bytes = 0;
  const drop = (request: RequestId): void => {
    const place = places.get(request);
    if (place === undefined) return;
    bytes -= place.answer?.body.length ?? 0;
    places.delete(request);
    expired.set(request, place.owner);
  };
  const expire = (): void => {
    const oldest = clock.monotonic() - limits().keepMs;
    for (const [request, place] of places) {
      if (place.since > oldest) break;
      drop(request);
    }
    for (const request of expired.keys()) {
      if (expired.size <= limits().callsMax) break;
      expired.delete(request);
    }
  };
  return {
    open(request, owner) {
      expire();
      if (places.size >= limits().callsMax) return undefined;
      places.set(request, { owner, since: clock.monotonic(), answer: undefined });
      return {
        answer(status, headers, body) {
          const place = places.get(request);
          if (place === undefined) return;
          if (bytes + body.length > limits().bytesMax) {
            drop(request);
            return;
          }
          bytes += body.length;
          place.answer = { status, headers, body };
        },
      };
    },
    fetch(request, owner) {
      expire();
      if (expired.get(request) === owner) return { kind: 'expired' };
      const place = places.get(request);
      if (place === undefined || place.owner !== owner) return { kind: 'unknown' };
      if (place.answer === undefined) {
        return { kind: 'waiting', request, position: positionOf(places, request) };
      }
      drop(request);
      return { kind: 'answer', ...place.answer };
    },
  };
}

function positionOf(places: ReadonlyMap<RequestId, Place>, request: RequestId): number {
  let position = 1;
  for (const [one, place] of places) {
    if (one === request) return position;
    if (place.answer === undefined) position += 1;
  }
  return position;
}
