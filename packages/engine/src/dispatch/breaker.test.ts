import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HandClock } from '../house.fixture.ts';
import {
  Breaker,
  ENDPOINT_RULES,
  LINE_RULES,
  LOCAL_LINE_RULES,
  PROBE_MS_MAX,
  REFUSED,
  WINDOW_MS,
} from './breaker.ts';

fc.configureGlobal({ seed: 4141 });

const HALF = 0.5;

/** A breaker, a clock, and calls that meet what the test says. */
function bench(rules = LINE_RULES): {
  readonly breaker: Breaker;
  readonly clock: HandClock;
  fail(times?: number, draw?: number): void;
  succeed(times?: number): void;
} {
  const breaker = new Breaker(rules);
  const clock = new HandClock();
  const now = (): number => clock.monotonic();
  return {
    breaker,
    clock,
    fail(times = 1, draw = HALF) {
      for (let i = 0; i < times; i += 1) breaker.failed(breaker.enter(now()), now(), draw);
    },
    succeed(times = 1) {
      for (let i = 0; i < times; i += 1) breaker.succeeded(breaker.enter(now()), now());
    },
  };
}

describe('a breaker that is closed', () => {
  it('opens with the fifth failure in a row, and not with the fourth', () => {
    const { breaker, fail } = bench();
    fail(4);
    assert.equal(breaker.admits(0), true);
    fail();
    assert.equal(breaker.admits(0), false);
    assert.equal(breaker.enter(0), REFUSED);
  });

  it('starts counting anew with every success', () => {
    const { breaker, fail, succeed } = bench({ ...LINE_RULES, successShareMin: 0 });
    for (let i = 0; i < 3; i += 1) {
      fail(4);
      succeed();
    }
    assert.equal(breaker.isTripped(), false);
  });

  it('opens when fewer than four of five calls of the last half minute succeeded', () => {
    const { breaker, fail, succeed } = bench();
    succeed(4);
    fail();
    succeed(3);
    fail();
    assert.equal(breaker.isTripped(), false, 'nine calls are too few to judge');
    fail();
    assert.equal(breaker.isTripped(), true);
  });

  it('forgets what is older than half a minute', async () => {
    const { breaker, clock, fail, succeed } = bench();
    succeed(6);
    fail(3);
    await clock.turn(WINDOW_MS);
    succeed(9);
    fail(2);
    assert.equal(breaker.isTripped(), false, 'nine of eleven');
    fail();
    assert.equal(breaker.isTripped(), true, 'nine of twelve');
  });
});

describe('a breaker that is open', () => {
  it('lets nobody through until half to the whole of its pause is over', async () => {
    for (const [draw, pauseMs] of [
      [0, 2_500],
      [0.5, 3_750],
      [0.999, 4_997.5],
    ] as const) {
      const { breaker, clock, fail } = bench();
      fail(5, draw);
      assert.equal(breaker.waitMs(clock.monotonic()), pauseMs);
      await clock.turn(pauseMs - 1);
      assert.equal(breaker.enter(clock.monotonic()), REFUSED);
      await clock.turn(1);
      assert.equal(breaker.admits(clock.monotonic()), true);
    }
  });

  it('stays open twice as long after each probe that failed, up to a bound', async () => {
    for (const rules of [LINE_RULES, LOCAL_LINE_RULES]) {
      const { breaker, clock, fail } = bench(rules);
      fail(5, 0);
      let pause = rules.openMsFirst / 2;
      for (let i = 0; i < 12; i += 1) {
        assert.equal(breaker.waitMs(clock.monotonic()), pause);
        await clock.turn(pause);
        fail(1, 0);
        pause = Math.min(pause * 2, rules.openMsMax / 2);
      }
      assert.equal(pause, rules.openMsMax / 2);
    }
  });

  it('is back after a second where a whole endpoint took no connections', async () => {
    const { breaker, clock, fail } = bench(ENDPOINT_RULES);
    fail(5);
    assert.equal(breaker.enter(0), REFUSED);
    await clock.turn(1_000);
    assert.notEqual(breaker.enter(clock.monotonic()), REFUSED);
  });
});

describe('a breaker that is half open', () => {
  it('lets exactly one probe through, whose success closes it', async () => {
    const { breaker, clock, fail } = bench();
    fail(5, 0);
    await clock.turn(2_500);
    const now = clock.monotonic();
    const probe = breaker.enter(now);
    assert.ok(probe < 0);
    assert.equal(breaker.admits(now), false);
    assert.equal(breaker.enter(now), REFUSED);
    breaker.succeeded(probe, now);
    assert.equal(breaker.isTripped(), false);
    assert.ok(breaker.enter(now) > 0);
  });

  it('lets the next one through when the caller of a probe went away', async () => {
    const { breaker, clock, fail } = bench();
    fail(5, 0);
    await clock.turn(2_500);
    const now = clock.monotonic();
    breaker.abandoned(breaker.enter(now));
    assert.equal(breaker.admits(now), true);
    assert.ok(breaker.enter(now) < 0);
  });

  it('forgets a probe whose end nobody told, which then has no say', async () => {
    const { breaker, clock, fail } = bench();
    fail(5, 0);
    await clock.turn(2_500);
    const lost = breaker.enter(clock.monotonic());
    await clock.turn(PROBE_MS_MAX);
    const probe = breaker.enter(clock.monotonic());
    assert.ok(probe < 0);
    breaker.succeeded(lost, clock.monotonic());
    breaker.abandoned(lost);
    assert.equal(breaker.admits(clock.monotonic()), false);
    breaker.succeeded(probe, clock.monotonic());
    assert.equal(breaker.isTripped(), false);
  });

  it('hears nothing from calls that went out before it opened', async () => {
    const { breaker, clock, fail } = bench();
    const early = breaker.enter(0);
    fail(5, 0);
    breaker.succeeded(early, 0);
    assert.equal(breaker.isTripped(), true);
    await clock.turn(2_500);
    const probe = breaker.enter(clock.monotonic());
    breaker.failed(early, clock.monotonic(), 0);
    breaker.succeeded(probe, clock.monotonic());
    assert.equal(breaker.isTripped(), false);
  });

  it('goes on doubling when it closed only a moment ago', async () => {
    const { breaker, clock, fail, succeed } = bench();
    fail(5, 0);
    await clock.turn(2_500);
    succeed();
    fail(5, 0);
    assert.equal(breaker.waitMs(clock.monotonic()), 5_000);
    await clock.turn(5_000);
    succeed();
    await clock.turn(WINDOW_MS);
    fail(5, 0);
    assert.equal(breaker.waitMs(clock.monotonic()), 2_500);
  });
});

it('whatever happens, at most one probe is out, and only after the pause', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 4_000 }),
    deed: fc.constantFrom('enter', 'enter', 'enter', 'fail', 'fail', 'succeed', 'abandon'),
    which: fc.nat(),
    draw: fc.integer({ min: 0, max: 999 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const breaker = new Breaker(LINE_RULES);
      const out: number[] = [];
      let now = 0;
      let opened = 0;
      for (const { waitMs, deed, which, draw } of steps) {
        now += waitMs;
        if (deed === 'enter') {
          const expected = breaker.admits(now);
          const waits = breaker.waitMs(now);
          const pass = breaker.enter(now);
          assert.equal(pass !== REFUSED, expected);
          assert.equal(waits === 0, expected);
          if (pass < 0) assert.ok(now >= opened + LINE_RULES.openMsFirst / 2);
          if (pass !== REFUSED) out.push(pass);
        } else {
          const [pass] = out.splice(which % Math.max(1, out.length), 1);
          if (pass === undefined) continue;
          if (deed === 'succeed') breaker.succeeded(pass, now);
          else if (deed === 'abandon') breaker.abandoned(pass);
          else if (breaker.failed(pass, now, draw / 1_000)) opened = now;
        }
        // A probe of an earlier opening is no probe any more: there is one for each epoch.
        const probes = out.filter((one) => one < 0);
        assert.equal(new Set(probes).size, probes.length);
      }
    }),
  );
});
