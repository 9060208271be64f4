import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HandClock } from '../house.fixture.ts';
import { BUSY_RULES, CoolDown, LIMITED_RULES, TOLD_MS_MAX } from './cooldown.ts';

fc.configureGlobal({ seed: 4141 });

describe('a limit', () => {
  it('lasts as long as the other side says', async () => {
    const clock = new HandClock();
    const pause = new CoolDown(LIMITED_RULES);
    assert.equal(pause.isOn(0), false);
    pause.strike(clock.monotonic(), 7_500);
    assert.equal(pause.waitMs(clock.monotonic()), 7_500);
    await clock.turn(7_499);
    assert.equal(pause.isOn(clock.monotonic()), true);
    await clock.turn(1);
    assert.equal(pause.isOn(clock.monotonic()), false);
  });

  it('lasts one second that doubles to a minute when the other side says nothing', async () => {
    const clock = new HandClock();
    const pause = new CoolDown(LIMITED_RULES);
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      pause.strike(clock.monotonic());
      assert.equal(pause.waitMs(clock.monotonic()), seconds * 1_000);
      await clock.turn(seconds * 1_000);
    }
  });

  it('is one for all calls that were out together', () => {
    const pause = new CoolDown(LIMITED_RULES);
    for (let i = 0; i < 50; i += 1) pause.strike(i);
    assert.equal(pause.waitMs(50), 950);
  });

  it('begins at one second again after an answer', async () => {
    const clock = new HandClock();
    const pause = new CoolDown(LIMITED_RULES);
    pause.strike(clock.monotonic());
    await clock.turn(1_000);
    pause.answered(clock.monotonic());
    pause.strike(clock.monotonic());
    assert.equal(pause.waitMs(clock.monotonic()), 1_000);
  });

  it('is not lifted by an answer to a call that went out before it', () => {
    const pause = new CoolDown(LIMITED_RULES);
    pause.strike(0);
    pause.answered(500);
    assert.equal(pause.waitMs(500), 500);
  });

  it('is never shortened by a shorter one, and never longer than a day', () => {
    const pause = new CoolDown(LIMITED_RULES);
    pause.strike(0, 9_000);
    pause.strike(0, 1_000);
    pause.strike(0, -5);
    assert.equal(pause.waitMs(0), 9_000);
    pause.strike(0, Number.MAX_SAFE_INTEGER);
    assert.equal(pause.waitMs(0), TOLD_MS_MAX);
  });
});

it('whatever is told, a pause ends within its bound', () => {
  const strike = fc.record({
    afterMs: fc.nat(100_000),
    toldMs: fc.option(fc.nat(2 * TOLD_MS_MAX), { nil: undefined }),
    answered: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(strike, { maxLength: 100 }),
      fc.constantFrom(LIMITED_RULES, BUSY_RULES),
      (strikes, rules) => {
        const pause = new CoolDown(rules);
        let now = 0;
        let least = 0;
        for (const { afterMs, toldMs, answered } of strikes) {
          now += afterMs;
          pause.strike(now, toldMs);
          least = Math.max(least, toldMs === undefined ? 0 : now + Math.min(toldMs, TOLD_MS_MAX));
          assert.ok(now + pause.waitMs(now) >= least, 'what was asked for is kept');
          const bound = Math.max(least, now + rules.maxMs);
          assert.ok(now + pause.waitMs(now) <= bound, 'nothing lasts longer');
          assert.equal(pause.isOn(now), pause.waitMs(now) > 0);
          if (answered) pause.answered(now);
        }
      },
    ),
  );
});
