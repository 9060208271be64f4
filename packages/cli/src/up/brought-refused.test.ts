// What tenants may not bring, and what they may not see: addresses inside, names of others, keys of
// others, paths of the operator.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Lookup } from '@signalbox/ports';
import { until } from '../testing.fixture.ts';
import { type Answer, CANARY, everyByte, type House, house, played } from './brought.fixture.ts';

const at = (value: unknown, ...keys: (string | number)[]): unknown =>
  keys.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
    value,
  );

function check(answer: Answer, name: string): unknown {
  const checks = at(answer.body, 'checks');
  return Array.isArray(checks) ? checks.find((one) => at(one, 'check') === name) : undefined;
}

const bring = (home: House, who: 'acme' | 'globex', url: string, more: object = {}) =>
  home.admin(who, 'POST', '/endpoints', { name: 'gpu', url, ...more });

const INSIDE = [
  ['http://169.254.169.254/v1', /hand out credentials/],
  ['http://[::ffff:169.254.169.254]/v1', /hand out credentials/],
  ['http://[64:ff9b::a9fe:a9fe]/v1', /hand out credentials/],
  ['http://[2002:a9fe:a9fe::]/v1', /hand out credentials/],
  ['http://metadata.google.internal/v1', /hand out credentials/],
  ['http://127.0.0.1:9/v1', /private address/],
  ['http://2130706433/v1', /private address/],
  ['http://0x7f.1/v1', /private address/],
  ['http://0177.0.0.1/v1', /private address/],
  ['http://127.0.0.1.:9/v1', /private address/],
  ['http://localhost.:9/v1', /private address/],
  ['http://[::1]:9/v1', /private address/],
  ['http://[::ffff:10.0.0.1]/v1', /private address/],
  ['http://[64:ff9b::a00:1]/v1', /private address/],
  ['http://100.64.0.1/v1', /private address/],
  ['file:///etc/passwd', /no http or https URL/],
  ['http://user:pass@llm.example/v1', /name or a password/],
  ['http://llm.example/v1?x=1', /end with its path/],
] as const;

test('addresses inside are refused when they are brought, with a hint', async (context) => {
  const home = await house(context, {});
  for (const [url, words] of INSIDE) {
    const refused = await bring(home, 'acme', url);
    assert.equal(refused.status, 400, `${url} ${refused.text}`);
    assert.match(refused.text, words, url);
    assert.notEqual(at(refused.body, 'error', 'hint'), null, url);
  }
  for (const field of ['private_address', 'tier', 'model_path', 'enabled', 'credentials']) {
    const refused = await bring(home, 'acme', 'https://llm.example/v1', { [field]: 1 });
    assert.match(refused.text, /cannot be sent/, field);
  }
  assert.ok(!existsSync(join(home.folder, '.signalbox', 'tenants')));
});

/** Answers what it is told to, and counts how often it was asked. */
function names(first: string): { lookup: Lookup; addresses: string[] } {
  const told = { addresses: [first] };
  const lookup: Lookup = (_name, then) =>
    then(
      null,
      told.addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  return Object.assign(told, { lookup });
}

test('a name that leads inside is stopped where the socket opens', async (context) => {
  const told = names('127.0.0.1');
  const own = await played(context);
  const home = await house(context, { lookup: told.lookup });
  const url = `http://llm.example:${own.port}/v1`;
  for (const address of ['127.0.0.1', '169.254.169.254', '::ffff:7f00:1', '64:ff9b::a00:1']) {
    told.addresses = [address];
    const brought = await bring(home, 'acme', url);
    assert.equal(brought.status, 201, brought.text);
    assert.equal(at(brought.body, 'fit'), false);
    assert.match(String(at(check(brought, 'reachable'), 'says')), /may not be dialled/);
    assert.match(String(at(check(brought, 'reachable'), 'hint')), /operator/);
    const activated = await home.admin('acme', 'POST', '/endpoints/acme/gpu/activate');
    assert.equal(activated.status, 409, activated.text);
    assert.match(activated.text, /stays in quarantine/);
    assert.equal((await home.admin('acme', 'DELETE', '/endpoints/acme/gpu')).status, 200);
  }
  assert.deepEqual(own.asked, []);
});

test('a name that leads elsewhere after it was activated is not followed', async (context) => {
  const told = names('127.0.0.1');
  const own = await played(context, CANARY);
  const home = await house(context, {
    acme: [`llm.example:${own.port}`],
    lookup: told.lookup,
  });
  await bring(home, 'acme', `http://llm.example:${own.port}/v1`, { key: CANARY });
  const activated = await home.admin('acme', 'POST', '/endpoints/acme/gpu/activate');
  assert.equal(activated.status, 200, activated.text);
  assert.equal((await home.chat('acme-caller', 'big-one')).status, 200);
  for (const addresses of [['169.254.169.254'], ['127.0.0.1', '1.1.1.1']]) {
    told.addresses = addresses;
    const before = own.asked.length;
    const answer = await home.chat('acme-caller', 'big-one');
    assert.ok(answer.status >= 400, answer.text);
    assert.equal(own.asked.length, before);
  }
});

test('a redirect is not followed, and its target hears nothing', async (context) => {
  const inner = await played(context);
  const own = await played(context, CANARY);
  own.sendsTo = inner.url;
  const home = await house(context, { acme: [own.port] });
  const brought = await bring(home, 'acme', own.url, { key: CANARY });
  assert.equal(at(brought.body, 'fit'), false);
  assert.match(String(at(check(brought, 'reachable'), 'says')), /redirects are not followed/);
  assert.deepEqual(inner.asked, []);
});

test('what is silent, refuses the key, or stands open to all stays out', async (context) => {
  const own = await played(context, CANARY);
  const home = await house(context, { acme: [own.port, 9] });
  const silent = await bring(home, 'acme', 'http://127.0.0.1:9/v1');
  assert.match(String(at(check(silent, 'reachable'), 'says')), /refuses connections/);
  const wrong = await home.admin('acme', 'POST', '/endpoints', {
    ...{ name: 'locked', url: own.url, key: 'sk-not-the-right-one-000000' },
  });
  assert.equal(at(check(wrong, 'key'), 'state'), 'failed');
  assert.match(String(at(check(wrong, 'key'), 'says')), /refused at `GET \/models`/);
  assert.equal((await home.admin('acme', 'POST', '/endpoints/acme/locked/activate')).status, 409);
  const fixed = await home.admin('acme', 'PUT', '/endpoints/acme/locked/key', { key: CANARY });
  assert.equal(at(fixed.body, 'fit'), true, fixed.text);
  const keyless = await home.admin('acme', 'DELETE', '/endpoints/acme/locked/key');
  assert.equal(keyless.status, 200, keyless.text);
  const wanting = await home.admin('acme', 'POST', '/endpoints/acme/locked/probe');
  assert.match(String(at(check(wanting, 'key'), 'says')), /it wants one/);
  const clear = await home.admin('acme', 'POST', '/endpoints', {
    ...{ name: 'clear', url: 'http://192.0.2.1.example:9/v1' },
  });
  assert.equal(at(check(clear, 'tls'), 'state'), 'failed', clear.text);
});

test('a key that is no key is refused, and nothing of it is repeated', async (context) => {
  const home = await house(context, {});
  for (const key of ['', `${CANARY}\r\nx: y`, 'k'.repeat(9_000), 7, [CANARY]]) {
    const refused = await bring(home, 'acme', 'https://llm.example/v1', { key });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /`key`/);
    assert.ok(!refused.text.includes('5up3r53cr3t'));
  }
});

test('a name of the operator’s is neither taken nor shadowed', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port] });
  const file = join(home.folder, 'own.yaml');
  const theirs = 'acme/lab: { kind: sim, url: "http://127.0.0.1:9/v1", models: [sim-x] }';
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}endpoints: { ${theirs} }\n`);
  assert.deepEqual(await home.server().reload(), []);
  const taken = await home.admin('acme', 'POST', '/endpoints', { name: 'lab', url: own.url });
  assert.equal(taken.status, 409, taken.text);
  assert.equal((await bring(home, 'acme', own.url)).status, 201);
  // One that comes later into a file wins, and what the tenant brought is shown as shadowed.
  writeFileSync(file, `${text}endpoints: { ${theirs.replace('lab', 'gpu')} }\n`);
  assert.deepEqual(await home.server().reload(), []);
  const { configuration, notices } = home.server().documents.inForce.read;
  assert.match(configuration.endpoints.get('acme/gpu')?.url ?? '', /:9\//);
  assert.match(JSON.stringify(notices), /acme\.yaml.*is shadowed/);
});

test('without a URL, a name, or a word that is known, nothing is brought', async (context) => {
  const home = await house(context, {});
  const url = 'https://llm.example/v1';
  for (const body of [
    { name: 'gpu', kind: 'openai' },
    { url },
    { name: 'Bad Name', url },
    { name: '../../etc', url },
    { name: 'key', url },
    { name: 'gpu', url, colour: 'red' },
    { name: 'gpu', url, kind: 'embedded' },
    { name: 'gpu', url, models: 7 },
    [],
    'text',
  ]) {
    const refused = await home.admin('acme', 'POST', '/endpoints', body);
    assert.equal(refused.status, 400, `${JSON.stringify(body)} ${refused.text}`);
  }
  const whose = await home.admin('operator', 'POST', '/endpoints', { name: 'gpu', url });
  assert.match(whose.text, /`tenant` is missing/);
});

test('two tenants bring the same address under one name, each for itself', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port], globex: [own.port] });
  for (const who of ['acme', 'globex'] as const) {
    const key = `sk-key-of-${who}-0123456789`;
    const brought = await bring(home, who, own.url, { key });
    assert.equal(brought.status, 201, brought.text);
    const path = `/endpoints/${who}/gpu/activate`;
    assert.equal((await home.admin(who, 'POST', path)).status, 200);
  }
  own.asked.length = 0;
  assert.equal((await home.chat('acme-caller', 'big-one')).status, 200);
  assert.equal((await home.chat('globex-caller', 'big-one')).status, 200);
  const calls = own.asked.filter((one) => one.startsWith('POST'));
  assert.deepEqual(
    calls.map((one) => one.split(' ').at(-1)),
    ['sk-key-of-acme-0123456789', 'sk-key-of-globex-0123456789'],
  );
  assert.equal((await bring(home, 'acme', own.url)).status, 409);
});

test('the admin of a tenant sees and changes its own endpoints alone', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port] });
  await bring(home, 'acme', own.url);
  const seen = await home.admin('globex', 'GET', '/endpoints');
  assert.deepEqual(at(seen.body, 'data'), []);
  assert.equal(at((await home.admin('acme', 'GET', '/endpoints')).body, 'data', 'length'), 1);
  const unknown = await home.admin('globex', 'POST', '/endpoints/globex/nothing/probe');
  for (const [method, tail, body] of [
    ['POST', '/probe', undefined],
    ['POST', '/activate', undefined],
    ['POST', '/drain', undefined],
    ['POST', '/enable', undefined],
    ['PUT', '/key', { key: 'sk-of-somebody-else' }],
    ['DELETE', '/key', undefined],
    ['DELETE', '', undefined],
  ] as const) {
    for (const name of ['acme/gpu', 'sim-local']) {
      const answer = await home.admin('globex', method, `/endpoints/${name}${tail}`, body);
      assert.equal(answer.status, 404, `${method} ${name}${tail} ${answer.text}`);
      const told = [answer, unknown].map((one) => at(one.body, 'error', 'message'));
      assert.equal(told[0], told[1], 'as if there were nothing');
    }
  }
  for (const path of ['/tenants', '/keys', '/requests/live', '/status', '/models', '/policies']) {
    assert.equal((await home.admin('acme', 'GET', path)).status, 403, path);
  }
  assert.equal(
    (await home.admin('acme', 'POST', '/keys', { name: 'x', tenant: 'acme' })).status,
    403,
  );
  assert.equal((await home.admin('globex', 'POST', '/tenants/acme/rotate-key')).status, 404);
  const other = await bring(home, 'globex', own.url, { tenant: 'acme' });
  assert.equal(other.status, 403, other.text);
  for (const who of ['acme-caller', 'globex-caller'] as const) {
    assert.equal((await home.admin(who, 'GET', '/endpoints')).status, 401);
  }
});

test('one tenant’s repetition of a request is not answered with another’s', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port], globex: [own.port] });
  const ask = (who: 'acme' | 'globex'): Promise<Response> =>
    fetch(`${home.server().url}/admin/v1/endpoints`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${home.keys[who]}`,
        'content-type': 'application/json',
        'idempotency-key': 'same',
      },
      body: JSON.stringify({ name: 'gpu', url: own.url }),
    });
  assert.match(await (await ask('acme')).text(), /acme\/gpu/);
  const other = await (await ask('globex')).text();
  assert.match(other, /globex\/gpu/);
  assert.doesNotMatch(other, /acme/);
});

test('a quarantined endpoint is named nowhere but to whose it is', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port] });
  await bring(home, 'acme', own.url);
  const { url } = home.server();
  for (const who of ['acme-caller', 'globex-caller'] as const) {
    const headers = {
      authorization: `Bearer ${home.keys[who]}`,
      'content-type': 'application/json',
    };
    const models = await (await fetch(`${url}/v1/models`, { headers })).text();
    assert.doesNotMatch(models, /big-one|gpu/);
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] });
    const asked = { method: 'POST', headers, body };
    const explained = await (await fetch(`${url}/v1/route/explain`, asked)).json();
    const candidates = at(explained, 'candidates');
    const seen = Array.isArray(candidates)
      ? candidates.filter((one) => at(one, 'endpoint') === 'acme/gpu')
      : [];
    assert.equal(seen.length, who === 'acme-caller' ? 1 : 0);
    for (const one of seen) assert.match(JSON.stringify(at(one, 'gates')), /quarantined/);
  }
  assert.ok(!own.asked.some((one) => one.startsWith('POST')));
});

test('what is wrong with one stands on no page that everybody reads', async (context) => {
  const own = await played(context, CANARY);
  const home = await house(context, { acme: [own.port] });
  await bring(home, 'acme', own.url, { key: CANARY });
  await home.admin('acme', 'POST', '/endpoints/acme/gpu/activate');
  rmSync(join(home.folder, '.signalbox', 'credentials'), { recursive: true });
  await home.server().reload();
  const seen = await home.admin('acme', 'GET', '/endpoints');
  assert.match(seen.text, /"state":"unavailable"/);
  const probed = await home.admin('acme', 'POST', '/endpoints/acme/gpu/probe');
  assert.match(String(at(check(probed, 'key'), 'says')), /cannot be read/);
  const page = await (await fetch(`${home.server().url}/readyz`)).text();
  assert.doesNotMatch(page, /acme/);
  assert.match(page, /"ready"/);
});

test('drained, it ends its calls, takes no new ones, and comes back', async (context) => {
  const own = await played(context);
  const home = await house(context, { acme: [own.port] });
  await bring(home, 'acme', own.url);
  await home.admin('acme', 'POST', '/endpoints/acme/gpu/activate');
  let release = (): void => undefined;
  own.held = new Promise<void>((done) => {
    release = done;
  });
  const running = home.chat('acme-caller', 'big-one');
  await until(() => own.asked.some((one) => one.startsWith('POST')));
  assert.equal((await home.admin('acme', 'POST', '/endpoints/acme/gpu/drain')).status, 200);
  release();
  assert.equal((await running).status, 200);
  assert.equal((await home.chat('acme-caller', 'big-one')).status, 403);
  await home.restart();
  assert.equal((await home.chat('acme-caller', 'big-one')).status, 403);
  assert.equal((await home.admin('acme', 'POST', '/endpoints/acme/gpu/enable')).status, 200);
  assert.equal((await home.chat('acme-caller', 'big-one')).status, 200);
  assert.equal((await home.admin('acme', 'POST', '/endpoints/acme/gpu/drain')).status, 200);
  assert.equal((await home.admin('acme', 'DELETE', '/endpoints/acme/gpu')).status, 200);
  const again = await bring(home, 'acme', own.url);
  assert.equal(at(again.body, 'fit'), true, 'a new one is not drained by what was said of the old');
});

async function removable(home: House): Promise<string> {
  const data = join(home.folder, '.signalbox');
  const made = await home.admin('operator', 'POST', '/tenants', { name: 'initech' });
  assert.equal(made.status, 201, made.text);
  const brought = await home.admin('operator', 'POST', '/endpoints', {
    ...{ tenant: 'initech', name: 'gpu', url: 'https://llm.example/v1', key: CANARY },
  });
  assert.equal(brought.status, 201, brought.text);
  return data;
}

test('with a tenant go its endpoints, its keys and its data key', async (context) => {
  const told = names('127.0.0.1');
  const home = await house(context, { lookup: told.lookup });
  const data = await removable(home);
  const copy = join(home.folder, 'copy');
  cpSync(join(data, 'credentials', 'initech'), copy, { recursive: true });
  assert.ok(existsSync(join(data, 'keys', 'initech.json')));
  const removed = await home.admin('operator', 'DELETE', '/tenants/initech');
  assert.equal(removed.status, 200, removed.text);
  for (const name of ['tenants/initech.yaml', 'credentials/initech', 'keys/initech.json']) {
    assert.ok(!existsSync(join(data, name)), name);
  }
  const left = await home.admin('operator', 'GET', '/endpoints');
  assert.doesNotMatch(left.text, /initech/);
  // Who makes the tenant anew and puts the copy back has no key.
  await home.admin('operator', 'POST', '/tenants', { name: 'initech' });
  const anew = { tenant: 'initech', name: 'gpu', url: 'https://llm.example/v1', key: 'sk-new-000' };
  assert.equal((await home.admin('operator', 'POST', '/endpoints', anew)).status, 201);
  cpSync(copy, join(data, 'credentials', 'initech'), { recursive: true });
  await home.server().reload();
  const seen = await home.admin('operator', 'GET', '/endpoints');
  assert.match(seen.text, /"name":"initech\/gpu"[^}]*cannot be read[^}]*"has_key":false/);
});

test('a key does not follow its endpoint to another address', async (context) => {
  const own = await played(context, CANARY);
  const thief = await played(context);
  const home = await house(context, { acme: [own.port, thief.port] });
  await bring(home, 'acme', own.url, { key: CANARY });
  await home.admin('acme', 'POST', '/endpoints/acme/gpu/activate');
  const file = join(home.folder, '.signalbox', 'tenants', 'acme.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(`:${own.port}/`, `:${thief.port}/`), { mode: 0o600 });
  await home.restart();
  assert.ok((await home.chat('acme-caller', 'big-one')).status >= 400);
  assert.deepEqual(thief.asked, []);
  assert.ok(!everyByte(home.folder).includes('5up3r53cr3t'));
});
