import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EVERY_TENANT, StoreFault } from '@signalbox/ports';
import { decisionNumber, summary } from '../memory-readings.fixture.ts';
import { RECORD } from '../record.fixture.ts';
import { at, Served } from '../served.fixture.ts';

describe('what the admin API tells', () => {
  let served: Served;
  beforeEach(async () => {
    served = new Served();
    await served.start();
  });
  afterEach(() => served.stop());

  const refusedParam = async (path: string): Promise<unknown> => {
    const reply = await served.get(path);
    assert.equal(reply.status, 400, path);
    assert.equal(at(reply.json(), 'error', 'code'), 'body_invalid');
    return at(reply.json(), 'error', 'param');
  };

  it('sums a window of time, with money in whole micro-USD', async () => {
    served.readings.add(summary(1));
    const overview = (await served.get('/admin/v1/overview?window_ms=3600000')).json();
    assert.equal(at(overview, 'totals', 'calls'), 1);
    // Half-even: 1,500 nano-USD are 2 micro-USD, 2,500 too.
    assert.equal(at(overview, 'totals', 'cost_micro_usd'), 2);
    assert.equal(at(overview, 'totals', 'savings_micro_usd'), 2);
    assert.equal(at(overview, 'tiers', 0, 'points', 0, 'at'), at(overview, 'from'));
  });

  it('pages through requests, newest first', async () => {
    for (let i = 1; i <= 5; i += 1) served.readings.add(summary(i));
    const first = (await served.get('/admin/v1/requests?limit=3')).json();
    assert.equal(at(first, 'data', 0, 'decision_id'), decisionNumber(5));
    assert.equal(at(first, 'has_more'), true);
    const next = String(at(first, 'next'));
    const second = (await served.get(`/admin/v1/requests?limit=3&after=${next}`)).json();
    assert.equal(at(second, 'data', 'length'), 2);
    assert.equal(at(second, 'data', 1, 'decision_id'), decisionNumber(1));
    assert.equal(at(second, 'has_more'), false);
    assert.equal(at(second, 'next'), null);
  });

  it('says null for what is not known, never 0', async () => {
    const unknown = { costNanoUsd: undefined, tier: undefined, inputTokens: undefined };
    served.readings.add(summary(1, unknown));
    const row = at((await served.get('/admin/v1/requests')).json(), 'data', 0);
    assert.equal(at(row, 'cost_micro_usd'), null);
    assert.equal(at(row, 'cost_usd'), null);
    assert.equal(at(row, 'tier'), null);
    assert.equal(at(row, 'input_tokens'), null);
  });

  it('filters, and asks the store for the rows of the named tenant alone', async () => {
    served.readings.add(summary(1));
    served.readings.add(summary(2, { tenant: 'globex' }));
    const page = (await served.get('/admin/v1/requests?tenant=globex')).json();
    assert.equal(at(page, 'data', 'length'), 1);
    assert.equal(at(page, 'data', 0, 'tenant'), 'globex');
    await served.get('/admin/v1/overview?tenant=acme');
    await served.get('/admin/v1/requests');
    await served.get(`/admin/v1/decisions/${decisionNumber(1)}`);
    assert.deepEqual(served.readings.scopes, ['globex', 'acme', EVERY_TENANT, EVERY_TENANT]);
  });

  it('refuses a query that it does not understand, and names what', async () => {
    assert.equal(await refusedParam('/admin/v1/requests?limit=0'), 'limit');
    assert.equal(await refusedParam('/admin/v1/requests?limit=1e2'), 'limit');
    assert.equal(await refusedParam('/admin/v1/requests?limit=201'), 'limit');
    assert.equal(await refusedParam('/admin/v1/requests?tier=4'), 'tier');
    assert.equal(await refusedParam('/admin/v1/requests?after=x'), 'after');
    assert.equal(await refusedParam('/admin/v1/requests?ending=odd'), 'ending');
    assert.equal(await refusedParam('/admin/v1/requests?teir=1'), 'teir');
    assert.equal(await refusedParam('/admin/v1/requests?tier=1&tier=2'), 'tier');
    assert.equal(await refusedParam('/admin/v1/overview?window_ms=1'), 'window_ms');
    assert.equal(await refusedParam('/admin/v1/status?x=1'), 'x');
  });

  it('explains a decision: gates in words, the rule, what would change it', async () => {
    served.readings.add(summary(1), RECORD);
    const reply = await served.get(`/admin/v1/decisions/${decisionNumber(1)}`);
    const decision = reply.json();
    assert.equal(reply.status, 200);
    assert.equal(at(decision, 'rule'), 'triage (signalbox.yaml:41)');
    assert.equal(at(decision, 'candidates', 0, 'in_route'), true);
    assert.deepEqual(at(decision, 'candidates', 2, 'gates'), ['tier', 'disabled']);
    assert.match(String(at(decision, 'candidates', 2, 'why', 0)), /above the ceiling/);
    assert.match(String(at(decision, 'explanation', 'summary')), /sim-small at sim-local, tier 1/);
    assert.match(String(at(decision, 'explanation', 'because')), /labelled regulated/);
    assert.match(String(at(decision, 'explanation', 'changes')), /a consent by the tenant's admin/);
    assert.equal(at(decision, 'cost_micro_usd'), 2);
    assert.equal(at(decision, 'cost_usd'), '0.0000015');
    assert.equal(at(decision, 'usage', 'cached_input_tokens'), null);
  });

  it('tells what a local model said of the text', async () => {
    const secondStage = { outcome: 'read', types: ['name'], windows: 1, tookMs: 7 };
    const who = { endpoint: 'sim-local', model: 'sim-small' };
    served.readings.add(summary(1), { ...RECORD, secondStage: { ...secondStage, ...who } });
    const decision = (await served.get(`/admin/v1/decisions/${decisionNumber(1)}`)).json();
    assert.deepEqual(at(decision, 'second_stage'), {
      ...{ outcome: 'read', types: ['name'], windows: 1, took_ms: 7 },
      ...who,
    });
    const because = String(at(decision, 'explanation', 'because'));
    assert.match(because, /The second stage \(sim-small\) found name\./);
  });

  it('shows what callers said of the answer', async () => {
    const said = [{ tier: 1, score: 0.5, by: 'caller', key: 'k', at: 0 }] as const;
    served.readings.add(summary(5), RECORD, said);
    const decision = (await served.get(`/admin/v1/decisions/${decisionNumber(5)}`)).json();
    const at0 = '1970-01-01T00:00:00.000Z';
    assert.deepEqual(at(decision, 'feedback'), [{ ...said[0], at: at0 }]);
  });

  it('says what a caller declared too low', async () => {
    served.readings.add(summary(3), { ...RECORD, declared: 'public' });
    const decision = (await served.get(`/admin/v1/decisions/${decisionNumber(3)}`)).json();
    assert.equal(at(decision, 'declared'), 'public');
    const because = String(at(decision, 'explanation', 'because'));
    assert.match(because, /The caller declared public: less, and ignored\./);
  });

  it('does not know what nobody made, and says when a record is gone', async () => {
    served.readings.add(summary(1));
    for (const id of ['dec_x', decisionNumber(9), `${decisionNumber(1)}-2`]) {
      const reply = await served.get(`/admin/v1/decisions/${id}`);
      assert.equal(reply.status, 404);
      assert.equal(at(reply.json(), 'error', 'code'), 'decision_unknown');
    }
    const gone = await served.get(`/admin/v1/decisions/${decisionNumber(1)}`);
    assert.match(String(at(gone.json(), 'error', 'message')), /no longer kept/);
  });

  it('shows problems of the configuration with their place', async () => {
    const status = (await served.get('/admin/v1/status')).json();
    assert.equal(at(status, 'mode'), 'degraded');
    assert.equal(at(status, 'problems', 0, 'line'), 7);
    assert.equal(at(status, 'problems', 0, 'hint'), 'did you mean `topology`?');
  });

  it('lists tenants and keys without a secret', async () => {
    const tenants = (await served.get('/admin/v1/tenants')).json();
    assert.equal(at(tenants, 'data', 0, 'budget', 'amount_micro_usd'), 5_000_000);
    assert.deepEqual(at(tenants, 'data', 0, 'source'), { file: 'signalbox.yaml', line: 5 });
    const keys = await served.get('/admin/v1/keys');
    assert.equal(at(keys.json(), 'data', 0, 'tenant'), 'acme');
    assert.equal(keys.text.includes('ACME_KEY'), false);
    assert.equal((await served.get('/admin/v1/endpoints')).status, 200);
    assert.equal((await served.get('/admin/v1/models')).status, 200);
  });

  it('says 503 when the store is busy, and 500 without details for a fault of ours', async () => {
    served.readings.failure = new StoreFault('busy');
    const busy = await served.get('/admin/v1/requests');
    assert.equal(busy.status, 503);
    const waitMs = Number(busy.headers['retry-after-ms']);
    assert.ok(waitMs >= 1_000 && waitMs <= 2_000, 'never the same for all');
    served.readings.failure = new TypeError('a secret place');
    const fault = await served.get('/admin/v1/requests');
    assert.equal(fault.status, 500);
    assert.equal(fault.text.includes('a secret place'), false);
    assert.equal(
      served.logged.some((line) => line.includes('admin-failed')),
      true,
    );
  });
});
