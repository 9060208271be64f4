import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  CALM_WINDOWS,
  Degradation,
  type DegradationChange,
  LEVEL_MAX,
  type Load,
  RAISE_WINDOWS,
} from './degradation.ts';

fc.configureGlobal({ seed: 4141 });

const CALM: Load = { loopDelayMs: 1, inFlight: 10, waiting: 0, endpoints: 4, endpointsDown: 0 };

/** So many windows of the same load; what changed. */
function windows(
  one: Degradation,
  count: number,
  more: Partial<Load> = {},
): readonly DegradationChange[] {
  const load = { ...CALM, ...more };
  return Array.from({ length: count }, () => one.window(load)).filter((found) => !!found);
}

describe('the level of degradation', () => {
  const signs: readonly (readonly [string, Partial<Load>, number, string])[] = [
    ['a loop that is 60 ms late', { loopDelayMs: 60 }, 1, 'the event loop is late'],
    ['a loop that is half a second late', { loopDelayMs: 500 }, 4, 'the event loop is late'],
    ['as many that wait as run', { inFlight: 40, waiting: 40 }, 1, 'calls wait for places'],
    ['nine in ten that wait', { inFlight: 10, waiting: 90 }, 3, 'calls wait for places'],
    ['three of four that are down', { endpointsDown: 3 }, 2, 'most endpoints are down'],
    ['all that are down', { endpointsDown: 4 }, 4, 'most endpoints are down'],
  ];
  for (const [what, load, level, because] of signs) {
    it(`is ${level} for ${what}`, () => {
      const one = new Degradation();
      const [change, ...more] = windows(one, RAISE_WINDOWS, load);
      assert.deepEqual(change, { from: 0, to: level, by: 'gateway', because });
      assert.deepEqual([more, one.level], [[], level]);
    });
  }

  const none: readonly (readonly [string, Partial<Load>])[] = [
    ['a loop that is a little late', { loopDelayMs: 40 }],
    ['a few that wait', { inFlight: 0, waiting: 19 }],
    ['half of the endpoints', { endpointsDown: 2 }],
    ['no endpoints at all', { endpoints: 0 }],
  ];
  for (const [what, load] of none) {
    it(`stays 0 for ${what}`, () => {
      assert.deepEqual(windows(new Degradation(), 100, load), []);
    });
  }

  it('is not raised by what does not last', () => {
    const one = new Degradation();
    for (let round = 0; round < 20; round += 1) {
      assert.deepEqual(windows(one, RAISE_WINDOWS - 1, { loopDelayMs: 900 }), []);
      assert.deepEqual(windows(one, 1), []);
    }
  });

  it('is raised to what all of the last windows call for', () => {
    const one = new Degradation();
    windows(one, 1, { loopDelayMs: 900 });
    windows(one, 1, { loopDelayMs: 60 });
    assert.equal(windows(one, 1, { loopDelayMs: 900 })[0]?.to, 1);
  });

  it('is lowered one step at a time, and only after a long calm', () => {
    const one = new Degradation();
    windows(one, RAISE_WINDOWS, { loopDelayMs: 250 });
    assert.equal(one.level, 3);
    for (const level of [2, 1, 0]) {
      assert.deepEqual(windows(one, CALM_WINDOWS - 1), []);
      assert.equal(windows(one, 1)[0]?.to, level);
    }
    assert.deepEqual([one.because, windows(one, 2 * CALM_WINDOWS)], ['', []]);
  });

  it('does not swing where the load stands between its two bounds', () => {
    const one = new Degradation();
    windows(one, RAISE_WINDOWS, { loopDelayMs: 100 });
    assert.deepEqual(windows(one, 10 * CALM_WINDOWS, { loopDelayMs: 80 }), []);
    assert.equal(one.level, 2);
  });

  it('is what an operator says, until that is taken back', () => {
    const one = new Degradation();
    assert.equal(one.state(3)?.by, 'operator');
    assert.deepEqual(windows(one, RAISE_WINDOWS, { loopDelayMs: 60 }), []);
    assert.deepEqual([one.level, one.because], [3, 'an operator says so']);
    assert.equal(one.state(0)?.to, 0);
    // What was measured meanwhile holds at once.
    assert.deepEqual(one.state(undefined)?.to, 1);
    assert.throws(() => one.state(5));
    assert.throws(() => one.state(0.5));
  });

  it('stays a level, and moves down by single steps, whatever happens', () => {
    const load = fc.record({
      loopDelayMs: fc.integer({ min: 0, max: 700 }),
      inFlight: fc.nat(100),
      waiting: fc.nat(500),
      endpoints: fc.constant(4),
      endpointsDown: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(load, { maxLength: 200 }), (loads) => {
        const one = new Degradation();
        for (const each of loads) {
          const change = one.window(each);
          assert.ok(one.level >= 0 && one.level <= LEVEL_MAX);
          if (change !== undefined) assert.ok(change.to > change.from - 2);
        }
      }),
    );
  });
});
