// One request and its answer, as the handler sees them: a head that is looked up rather than
// rebuilt, a body that is read once and bounded, an answer that is whole or streamed, and word at
// once when the caller has gone.
//
import type { BodyRead } from './body.ts';
import type { Head } from './head.ts';

export type Exchange = {
  readonly head: Head;
  /** Once. Says `100 Continue` first when the caller waits for it. */
  readBody(bytesMax: number, ms: number): Promise<BodyRead>;
  /** A whole answer. @param headers names and values in turn; never the length, which is added. */
  reply(status: number, headers: readonly string[], bytes: Uint8Array): void;
  /** Begins a streamed answer; its head leaves at once. */
  begin(status: number, headers: readonly string[]): void;
  /**
   * False: the caller reads slower than this; wait for `onDrain`. The bytes are only read during
   * the call.
   */
  write(bytes: Uint8Array): boolean;
  /** Called whenever a caller that was behind has caught up. */
  onDrain(then: () => void): void;
  /**
   * A clean end. Trailers (names and values in turn) are sent when the caller said `te: trailers`.
   */
  end(trailers?: readonly string[]): void;
  /**
   * An unclean end: what was written still leaves, and the caller sees that the answer is not
   * whole.
   */
  destroy(): void;
  /**
   * Called once, at once, when the caller has gone before the answer was whole, or has to, since
   * the listener closes (`stops`): what is written right then still leaves.
   */
  onLeave(then: (stops: boolean) => void): void;
};
