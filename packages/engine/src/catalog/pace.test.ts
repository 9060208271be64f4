import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName } from '@signalbox/contract';
import { ANSWER_GAIN, MEASURED_MAX, pace } from './pace.ts';

const near = endpointName('near');
const far = endpointName('far');

describe('what answers take', () => {
  it('is not known before the first one', () => {
    const state = pace();
    assert.equal(state.took(near, true), undefined);
    assert.equal(state.took(near, false), undefined);
  });

  it('is an average that follows, each endpoint by itself', () => {
    const state = pace();
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
    const state = pace();
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
    const state = pace();
    for (let i = 0; i <= MEASURED_MAX; i += 1) state.answered(endpointName(`e${i}`), 1, 2);
    assert.equal(state.took(endpointName('e0'), true), undefined);
    assert.deepEqual(state.took(endpointName('e1'), true), { firstByteMs: 1, totalMs: 2 });
  });
});
