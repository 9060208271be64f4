// `signalbox event` against a gateway that serves, and a receiver that is down at first.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintApiKey } from '@signalbox/trust';
import { folderFor, parsed, serverIn, typed, until } from '../testing.fixture.ts';

const HOOK = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const KEY = mintApiKey('test', new Uint8Array(48).fill(3));

const file = (url: string, region: string, hidden: string): string => `version: 1
endpoints:
  one: {url: "https://one.example/v1", models: [m], region: ${region}, enabled: false}
tenants:
  acme: {models: {hide: [${hidden}]}}
keys:
  admin: {tenant: acme, secret: "env:ACME", scopes: [admin]}
registry:
  webhooks:
    ops: {url: "${url}/ops", secret: "env:HOOK"}
    theirs: {url: "${url}/theirs", secret: "env:HOOK", tenant: acme}
`;

test('events are listed, shown and told again, to a tenant’s admin its own', async (context) => {
  const heard: string[] = [];
  let status = 503;
  const receiver = createServer((request, response) => {
    heard.push(request.url ?? '');
    request.resume();
    response.writeHead(status, { connection: 'close' }).end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  context.after(() => receiver.close());
  const url = `http://127.0.0.1:${Object(receiver.address()).port}`;
  const folder = folderFor(context);
  const write = (region: string, hidden: string): void =>
    writeFileSync(join(folder, 'own.yaml'), file(url, region, hidden));
  write('eu', 'a');
  const environment = { HOOK, ACME: KEY };
  const server = await serverIn(context, folder, { config: 'own.yaml', environment });
  write('us', 'b');
  assert.deepEqual(await server.reload(), []);
  await until(() => heard.length >= 2);

  const sb = (...words: readonly string[]) => typed(folder, words);
  const asAdmin = (...words: readonly string[]) =>
    typed(folderFor(context), words, { SIGNALBOX_URL: server.url, SIGNALBOX_ADMIN_KEY: KEY });
  await until(async () => (await sb('delivery', 'list')).out.trim().split('\n').length === 3);
  const listed = await sb('event', 'list');
  assert.match(listed.out, /evt_\w{26} .* 1 +endpoint\/one +changed: region +ops$/m);
  assert.match(listed.out, /override\/acme +changed: hide +acme +ops, theirs$/m);
  const { data: rows } = parsed(await sb('event', 'list', '--tenant', 'acme', '--json'));
  const [{ id = '' } = {}, ...more]: { id?: string }[] = Object(rows);
  assert.equal(more.length, 0);
  assert.equal((await sb('event', 'list', '--limit', '900')).exit, 2);

  // Of the operator's webhooks a tenant's admin hears nothing.
  const own = await asAdmin('event', 'list');
  assert.doesNotMatch(own.out, /endpoint\/one|ops/);
  assert.match(own.out, /override\/acme.*theirs$/m);
  const shown = await asAdmin('event', 'show', id);
  assert.match(shown.out, /"specversion": "1\.0"/);
  assert.match(shown.out, /^waits for theirs +1 tried, next at 20/m);
  assert.doesNotMatch(shown.out, /ops/);
  const { data: all } = parsed(await sb('event', 'list', '--json'));
  const shared = Object(all).find((one: { tenant: unknown }) => one.tenant === null).id;
  assert.equal((await asAdmin('event', 'show', shared)).exit, 4);
  assert.equal((await asAdmin('event', 'redeliver', shared)).exit, 4);
  assert.notEqual((await asAdmin('event', 'redeliver', id, '--webhook', 'ops')).exit, 0);
  assert.match((await asAdmin('delivery', 'list', '--webhook', 'ops')).out, /^when.*ms\n$/);

  status = 204;
  heard.length = 0;
  assert.match((await asAdmin('event', 'redeliver', id)).out, /told again to theirs$/m);
  await until(() => heard.length >= 1);
  assert.deepEqual(heard, ['/theirs']);
  const delivered = ['delivery', 'list', '--outcome', 'delivered', '--event', id];
  await until(async () => /theirs.* 1 +delivered +204/.test((await sb(...delivered)).out));
  const tried = await sb('event', 'redeliver', id, '--dry-run', '--json');
  assert.equal(parsed(tried)['dry_run'], true);
  assert.match((await sb('event', 'redeliver', id)).out, /told again to ops, theirs$/m);
  await until(() => heard.filter((one) => one === '/ops').length >= 2);
});
