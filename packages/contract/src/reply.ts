// The caller's side of a call, pushed: an answer goes out whole, or as a stream that begins, is
// written and ends. A stream that is cut ends uncleanly, so that no client takes a part for the
// whole.
import type { Resumed } from './call.ts';
import type { Headers } from './ports.ts';
import type { Refusal } from './refusal.ts';
import type { Result } from './result.ts';

/** A call that is to wait without its connection, and what it needs to enter the line again. */
export type Parked = Omit<Resumed, 'parkedMs' | 'lostNanoUsd'> & {
  readonly headers: Headers;
  /** The body as it came. */
  readonly bytes: Uint8Array;
};

export interface Reply {
  /** A complete answer. */
  whole(status: number, headers: Headers, body: Uint8Array): void;
  /** Opens a stream; ignored when a heartbeat opened it before. */
  begin(status: number, headers: Headers): void;
  /** False: hold back until `onDrain`. */
  write(bytes: Uint8Array): boolean;
  onDrain(then: () => void): void;
  end(trailers: Headers): void;
  /** Ends uncleanly: the connection closes without the closing chunk. */
  cut(): void;
  /**
   * True when the status is on the wire already (a heartbeat opened the stream): refusals become
   * events.
   */
  begun(): boolean;
  /**
   * Calls back once when the caller goes away before the end, also before the first byte; at once
   * when it has gone already. @param then `stops`: it is we who end the connection, and what is
   * said at once still reaches the caller.
   */
  onLeave(then: (stops: boolean) => void): void;
  /**
   * Answers 202 as soon as the call is safe on disk, and keeps what follows for the caller to
   * fetch. False: this caller cannot be deferred. Refuses when there is no room for the call.
   */
  defer(parked: Parked): Promise<Result<boolean, Refusal>>;
  /** Resolves when what a deferred caller was told is kept. Undefined: it is not deferred. */
  kept(): Promise<void> | undefined;
}
