import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClock } from '../clock.ts';
import { createSink } from './sink.ts';

test('the sink writes lines and tells metrics with the state of the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-sink-'));
  const path = join(folder, 'log');
  const fd = openSync(path, 'w');
  const sink = createSink({ fd, level: 'info', clock: createClock() });
  sink.log('info', 'started', { port: 4141 });
  await sink.flush();
  sink.count('requests', { code: 'ok' });
  sink.log('info', 'stopping', {});
  sink.close();
  closeSync(fd);
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).event),
    ['started', 'stopping'],
  );
  const text = sink.metricsText();
  assert.match(text, /^signalbox_event_loop_delay_seconds\{quantile="0.99"\} [\d.e-]+$/m);
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
  assert.match(text, /^signalbox_requests_total\{code="ok"\} 1$/m);
  assert.match(text, /^signalbox_log_lines_dropped 0$/m);
});
