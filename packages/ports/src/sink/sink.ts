// The sink for logs and metrics. What goes in are ids, names from documents, sizes and codes; what
// comes out are JSON lines on a file descriptor and Prometheus text. Neither ever makes a call
// wait, and both are bounded.
import type { Clock, LogLevel, Secret, Sink } from '@signalbox/contract';
import { measureProcess } from './gauges.ts';
import { LogWriter } from './log.ts';
import { createMetrics, type Described, type Labels } from './metrics.ts';

export type SinkSettings = {
  /** Where log lines go; 2 is the standard error output. */
  readonly fd: number;
  readonly level: LogLevel;
  readonly clock: Clock;
};

export type OpenSink = Sink & {
  setLevel(level: LogLevel): void;
  /** The secret's value never leaves through a log line. */
  guard(secret: Secret): void;
  /** A value that was replaced. */
  unguard(secret: Secret): void;
  /** Help and buckets of a metric, before its first use. */
  describe(metric: string, described: Described): void;
  /** A value read at every scrape. */
  gauge(metric: string, labels: Labels, read: () => number): void;
  /** All metrics in the text format of Prometheus. */
  metricsText(): string;
  /** Resolves when every line logged so far is written or counted as lost. */
  flush(): Promise<void>;
  /** Writes what is held, synchronously, and stops measuring. */
  close(): void;
};

export function createSink({ fd, level, clock }: SinkSettings): OpenSink {
  const log = new LogWriter({ fd, level, clock });
  const metrics = createMetrics();
  const stopMeasuring = measureProcess(metrics, () => clock.monotonic());
  metrics.gauge('log_lines_dropped', {}, () => log.dropped());
  metrics.gauge('log_values_withheld', {}, () => log.withheld());
  return {
    log: (at, event, fields) => log.log(at, event, fields),
    count: metrics.count,
    observe: metrics.observe,
    setLevel: (to) => log.setLevel(to),
    guard: (secret) => log.guard(secret),
    unguard: (secret) => log.unguard(secret),
    describe: metrics.describe,
    gauge: metrics.gauge,
    metricsText: metrics.text,
    flush: () => new Promise((resolve) => log.flush(resolve)),
    close() {
      stopMeasuring();
      log.close();
    },
  };
}
