import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { madeUp } from './route.fixture.ts';
import { EVERYBODY, type RouterAsked, Routers } from './routers.ts';
import { type RouteExample, trainRouter } from './train.ts';

const RULES = { threshold: 0.1, labelsMin: 50 };
const HARD = 'Ada and Alan have 12 maps. Prove the remainder of the quotient?';
const EASY = 'Ada and Alan have 12 maps. How many is that with one more?';

/** The rows of nobody's questions, as outcomes of tiers at these steps. */
const rowsOf = (family: string, step: string): readonly RouteExample[] =>
  madeUp(240).map(({ text, outcomes }) => ({
    ...{ text, family, step },
    outcomes: { 'tier-1': outcomes['small'] ?? 0, 'tier-3': outcomes['large'] ?? 0 },
  }));

const models = ['tier-1', 'tier-3'];
const rows = [
  ...[...rowsOf(EVERYBODY, 'rag_answer'), ...rowsOf(EVERYBODY, 'reason')],
  ...rowsOf('globex', 'plan'),
];
const model = trainRouter(rows, { models });
const promoted = { digest: 'd1', model, ring: undefined };

const asked = (text: string, more: Partial<RouterAsked> = {}): RouterAsked => ({
  ...{ tenant: { name: 'acme', ring: 2 }, step: 'rag_answer', text, usual: 'easy' },
  ...more,
});

function holding(ring?: number): Routers {
  const routers = new Routers();
  assert.ok(routers.promote({ ...promoted, ring }));
  return routers;
}

describe('the router on the line', () => {
  it('raises what the weak tier fails at and lowers what it does well, by one tier at most', () => {
    const routers = holding();
    const of = (text: string, more?: Partial<RouterAsked>): string | undefined =>
      routers.ask(asked(text, more), RULES)?.difficulty;
    assert.equal(of(HARD), 'middle');
    assert.equal(of(EASY), 'easy');
    const reason = { step: 'reason', usual: 'hard' } as const;
    assert.equal(of(HARD, reason), 'hard');
    assert.equal(of(EASY, reason), 'middle');
    assert.equal(of(HARD, { usual: undefined }), 'hard');
  });

  it('says what is gained, how sure that is, and which router said so', () => {
    const said = holding().ask(asked(HARD), RULES);
    assert.equal(said?.router, 'd1');
    assert.ok((said?.gain ?? 0) > 0.3 && (said?.error ?? 1) < 0.5);
  });

  it('goes by its threshold', () => {
    const said = holding().ask(asked(HARD), { ...RULES, threshold: 1 });
    assert.equal(said?.difficulty, 'easy');
  });

  it('abstains where tenant and step have too few labels, or the step is not known', () => {
    const why = (more: Partial<RouterAsked>, rules = RULES): string | undefined => {
      const said = holding().ask(asked(HARD, more), rules);
      assert.equal(said?.difficulty, undefined);
      return said?.abstained;
    };
    assert.equal(why({ step: 'code' }), 'no-labels');
    assert.equal(why({ step: undefined }), 'unknown-step');
    assert.equal(why({}, { ...RULES, labelsMin: 1_000 }), 'no-labels');
    assert.equal(why({ step: 'plan' }), 'no-labels');
    const globex = asked(HARD, { step: 'plan', tenant: { name: 'globex', ring: undefined } });
    assert.equal(holding().ask(globex, RULES)?.abstained, undefined);
  });

  it('is for the tenants of its ring and those before it, and gone when it is rolled back', () => {
    assert.equal(holding(1).ask(asked(HARD), RULES), undefined);
    assert.notEqual(holding(2).ask(asked(HARD), RULES), undefined);
    const nowhere = asked(HARD, { tenant: { name: 'acme', ring: undefined } });
    assert.equal(holding(2).ask(nowhere, RULES), undefined);
    const routers = holding();
    routers.promote(undefined);
    assert.equal(routers.ask(asked(HARD), RULES), undefined);
  });

  it('takes no router whose models are no tiers', () => {
    const routers = holding();
    const other = trainRouter(madeUp(60), { models: ['small', 'large'] });
    assert.equal(routers.promote({ ...promoted, model: other }), false);
    assert.equal(routers.digest, 'd1');
  });
});
