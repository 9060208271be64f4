import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName } from '@signalbox/contract';
import { HandClock } from '../house.fixture.ts';
import { ANSWER_GAIN, DOWN_MS_FIRST, DOWN_MS_MAX, health, MEASURED_MAX } from './health.ts';

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

describe('what answers take', () => {
  it('is not known before the first one', () => {
    const state = health(new HandClock());
    assert.equal(state.took(near, true), undefined);
    state.reached(near);
    assert.equal(state.took(near, false), undefined);
  });

  it('is an average that follows, each endpoint by itself', () => {
    const state = health(new HandClock());
    state.answered(near, 10, 80);
    assert.deepEqual(state.took(near, true), { firstByteMs: 10, totalMs: 80 });
    state.answered(near, 18, 160);
    const after = { firstByteMs: 10 + 8 * ANSWER_GAIN, totalMs: 80 + 80 * ANSWER_GAIN };
    assert.deepEqual(state.took(near, true), after);
    assert.equal(state.took(far, true), undefined);
    for (let i = 0; i < 200; i += 1) state.answered(near, 1, 2);
    const { firstByteMs, totalMs } = state.took(near, true) ?? {};
    assert.deepEqual([Math.round(firstByteMs ?? 0), Math.round(totalMs ?? 0)], [1, 2]);
  });

  it('is kept of streams and of whole answers apart', () => {
    const state = health(new HandClock());
    state.answered(near, undefined, 80);
    assert.deepEqual(state.took(near, false), { firstByteMs: 80, totalMs: 80 });
    // Of streams nothing is known yet: the whole answers say how long about, and no first byte.
    assert.deepEqual(state.took(near, true), { firstByteMs: undefined, totalMs: 80 });
    state.answered(near, 5, 40);
    assert.deepEqual(state.took(near, true), { firstByteMs: 5, totalMs: 40 });
    assert.deepEqual(state.took(near, false), { firstByteMs: 80, totalMs: 80 });
    state.answered(far, 5, 40);
    assert.deepEqual(state.took(far, false), { firstByteMs: 40, totalMs: 40 });
  });

  it('is kept of a bounded number of endpoints', () => {
    const state = health(new HandClock());
    for (let i = 0; i <= MEASURED_MAX; i += 1) state.answered(endpointName(`e${i}`), 1, 2);
    assert.equal(state.took(endpointName('e0'), true), undefined);
    assert.deepEqual(state.took(endpointName('e1'), true), { firstByteMs: 1, totalMs: 2 });
  });
});
