import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Affinity, SESSIONS_MAX, WARM_MS } from './affinity.ts';

const near = { name: 'near' };
const far = { name: 'far' };

describe('a session', () => {
  it('is warm where it was answered last, for a while', () => {
    const affinity = new Affinity();
    affinity.served('s', near, 0);
    assert.equal(affinity.isWarm('s', near, WARM_MS - 1), true);
    assert.equal(affinity.isWarm('s', near, WARM_MS), false);
    affinity.served('s', near, WARM_MS);
    assert.equal(affinity.isWarm('s', near, WARM_MS), true);
    affinity.served('s', far, WARM_MS);
    assert.equal(affinity.isWarm('s', near, WARM_MS), false);
    assert.equal(affinity.isWarm('s', far, WARM_MS), true);
    assert.equal(affinity.isWarm('other', far, WARM_MS), false);
  });

  it('is forgotten when there are too many, the first one first', () => {
    const affinity = new Affinity();
    for (let i = 0; i <= SESSIONS_MAX; i += 1) affinity.served(`s${i}`, near, 0);
    assert.equal(affinity.size, SESSIONS_MAX);
    assert.equal(affinity.isWarm('s0', near, 0), false);
    assert.equal(affinity.isWarm('s1', near, 0), true);
  });
});
