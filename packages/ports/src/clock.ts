// The one real clock. Whoever needs time gets it as a `Clock`, so that tests and the seeded world
// can turn it by hand.
import type { Clock } from '@signalbox/contract';

/** Longer waits would overflow a 32-bit timer, which then fires at once. */
const AFTER_MS_MAX = 2 ** 31 - 1;

export function createClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, then) {
      const timer = setTimeout(then, Math.min(Math.max(0, ms), AFTER_MS_MAX));
      return () => clearTimeout(timer);
    },
  };
}
