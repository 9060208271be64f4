import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { summary } from './memory-readings.fixture.ts';
import { ADMIN_KEY, at, BEARER, Served } from './served.fixture.ts';

describe('who comes in', () => {
  const served = new Served();
  before(() => served.start());
  after(() => served.stop());

  const cookieOf = async (): Promise<string> => {
    const link = new URL(served.control.loginLink());
    const reply = await served.get(`${link.pathname}${link.search}`, {});
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.location, '/');
    return reply.headers['set-cookie']?.[0] ?? '';
  };
  const session = async (): Promise<string> => (await cookieOf()).split(';')[0] ?? '';

  it('leaves paths alone that are not its own', async () => {
    for (const path of ['/v1/models', '/healthz', '/adminx', '/nothing', '/requests/other']) {
      assert.equal((await served.get(path)).headers['x-not'], 'ours', path);
    }
  });

  it('admits the admin key as a bearer', async () => {
    const reply = await served.get('/admin/v1/status');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['cache-control'], 'no-store');
  });

  it('refuses no key and a wrong one with 401 in the envelope of the house', async () => {
    const none = await served.get('/admin/v1/status', {});
    assert.equal(none.status, 401);
    assert.equal(at(none.json(), 'error', 'code'), 'key_missing');
    const wrong = await served.get('/admin/v1/status', { authorization: `Bearer ${ADMIN_KEY}x` });
    assert.equal(wrong.status, 401);
    assert.equal(at(wrong.json(), 'error', 'code'), 'key_invalid');
    assert.match(String(at(wrong.json(), 'error', 'request_id')), /^req_[0-9A-Z]{26}$/);
    assert.equal(wrong.text.includes(ADMIN_KEY), false);
  });

  it('asks for the key before it says whether a path exists', async () => {
    assert.equal((await served.get('/admin/v1/nothing', {})).status, 401);
    assert.equal((await served.get('/admin/v1/nothing')).status, 404);
    assert.equal((await served.get('/admin')).status, 404);
  });

  it('opens the console once by a link', async () => {
    const link = new URL(served.control.loginLink());
    assert.equal(link.origin, served.origin);
    const first = await served.get(`${link.pathname}${link.search}`, {});
    assert.equal(first.headers.location, '/');
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    assert.match(
      cookie,
      /^signalbox_\d+=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const second = await served.get(`${link.pathname}${link.search}`, {});
    assert.equal(second.status, 303);
    assert.equal(second.headers.location, '/sign-in?link=spent');
    assert.equal(second.headers['set-cookie'], undefined);
  });

  it('does not spend a link on who only looks', async () => {
    const link = new URL(served.control.loginLink());
    const path = `${link.pathname}${link.search}`;
    await served.ask('HEAD', path);
    await served.get(path, { 'sec-purpose': 'prefetch' });
    assert.equal((await served.get(path, {})).headers.location, '/');
  });

  it('lets a link go after ten minutes and a session after twelve hours', async () => {
    const link = new URL(served.control.loginLink());
    const cookie = await session();
    served.clock.turn(10 * 60_000);
    const late = await served.get(`${link.pathname}${link.search}`, {});
    assert.equal(late.headers.location, '/sign-in?link=spent');
    assert.equal((await served.get('/admin/v1/status', { cookie })).status, 200);
    served.clock.turn(12 * 60 * 60_000);
    const ended = await served.get('/admin/v1/status', { cookie });
    assert.equal(ended.status, 401);
    assert.equal(at(ended.json(), 'error', 'code'), 'key_expired');
  });

  it('makes a link for who has the admin key', async () => {
    const made = await served.ask('POST', '/admin/v1/login-links', { headers: BEARER });
    assert.equal(made.status, 201);
    const url = new URL(String(at(made.json(), 'url')));
    assert.equal((await served.get(`${url.pathname}${url.search}`, {})).headers.location, '/');
  });

  it('keeps at most 32 open links: the oldest goes', async () => {
    const first = new URL(served.control.loginLink());
    for (let i = 0; i < 32; i += 1) served.control.loginLink();
    const reply = await served.get(`${first.pathname}${first.search}`, {});
    assert.equal(reply.headers.location, '/sign-in?link=spent');
  });

  it('ends a session at logout', async () => {
    const cookie = await session();
    const headers = { cookie, origin: served.origin };
    const out = await served.ask('POST', '/admin/v1/logout', { headers });
    assert.equal(out.status, 200);
    assert.match(out.headers['set-cookie']?.[0] ?? '', /=; Path=\/; Max-Age=0/);
    assert.equal((await served.get('/admin/v1/status', { cookie })).status, 401);
  });

  it('refuses a host name that is not its own, for the console too', async () => {
    const hosts = ['evil.example', '127.0.0.1', `127.0.0.1.evil.example:${served.port}`];
    for (const host of hosts) {
      for (const path of ['/', '/admin/v1/status', '/login?token=x', '/assets/main-abc.js']) {
        const reply = await served.get(path, { ...BEARER, host });
        assert.equal(reply.status, 403, `${host} ${path}`);
        assert.equal(at(reply.json(), 'error', 'code'), 'origin_denied');
      }
    }
    assert.equal((await served.get('/', { host: `LOCALHOST:${served.port}` })).status, 200);
  });

  it('refuses pages of other sites, with a key and with a cookie', async () => {
    const cookie = await session();
    const evil = { origin: 'https://evil.example' };
    assert.equal((await served.get('/admin/v1/status', { ...BEARER, ...evil })).status, 403);
    assert.equal((await served.get('/admin/v1/status', { cookie, ...evil })).status, 403);
    assert.equal((await served.get('/admin/v1/status', { cookie, origin: 'null' })).status, 403);
    for (const site of ['cross-site', 'same-site']) {
      const headers = { cookie, 'sec-fetch-site': site };
      assert.equal((await served.get('/admin/v1/status', headers)).status, 403, site);
    }
    const own = { cookie, 'sec-fetch-site': 'same-origin' };
    assert.equal((await served.get('/admin/v1/status', own)).status, 200);
  });

  it('changes nothing for a cookie that does not say where it comes from', async () => {
    const cookie = await session();
    const path = '/admin/v1/endpoints/sim-local/drain';
    assert.equal((await served.ask('POST', path, { headers: { cookie } })).status, 403);
    const headers = { cookie, origin: served.origin };
    assert.equal((await served.ask('POST', path, { headers })).status, 200);
    assert.equal((await served.ask('POST', path, { headers: BEARER })).status, 200);
  });

  it('never sends a header that lets another site read an answer', async () => {
    const headers = { ...BEARER, origin: served.origin };
    const reply = await served.get('/admin/v1/status', headers);
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
    const preflight = await served.ask('OPTIONS', '/admin/v1/status', { headers });
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers.allow, 'GET');
  });
});

describe('the files of the console', () => {
  const served = new Served();
  before(() => served.start());
  after(() => served.stop());

  it('shows one page at every room, and its assets for long', async () => {
    const rooms = ['/', '/requests', `/requests/${summary(1).decision}`, '/sign-in?link=spent'];
    for (const path of rooms) {
      const reply = await served.get(path, {});
      assert.equal(reply.status, 200, path);
      assert.match(reply.text, /<title>/);
      assert.equal(reply.headers['cache-control'], 'no-cache');
    }
    const asset = await served.get('/assets/main-abc.js', {});
    assert.match(asset.headers['cache-control'] ?? '', /immutable/);
  });

  it('guards them: own scripts alone, no frames, no sniffing, no referrer', async () => {
    const { headers } = await served.get('/', {});
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.equal(policy.includes('unsafe'), false);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-frame-options'], 'DENY');
  });

  it('answers 304 to who has the file, and HEAD without a body', async () => {
    const first = await served.get('/', {});
    const again = await served.get('/', { 'if-none-match': first.headers.etag ?? '' });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    const head = await served.ask('HEAD', '/');
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
  });

  it('takes no other method', async () => {
    const reply = await served.ask('POST', '/', { body: {} });
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, 'GET, HEAD');
  });
});
