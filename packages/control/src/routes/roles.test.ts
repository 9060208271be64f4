// What keys of a tenant may ask, by their role: that tenant alone, and an auditor changes nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import type { TenantKey, TenantRole } from '../door/door.ts';
import { decisionNumber, summary } from '../memory-readings.fixture.ts';
import { RECORD } from '../record.fixture.ts';
import { at, Served } from '../served.fixture.ts';

const ROLES: readonly TenantRole[] = ['admin', 'auditor', 'finance'];
const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });

describe('a key of a tenant', () => {
  let served: Served;
  /** What the key `turning` is now. */
  let turning: TenantRole;
  beforeEach(async () => {
    turning = 'admin';
    const roleOf = (text: string): TenantRole | undefined =>
      text === 'turning' ? turning : ROLES.find((one) => one === text);
    served = new Served({
      tenantOf(text): TenantKey | undefined {
        const role = roleOf(text);
        const holds = (): boolean => roleOf(text) === role;
        return role && { tenant: tenantName('acme'), key: text, role, holds };
      },
    });
    await served.start();
    served.readings.add({ ...summary(1), tenant: tenantName('acme') }, RECORD);
    const theirs = { ...RECORD, tenant: 'globex', decision: decisionNumber(2) };
    served.readings.add({ ...summary(2), tenant: tenantName('globex') }, theirs);
  });
  afterEach(() => served.stop());

  const status = async (role: string, path: string, method = 'GET'): Promise<unknown> => {
    const reply = await served.ask(method, `/admin/v1${path}`, {
      headers: bearer(role),
      ...(method === 'GET' ? {} : { body: {} }),
    });
    return reply.status === 403 ? at(reply.json(), 'error', 'code') : reply.status;
  };
  const read = '/overview /requests /reports/data-flow /reports/parity /endpoints /consents'.split(
    ' ',
  );

  it('reads what is of its tenant, by its role', async () => {
    for (const path of [...read, `/decisions/${decisionNumber(1)}`]) {
      assert.equal(await status('admin', path), 200, path);
      assert.equal(await status('auditor', path), 200, path);
      const money = path === '/overview' ? 200 : 'not_entitled';
      assert.equal(await status('finance', path), money, path);
    }
    for (const path of ['/tenants', '/keys', '/status', '/requests/live', '/models']) {
      for (const role of ROLES) assert.equal(await status(role, path), 'not_entitled', path);
    }
  });

  it('sees no other tenant, whatever it asks for', async () => {
    for (const role of ['admin', 'auditor']) {
      const listed = (await served.get('/admin/v1/requests', bearer(role))).json();
      assert.equal(at(listed, 'data', 'length'), 1);
      assert.equal(at(listed, 'data', 0, 'decision_id'), decisionNumber(1));
      const sums = (await served.get('/admin/v1/overview', bearer(role))).json();
      assert.equal(at(sums, 'totals', 'calls'), 1);
      for (const tenant of ['globex', '*', 'nobody']) {
        for (const path of ['requests', 'overview', 'reports/data-flow', 'reports/parity']) {
          const there = `/${path}?tenant=${encodeURIComponent(tenant)}`;
          assert.ok([400, 404].includes(Number(await status(role, there))), there);
        }
      }
      assert.equal(await status(role, '/requests?tenant=acme'), 200);
      assert.equal(await status(role, `/decisions/${decisionNumber(2)}`), 404);
    }
    assert.ok(served.readings.scopes.every((one) => one === 'acme'));
  });

  it('changes nothing unless it is an admin’s', async () => {
    const deeds: readonly (readonly [method: string, path: string])[] = [
      ['POST', '/consents'],
      ['POST', '/endpoints'],
      ['DELETE', '/endpoints/acme/gpu'],
      ['POST', '/endpoints/acme/gpu/drain'],
      ['POST', '/sessions/ses_1/declassify'],
      ['POST', '/tenants'],
    ];
    for (const [method, path] of deeds) {
      for (const role of ['auditor', 'finance']) {
        assert.equal(await status(role, path, method), 'not_entitled', `${role} ${path}`);
      }
    }
    assert.notEqual(await status('admin', '/consents', 'POST'), 'not_entitled');
    assert.deepEqual([served.deeds, served.desk.calls], [[], []]);
  });

  it('comes and goes, whatever its role, and its session may no more than it', async () => {
    for (const role of ROLES) {
      const made = await served.ask('POST', '/admin/v1/login-links', { headers: bearer(role) });
      assert.equal(made.status, 201, role);
      const { pathname, search } = new URL(String(at(made.json(), 'url')));
      const opened = await served.get(`${pathname}${search}`, {});
      const cookie = opened.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      const who = await served.get('/admin/v1/session', { cookie });
      assert.deepEqual(who.json(), { tenant: 'acme', name: role, role });
      const seen = await served.get('/admin/v1/consents', { cookie });
      assert.equal(seen.status, role === 'finance' ? 403 : 200, role);
      const headers = { cookie, origin: served.origin };
      assert.equal((await served.ask('POST', '/admin/v1/logout', { headers })).status, 200);
      assert.equal((await served.get('/admin/v1/session', { cookie })).status, 401);
    }
  });

  it('is what its document says now', async () => {
    assert.equal(await status('turning', '/requests'), 200);
    turning = 'finance';
    assert.equal(await status('turning', '/requests'), 'not_entitled');
    assert.equal(await status('nobody', '/requests'), 401);
  });
});
