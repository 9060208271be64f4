// Places in flight: how many calls an endpoint, or a tenant's plan, has under way at once, and a
// bounded line of those who wait. A place that is given back goes to the first in line who can use
// it, before anybody new may take it; fair shares between tenants join here later.
import type { Clock } from '@signalbox/contract';

export type Wish = {
  /** The places whose giving back is worth a try. */
  readonly names: readonly string[];
  readonly waitMs: number;
  /** Takes what it needs, if it can; true ends the wait. */
  readonly tryTake: () => boolean;
  /** The wait is over, and nothing came. */
  readonly over: () => void;
};

export interface Slots {
  /** Whether `take` would succeed. */
  isFree(name: string, max: number): boolean;
  /**
   * Takes a place when there is one. `max` comes from the documents, so that a swap takes effect at
   * once.
   */
  take(name: string, max: number): boolean;
  give(name: string): void;
  /** Returns how to stop waiting; undefined when too many wait. */
  wait(wish: Wish): (() => void) | undefined;
  inFlight(name: string): number;
  total(): number;
  /** Calls that wait for a place now. */
  waiting(): number;
}

/** Calls that wait for a place at once; one more is refused. */
export const WAITING_MAX = 10_000;

export function slots(clock: Clock): Slots {
  const taken = new Map<string, number>();
  const lines = new Map<string, Set<Wish>>();
  let waiting = 0;
  let total = 0;
  const leave = (wish: Wish): void => {
    waiting -= 1;
    for (const name of wish.names) {
      const line = lines.get(name);
      line?.delete(wish);
      if (line?.size === 0) lines.delete(name);
    }
  };
  return {
    isFree: (name, max) => (taken.get(name) ?? 0) < max,
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
      // Whoever is first may lack another place still: then the next one is asked.
      for (const wish of lines.get(name) ?? []) if (wish.tryTake()) return;
    },
    wait(wish) {
      if (waiting >= WAITING_MAX) return undefined;
      waiting += 1;
      for (const name of wish.names) {
        const line = lines.get(name);
        if (line === undefined) lines.set(name, new Set([wish]));
        else line.add(wish);
      }
      let stopped = false;
      const stop = (): void => {
        if (stopped) return;
        stopped = true;
        cancel();
        leave(wish);
      };
      const cancel = clock.after(wish.waitMs, () => {
        stop();
        wish.over();
      });
      return stop;
    },
    inFlight: (name) => taken.get(name) ?? 0,
    total: () => total,
    waiting: () => waiting,
  };
}
