import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CascadeBreaker, type CascadeChange, wilson } from './cascade-breaker.ts';

/** Decisions, a second apart; those of which `isHit` says so are escalated. */
function run(
  breaker: CascadeBreaker,
  { from = 0, calls, isHit }: { from?: number; calls: number; isHit: (call: number) => boolean },
): { readonly changes: CascadeChange[]; readonly passed: number; readonly now: number } {
  const changes: CascadeChange[] = [];
  let passed = 0;
  let now = from;
  for (let call = 0; call < calls; call += 1, now += 1_000) {
    if (breaker.bypasses(now)) passed += 1;
    else {
      const turn = breaker.decided(isHit(call), now);
      if (turn !== undefined) changes.push(turn.change);
    }
  }
  return { changes, passed, now };
}

test("Wilson's interval is that of the books", () => {
  const [low, high] = wilson(10, 50);
  assert.ok(Math.abs(low - 0.1124) < 1e-4 && Math.abs(high - 0.3304) < 1e-4);
  assert.deepEqual(wilson(0, 0), [0, 1]);
});

test('a fifth of escalations is usual, half of them opens it', () => {
  const calm = new CascadeBreaker();
  assert.deepEqual(run(calm, { calls: 1_000, isHit: (call) => call % 5 === 0 }).changes, []);
  const sick = new CascadeBreaker();
  const { changes, passed } = run(sick, { calls: 120, isHit: (call) => call % 2 === 0 });
  assert.deepEqual(changes, ['opened']);
  assert.ok(passed > 50);
});

test('after a minute one call in twenty tries, and twenty good ones close it', () => {
  const breaker = new CascadeBreaker();
  const opened = run(breaker, { calls: 25, isHit: () => true });
  assert.deepEqual(opened.changes, ['opened']);
  const well = run(breaker, { from: opened.now, calls: 500, isHit: () => false });
  assert.deepEqual(well.changes, ['closed']);
  // Twenty trials, and those after it closed.
  assert.ok(well.passed >= 54 + 19 * 19 && well.passed < 460);
});

test('while trials fail it stays open, twice as long each time', () => {
  const breaker = new CascadeBreaker();
  const opened = run(breaker, { calls: 25, isHit: () => true });
  const sick = run(breaker, { from: opened.now, calls: 3_000, isHit: () => true });
  assert.deepEqual(sick.changes, []);
  assert.ok(sick.passed > 2_800);
});

test('when escalations all but cease, what judges is not believed', () => {
  const breaker = new CascadeBreaker();
  const usual = run(breaker, { calls: 400, isHit: (call) => call % 5 === 0 });
  const silent = run(breaker, { from: usual.now, calls: 150, isHit: () => false });
  assert.deepEqual(silent.changes, ['collapsed']);
});

test('what was decided five minutes ago counts no more', () => {
  const breaker = new CascadeBreaker();
  run(breaker, { calls: 15, isHit: () => true });
  const later = run(breaker, { from: 400_000, calls: 20, isHit: () => false });
  assert.deepEqual(later.changes, []);
  assert.equal(later.passed, 0);
});
