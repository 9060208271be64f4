import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parseApiKey } from '@signalbox/trust';
import { ADMIN_KEY, at, BEARER, type Reply, Served } from '../served.fixture.ts';

describe('what an operator changes', () => {
  let served: Served;
  beforeEach(async () => {
    served = new Served();
    await served.start();
  });
  afterEach(() => served.stop());

  const post = (path: string, body?: unknown, more = {}): Promise<Reply> =>
    served.ask('POST', `/admin/v1/${path}`, { body, headers: { ...BEARER, ...more } });
  const codeOf = (reply: Reply): unknown => at(reply.json(), 'error', 'code');
  const paramOf = (reply: Reply): unknown => at(reply.json(), 'error', 'param');

  it('switches endpoints', async () => {
    const reply = await post('endpoints/sim-local/drain');
    assert.deepEqual(reply.json(), { name: 'sim-local', done: 'drained' });
    assert.equal((await post('endpoints/sim-local/enable')).status, 200);
    assert.deepEqual(served.desk.calls, ['drain sim-local', 'enable sim-local']);
    assert.equal((await post('endpoints/nobody/enable')).status, 404);
  });

  it('takes endpoints whose names hold slashes and colons', async () => {
    await post('endpoints/ollama/qwen3:8b/enable');
    assert.deepEqual(served.desk.calls, ['enable ollama/qwen3:8b']);
  });

  it('makes a tenant, with money in micro-USD', async () => {
    const budget = { amount_micro_usd: 1_500_000, per: 'month' };
    const made = await post('tenants', { name: 'initech', topology: 'sovereign', budget });
    assert.equal(made.status, 201);
    assert.equal(at(made.json(), 'topology'), 'sovereign');
    assert.deepEqual(at(made.json(), 'budget'), budget);
    const shown = await served.get('/admin/v1/tenants/initech');
    assert.deepEqual(shown.json(), made.json());
    assert.equal(shown.headers.etag, made.headers.etag);
  });

  it('shows all that a tenant says, so that it can be sent back', async () => {
    const own = { own: { endpoints: ['sim-local'], networks: ['hq'] } };
    const sensitive = { patterns: [{ name: 'claim', pattern: 'CL-\\d{6}', kind: 'health' }] };
    const document = { class: 'LEGAL', agents: { scribe: ['acme'] }, sensitive, ...own };
    const models = { hide: ['gpt-*'] };
    const made = await post('tenants', { name: 'initech', ...document, models });
    assert.equal(made.status, 201, made.text);
    const shown = (await served.get('/admin/v1/tenants/initech')).json();
    assert.deepEqual(at(shown, 'class'), 'LEGAL');
    assert.deepEqual(at(shown, 'agents'), document.agents);
    assert.deepEqual(at(shown, 'sensitive'), sensitive);
    assert.deepEqual(at(shown, 'models'), models);
    const page = (await served.get('/admin/v1/openapi.json')).json();
    const ways = at(page, 'paths', '/admin/v1/tenants/{name}');
    const form = ['content', 'application/json', 'schema', 'properties'];
    const sent = Object.keys(at(ways, 'put', 'requestBody', ...form) ?? {});
    const told = Object.keys(at(ways, 'get', 'responses', '200', ...form) ?? {});
    const less = sent.filter((key) => !told.includes(key) || at(shown, key) === undefined);
    assert.deepEqual([less, sent.includes('sensitive')], [[], true]);
  });

  const CONSENT = {
    ...{ tenant: 'acme', kinds: ['health'], tiers: [2], purpose: 'claims' },
    ...{ until: '2040-01-01', given_by: 'Ada' },
  };

  it('gives consents and revokes them, for a tenant by its own admin alone', async () => {
    const made = await post('consents', { ...CONSENT, name: 'claims' });
    assert.equal(made.status, 201);
    assert.deepEqual([at(made.json(), 'name'), at(made.json(), 'revoked')], ['claims', false]);
    const unnamed = await post('consents', CONSENT);
    assert.match(String(at(unnamed.json(), 'name')), /^con_[0-9A-Z]{26}$/);
    assert.equal(paramOf(await post('consents', { ...CONSENT, revoked: false })), 'revoked');
    assert.equal(paramOf(await post('consents', { ...CONSENT, tiers: [4] })), 'tiers.0');
    const over = await post('consents', { ...CONSENT, until: '2020-01-01' });
    assert.deepEqual([over.status, paramOf(over)], [400, 'until']);
    const gone = await served.ask('DELETE', '/admin/v1/consents/claims', { headers: BEARER });
    assert.deepEqual(gone.json(), { name: 'claims', done: 'revoked' });
    const unknown = await served.ask('DELETE', '/admin/v1/consents/nobody', { headers: BEARER });
    assert.equal(unknown.status, 404);
    const acts = served.deeds.map(({ act, by, what }) => `${act} ${by} ${what}`);
    assert.equal(acts[0], 'consent-given operator claims');
    assert.equal(acts[2], 'consent-revoked operator claims');
  });

  it('lowers a session for a reason, and says who did', async () => {
    const path = 'sessions/ses_0a1b2c3d/declassify';
    assert.equal(paramOf(await post(path, { tenant: 'acme' })), 'reason');
    assert.equal(paramOf(await post(path, { tenant: 'acme', reason: '  ' })), 'reason');
    assert.equal(paramOf(await post(path, { reason: 'x' })), 'tenant');
    assert.equal((await post(path, { tenant: 'nobody', reason: 'x' })).status, 404);
    const done = await post(path, { tenant: 'acme', reason: 'anonymised' });
    const session = 'ses_0a1b2c3d';
    assert.deepEqual(done.json(), { session, from: 'regulated', to: 'public' });
    const { lowered } = served;
    const by = 'operator';
    assert.deepEqual(lowered, [
      { tenant: 'acme', session, to: 'public', reason: 'anonymised', by },
    ]);
    assert.equal(
      (await post('sessions/other/declassify', { tenant: 'acme', reason: 'x' })).status,
      404,
    );
  });

  it('refuses what the schemas of the configuration refuse, and names the field', async () => {
    assert.equal(paramOf(await post('tenants', { topology: 'cloud' })), 'name');
    assert.equal(paramOf(await post('tenants', { name: 'No Name' })), 'name');
    const typo = await post('tenants', { name: 'a', topolgy: 'cloud' });
    assert.equal(paramOf(typo), 'topolgy');
    assert.equal(at(typo.json(), 'error', 'hint'), 'Did you mean `topology`?');
    const money = { name: 'a', budget: { amount_usd: 5 } };
    assert.match((await post('tenants', money)).text, /unknown key `amount_usd`/i);
    const half = { name: 'a', budget: { amount_micro_usd: 0.5 } };
    assert.equal(paramOf(await post('tenants', half)), 'budget.amount_micro_usd');
    assert.equal(codeOf(await post('tenants', [])), 'body_invalid');
    assert.deepEqual(served.desk.calls, []);
  });

  it('refuses bodies that are no JSON, no UTF-8, too large, or of another type', async () => {
    const raw = (body: string, type = 'application/json'): Promise<Reply> =>
      served.ask('POST', '/admin/v1/tenants', {
        body,
        headers: { ...BEARER, 'content-type': type },
      });
    assert.equal((await raw('{')).status, 400);
    assert.equal((await raw('{}', 'text/plain')).status, 415);
    assert.equal((await raw(`{"name":"${'a'.repeat(70_000)}"}`)).status, 413);
    assert.equal((await raw('{"__proto__":{"name":"a"}}')).status, 400);
  });

  it('leaves alone what a file owns', async () => {
    const made = await post('tenants', { name: 'acme' });
    assert.equal(made.status, 409);
    assert.equal(codeOf(made), 'config_conflict');
    assert.match(String(at(made.json(), 'error', 'message')), /signalbox\.yaml:5/);
    const gone = await served.ask('DELETE', '/admin/v1/tenants/acme', { headers: BEARER });
    assert.equal(gone.status, 409);
  });

  it('says what the other documents say against it', async () => {
    const reply = await post('tenants', { name: 'a', plan: 'unknown' });
    assert.equal(reply.status, 400);
    assert.equal(paramOf(reply), 'plan');
  });

  it('replaces a document only when it is still the one that was read', async () => {
    await post('tenants', { name: 'initech' });
    const read = await served.get('/admin/v1/tenants/initech');
    const put = (tag: string | undefined): Promise<Reply> =>
      served.ask('PUT', '/admin/v1/tenants/initech', {
        body: { topology: 'cloud' },
        headers: { ...BEARER, 'if-match': tag ?? '' },
      });
    const first = await put(read.headers.etag);
    assert.equal(first.status, 200);
    assert.equal(at(first.json(), 'topology'), 'cloud');
    const late = await put(read.headers.etag);
    assert.equal(late.status, 409);
    assert.equal(paramOf(late), 'if-match');
  });

  it('removes what was made here', async () => {
    await post('tenants', { name: 'initech' });
    const removed = await served.ask('DELETE', '/admin/v1/tenants/initech', { headers: BEARER });
    assert.equal(removed.status, 200);
    assert.equal((await served.get('/admin/v1/tenants/initech')).status, 404);
  });

  it('shows a new key once, and keeps only its hash', async () => {
    const made = await post('keys', { name: 'web', tenant: 'acme', tiers: [1] });
    assert.equal(made.status, 201);
    const key = parseApiKey(String(at(made.json(), 'key')));
    assert.equal(key?.env, 'test');
    assert.equal(key?.id, at(made.json(), 'id'));
    const listed = await served.get('/admin/v1/keys');
    const rows = at(listed.json(), 'data');
    assert.equal(at(rows, 1, 'id'), key?.id);
    assert.deepEqual(at(rows, 1, 'tiers'), [1]);
    assert.equal(listed.text.includes(String(key?.secret)), false);
    assert.equal(listed.text.includes('secret'), false);
    assert.equal(served.logged.join('').includes(String(key?.secret)), false);
  });

  it('makes keys by itself: a hash or a reference cannot be sent', async () => {
    for (const field of ['id', 'secret_hash', 'secret']) {
      const reply = await post('keys', { name: 'web', tenant: 'acme', [field]: 'exec:id' });
      assert.equal(reply.status, 400);
      assert.equal(paramOf(reply), field);
    }
  });

  it('does a repeated change once, and does not repeat a key', async () => {
    const body = { name: 'web', tenant: 'acme' };
    const first = await post('keys', body, { 'idempotency-key': 'one' });
    const again = await post('keys', body, { 'idempotency-key': 'one' });
    assert.equal(again.status, 201);
    assert.equal(at(again.json(), 'id'), at(first.json(), 'id'));
    assert.equal(at(again.json(), 'key'), null);
    assert.deepEqual(served.desk.calls, ['create keys web']);
    const other = await post('keys', { ...body, name: 'app' }, { 'idempotency-key': 'one' });
    assert.equal(other.status, 409);
    assert.equal(codeOf(other), 'idempotency_conflict');
    served.clock.turn(24 * 60 * 60_000);
    const late = await post('keys', { ...body, name: 'app' }, { 'idempotency-key': 'one' });
    assert.equal(late.status, 201);
  });

  it('refuses a repetition while the first still runs, and forgets what failed', async () => {
    let go = (): void => {};
    served.desk.hold = new Promise((resolve) => {
      go = resolve;
    });
    const headers = { 'idempotency-key': 'two' };
    const first = post('tenants', { name: 'initech' }, headers);
    await served.until(() => served.desk.calls.length > 0);
    const second = await post('tenants', { name: 'initech' }, headers);
    assert.equal(second.status, 409);
    assert.equal(second.headers['retry-after-ms'], '1000');
    go();
    assert.equal((await first).status, 201);
    const failed = { 'idempotency-key': 'three' };
    assert.equal((await post('tenants', { name: 'acme' }, failed)).status, 409);
    assert.equal((await post('tenants', { name: 'acme' }, failed)).status, 409);
    assert.equal(served.desk.calls.length, 3);
  });

  it('says so where documents come from files alone', async () => {
    const files = new Served({}, 'files');
    await files.start();
    const reply = await files.ask('POST', '/admin/v1/tenants', {
      body: { name: 'a' },
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    assert.equal(reply.status, 409);
    assert.match(String(at(reply.json(), 'error', 'message')), /files alone/);
    await files.stop();
  });
});
