import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded by `--import` into a contestant, whatever it is: watches the event loop of its main
 * thread from inside and writes the 99th percentile to a file each time it gets the signal, then
 * begins anew. The contestant's own code is not asked, so its own opinion of its delay is not
 * needed.
 */

const folder = process.env['BENCH_LOOP_DELAY_FOLDER'];
const resolutionMs = 10;

if (folder !== undefined && isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const write = (): void => {
    const p99Ms = histogram.percentile(99) / 1_000_000 - resolutionMs;
    const path = `${folder}/${process.pid}.json`;
    writeFileSync(`${path}.part`, JSON.stringify({ p99Ms, count: histogram.count }));
    renameSync(`${path}.part`, path);
    histogram.reset();
  };
  process.on('SIGUSR2', write);
  write();
}
