// A stream is a run of frames. What kind a frame is, is all that pacing and faults need to know:
// `delta` frames carry tokens and are paced; the others are the stream's skeleton. `die` and
// `silence` are no bytes but orders: break the connection, or keep it open and say no more.
import type { Problem } from '../problem.ts';

export type FrameKind =
  | 'head'
  | 'delta'
  | 'finish'
  | 'usage'
  | 'done'
  | 'fault'
  | 'die'
  | 'silence';

export type Frame = { readonly kind: FrameKind; readonly text: string };

/** An answer ready to be sent, in one of its forms. */
export type Reply = WholeReply | BytesReply | StreamReply;

/** What is no text: a sound, a file. */
export type BytesReply = {
  readonly kind: 'bytes';
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly hash?: number;
};

export type WholeReply = {
  readonly kind: 'whole';
  readonly status: number;
  readonly body: string;
  /** How many tokens it took: what the pace of the script is counted in. */
  readonly tokens: number;
  /** What the request's own id is drawn from. */
  readonly hash?: number;
};

export type StreamReply = {
  readonly kind: 'stream';
  readonly frames: Iterable<Frame>;
  readonly hash?: number;
  /** An error in the words of this stream's dialect, to follow what was sent so far. */
  fault(problem: Problem): string;
};
