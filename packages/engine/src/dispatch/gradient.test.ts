import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Gradient, LIMIT_FIRST, LIMIT_MAX, LIMIT_MIN } from './gradient.ts';

fc.configureGlobal({ seed: 4141 });

function after(limit: Gradient, samples: number, ms: number): Gradient {
  for (let i = 0; i < samples; i += 1) limit.took(ms, limit.limit, true);
  return limit;
}

describe('the limit of a server', () => {
  it('grows while first tokens come as they used to, up to what is allowed', () => {
    const limit = new Gradient();
    assert.equal(limit.limit, LIMIT_FIRST);
    assert.ok(after(limit, 20, 100).limit > LIMIT_FIRST);
    assert.equal(after(limit, 1_000, 100).limit, LIMIT_MAX);
    assert.equal(after(new Gradient(8), 1_000, 100).limit, 8);
  });

  it('shrinks when they take much longer, and never below two', () => {
    const limit = after(new Gradient(), 300, 100);
    const before = limit.limit;
    assert.ok(after(limit, 5, 1_000).limit < before * 0.75);
    const least = new Gradient(1);
    assert.equal(after(least, 50, 100).limit, LIMIT_MIN);
  });

  it('bears half as much again', () => {
    const limit = after(new Gradient(), 300, 100);
    const before = limit.limit;
    assert.ok(after(limit, 3, 145).limit >= before);
  });

  it('is not judged by calls that did not fill half of it', () => {
    const limit = new Gradient();
    for (let i = 0; i < 200; i += 1) limit.took(100, LIMIT_FIRST / 2 - 1, true);
    assert.equal(limit.limit, LIMIT_FIRST);
  });

  it('compares streams with streams, and whole answers with whole answers', () => {
    const limit = after(new Gradient(), 300, 100);
    const before = limit.limit;
    for (let i = 0; i < 50; i += 1) limit.took(5_000, limit.limit, false);
    assert.ok(limit.limit >= before);
  });

  it('counts the calls that are out', () => {
    const limit = new Gradient();
    assert.deepEqual([limit.began(), limit.began()], [1, 2]);
    limit.ended();
    assert.equal(limit.began(), 2);
  });

  it('comes back when a long bad time is over', () => {
    const limit = after(new Gradient(), 300, 100);
    after(limit, 3_000, 2_000);
    after(limit, 400, 100);
    const grown = limit.limit;
    assert.ok(after(limit, 3, 1_000).limit < grown, 'slow is slow again');
  });
});

it('whatever is measured, the limit stays within its bounds', () => {
  const sample = fc.record({
    ms: fc.oneof(fc.nat(60_000), fc.constant(0)),
    inFlight: fc.nat(400),
  });
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 300 }),
      fc.integer({ min: 1, max: 500 }),
      (samples, max) => {
        const limit = new Gradient(max);
        for (const { ms, inFlight } of samples) {
          limit.took(ms, inFlight, true);
          assert.ok(limit.limit >= LIMIT_MIN);
          assert.ok(limit.limit <= Math.max(LIMIT_MIN, Math.min(LIMIT_MAX, max)));
        }
      },
    ),
  );
});
