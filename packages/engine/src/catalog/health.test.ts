import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName } from '@signalbox/contract';
import { HandClock } from '../house.fixture.ts';
import { DOWN_MS_FIRST, DOWN_MS_MAX, health } from './health.ts';

const near = endpointName('near');
const far = endpointName('far');

describe('an endpoint that refuses connections', () => {
  it('is left alone for a while, and then tried again', async () => {
    const clock = new HandClock();
    const state = health(clock);
    assert.equal(state.isDown(near), false);
    state.unreachable(near);
    assert.equal(state.isDown(near), true);
    assert.equal(state.isDown(far), false);
    await clock.turn(DOWN_MS_FIRST);
    assert.equal(state.isDown(near), false);
  });

  it('is left alone twice as long after each further refusal, up to a bound', async () => {
    const clock = new HandClock();
    const state = health(clock);
    for (
      let pause = DOWN_MS_FIRST, i = 0;
      i < 40;
      i += 1, pause = Math.min(DOWN_MS_MAX, pause * 2)
    ) {
      state.unreachable(near);
      assert.equal(state.waitMs([near]), pause);
      await clock.turn(pause);
    }
  });

  it('is tried again in time, also when the clock on the wall goes back', async () => {
    const clock = new HandClock();
    let backMs = 0;
    const wall = { now: () => clock.now() - backMs, monotonic: () => clock.monotonic() };
    const state = health({ ...wall, after: (ms, then) => clock.after(ms, then) });
    state.unreachable(near);
    backMs = 3_600_000;
    await clock.turn(DOWN_MS_FIRST);
    assert.equal(state.isDown(near), false);
    assert.equal(state.waitMs([near]), 0);
  });

  it('is well again with the first answer', () => {
    const state = health(new HandClock());
    state.unreachable(near);
    state.unreachable(near);
    state.reached(near);
    assert.equal(state.isDown(near), false);
    state.unreachable(near);
    assert.equal(state.waitMs([near]), DOWN_MS_FIRST);
  });
});

describe('the wait for a route', () => {
  it('ends with the first endpoint that may be tried again', () => {
    const state = health(new HandClock());
    assert.equal(state.waitMs([]), 0);
    assert.equal(state.waitMs([near, far]), 0);
    state.unreachable(near);
    assert.equal(state.waitMs([near, far]), 0);
    state.unreachable(far);
    state.unreachable(far);
    assert.equal(state.waitMs([near, far]), DOWN_MS_FIRST);
    assert.equal(state.waitMs([far]), DOWN_MS_FIRST * 2);
  });
});
