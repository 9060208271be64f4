// A stream is a run of frames. What kind a frame is, is all that pacing and faults need to know:
// `delta` frames carry tokens and are paced; the others are the stream's skeleton.

export type FrameKind = 'head' | 'delta' | 'finish' | 'usage' | 'done';

export type Frame = { readonly kind: FrameKind; readonly text: string };

/** An answer ready to be sent, in either of its two forms. */
export type Reply =
  | { readonly kind: 'whole'; readonly body: string; readonly tokens: number }
  | { readonly kind: 'stream'; readonly frames: Iterable<Frame> };
