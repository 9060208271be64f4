import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Latencies, WINDOW_MS } from './latencies.ts';

fc.configureGlobal({ seed: 4141 });

describe('a quantile', () => {
  it('is unknown before the first time', () => {
    assert.equal(new Latencies(0.95).quantile(0), undefined);
  });

  it('is computed anew after three seconds, not with every call', () => {
    const times = new Latencies(0.5);
    times.took(100, 0);
    const before = times.quantile(0);
    for (let i = 0; i < 100; i += 1) times.took(1_000, 0);
    assert.equal(times.quantile(2_999), before);
    assert.ok((times.quantile(3_000) ?? 0) > 900);
  });

  it('forgets within the window, and everything after two of them', () => {
    const times = new Latencies(0.5);
    for (let i = 0; i < 10; i += 1) times.took(5_000, 0);
    times.took(100, WINDOW_MS / 2);
    assert.equal(times.samples(WINDOW_MS / 2), 11);
    assert.equal(times.samples(WINDOW_MS), 1);
    assert.ok((times.quantile(WINDOW_MS) ?? 0) < 110);
    assert.equal(times.samples(WINDOW_MS * 2), 0);
    assert.equal(times.quantile(WINDOW_MS * 2), undefined);
  });
});

it('is the one of the sorted times, to a sixteenth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (list, at) => {
        const times = new Latencies(at);
        for (const ms of list) times.took(ms, 0);
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(list.length * at) - 1] ?? 0;
        const found = times.quantile(0) ?? -1;
        assert.ok(Math.abs(found - exact) <= exact / 16 + 1, `${found} for ${exact}`);
      },
    ),
  );
});

it('bears times that nobody expects', () => {
  const times = new Latencies(0.5);
  for (const ms of [-5, 0, 0.4, 1e9]) times.took(ms, 0);
  assert.ok((times.quantile(0) ?? -1) >= 0);
});
