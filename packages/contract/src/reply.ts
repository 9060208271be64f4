// The caller's side of a call, pushed: an answer goes out whole, or as a stream that begins, is
// written and ends. A stream that is cut ends uncleanly, so that no client takes a part for the
// whole.
import type { Headers } from './ports.ts';

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
   * when it has gone already.
   */
  onLeave(then: () => void): void;
  /**
   * Answers 202 now and keeps what follows for the caller to fetch. False: this caller cannot be
   * deferred.
   */
  defer(headers: Headers): boolean;
}
