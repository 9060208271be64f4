// An answer that is asked for again from time to time, while somebody looks. What was known stays
// on the page while the next answer is on its way, and when it does not come.
import { useEffect, useState } from 'preact/hooks';
import { ask, Refused } from './ask.ts';
import type { Decode } from './decode.ts';

export type Asked<T> = {
  /** The last answer; undefined: none has come yet. */
  readonly value: T | undefined;
  /** Why the last question had no answer. */
  readonly failure: Refused | undefined;
  /** The answer belongs to an earlier question: another window or filter. */
  readonly stale: boolean;
  readonly again: () => void;
};

type Held<T> = { readonly path: string; readonly value: T };

/** @param everyMs undefined: asked once. */
export function usePolled<T>(
  path: string,
  decode: Decode<T>,
  everyMs: number | undefined,
): Asked<T> {
  const [held, setHeld] = useState<Held<T>>();
  const [failure, setFailure] = useState<Refused>();
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((before) => before + 1);

  useEffect(() => {
    const stop = new AbortController();
    let timer: number | undefined;
    const next = (): void => {
      if (everyMs !== undefined && !document.hidden) timer = window.setTimeout(load, everyMs);
    };
    const load = (): void => {
      ask(path, decode, stop.signal)
        .then((value) => {
          setHeld({ path, value });
          setFailure(undefined);
        })
        .catch((error: unknown) => {
          if (!stop.signal.aborted) setFailure(asRefused(error));
        })
        .finally(() => {
          if (!stop.signal.aborted) next();
        });
    };
    const seen = (): void => {
      window.clearTimeout(timer);
      if (!document.hidden && everyMs !== undefined) load();
    };
    load();
    document.addEventListener('visibilitychange', seen);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [path, everyMs, turn]);

  return { value: held?.value, failure, stale: held !== undefined && held.path !== path, again };
}

export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  return new Refused(0, error instanceof Error ? error.message : 'Something failed.', undefined);
}
