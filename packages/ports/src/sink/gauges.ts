// What the process says about itself: memory, processor time, and how late its event loop is.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

/**
 * How often the loop is asked. What is reported is the interval minus this: how late it was, not
 * how long it slept.
 */
const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.9, 0.99, 1] as const;
/** Scrapes closer together than this see the same window. */
const WINDOW_MS_MIN = 1_000;

const NANOSECONDS = 1e9;

/**
 * Adds the gauges; returns how to stop measuring. The delay is of the time since the last scrape.
 */
export function measureProcess(metrics: Metrics, monotonic: () => number): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let since = monotonic();
  let shown = QUANTILES.map(() => 0);
  const read = (at: number): number => {
    if (at === 0 && monotonic() - since >= WINDOW_MS_MIN) {
      shown = QUANTILES.map((quantile) => lateSeconds(delay.percentile(quantile * 100)));
      delay.reset();
      since = monotonic();
    }
    return shown[at] ?? 0;
  };
  metrics.describe('event_loop_delay_seconds', {
    help: 'How late the event loop was since the last scrape.',
  });
  QUANTILES.forEach((quantile, at) => {
    metrics.gauge('event_loop_delay_seconds', { quantile: String(quantile) }, () => read(at));
  });
  metrics.gauge('process_resident_memory_bytes', {}, () => process.memoryUsage.rss());
  metrics.gauge('process_cpu_seconds', {}, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge('process_uptime_seconds', {}, () => process.uptime());
  return () => void delay.disable();
}

/** @param intervalNanoseconds what lay between two looks. */
export function lateSeconds(intervalNanoseconds: number): number {
  return Math.max(0, intervalNanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000);
}
