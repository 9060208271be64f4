// What an upstream's headers tell of its limits, and when to come again.
import type { Headers } from '@signalbox/contract';
import { resetMs, retryAfterMs } from './duration.ts';
import type { LimitOf, RateHeaders, ServerKind } from './server-kind.ts';

export type UpstreamLimit = {
  readonly of: LimitOf;
  /** Milliseconds over which it counts, where known. */
  readonly windowMs: number | undefined;
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Milliseconds until it is whole again. */
  readonly resetMs: number | undefined;
};

/**
 * Milliseconds to wait, by what the upstream says: exactly, in seconds or as a date; else until the
 * limit that is used up is whole again. Undefined: it says nothing. `nowMs` is Unix time.
 */
export function retryAfterOf(
  kind: ServerKind,
  headers: Headers,
  nowMs: number,
): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const found = headerOf(headers, name);
    const ms = found === undefined ? undefined : resetMs(found, 'milliseconds', nowMs);
    if (ms !== undefined) return ms;
  }
  const after = headerOf(headers, 'retry-after');
  const ms = after === undefined ? undefined : retryAfterMs(after, nowMs);
  if (ms !== undefined) return ms;
  const spent = limitsOf(kind, headers, nowMs).filter(({ remaining }) => remaining === 0);
  const waits = spent.flatMap((one) => (one.resetMs === undefined ? [] : [one.resetMs]));
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** What is told of each limit; those of which nothing is told are left out. */
export function limitsOf(
  kind: ServerKind,
  headers: Headers,
  nowMs: number,
): readonly UpstreamLimit[] {
  return kind.rateHeaders.flatMap((rate) => {
    const found = limitOf(rate, headers, nowMs);
    return found === undefined ? [] : [found];
  });
}

function limitOf(rate: RateHeaders, headers: Headers, nowMs: number): UpstreamLimit | undefined {
  const limit = countOf(headers, rate.limit);
  const remaining = countOf(headers, rate.remaining);
  const reset = rate.reset === undefined ? undefined : headerOf(headers, rate.reset);
  const wait = reset === undefined ? undefined : resetMs(reset, rate.unit ?? 'duration', nowMs);
  if (limit === undefined && remaining === undefined && wait === undefined) return undefined;
  return { of: rate.of, windowMs: rate.windowMs, limit, remaining, resetMs: wait };
}

function headerOf(headers: Headers, name: string): string | undefined {
  return headers.find(([known]) => known === name)?.[1];
}

function countOf(headers: Headers, name: string | undefined): number | undefined {
  const text = name === undefined ? undefined : headerOf(headers, name)?.trim();
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
