import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { ADMIN_KEY, at, BEARER, Served } from '../served.fixture.ts';

const bearerOf = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

describe('the admin of a tenant at the console', () => {
  let served: Served;
  /** Keys of tenants that are let in. */
  let good: Set<string>;
  beforeEach(async () => {
    good = new Set(['acme', 'globex']);
    served = new Served({
      tenantOf: (key) =>
        good.has(key)
          ? {
              tenant: tenantName(key),
              key: `${key}-admin`,
              role: 'admin',
              holds: () => good.has(key),
            }
          : undefined,
    });
    await served.start();
  });
  afterEach(() => served.stop());

  const linkFor = async (headers: Record<string, string>): Promise<string> => {
    const made = await served.ask('POST', '/admin/v1/login-links', { headers });
    assert.equal(made.status, 201, made.text);
    const { pathname, search } = new URL(String(at(made.json(), 'url')));
    return `${pathname}${search}`;
  };
  const cookieFor = async (headers: Record<string, string>): Promise<string> => {
    const reply = await served.get(await linkFor(headers), {});
    assert.equal(reply.headers.location, '/');
    return reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  };
  it('comes in by a link of its own key, as itself and nobody more', async () => {
    const cookie = await cookieFor(bearerOf('acme'));
    const who = await served.get('/admin/v1/session', { cookie });
    assert.deepEqual(who.json(), { tenant: 'acme', name: 'acme-admin', role: 'admin' });
    const operator = await served.get('/admin/v1/session', {
      cookie: await cookieFor(BEARER),
    });
    assert.deepEqual(operator.json(), { tenant: null, name: 'operator', role: 'operator' });
    const flow = '/admin/v1/reports/data-flow?tenant=';
    assert.equal((await served.get(`${flow}acme`, { cookie })).status, 200);
    assert.equal((await served.get(`${flow}globex`, { cookie })).status, 404);
  });

  it('is refused what is the operator’s, and changes nothing of it', async () => {
    const cookie = await cookieFor(bearerOf('acme'));
    const paths = ['status', 'tenants', 'keys', 'policies', 'registry', 'models', 'requests/live'];
    for (const path of [...paths, 'openapi.json', 'tenants/acme', 'policies/acme']) {
      const reply = await served.get(`/admin/v1/${path}`, { cookie });
      assert.equal(at(reply.json(), 'error', 'code'), 'not_entitled', path);
    }
    const origin = served.origin;
    const changed = await served.ask('POST', '/admin/v1/tenants', {
      headers: { cookie, origin },
      body: { name: 'more' },
    });
    assert.equal(at(changed.json(), 'error', 'code'), 'not_entitled');
  });

  it('makes links for itself alone, also from a session', async () => {
    const origin = served.origin;
    const first = await cookieFor(bearerOf('acme'));
    const second = await cookieFor({ cookie: first, origin });
    const who = await served.get('/admin/v1/session', { cookie: second });
    assert.equal(at(who.json(), 'tenant'), 'acme');
    const out = await served.ask('POST', '/admin/v1/logout', {
      headers: { cookie: second, origin },
    });
    assert.equal(out.status, 200);
    assert.equal((await served.get('/admin/v1/session', { cookie: second })).status, 401);
    assert.equal((await served.get('/admin/v1/session', { cookie: first })).status, 200);
  });

  it('is out when its key is: sessions and links end with it', async () => {
    const cookie = await cookieFor(bearerOf('acme'));
    const other = await cookieFor(bearerOf('globex'));
    const link = await linkFor(bearerOf('acme'));
    good.delete('acme');
    const over = await served.get('/admin/v1/session', { cookie });
    assert.equal(over.status, 401);
    assert.equal(at(over.json(), 'error', 'code'), 'key_expired');
    assert.equal((await served.get(link, {})).headers.location, '/sign-in?link=spent');
    assert.equal((await served.get('/admin/v1/session', { cookie: other })).status, 200);
  });

  it('drives nobody else out by signing in often', async () => {
    const operator = await cookieFor(BEARER);
    const other = await cookieFor(bearerOf('globex'));
    const waiting = await linkFor(bearerOf('globex'));
    const eldest = await cookieFor(bearerOf('acme'));
    for (let one = 0; one < 256; one += 1) await cookieFor(bearerOf('acme'));
    for (let one = 0; one < 33; one += 1) await linkFor(bearerOf('acme'));
    for (const cookie of [operator, other]) {
      assert.equal((await served.get('/admin/v1/session', { cookie })).status, 200);
    }
    assert.equal((await served.get(waiting, {})).headers.location, '/');
    assert.equal((await served.get('/admin/v1/session', { cookie: eldest })).status, 401);
  });

  it('is nobody with a wrong key', async () => {
    const reply = await served.ask('POST', '/admin/v1/login-links', {
      headers: bearerOf(`${ADMIN_KEY}x`),
    });
    assert.equal(reply.status, 401);
    assert.match(String(at(reply.json(), 'error', 'hint')), /scope `admin`/);
  });
});
