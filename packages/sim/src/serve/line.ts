// The way back to one caller: writes with backpressure, waits that end when the caller leaves, and
// the one place that knows whether anybody is still listening. Timers of the sim live here alone.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

export type Line = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether nobody waits for more: the caller has left, or has all of its answer. */
  left(): boolean;
  /** Resolves after the time, or at once when the caller leaves. */
  wait(ms: number): Promise<void>;
  /** Lets the event loop turn, so that a leaving caller is noticed. */
  turn(): Promise<void>;
  /** Writes and waits until the socket takes more. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The same past the HTTP layer, for answers that are no HTTP. */
  writeRaw(bytes: string): Promise<void>;
  /** Resolves when the connection's turn with this answer is over: answered in full, or left. */
  over(): Promise<void>;
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
  const drained = (stream: Writable): Promise<void> =>
    pause((done) => {
      stream.once('drain', done);
      return () => stream.off('drain', done);
    });
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
      return drained(response);
    },
    writeRaw: (bytes) => {
      if (gone || request.socket.write(bytes)) return Promise.resolve();
      return drained(request.socket);
    },
    over: () => pause(() => () => {}),
  };
}
