import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { decisionNumber, summary } from './memory-readings.fixture.ts';
import { RECORD } from './record.fixture.ts';
import { at, keptEvent, Served } from './served.fixture.ts';

const EVENT = keptEvent(1, 'acme');

describe('the description of the admin API', () => {
  const served = new Served();
  before(async () => {
    await served.start();
    served.readings.add(summary(1), RECORD);
    served.outbox.record({ known: new Map(), events: [EVENT], hears: () => ['ops'] });
    const tried = { at: EVENT.at, webhook: 'ops', event: EVENT.id, attempt: 1, ms: 3 };
    const failed = { ...tried, outcome: 'failed', status: 500, fault: undefined } as const;
    served.outbox.tried(failed, EVENT.at + 5_000);
  });
  after(() => served.stop());

  it('describes every path, itself included, in a form that holds together', async () => {
    const page = (await served.get('/admin/v1/openapi.json')).json();
    assert.equal(at(page, 'openapi'), '3.1.0');
    const paths = at(page, 'paths') ?? {};
    assert.deepEqual(
      Object.keys(paths).toSorted(),
      [
        'aliases',
        'aliases/{name}',
        'aliases/{name}/versions',
        'consents',
        'consents/{name}',
        'decisions/{name}',
        'degradation',
        'deliveries',
        'endpoints',
        'endpoints/{name}',
        'endpoints/{name}/activate',
        'endpoints/{name}/drain',
        'endpoints/{name}/enable',
        'endpoints/{name}/key',
        'endpoints/{name}/probe',
        'events',
        'events/{name}',
        'events/{name}/redeliver',
        'keys',
        'keys/{name}',
        'login-links',
        'logout',
        'model-facts',
        'models',
        'models/{name}',
        'models/{name}/versions',
        'openapi.json',
        'overview',
        'plans',
        'plans/{name}',
        'plans/{name}/versions',
        'policies',
        'policies/{name}',
        'policies/{name}/approve',
        'policies/{name}/promote',
        'policies/{name}/rehearse',
        'policies/{name}/rollback',
        'policies/{name}/shadow',
        'policies/{name}/standing',
        'policies/{name}/versions',
        'prices',
        'prices/{name}',
        'prices/{name}/versions',
        'registry',
        'reports/data-flow',
        'reports/parity',
        'requests',
        'requests/live',
        'rings',
        'rings/{name}',
        'rings/{name}/versions',
        'route/simulate',
        'session',
        'sessions/{name}/declassify',
        'status',
        'tenants',
        'tenants/{name}',
        'tenants/{name}/rotate-key',
      ].map((path) => `/admin/v1/${path}`),
    );
    const limit = at(paths, '/admin/v1/requests', 'get', 'parameters', 0);
    assert.equal(at(limit, 'name'), 'limit');
    assert.equal(at(limit, 'schema', 'type'), 'integer');
    assert.equal(at(limit, 'schema', 'maximum'), 200);
    const body = at(paths, '/admin/v1/keys', 'post', 'requestBody', 'content', 'application/json');
    const properties = Object.keys(at(body, 'schema', 'properties') ?? {});
    assert.equal(properties.includes('tenant'), true);
    assert.equal(properties.includes('secret_hash'), false);
  });

  it('tells the truth: every answer fits the schema that describes it', async () => {
    const page = (await served.get('/admin/v1/openapi.json')).json();
    const paths = at(page, 'paths') ?? {};
    for (const [path, methods] of Object.entries(paths)) {
      const type = 'application/json';
      const schema = at(methods, 'get', 'responses', '200', 'content', type, 'schema');
      if (schema === undefined) continue;
      const named = /tenants|policies|plans|rings|models|aliases|prices/.test(path)
        ? 'acme'
        : decisionNumber(1);
      const name = path.includes('events') ? EVENT.id : named;
      const query = path.includes('reports') ? '?tenant=acme' : '';
      const reply = await served.get(path.replace('{name}', name) + query);
      assert.equal(reply.status, 200, path);
      const read = z.fromJSONSchema(Object(schema)).safeParse(reply.json());
      assert.equal(read.success, true, `${path}: ${JSON.stringify(read.error?.issues)}`);
    }
  });
});
