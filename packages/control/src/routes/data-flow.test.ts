import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import type { FlowSum } from '@signalbox/ports';
import { at, NOW, Served } from '../served.fixture.ts';

const HOUR_MS = 3_600_000;
const PLACE: FlowSum = {
  fate: 'received',
  endpoint: 'cloud',
  region: 'us',
  legalEntity: 'Cloud Inc.',
  tier: 3,
  own: false,
  label: 'personal',
  consent: undefined,
  calls: 2,
  inputTokens: 10,
  outputTokens: 20,
  uncountedCalls: 1,
  first: NOW - 5_000,
  last: NOW - 4_000,
};

describe('the report of where data went', () => {
  const served = new Served();
  before(async () => {
    await served.start();
    served.readings.went = {
      reaches: [{ reach: 'left', label: undefined, calls: 4 }],
      places: [
        PLACE,
        { ...PLACE, consent: 'support', calls: 3, first: NOW - 9_000 },
        { ...PLACE, label: 'public' },
        { ...PLACE, fate: 'blocked', endpoint: 'far', label: 'regulated', calls: 1 },
        { ...PLACE, endpoint: 'vault', tier: 2, own: true, label: 'internal' },
      ],
      cut: false,
      rowsFrom: NOW - HOUR_MS,
    };
  });
  after(() => served.stop());

  const PATH = '/admin/v1/reports/data-flow?tenant=acme';
  const listing = (more: Readonly<Record<string, string>>): string =>
    `/admin/v1/requests?${new URLSearchParams({ tenant: 'acme', ...more })}`;

  it('sums a place up over consents, and tells each exception with its consent', async () => {
    const report = (await served.get(PATH)).json();
    assert.equal(at(report, 'received', 'length'), 3);
    assert.equal(at(report, 'received', 0, 'calls'), 5);
    assert.equal(at(report, 'received', 0, 'uncounted_calls'), 2);
    assert.equal(at(report, 'received', 0, 'first'), new Date(NOW - 9_000).toISOString());
    assert.equal(at(report, 'received', 0, 'left'), true);
    assert.equal(at(report, 'received', 2, 'left'), false);
    assert.equal(at(report, 'blocked', 0, 'endpoint'), 'far');
    const why = [0, 1].map((one) => [
      at(report, 'exceptions', one, 'consent'),
      at(report, 'exceptions', one, 'why'),
      at(report, 'exceptions', one, 'calls'),
    ]);
    assert.deepEqual(why, [
      [null, 'observed', 2],
      ['support', 'consent', 3],
    ]);
    assert.equal(at(report, 'exceptions', 'length'), 2);
    assert.equal(at(report, 'records_since'), new Date(NOW - HOUR_MS).toISOString());
  });

  it('gives each number the query of its calls', async () => {
    const report = (await served.get(PATH)).json();
    const span = (from: number, to: number) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    });
    const until = String(at(report, 'until'));
    assert.equal(
      at(report, 'calls', 0, 'records'),
      listing({ reach: 'left', label: '-', from: String(at(report, 'since')), to: until }),
    );
    const exact = span(NOW - 5_000, NOW - 3_999);
    assert.equal(
      at(report, 'exceptions', 0, 'records'),
      listing({ received_by: 'cloud', label: 'personal', consent: '-', ...exact }),
    );
    const blocked = String(at(report, 'blocked', 0, 'records'));
    assert.equal(blocked, listing({ blocked_at: 'far', label: 'regulated', ...exact }));
    for (const part of ['received', 'exceptions', 'blocked']) {
      const page = await served.get(String(at(report, part, 0, 'records')));
      assert.equal(page.status, 200, page.text);
    }
  });

  it('refuses nobody’s report, no tenant, and periods that cannot be', async () => {
    assert.equal((await served.get(PATH.replace('acme', 'nobody'))).status, 404);
    assert.equal((await served.get(PATH.replace('acme', 'globex'))).status, 200);
    for (const [query, param] of [
      ['', 'tenant'],
      ['?tenant=acme&since=2030-01-01T00:00:00Z', 'since'],
      ['?tenant=acme&since=2020-01-01T00:00:00Z', 'since'],
      ['?tenant=acme&until=yesterday', 'until'],
    ]) {
      const reply = await served.get(`/admin/v1/reports/data-flow${query}`);
      assert.equal(reply.status, 400, query);
      assert.equal(at(reply.json(), 'error', 'param'), param);
    }
  });
});

test('audits are told of one tenant or of all, and what is not known is null', async (t) => {
  const pair = { step: undefined, weak: 'small@1 s Q4 s-1', strong: 'large@3', tokensTold: true };
  const seen = { comparisons: 3, share: 2 / 3, low: 0.2, high: 0.94, since: NOW - 5 };
  const ms = { weak: 10, strong: 30.5 };
  const nanoUsd = { weak: 1_000, strong: undefined };
  const served = new Served({
    parity: (tenant) => [{ tenant: tenant ?? 'all', ...pair, ...seen, ms, nanoUsd }],
  });
  await served.start();
  t.after(() => served.stop());
  const [row] = Object((await served.get('/admin/v1/reports/parity?tenant=acme')).json()).data;
  assert.deepEqual(row, {
    tenant: 'acme',
    step: null,
    weak: { model: 'small@1 s Q4 s-1', ms: 10, micro_usd: 1 },
    strong: { model: 'large@3', ms: 30.5, micro_usd: null },
    tokens_told: true,
    comparisons: 3,
    share: 0.667,
    low: 0.2,
    high: 0.94,
    since: new Date(NOW - 5).toISOString(),
  });
  const all = (await served.get('/admin/v1/reports/parity')).json();
  assert.equal(at(all, 'data', 0, 'tenant'), 'all');
});
