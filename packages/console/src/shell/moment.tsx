// A moment, as long ago as it is; the exact time where somebody points.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ago, utc } from '../format.ts';

const TURN_MS = 5_000;

/** The present, as the page needs it. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TURN_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Moment({ at, now }: { readonly at: number; readonly now: number }): VNode {
  return (
    <time dateTime={new Date(at).toISOString()} title={utc(at)}>
      {ago(at, now)}
    </time>
  );
}
