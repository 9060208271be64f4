import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  RETRIES_PER_SECOND,
  RETRY_SHARE,
  RetryBudget,
  RetryBudgets,
  TENANTS_MAX,
  WINDOW_MS,
} from './retry-budget.ts';

fc.configureGlobal({ seed: 4141 });

const RESERVE = (RETRIES_PER_SECOND * WINDOW_MS) / 1_000;

function taken(budget: RetryBudget, now: number): number {
  let count = 0;
  while (count < 10_000 && budget.take(now)) count += 1;
  return count;
}

describe('a retry budget', () => {
  it('lets a few calls retry as they like', () => {
    const budget = new RetryBudget();
    budget.began(0);
    assert.equal(taken(budget, 0), RESERVE);
  });

  it('grows with the calls', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1_000; i += 1) budget.began(i);
    assert.equal(taken(budget, 1_000), RESERVE + 1_000 * RETRY_SHARE);
  });

  it('is full again after its window', () => {
    const budget = new RetryBudget();
    taken(budget, 0);
    assert.equal(budget.take(WINDOW_MS - 1), false);
    assert.equal(taken(budget, WINDOW_MS), RESERVE);
    assert.equal(taken(budget, WINDOW_MS * 50), RESERVE);
  });
});

it('however calls and retries come, no ten seconds have more retries than the budget', () => {
  const step = fc.record({ waitMs: fc.nat(400), calls: fc.nat(20), retries: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const budget = new RetryBudget();
      const calls: number[] = [];
      const retries: number[] = [];
      let now = 0;
      for (const { waitMs, calls: begun, retries: wished } of steps) {
        now += waitMs;
        for (let i = 0; i < begun; i += 1) {
          budget.began(now);
          calls.push(now);
        }
        for (let i = 0; i < wished; i += 1) if (budget.take(now)) retries.push(now);
        // Slices of a second: what is judged is the part of the window that is whole.
        const within = (at: number): boolean => at > now - WINDOW_MS + 1_000;
        const bound = calls.filter((at) => at > now - WINDOW_MS).length * RETRY_SHARE + RESERVE;
        assert.ok(retries.filter(within).length <= bound);
      }
    }),
  );
});

it('every tenant has its own, and there is a bounded number of them', () => {
  const budgets = new RetryBudgets();
  taken(budgets.of('acme'), 0);
  assert.equal(budgets.of('acme').take(0), false);
  assert.equal(budgets.of('other').take(0), true);
  for (let i = 0; i < TENANTS_MAX; i += 1) budgets.of(`t${i}`);
  assert.equal(budgets.size, TENANTS_MAX);
});
