import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { at, BEARER, keptEvent, type Reply, Served } from '../served.fixture.ts';

const ACME = { authorization: 'Bearer acme-admin' };
const EVENTS = [keptEvent(1, undefined), keptEvent(2, 'acme'), keptEvent(3, 'globex')];
const [SHARED = '', OWN = '', OTHER = ''] = EVENTS.map((one) => one.id);

describe('events of the registry', () => {
  let served: Served;
  beforeEach(async () => {
    served = new Served({
      tenantOf: (key) =>
        key === 'acme-admin'
          ? { tenant: tenantName('acme'), key: 'admin', role: 'admin', holds: () => true }
          : undefined,
    });
    await served.start();
    const hears = ({ tenant }: { readonly tenant: string | undefined }): readonly string[] =>
      tenant === 'acme' ? ['ops', 'theirs'] : ['ops'];
    served.outbox.record({ known: new Map(), events: EVENTS, hears });
    for (const webhook of ['ops', 'theirs']) {
      const tried = { at: 1, webhook, event: OWN, attempt: 1, ms: 3, fault: 'connect_failed' };
      served.outbox.tried({ ...tried, outcome: 'failed', status: undefined }, 9_000);
    }
  });
  afterEach(() => served.stop());

  const idsOf = (reply: Reply): unknown => {
    const rows = at(reply.json(), 'data');
    return Array.isArray(rows) ? rows.map((one) => at(one, 'id')) : reply.text;
  };
  const again = (id: string, body: object, headers: Record<string, string> = ACME) =>
    served.ask('POST', `/admin/v1/events/${id}/redeliver`, { body, headers });

  it('come page by page to the operator, newest first', async () => {
    assert.deepEqual(idsOf(await served.get('/admin/v1/events')), [OTHER, OWN, SHARED]);
    const first = await served.get('/admin/v1/events?limit=2');
    assert.equal(at(first.json(), 'has_more'), true);
    const next = String(at(first.json(), 'next'));
    assert.deepEqual(idsOf(await served.get(`/admin/v1/events?limit=2&after=${next}`)), [SHARED]);
    assert.deepEqual(idsOf(await served.get('/admin/v1/events?tenant=globex')), [OTHER]);
    for (const query of ['limit=0', 'limit=201', 'after=7', 'tenants=acme']) {
      assert.equal((await served.get(`/admin/v1/events?${query}`)).status, 400, query);
    }
    const tried = await served.get('/admin/v1/deliveries?webhook=ops&outcome=failed');
    assert.equal(at(tried.json(), 'data', 'length'), 1);
    assert.equal(at(tried.json(), 'data', 0, 'fault'), 'connect_failed');
    assert.equal((await served.get('/admin/v1/deliveries?outcome=lost')).status, 400);
  });

  it('of others are not there for a tenant’s admin, nor who else heard of its own', async () => {
    const listed = await served.get('/admin/v1/events', ACME);
    assert.deepEqual(idsOf(listed), [OWN]);
    assert.deepEqual(at(listed.json(), 'data', 0, 'waiting'), ['theirs']);
    assert.equal((await served.get('/admin/v1/events?tenant=globex', ACME)).status, 404);
    assert.equal((await served.get('/admin/v1/deliveries?tenant=globex', ACME)).status, 404);
    for (const id of [SHARED, OTHER]) {
      assert.equal((await served.get(`/admin/v1/events/${id}`, ACME)).status, 404);
      assert.equal((await again(id, {})).status, 404);
    }
    const texts = await Promise.all(
      [`events/${OWN}`, 'deliveries', 'deliveries?webhook=ops', `deliveries?event=${OTHER}`].map(
        async (path) => (await served.get(`/admin/v1/${path}`, ACME)).text,
      ),
    );
    assert.doesNotMatch(texts.join(), /ops/);
    assert.match(texts[0] ?? '', /"deliveries":\[\{"webhook":"theirs"/);
    assert.match(texts[1] ?? '', /"webhook":"theirs"/);
  });

  it('are told again where who asks may say so, and the journal says who did', async () => {
    const done = await again(OWN, {});
    assert.deepEqual(at(done.json(), 'webhooks'), ['theirs']);
    assert.deepEqual(served.deeds, [
      {
        ...{ act: 'event-redelivered', by: 'admin', tenant: 'acme', what: OWN },
        detail: { webhooks: 'theirs' },
      },
    ]);
    const waits = served.outbox.waits([OWN]).map((one) => [one.webhook, one.tries]);
    assert.deepEqual(waits, [
      ['ops', 1],
      ['theirs', 0],
    ]);
    assert.equal((await again(OWN, { webhook: 'ops' })).status, 400);
    assert.equal((await again(OWN, { hook: 'ops' })).status, 400);
    assert.deepEqual(at((await again(OWN, {}, BEARER)).json(), 'webhooks'), ['ops', 'theirs']);
    assert.equal((await again('evt_nothing', {}, BEARER)).status, 404);
  });
});
