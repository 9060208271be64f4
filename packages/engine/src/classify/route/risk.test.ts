import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Adapting,
  conformalThreshold,
  type Loss,
  leastEscalated,
  NOTHING_STAYS,
  testedThreshold,
} from './risk.ts';

/** One row a score, of which those named are lost. */
const rows = (count: number, ...lost: number[]): readonly Loss[] =>
  Array.from({ length: count }, (_, score) => ({ score, loss: lost.includes(score) ? 1 : 0 }));

describe('a threshold', () => {
  it('lets as many stay as the expected loss allows, one row more than seen among the lost', () => {
    assert.equal(conformalThreshold(rows(99, 50, 60, 70), 0.03), 69);
    assert.equal(conformalThreshold(rows(99, 50, 60, 70), 0.02), 59);
    assert.equal(conformalThreshold(rows(99), 0.03), 98);
  });

  it('lets nothing stay where rows are too few to promise, or the first are lost', () => {
    assert.equal(conformalThreshold(rows(23), 0.04), NOTHING_STAYS);
    assert.equal(conformalThreshold(rows(24), 0.04), 23);
    assert.equal(conformalThreshold(rows(100, 0, 1, 2, 3, 4), 0.04), 2);
    assert.equal(conformalThreshold([], 0.5), NOTHING_STAYS);
    assert.equal(testedThreshold(rows(30), 0.04, 0.1), NOTHING_STAYS);
  });

  it('is stricter where a probability is promised, and less so with more rows', () => {
    const every = (count: number): readonly Loss[] =>
      rows(count, ...Array.from({ length: count / 20 }, (_, at) => at * 20 + 19));
    const kept = (count: number): number => (testedThreshold(every(count), 0.04, 0.1) + 1) / count;
    assert.ok(kept(300) < kept(3_000));
    assert.ok(testedThreshold(every(3_000), 0.04, 0.1) < conformalThreshold(every(3_000), 0.04));
    // Without a loss (1 - alpha)^n must be at most delta.
    assert.equal(testedThreshold(rows(57), 0.04, 0.1), 56);
    assert.equal(testedThreshold(rows(56), 0.04, 0.1), NOTHING_STAYS);
  });

  it('treats equal scores alike, and passes over what is no number', () => {
    const same = rows(50, 49).map((row) => ({ ...row, score: 1 }));
    assert.equal(conformalThreshold(same, 0.03), NOTHING_STAYS);
    assert.equal(conformalThreshold(same, 0.05), 1);
    const odd = [{ score: Number.NaN, loss: 0 }, { score: 1, loss: 7 }, ...rows(24)];
    assert.equal(conformalThreshold(odd, 0.04), 23);
  });

  it('cannot be had for less than what must leave', () => {
    assert.ok(Math.abs(leastEscalated(0.29, 0.04) - 0.25 / 0.96) < 1e-12);
    assert.equal(leastEscalated(0.02, 0.04), 0);
  });
});

describe('a promise under drift', () => {
  it('is kept on the mean of audits, whatever comes', () => {
    const adapting = new Adapting(0.04, 1, 0.001);
    let lost = 0;
    for (let at = 0; at < 20_000; at += 1) {
      // The share of a row's score is drawn evenly; above 0.1 every second row is lost.
      const place = ((at * 7_919) % 10_007) / 10_007;
      const loss = place <= adapting.share && place > 0.1 && at % 2 === 0 ? 1 : 0;
      lost += loss;
      adapting.audited(loss);
    }
    assert.ok(Math.abs(lost / 20_000 - 0.04) < 0.005, `${lost / 20_000}`);
    assert.ok(adapting.share > 0.1 && adapting.share < 0.4);
  });

  it('is called broken soon after it is, and not while it holds', () => {
    const adapting = new Adapting(0.04, 1, 0.001);
    for (let at = 0; at < 5_000; at += 1) adapting.audited(at % 30 === 0 ? 1 : 0);
    assert.equal(adapting.isBroken, false);
    let audits = 0;
    for (; !adapting.isBroken && audits < 100; audits += 1)
      adapting.audited(audits % 3 === 0 ? 1 : 0);
    assert.ok(audits < 80, `${audits}`);
    adapting.audited(Number.NaN);
    assert.equal(adapting.isBroken, true);
  });
});
