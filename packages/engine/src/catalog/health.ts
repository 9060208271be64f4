// Which endpoints are down, learnt from what calls meet: an endpoint that refuses connections is
// left alone for a while, twice as long after each further refusal. Passive and in memory; probes
// join with the upstreams' work. Nothing here widens a clearance: a route that is down is not
// replaced by one that is not allowed.
import type { Clock, EndpointName } from '@signalbox/contract';

export const DOWN_MS_FIRST = 1_000;
export const DOWN_MS_MAX = 30_000;

export interface Health {
  isDown(endpoint: EndpointName): boolean;
  /** A connection failed. */
  unreachable(endpoint: EndpointName): void;
  /** Any answer came. */
  reached(endpoint: EndpointName): void;
  /** Milliseconds until the first of these may be tried again; 0: now. */
  waitMs(endpoints: readonly EndpointName[]): number;
}

/** On the monotonic clock: a clock on the wall that is set right must not keep anybody down. */
type Down = { readonly since: number; readonly until: number; readonly times: number };

/** Told when an endpoint goes down and when it answers again. */
export type Told = (event: 'endpoint-down' | 'endpoint-up', endpoint: EndpointName) => void;

export function health(clock: Clock, told: Told = () => undefined): Health {
  const down = new Map<EndpointName, Down>();
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
  };
}
