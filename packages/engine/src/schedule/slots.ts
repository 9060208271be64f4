// Places in flight: how many calls an endpoint, or a tenant's plan, has under way at once, and a
// bounded line of those who wait. First come, first served; fair shares between tenants join here
// later.
import type { Clock } from '@signalbox/contract';

export interface Slots {
  /**
   * Takes a place when there is one. `max` comes from the documents, so that a swap takes effect at
   * once.
   */
  take(name: string, max: number): boolean;
  give(name: string): void;
  /**
   * Calls `then(true)` when a place may be free, `then(false)` when the wait is over. Returns how
   * to stop waiting.
   */
  wait(waitMs: number, then: (free: boolean) => void): (() => void) | undefined;
  inFlight(name: string): number;
  total(): number;
}

/** Calls that wait for a place at once; one more is refused. */
export const WAITING_MAX = 10_000;

export function slots(clock: Clock): Slots {
  const taken = new Map<string, number>();
  const waiting = new Set<(free: boolean) => void>();
  let total = 0;
  return {
    take(name, max) {
      const count = taken.get(name) ?? 0;
      if (count >= max) return false;
      taken.set(name, count + 1);
      total += 1;
      return true;
    },
    give(name) {
      const count = (taken.get(name) ?? 1) - 1;
      if (count > 0) taken.set(name, count);
      else taken.delete(name);
      total -= 1;
      const first = waiting.values().next();
      if (first.done !== true) first.value(true);
    },
    wait(waitMs, then) {
      if (waiting.size >= WAITING_MAX) return undefined;
      let cancel = (): void => undefined;
      const once = (free: boolean): void => {
        cancel();
        if (waiting.delete(once)) then(free);
      };
      waiting.add(once);
      cancel = clock.after(waitMs, () => once(false));
      return () => {
        cancel();
        waiting.delete(once);
      };
    },
    inFlight: (name) => taken.get(name) ?? 0,
    total: () => total,
  };
}
