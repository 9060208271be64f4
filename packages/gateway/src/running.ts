// Calls on the line, counted for whoever stops the gateway. A count and not a set of promises: a
// set that lives long and churns drags what it held for a moment into the old generation, and with
// it everything a call is made of (V8 links the tables that a set outgrows).
export type Running = {
  enter(): void;
  /** @param isCutOff before its answer had ended, since the server stops. */
  leave(isCutOff?: boolean): void;
  count(): number;
  /** Calls that were cut off. */
  cutOff(): number;
  /** Resolves as soon as no call is on the line. */
  idle(): Promise<void>;
};

export function newRunning(): Running {
  let count = 0;
  let cutOff = 0;
  let waiting: (() => void)[] = [];
  return {
    enter() {
      count += 1;
    },
    leave(isCutOff = false) {
      count -= 1;
      if (isCutOff) cutOff += 1;
      if (count > 0 || waiting.length === 0) return;
      const told = waiting;
      waiting = [];
      for (const done of told) done();
    },
    count: () => count,
    cutOff: () => cutOff,
    idle: () => (count === 0 ? Promise.resolve() : new Promise((done) => void waiting.push(done))),
  };
}
