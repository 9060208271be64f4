// Knows whether the engine still moves. One step is a token, a slice of a prompt or a vector; what
// waits for a slow reader or for a free slot is no step, and may take as long as it likes.

export type Steps = {
  /** Counts the work as a step while it lasts. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Whether a step has lasted longer than any should. */
  readonly areStuck: () => boolean;
};

export function stepsOf(stepMsMax: number, nowMs: () => number): Steps {
  // In the order of their beginning: the first is the oldest.
  const begun = new Set<{ readonly atMs: number }>();
  return {
    async during(work) {
      const step = { atMs: nowMs() };
      begun.add(step);
      try {
        return await work;
      } finally {
        begun.delete(step);
      }
    },
    areStuck() {
      for (const { atMs } of begun) return nowMs() - atMs > stepMsMax;
      return false;
    },
  };
}
