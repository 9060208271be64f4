// The way back to one caller: writes with backpressure, waits that end when the caller leaves, and
// the one place that knows whether anybody is still listening. Timers of the sim live here alone.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Line = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether the caller has left; set at once when its connection closes. */
  left(): boolean;
  /** Resolves after the time, or at once when the caller leaves. */
  wait(ms: number): Promise<void>;
  /** Lets the event loop turn, so that a leaving caller is noticed. */
  turn(): Promise<void>;
  /** Writes and waits until the socket takes more. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Resolves when the caller leaves. */
  untilLeft(): Promise<void>;
};

export function openLine(request: IncomingMessage, response: ServerResponse): Line {
  let gone = false;
  const wakers = new Set<() => void>();
  const wake = (): void => {
    for (const waker of [...wakers]) waker();
  };
  response.once('close', () => {
    gone = true;
    wake();
  });
  const pause = (arm: (done: () => void) => () => void): Promise<void> => {
    if (gone) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        wakers.delete(done);
        disarm();
        resolve();
      };
      wakers.add(done);
      const disarm = arm(done);
    });
  };
  return {
    request,
    response,
    left: () => gone,
    wait: (ms) =>
      pause((done) => {
        const timer = setTimeout(done, ms);
        return () => clearTimeout(timer);
      }),
    turn: () =>
      pause((done) => {
        const turn = setImmediate(done);
        return () => clearImmediate(turn);
      }),
    write: (bytes) => {
      if (gone || response.write(bytes)) return Promise.resolve();
      return pause((done) => {
        response.once('drain', done);
        return () => response.off('drain', done);
      });
    },
    untilLeft: () => pause(() => () => {}),
  };
}
