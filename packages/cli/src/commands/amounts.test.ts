import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf, microUsdOf } from './amounts.ts';

test('dollars become whole millionths, exactly', () => {
  assert.equal(microUsdOf('25'), 25_000_000);
  assert.equal(microUsdOf('0.000001'), 1);
  assert.equal(microUsdOf('1.1'), 1_100_000);
  for (const text of ['', '-1', '1e3', '1.0000001', '1,5', 'NaN']) {
    assert.throws(() => microUsdOf(text), /no amount in dollars/, text);
  }
});

test('a span is a time from now, anything else is left to the gateway', () => {
  const now = Date.parse('2026-03-01T00:00:00Z');
  assert.equal(instantOf('90d', now), '2026-05-30T00:00:00.000Z');
  assert.equal(instantOf('12h', now), '2026-03-01T12:00:00.000Z');
  assert.equal(instantOf('2026-12-24', now), '2026-12-24');
});
