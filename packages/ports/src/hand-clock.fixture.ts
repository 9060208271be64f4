// A clock that tests turn by hand.
import type { Clock } from '@signalbox/contract';

export type HandClock = Clock & { turn(ms: number): void };

export function handClock(startMs = 0): HandClock {
  let nowMs = startMs;
  let waiting: { readonly atMs: number; readonly then: () => void }[] = [];
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    after(ms, then) {
      const entry = { atMs: nowMs + ms, then };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    turn(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = waiting.reduce<(typeof waiting)[number] | undefined>(
          (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
          undefined,
        );
        if (next === undefined || next.atMs > endMs) break;
        waiting = waiting.filter((other) => other !== next);
        nowMs = next.atMs;
        next.then();
      }
      nowMs = endMs;
    },
  };
}
