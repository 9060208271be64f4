// Scopes of a tenant's keys, at the admin API of a real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CANARY, house, played } from './brought.fixture.ts';

const codeOf = (text: string): unknown => JSON.parse(text).error?.code;

test('an auditor reads what its tenant did, finance the sums; neither calls', async (context) => {
  const own = await played(context, CANARY);
  const { admin, chat } = await house(context, { acme: [own.port] });
  await admin('acme', 'POST', '/endpoints', { name: 'gpu', url: own.url, key: CANARY });
  assert.equal((await admin('acme', 'POST', '/endpoints/acme/gpu/activate')).status, 200);
  assert.equal((await chat('acme-caller', 'big-one')).status, 200);
  await chat('globex-caller', 'big-one');

  const rows = async (): Promise<readonly { tenant: string; decision_id: string }[]> =>
    JSON.parse((await admin('acme-auditor', 'GET', '/requests')).text).data;
  const deadline = Date.now() + 20_000;
  let seen = await rows();
  while (seen.length === 0 && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50));
    seen = await rows();
  }
  assert.deepEqual(
    seen.map((one) => one.tenant),
    ['acme'],
  );
  const [row] = seen;
  assert.ok(row !== undefined);
  const decision = await admin('acme-auditor', 'GET', `/decisions/${row.decision_id}`);
  assert.equal(decision.status, 200, decision.text);
  assert.equal((await admin('globex', 'GET', `/decisions/${row.decision_id}`)).status, 404);
  const drained = await admin('acme-auditor', 'POST', '/endpoints/acme/gpu/drain');
  assert.deepEqual([drained.status, codeOf(drained.text)], [403, 'not_entitled']);

  const sums = await admin('acme-finance', 'GET', '/overview');
  assert.equal(JSON.parse(sums.text).totals.calls, 1, sums.text);
  assert.equal(codeOf((await admin('acme-finance', 'GET', '/requests')).text), 'not_entitled');
  assert.equal((await admin('acme-caller', 'GET', '/requests')).status, 401);
  for (const who of ['acme-auditor', 'acme-finance'] as const) {
    assert.equal(codeOf((await chat(who, 'big-one')).text), 'not_entitled');
  }
});
