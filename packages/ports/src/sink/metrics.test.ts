import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lateSeconds } from './gauges.ts';
import { createMetrics } from './metrics.ts';

test('counters, histograms and gauges are written in the text format', () => {
  const metrics = createMetrics();
  metrics.describe('requests', { help: 'Calls answered.' });
  metrics.count('requests', { code: 'ok', tier: '1' });
  metrics.count('requests', { tier: '1', code: 'ok' }, 2);
  metrics.describe('wait_seconds', { buckets: [0.1, 1] });
  metrics.observe('wait_seconds', {}, 0.05);
  metrics.observe('wait_seconds', {}, 0.5);
  metrics.observe('wait_seconds', {}, 5);
  metrics.gauge('open', {}, () => 7);
  assert.equal(
    metrics.text(),
    [
      '# HELP signalbox_requests_total Calls answered.',
      '# TYPE signalbox_requests_total counter',
      'signalbox_requests_total{code="ok",tier="1"} 3',
      '# TYPE signalbox_wait_seconds histogram',
      'signalbox_wait_seconds_bucket{le="0.1"} 1',
      'signalbox_wait_seconds_bucket{le="1"} 2',
      'signalbox_wait_seconds_bucket{le="+Inf"} 3',
      'signalbox_wait_seconds_sum 5.55',
      'signalbox_wait_seconds_count 3',
      '# TYPE signalbox_open gauge',
      'signalbox_open 7',
      '',
    ].join('\n'),
  );
});

test('label values are escaped and cut', () => {
  const metrics = createMetrics();
  metrics.count('requests', { model: 'a"b\\c\nd' });
  assert.match(metrics.text(), /model="a\\"b\\\\c\\nd"/);
  metrics.count('requests', { model: 'x'.repeat(10_000) });
  assert.equal(metrics.text().length < 1_000, true);
});

test('a metric has at most 1,000 series; what is new after that is counted under other', () => {
  const metrics = createMetrics();
  for (let made = 0; made < 50_000; made += 1) metrics.count('requests', { model: `m${made}` });
  const lines = metrics.text().split('\n');
  assert.equal(lines.filter((line) => line.includes('model="m')).length, 1_000);
  assert.equal(lines.includes('signalbox_requests_total{model="other"} 49000'), true);
});

test('at most 100 tenants have a series of their own', () => {
  const metrics = createMetrics();
  for (let made = 0; made < 300; made += 1)
    metrics.count('requests', { tenant: `ten_${made}`, code: 'ok' });
  const text = metrics.text();
  assert.equal(text.match(/tenant="ten_/g)?.length, 100);
  assert.match(text, /code="ok",tenant="other"} 200/);
});

test('a metric keeps its kind, and a name that is none is not counted', () => {
  const metrics = createMetrics();
  metrics.count('requests', {});
  metrics.observe('requests', {}, 1);
  metrics.count('no name', {});
  metrics.count('requests', {}, -5);
  assert.equal(
    metrics.text(),
    '# TYPE signalbox_requests_total counter\nsignalbox_requests_total 1\n',
  );
});

test('the delay of the event loop is the interval minus the resolution, at least 0', () => {
  assert.equal(lateSeconds(20e6), 0);
  assert.equal(lateSeconds(5e6), 0);
  assert.equal(Math.round(lateSeconds(45e6) * 1e6), 25_000);
});

test('where there are too many series, a tenant is given up before what happened', () => {
  const metrics = createMetrics();
  const tenants = Array.from({ length: 90 }, (_, at) => `t${at}`);
  for (let code = 0; code < 20; code += 1) {
    for (const tenant of tenants) metrics.count('calls', { code: `c${code}`, tenant });
  }
  const lines = metrics.text().split('\n');
  assert.ok(lines.includes('signalbox_calls_total{code="c0",tenant="t89"} 1'));
  assert.ok(lines.includes('signalbox_calls_total{code="c19",tenant="other"} 90'));
});
