import type { RequestShape, Target } from './requests.ts';

/**
 * What the benchmark asks of its driver process, and what it gets back. Durations in ms,
 * latencies in us.
 */

interface Aimed {
  readonly target: Target;
  readonly shape: RequestShape;
}

export interface ClosedCommand extends Aimed {
  readonly kind: 'closed';
  readonly connections: number;
  /** Ends at whichever comes first. */
  readonly durationMs: number;
  readonly requestsMax: number;
}

export interface OpenCommand extends Aimed {
  readonly kind: 'open';
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface StreamsCommand extends Aimed {
  readonly kind: 'streams';
  readonly connections: number;
  readonly streamsEach: number;
  /**
   * The connections begin one after another over this time, so that streams do not move in step.
   */
  readonly rampMs: number;
}

export interface HoldCommand extends Aimed {
  readonly kind: 'hold';
  readonly streams: number;
  readonly openingAtOnce: number;
}

export interface ReleaseCommand {
  readonly kind: 'release';
}

export type DriverCommand =
  | ClosedCommand
  | OpenCommand
  | StreamsCommand
  | HoldCommand
  | ReleaseCommand;

export interface LatencySummary {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

export interface LoadResult {
  /** Answers that were complete and right. */
  readonly answers: number;
  readonly failures: number;
  readonly failureFirst: string | undefined;
  readonly durationMs: number;
  /** Unary: the whole answer. Streams: the first chunk. Undefined without an answer. */
  readonly latency: LatencySummary | undefined;
  /** Open loop only: how late the driver itself was in sending. */
  readonly lateness: LatencySummary | undefined;
  /** Streams only: content chunks seen. */
  readonly chunks: number;
}
