// The trace that a call is part of, in the words of W3C Trace Context.

/** An attempt as the upstream heard of it. `at`: Unix milliseconds. */
export type TracedDial = { readonly spanId: string; readonly at: number };

export interface CallTrace {
  /** 32 hexadecimal digits: the caller's, or a new one. */
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span; undefined: the trace begins here. */
  readonly parentId: string | undefined;
  readonly sampled: boolean;
  /** In the order of the attempts. */
  readonly dials: readonly TracedDial[];
  /** The `traceparent` for one more attempt, which becomes a span of its own. */
  dial(): string;
}
