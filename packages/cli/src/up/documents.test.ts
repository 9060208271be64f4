import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintApiKey } from '@signalbox/trust';
import { call, folderFor, parsed, serverIn, typed } from '../testing.fixture.ts';

const IMPORTED = `tiers:
  local:
    provider: openai-compatible
    endpoint: http://127.0.0.1:9/v1
    models: { fast: m-1 }
routing:
  default_tier: local
fallback:
  all_unavailable: refuse
`;

test('an imported tenant observes until it is told to enforce, and that lasts', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'own.yaml'), IMPORTED);
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  assert.equal(server.demo?.tenant, 'default');
  const privacy = async (): Promise<unknown> =>
    parsed(await typed(folder, ['tenant', 'show', 'default', '--json']))['privacy'];
  assert.equal(await privacy(), 'observe');
  const other = await typed(folder, ['tenant', 'set', 'default', '--topology', 'cloud']);
  assert.equal(other.exit, 5);
  const set = await typed(folder, ['tenant', 'set', 'default', '--privacy', 'enforce']);
  assert.equal(set.exit, 0, set.err);
  assert.equal(await privacy(), 'enforce');
  await server.reload();
  assert.equal(await privacy(), 'enforce');
});

test('a file wins over what the admin API made, which is shown as shadowed', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'own.yaml');
  writeFileSync(file, 'version: 1\n');
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  await typed(folder, ['tenant', 'create', 'acme', '--topology', 'cloud']);
  writeFileSync(file, 'version: 1\ntenants: { acme: { topology: sovereign } }\n');
  assert.deepEqual(await server.reload(), []);
  assert.equal(
    parsed(await typed(folder, ['tenant', 'show', 'acme', '--json']))['topology'],
    'sovereign',
  );
  const validated = await typed(folder, ['config', 'validate', '--config', 'own.yaml']);
  assert.match(validated.out, /is shadowed: own\.yaml:2/);
  // Its own document can still be taken away.
  assert.equal((await typed(folder, ['tenant', 'remove', 'acme', '--yes'])).exit, 0);
  assert.equal(
    parsed(await typed(folder, ['tenant', 'show', 'acme', '--json']))['topology'],
    'sovereign',
  );
});

test('the tenant that nobody named can have keys, and stays with them', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'own.yaml');
  writeFileSync(file, 'version: 1\n');
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  const removed = await typed(folder, ['tenant', 'remove', 'demo', '--yes']);
  assert.equal(removed.exit, 5);
  assert.match(removed.err, /adds it by itself.*a tenant and a key/s);
  assert.doesNotMatch(removed.err, /built-in/);
  const made = await typed(folder, ['key', 'create', 'mine', '--tenant', 'demo', '--json']);
  assert.equal(made.exit, 0, made.err);
  writeFileSync(file, 'version: 1\ntenants: { acme: {} }\n');
  assert.deepEqual(await server.reload(), []);
  assert.equal((await call(server.url, String(parsed(made)['key']))).status, 200);
});

test('changes that come at once all stand', async (context) => {
  const folder = folderFor(context);
  const server = await serverIn(context, folder);
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(names.map((name) => typed(folder, ['tenant', 'create', name])));
  const { tenants } = server.documents.inForce.configuration;
  for (const name of names) assert.ok(tenants.has(name), name);
});

test('while the files are wrong, nothing can be changed, and calls go on', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'own.yaml');
  writeFileSync(file, 'version: 1\n');
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  writeFileSync(file, 'version: 1\ntenants: []\n');
  assert.equal((await server.reload()).length, 1);
  assert.match(server.status().reasons.join(), /own\.yaml:2/);
  assert.equal((await typed(folder, ['tenant', 'create', 'acme'])).exit, 2);
  assert.equal((await call(server.url, server.demo?.key.reveal() ?? '')).status, 200);
  writeFileSync(file, 'version: 1\n');
  assert.deepEqual(await server.reload(), []);
  assert.equal(server.status().mode, 'ready');
  assert.equal((await typed(folder, ['tenant', 'create', 'acme'])).exit, 0);
});

const RULED = (rule: string): string => `version: 1
endpoints: { near: { url: "http://127.0.0.1:9/v1", models: [small] } }
tenants: { acme: { policies: [first] } }
policies:
  first: {rules: [${rule}]}
`;

test('what breaks its promises is not published, and the command shows it', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'own.yaml');
  writeFileSync(file, RULED('{name: a, require: {models: [small]}}'));
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  const { digest } = server.documents.inForce;
  writeFileSync(file, RULED('{name: a, require: {models: [large]}}'));
  const [problem] = await server.reload();
  assert.equal(server.documents.inForce.digest, digest);
  assert.match(server.status().reasons.join(), /own\.yaml:5 contradiction: a/);
  const validated = await typed(folder, ['config', 'validate', '--config', 'own.yaml']);
  assert.equal(validated.exit, 2);
  assert.match(validated.out, /own\.yaml:5:3 .*leaves nothing/);
  const command = [...(problem?.hint ?? '').split(' ').slice(1), '--config', 'own.yaml', '--json'];
  const refusal = Object(parsed(await typed(folder, command))['refusal']);
  assert.equal(Reflect.get(refusal, 'code'), 'policy_denied');
  await assert.rejects(serverIn(context, folderFor(context), { config: file }), /leaves nothing/);
  writeFileSync(file, RULED('{name: a, when: {tenant: acme}, require: {models: [small]}}'));
  assert.deepEqual(await server.reload(), []);
});

test('a gateway alone has no admin API and no console', async (context) => {
  const folder = folderFor(context);
  const server = await serverIn(context, folder, { role: 'gateway' });
  assert.equal(server.loginLink(), undefined);
  const admin = await fetch(`${server.url}/admin/v1/status`);
  assert.equal(admin.status, 404);
  assert.equal((await call(server.url, server.demo?.key.reveal() ?? '')).status, 200);
});

test('secrets are read again with the files, also when no file has changed', async (context) => {
  const folder = folderFor(context);
  const secret = join(folder, 'ci.key');
  const mint = (fill: number): string => mintApiKey('test', new Uint8Array(48).fill(fill));
  writeFileSync(secret, mint(1), { mode: 0o600 });
  writeFileSync(
    join(folder, 'own.yaml'),
    `version: 1
tenants: { acme: {} }
keys: { ci: { tenant: acme, secret: "file:${secret}" } }
`,
  );
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  assert.equal(server.demo, undefined);
  assert.equal((await call(server.url, mint(1))).status, 200);
  writeFileSync(secret, mint(2));
  await server.reload();
  assert.equal((await call(server.url, mint(1))).status, 401);
  assert.equal((await call(server.url, mint(2))).status, 200);
});

test('what only a start can change is said in the log', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'own.yaml');
  writeFileSync(file, 'version: 1\n');
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  writeFileSync(file, 'version: 1\nserver: { body_bytes_max: 100000 }\n');
  assert.deepEqual(await server.reload(), []);
  writeFileSync(file, 'version: 1\nserver: { connections_max: 100 }\n');
  assert.deepEqual(await server.reload(), []);
  await server.sink.flush();
  const log = readFileSync(server.logPath, 'utf8');
  assert.equal(log.match(/"event":"restart-needed","noun":"server"/g)?.length, 1);
});
