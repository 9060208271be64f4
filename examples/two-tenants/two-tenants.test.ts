import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Answer, ask, askAdmin, type Gateway, startGateway } from '../example.fixture.ts';

const FILE = fileURLToPath(new URL('signalbox.yaml', import.meta.url));
const SPENDING_CALLS_MAX = 20;
const REVIEW = { 'x-signalbox-step': 'code_review' };

/** The sim writes as much as it is told to. */
const LONG = {
  max_tokens: 1_000,
  messages: [{ role: 'user', content: '[[sim: tokens=1000]] Look at this.' }],
};

async function keyOf(gateway: Gateway, tenant: string): Promise<string> {
  const body = { name: `${tenant}-app`, tenant, scopes: ['call', 'explain'] };
  return String(Reflect.get(Object(await askAdmin(gateway, 'keys', body)), 'key'));
}

test('two tenants behind one gateway: other tiers, other keys, other money', async (context) => {
  const gateway = await startGateway(context, { words: ['--config', FILE] });
  const { url } = gateway;
  const clinic = { url, key: await keyOf(gateway, 'clinic') };
  const shop = { url, key: await keyOf(gateway, 'shop') };
  const review = (who: typeof clinic): Promise<Answer> => ask(who, { headers: REVIEW, body: LONG });

  assert.equal((await review(clinic)).said('tier'), '1');
  const bought = await review(shop);
  assert.equal(bought.said('tier'), '3');

  // The clinic cannot reach the frontier, not even by name, and is told why.
  const named = await ask(clinic, { body: { model: 'sim-frontier' } });
  assert.equal(named.status, 403);
  assert.match(named.text, /no_eligible_route/);

  // One tenant's decisions are nobody else's.
  const read = ({ key }: typeof clinic): Promise<Response> =>
    fetch(`${url}/v1/decisions/${bought.said('decision-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  assert.equal((await read(shop)).status, 200);
  assert.equal((await read(clinic)).status, 404);

  // A budget is a hard limit, and its own tenant's alone.
  let last = bought;
  for (let calls = 1; last.status === 200; calls += 1) {
    assert.ok(calls < SPENDING_CALLS_MAX, 'the budget was never spent');
    last = await review(shop);
  }
  assert.equal(last.status, 402);
  assert.match(last.text, /budget_exhausted/);
  assert.equal(last.headers.get('x-should-retry'), 'false');
  const left = await fetch(`${url}/v1/key`, { headers: { authorization: `Bearer ${shop.key}` } });
  const { budgets } = Object(await left.json());
  assert.ok(budgets[0].spent_micro_usd <= budgets[0].limit_micro_usd);
  assert.equal((await review(clinic)).status, 200);
});
