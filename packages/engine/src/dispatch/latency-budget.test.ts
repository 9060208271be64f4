import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { patienceMs, SLACK, segmentsOf } from './latency-budget.ts';

fc.configureGlobal({ seed: 4141 });

describe('how long to wait for the better answer', () => {
  it('is all that is left but the time of the local answer, where one step is left', () => {
    assert.equal(patienceMs({ budgetMs: 1_820, steps: 1, localMs: 300 }), 1_500);
  });

  it('is a share with slack while there is plenty', () => {
    assert.equal(patienceMs({ budgetMs: 6_020, steps: 5, localMs: 100 }), (6_000 / 5) * SLACK);
  });

  it('gives nobody what tools and the way to the caller take', () => {
    const all = { budgetMs: 6_000, steps: 4, localMs: 200, toolsMs: 1_500, networkMs: 50 };
    const { deviceMs, networkMs, toolMs, cloudMs } = segmentsOf(all);
    assert.deepEqual([deviceMs, networkMs, toolMs], [800, 200, 1_500]);
    assert.equal(cloudMs, ((6_000 - 1_500 - 200) / 4) * SLACK);
    // Three quarters of it are tools: what is left is for the local answers.
    assert.equal(patienceMs({ ...all, toolsMs: 4_500 }), 6_000 - 4_500 - 200 - 800);
  });

  it('leaves every later step the time of a local answer', () => {
    assert.equal(patienceMs({ budgetMs: 2_020, steps: 4, localMs: 400 }), 400);
    assert.equal(patienceMs({ budgetMs: 1_500, steps: 4, localMs: 400 }), 0);
  });
});

it('whatever the better answers take, local answers in their time keep the whole budget', () => {
  const scene = fc.record({
    localMs: fc.integer({ min: 1, max: 1_000 }),
    spareMs: fc.integer({ min: 0, max: 10_000 }),
    better: fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 12 }),
  });
  const MARGIN_MS = 20;
  fc.assert(
    fc.property(scene, ({ localMs, spareMs, better }) => {
      const enough = (localMs + MARGIN_MS) * better.length + spareMs;
      let budgetMs = enough;
      better.forEach((ms, at) => {
        const patience = patienceMs({ budgetMs, steps: better.length - at, localMs });
        budgetMs -= ms <= patience ? ms : patience + localMs;
      });
      assert.ok(budgetMs >= 0, `${-budgetMs} ms over`);
    }),
  );
});
