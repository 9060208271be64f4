import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeRouter, encodeRouter } from './artifact.ts';
import { type Judged, RESIDUAL_MAX, residualOf } from './residual.ts';
import { madeUp } from './route.fixture.ts';
import { type RouteModel, stepKey } from './route.ts';
import { EVERYBODY, type RouterSaid, Routers } from './routers.ts';
import { trainRouter } from './train.ts';

const RULES = { threshold: 0.1, labelsMin: 50 };
const MODELS = ['tier-1', 'tier-3'];

const base = trainRouter(
  madeUp(240).map(({ text, outcomes }) => ({
    ...{ text, family: EVERYBODY, step: 'rag_answer' },
    outcomes: { 'tier-1': outcomes['small'] ?? 0, 'tier-3': outcomes['large'] ?? 0 },
  })),
  { models: MODELS },
);
/** Labels of one tenant, as many as it likes: the weak tier always fails, or never. */
const lies = (count: number, weak: number, good: readonly number[]): readonly Judged[] =>
  Array.from({ length: count }, () => ({ outcomes: { 'tier-1': weak, 'tier-3': 1 }, good }));

function withOwn(tenant: string, rows: readonly Judged[], isEven = false): RouteModel {
  const residual = residualOf(rows, MODELS);
  assert.ok(residual !== undefined);
  const step = isEven ? 'plan' : 'rag_answer';
  const residuals = new Map([[stepKey(tenant, step), { ...residual, isEven }]]);
  const read = decodeRouter(encodeRouter({ ...base, residuals }));
  assert.ok(read !== undefined);
  return read;
}

const texts = madeUp(60, 9).map(({ text }) => text);
function said(
  model: RouteModel,
  tenant: string,
  step: 'rag_answer' | 'plan' = 'rag_answer',
): readonly (RouterSaid | undefined)[] {
  const routers = new Routers();
  assert.ok(routers.promote({ digest: 'd', model, ring: undefined }));
  const asked = { tenant: { name: tenant, ring: undefined }, step, usual: 'easy' } as const;
  return texts.map((text) => routers.ask({ ...asked, text }, RULES));
}

describe("a tenant's own labels", () => {
  const plain = decodeRouter(encodeRouter(base)) ?? base;
  const poisoned = withOwn('acme', lies(5_000, 0, [0.9, 0.9]));

  it('move nothing of another tenant, to the bit', () => {
    assert.deepEqual(said(poisoned, 'globex'), said(plain, 'globex'));
    assert.notDeepEqual(said(poisoned, 'acme'), said(plain, 'acme'));
  });

  it('move their own tenant so far and no further, however many lie', () => {
    const bound = 2 * (1 / (1 + Math.E ** -RESIDUAL_MAX) - 0.5) + 0.001;
    const [before, after] = [said(plain, 'acme'), said(poisoned, 'acme')];
    before.forEach((one, at) => {
      const by = (after[at]?.gain ?? 0) - (one?.gain ?? 0);
      assert.ok(by > 0 && by <= bound, `${by}`);
      assert.notEqual(after[at]?.difficulty, 'hard', 'one tier at most from what is usual');
    });
    const few = residualOf(lies(5, 0, [0.9, 0.9]), MODELS)?.offsets;
    assert.ok((few?.[0] ?? 0) < 0 && (few?.[0] ?? 0) >= -RESIDUAL_MAX);
  });

  it('are left out where they do not help on rows that were not seen', () => {
    const mixed = [0, 1].flatMap((weak) => lies(30, weak, [0.5, 1]));
    const turned = mixed.map((_, at) => mixed[(at * 7) % 60] ?? _);
    assert.equal(residualOf(turned, MODELS), undefined);
    assert.equal(residualOf([], MODELS), undefined);
    const odd = [{ outcomes: { 'tier-1': Number.NaN }, good: [0.5, 0.5] }];
    assert.equal(residualOf(odd, MODELS), undefined);
  });

  it('decide alone, if they are enough, where the router has none of the step', () => {
    const gains = said(withOwn('acme', lies(60, 0, [0.5, 0.5]), true), 'acme', 'plan');
    assert.ok(gains.every((one) => (one?.gain ?? 0) > 0.3 && one?.difficulty === 'middle'));
    const others = said(withOwn('acme', lies(60, 0, [0.5, 0.5]), true), 'globex', 'plan');
    assert.ok(others.every((one) => one?.abstained === 'no-labels'));
    const few = said(withOwn('acme', lies(40, 0, [0.5, 0.5]), true), 'acme', 'plan');
    assert.ok(few.every((one) => one?.abstained === 'no-labels'));
  });
});
