// Asked again when what is imagined changes; what was told before stays until the next is there.
import { useEffect, useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import { type Simulated, simulated } from '../api/policy-shape.ts';
import { asRefused } from '../api/polled.ts';

export type Simulating = {
  readonly value: Simulated | undefined;
  readonly failure: Refused | undefined;
};

const AFTER_MS = 120;
const NOTHING: Simulating = { value: undefined, failure: undefined };

/** @param body undefined: there is nothing to ask. */
export function useSimulated(body: Readonly<Record<string, unknown>> | undefined): Simulating {
  const [held, setHeld] = useState<Simulating>(NOTHING);
  const text = JSON.stringify(body);
  useEffect(() => {
    if (body === undefined) {
      setHeld(NOTHING);
      return undefined;
    }
    let isLate = false;
    const timer = setTimeout(() => {
      change('POST', 'route/simulate', simulated, body)
        .then((value) => ({ value, failure: undefined }))
        .catch((error: unknown) => ({ value: undefined, failure: asRefused(error) }))
        .then((next) => {
          if (!isLate) setHeld(next);
        });
    }, AFTER_MS);
    return () => {
      isLate = true;
      clearTimeout(timer);
    };
  }, [text]);
  return held;
}
