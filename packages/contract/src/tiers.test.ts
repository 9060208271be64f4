import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ceilingOfLabel,
  ceilingOfTopology,
  higherLabel,
  isLabel,
  isTier,
  kindsWords,
  LABELS,
  lowerTier,
  readLabel,
  TIERS,
} from './tiers.ts';

describe('labels and ceilings', () => {
  it('are public 3, internal 2, personal 1, regulated 1', () => {
    assert.deepEqual(LABELS.map(ceilingOfLabel), [3, 2, 1, 1]);
  });

  it('are bound by the topology: cloud and hybrid 3, sovereign 2', () => {
    assert.deepEqual((['cloud', 'hybrid', 'sovereign'] as const).map(ceilingOfTopology), [3, 3, 2]);
  });

  it('never rise by a higher label', () => {
    for (const a of LABELS) {
      for (const b of LABELS) {
        assert.ok(ceilingOfLabel(higherLabel(a, b)) <= ceilingOfLabel(a));
        assert.equal(higherLabel(a, b), higherLabel(b, a));
      }
    }
  });

  it('meet in the lower tier', () => {
    for (const a of TIERS) for (const b of TIERS) assert.equal(lowerTier(a, b), Math.min(a, b));
  });
});

describe('a label in a file or a header', () => {
  const words = { low: 'public', medium: 'internal', high: 'regulated', personal: 'personal' };
  for (const [word, label] of Object.entries(words)) {
    it(`reads ${word} as ${label}`, () => assert.equal(readLabel(word), label));
  }

  for (const word of ['', 'PUBLIC', 'secret', 'constructor', '__proto__', 'toString']) {
    it(`does not read ${JSON.stringify(word)}`, () => {
      assert.equal(readLabel(word), undefined);
      assert.equal(isLabel(word), false);
    });
  }
});

describe('a tier', () => {
  it('is 1, 2 or 3', () => {
    assert.deepEqual([1, 2, 3].map(isTier), [true, true, true]);
    for (const value of [0, 4, 1.5, '1', null, undefined, [1]]) assert.equal(isTier(value), false);
  });
});

describe('the kinds of a call', () => {
  it('are told as what somebody declared, not as what was found', () => {
    assert.equal(kindsWords([]), 'nothing found or declared');
    assert.equal(kindsWords(['health', 'email']), 'health, email');
    assert.equal(kindsWords(['unscanned']), 'nothing found or declared; a part was not readable');
    assert.equal(kindsWords(['unscanned', 'email']), 'email; a part was not readable');
  });
});
