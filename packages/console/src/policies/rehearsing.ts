// A draft is asked about a moment after its writer stopped typing, and what comes back late for an
// earlier text is not shown.
import { useEffect, useRef, useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import { type Rehearsed, rehearsed } from '../api/policy-shape.ts';
import { asRefused } from '../api/polled.ts';

const AFTER_MS = 300;

export type Rehearsal = {
  /** Of the text as it is; undefined: not yet. */
  readonly found: Rehearsed | undefined;
  readonly failure: Refused | undefined;
  readonly busy: boolean;
  /** What it promises was asked, too. */
  readonly deep: boolean;
  /** Asks what it promises, point by point. */
  readonly check: () => void;
};

type Held = {
  readonly found: Rehearsed | undefined;
  readonly failure: Refused | undefined;
  readonly deep: boolean;
};
const NOTHING: Held = { found: undefined, failure: undefined, deep: false };

export function useRehearsal(name: string, text: string): Rehearsal {
  const [held, setHeld] = useState<Held>(NOTHING);
  const [busy, setBusy] = useState(false);
  const turn = useRef(0);
  const ask = (depth: 'form' | 'promises'): void => {
    turn.current += 1;
    const own = turn.current;
    setBusy(true);
    const ended = (next: Held): void => {
      if (own !== turn.current) return;
      setHeld(next);
      setBusy(false);
    };
    change('POST', `policies/${name}/rehearse`, rehearsed, { text, depth })
      .then((found) => ended({ found, failure: undefined, deep: depth === 'promises' }))
      .catch((error: unknown) => ended({ ...NOTHING, failure: asRefused(error) }));
  };
  useEffect(() => {
    // What was found before is about another text from now on.
    turn.current += 1;
    setBusy(true);
    const timer = setTimeout(() => ask('form'), AFTER_MS);
    return () => clearTimeout(timer);
  }, [name, text]);
  return { ...held, busy, check: () => ask('promises') };
}
