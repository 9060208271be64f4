// The one file that touches the runtime: network, chance, timers. Tests turn them by hand.

export type Fetched = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
};

export type Platform = {
  readonly fetch: (url: string, what: Fetched) => Promise<Response>;
  /** From 0 to below 1. */
  readonly chance: () => number;
  /** Calls `then` once after so many milliseconds; answers how to take that back. */
  readonly after: (ms: number, then: () => void) => () => void;
};

export const RUNTIME: Platform = {
  fetch: (url, what) => fetch(url, what),
  chance: () => Math.random(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    // A program that has nothing else to do may end.
    if (typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer);
  },
};
