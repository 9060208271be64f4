import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CALLS_PER_HEDGE, DELAY_MS_MIN, Hedging, PUSHBACK_MS, SAMPLES_MIN } from './hedge.ts';

fc.configureGlobal({ seed: 4141 });

function measured(ms: (at: number) => number, samples = 1_000): Hedging {
  const hedging = new Hedging();
  for (let at = 0; at < samples; at += 1) hedging.took(ms(at), 100, true, 0);
  return hedging;
}

describe('the delay before a hedge', () => {
  it('is unknown until enough first tokens were seen', () => {
    assert.equal(measured(() => 100, SAMPLES_MIN - 1).delayMs(100, true, 0), undefined);
    assert.notEqual(measured(() => 100, SAMPLES_MIN).delayMs(100, true, 0), undefined);
  });

  it('is what nineteen of twenty stay below', () => {
    const delay = measured((at) => at + 1).delayMs(100, true, 0) ?? 0;
    assert.ok(delay > 910 && delay < 1_000, `${delay}`);
  });

  it('is never less than 50 ms', () => {
    assert.equal(measured(() => 2).delayMs(100, true, 0), DELAY_MS_MIN);
  });

  it('compares a prompt with prompts of its size', () => {
    const hedging = measured(() => 100);
    assert.equal(hedging.delayMs(5_000, true, 0), undefined);
    for (let i = 0; i < SAMPLES_MIN; i += 1) hedging.took(3_000, 5_000, true, 0);
    assert.ok((hedging.delayMs(5_000, true, 0) ?? 0) > 2_500);
    assert.ok((hedging.delayMs(255, true, 0) ?? 0) < 150);
    assert.equal(hedging.delayMs(255, false, 0), undefined, 'an answer in one piece takes longer');
  });
});

describe('the budget of hedges', () => {
  it('is one for twenty calls', () => {
    const hedging = new Hedging();
    for (let i = 0; i < CALLS_PER_HEDGE - 1; i += 1) hedging.began();
    assert.equal(hedging.take(0), false);
    hedging.began();
    assert.equal(hedging.take(0), true);
    assert.equal(hedging.take(0), false);
  });

  it('is closed for a while when the other side limits', () => {
    const hedging = new Hedging();
    for (let i = 0; i < 100; i += 1) hedging.began();
    hedging.pushedBack(0);
    assert.equal(hedging.take(PUSHBACK_MS - 1), false);
    assert.equal(hedging.take(PUSHBACK_MS), true);
    hedging.pushedBack(PUSHBACK_MS, 60_000);
    hedging.pushedBack(PUSHBACK_MS, 1);
    assert.equal(hedging.take(PUSHBACK_MS + 59_999), false);
  });

  it('never lets more than a twentieth of the calls be hedged, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (wishes) => {
        const hedging = new Hedging();
        let hedges = 0;
        wishes.forEach((wants, at) => {
          hedging.began();
          if (wants && hedging.take(at)) hedges += 1;
          assert.ok(hedges <= (at + 1) / CALLS_PER_HEDGE);
        });
      }),
    );
  });
});
