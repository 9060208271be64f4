// Gives out a fixed number of things, one holder each, first come first served, with a bounded
// queue. A waiter who leaves is taken out of the queue at once.

export type Lease<T> = {
  readonly held: T;
  /** Gives the thing back; a second time does nothing. */
  readonly release: () => void;
};

export type SlotCounts = {
  readonly total: number;
  readonly busy: number;
  readonly queued: number;
};

export type Slots<T> = {
  /** A lease; `full` when the queue has no room; `left` when the signal ended the wait. */
  readonly acquire: (signal: AbortSignal) => Promise<Lease<T> | 'full' | 'left'>;
  readonly counts: () => SlotCounts;
};

export function slotsOf<T>(things: readonly T[], queueMax: number): Slots<T> {
  const free = [...things];
  const waiting: ((lease: Lease<T>) => void)[] = [];

  function lease(held: T): Lease<T> {
    let given = true;
    return {
      held,
      release() {
        if (!given) return;
        given = false;
        const next = waiting.shift();
        if (next === undefined) free.push(held);
        else next(lease(held));
      },
    };
  }

  async function acquire(signal: AbortSignal): Promise<Lease<T> | 'full' | 'left'> {
    if (signal.aborted) return 'left';
    const held = free.shift();
    if (held !== undefined) return lease(held);
    if (waiting.length >= queueMax) return 'full';
    return await new Promise((resolve) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        resolve('left');
      };
      const take = (given: Lease<T>): void => {
        signal.removeEventListener('abort', leave);
        resolve(given);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(take);
    });
  }

  return {
    acquire,
    counts: () => ({
      total: things.length,
      busy: things.length - free.length,
      queued: waiting.length,
    }),
  };
}
