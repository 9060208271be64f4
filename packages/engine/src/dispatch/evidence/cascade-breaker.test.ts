import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, chatOf, HOUSE } from '../../house.fixture.ts';
import { gateNames } from '../../resolve/gates.table.ts';
import { ANSWER, ended } from '../dispatching.fixture.ts';
import { CascadeBreaker, type CascadeChange, escalatedMaxOf, wilson } from './cascade-breaker.ts';

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

test('a fifth of them opens it where the better one costs hardly more', () => {
  assert.deepEqual(
    [escalatedMaxOf(1n, 100n), escalatedMaxOf(9n, 10n), escalatedMaxOf(2n, 1n)],
    [0.3, 1 - 9 / 10, 0],
  );
  assert.deepEqual([escalatedMaxOf(undefined, 1n), escalatedMaxOf(0n, 0n)], [0.3, 0.3]);
  const breaker = new CascadeBreaker();
  const turns = Array.from({ length: 60 }, (_, at) =>
    breaker.decided(at % 4 === 0, at, escalatedMaxOf(9n, 10n)),
  );
  assert.equal(turns.find((one) => one !== undefined)?.change, 'opened');
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

test('on the line it opens with an event in the journal, and the record has its gate', async () => {
  const acme = 'acme: {policies: [p], budget: {amount_usd: "0.05", per: total}}';
  const built = build(`${HOUSE.replace('acme: {}', acme)}
policies: {p: {rules: [{name: sure, output: {confidence_min: {1: 0.85}, escalate: 3}}]}}
`);
  const content = 'Maybe. I am not sure, perhaps it is so, possibly not.';
  const choices = [{ index: 0, message: { content }, finish_reason: 'stop' }];
  built.upstream.script = (dialled) => dialled.answer({ ...ANSWER, choices });
  const tiers: number[][] = [];
  for (let at = 0; at < 21; at += 1) {
    const { attempts } = await ended(built, built.serve(chatOf('small')));
    tiers.push(attempts.map(({ tier }) => tier));
  }
  assert.deepEqual([tiers[19], tiers[20]], [[1, 2], [2]]);
  const [act] = built.store.of('act').map(({ tenant, body }) => ({ tenant, ...body }));
  const detail = { change: 'opened', step: 'none', escalated: 20, decisions: 20 };
  assert.deepEqual(act, {
    ...{ tenant: 'acme', act: 'routing-alarm', by: 'answers', what: 'small@1', detail },
  });
  const [first] = built.store.records().at(-1)?.candidates ?? [];
  assert.deepEqual(gateNames(first?.gates ?? 0), ['escalates']);
  // On tier 1 this may cost 0.002 USD, on tier 2 0.02, on tier 3 0.2: past what is left.
  for (const [max, asked] of [
    [10_000, [2]],
    [30_000, [1]],
  ] as const) {
    const last = await ended(built, built.serve(chatOf('small', { max_tokens: max })));
    assert.deepEqual(
      last.attempts.map(({ tier }) => tier),
      asked,
    );
  }
});
