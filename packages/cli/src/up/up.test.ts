// `signalbox up` as a process of its own: what it says, what it keeps, and how it ends.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { call, folderFor, start, typed, until, upIn } from '../testing.fixture.ts';
import { START_LINES_MAX } from './start-lines.ts';

const FIRST = `version: 1
tenants: { acme: {} }
`;
const BROKEN = `version: 1
tenants: { acme: { topolgy: cloud } }
`;
const SECOND = `version: 1
tenants: { acme: {}, blue: {} }
`;

async function readiness(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, text: await response.text() };
}

test('a first start says at most eight lines, with a curl that works', async (context) => {
  const folder = folderFor(context);
  const words = ['up', '--port', '0', '--no-discovery'];
  const { child, out, ended } = start(context, folder, words);
  await until(() => out().includes('  next'));
  const lines = out().trimEnd().split('\n');
  assert.ok(lines.length <= START_LINES_MAX, out());
  assert.match(out(), / {2}console +http:\/\/127\.0\.0\.1:\d+\/login\?token=/);
  assert.match(
    out(),
    / {2}models +sim-small \(tier 1\), sim-medium \(tier 2\), sim-frontier \(tier 3\)/,
  );
  const key = readFileSync(join(folder, '.signalbox/demo.key'), 'utf8').trim();
  assert.ok(out().includes(`  key      ${key} (tenant demo)`));
  const curl = lines.find((line) => line.startsWith('  try'))?.replace('  try', '') ?? '';
  const pasted = await promisify(execFile)('bash', ['-c', curl.trim()]);
  assert.match(pasted.stdout, /"object":"chat\.completion"/);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

test('what a first start writes is for its owner alone', async (context) => {
  const folder = folderFor(context);
  await upIn(context, folder);
  const data = join(folder, '.signalbox');
  assert.equal(statSync(data).mode & 0o777, 0o700);
  const names = readdirSync(data);
  for (const name of ['demo.key', 'admin.key', 'pepper', 'kek', 'signalbox.log', 'running.json']) {
    assert.ok(names.includes(name), name);
  }
  for (const name of names) {
    assert.equal(statSync(join(data, name)).mode & 0o077, 0, `${name} is open to others`);
  }
});

test('a second start has the same keys, and commands find its port', async (context) => {
  const folder = folderFor(context);
  const first = await upIn(context, folder);
  assert.equal((await call(first.url, first.key)).status, 200);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
  const second = await upIn(context, folder);
  assert.equal(second.key, first.key);
  const listed = await typed(folder, ['tail', '--recent', '1', '--count', '1', '--json']);
  assert.equal(listed.exit, 0);
  assert.match(listed.out, /"tenant":"demo"/);
});

test('tail sums up when it is stopped, and a question may come from a pipe', async (context) => {
  const folder = folderFor(context);
  const { url, key } = await upIn(context, folder);
  await (await call(url, key)).text();
  const tail = start(context, folder, ['tail', '--recent', '1']);
  await until(() => tail.out().includes('dec_'));
  tail.child.kill('SIGINT');
  assert.equal(await tail.ended, 0);
  assert.match(tail.err(), /1 calls, tier 1: 1, 0 not answered, \$0\.0/);
  const asked = start(context, folder, ['ask', '-']);
  asked.child.stdin?.end('classify: refund please');
  assert.equal(await asked.ended, 0);
  assert.equal(asked.out(), 'refund\n');
});

test('an invalid file changes nothing and is shown; a valid one is taken', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'signalbox.yaml');
  writeFileSync(file, FIRST);
  const { url, key, child } = await upIn(context, folder);
  writeFileSync(file, BROKEN);
  child.kill('SIGHUP');
  await until(async () => (await readiness(url)).text.includes('topolgy'));
  const shown = await readiness(url);
  assert.equal(shown.status, 200);
  assert.match(shown.text, /"degraded".*signalbox\.yaml:2/);
  assert.equal((await call(url, key)).status, 200);
  const status = await typed(folder, ['api', 'GET', '/admin/v1/status']);
  assert.match(status.out, /"problems":\[\{"file":"signalbox\.yaml","line":2/);
  // Nobody says so this time: the file is watched.
  writeFileSync(file, SECOND);
  await until(async () => (await readiness(url)).text.includes('"ready"'));
  assert.match((await typed(folder, ['tenant', 'list'])).out, /blue/);
});

test('an invalid file is no start, and every mistake is shown at once', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'a.yaml'), `${BROKEN}endpoints: { x: { kind: vlm } }\n`);
  const ended = start(context, folder, ['up', '--config', '*.yaml', '--port', '0']);
  assert.equal(await ended.ended, 2);
  assert.match(ended.err(), /a\.yaml:2:\d+ .*topolgy.*did you mean `topology`.*a\.yaml:3:\d+/s);
  const none = start(context, folder, ['up', '--config', 'none.yaml', '--port', '0']);
  assert.equal(await none.ended, 2);
  assert.match(none.err(), /none\.yaml.*does not exist/s);
});

test('an address that others reach wants an admin key that somebody chose', async (context) => {
  const folder = folderFor(context);
  const refused = start(context, folder, ['up', '--host', '0.0.0.0', '--port', '0']);
  assert.equal(await refused.ended, 2);
  assert.match(refused.err(), /no admin key is configured.*SIGNALBOX_ADMIN_KEY/s);
  const short = { SIGNALBOX_ADMIN_KEY: 'guess' };
  const weak = start(context, folder, ['up', '--host', '0.0.0.0', '--port', '0'], short);
  assert.equal(await weak.ended, 2);
  const environment = { SIGNALBOX_ADMIN_KEY: 'a-key-that-somebody-chose-0123456789' };
  const { document } = await upIn(context, folder, { words: ['--host', '0.0.0.0'], environment });
  const url = String(document['url']);
  const admin = (key: string): Promise<Response> =>
    fetch(`${url}/admin/v1/status`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await admin(environment.SIGNALBOX_ADMIN_KEY)).status, 200);
  assert.equal((await admin('another-key-that-nobody-chose-01234')).status, 401);
});

test('a port that is taken is said with who has it, and so is a data folder', async (context) => {
  const folder = folderFor(context);
  const { url } = await upIn(context, folder);
  const port = new URL(url).port;
  const other = start(context, folder, ['up', '--port', port, '--data', 'other']);
  assert.equal(await other.ended, 2);
  assert.match(other.err(), new RegExp(`Port ${port} .*is taken by signalbox \\d`));
  const same = start(context, folder, ['up', '--port', '0']);
  assert.equal(await same.ended, 2);
  assert.match(same.err(), /is in use by process \d+/);
  const stranger = createServer().listen(0, '127.0.0.1');
  context.after(() => stranger.close());
  await until(() => stranger.address() !== null);
  const address = stranger.address();
  const taken = typeof address === 'object' ? address?.port : undefined;
  const third = start(context, folder, ['up', '--port', String(taken), '--data', 'third']);
  assert.equal(await third.ended, 2);
  assert.match(third.err(), new RegExp(`Port ${taken} .*is taken by .*--port`, 's'));
});

/** The sim takes its time over every word. */
const SLOW = {
  stream: true,
  model: 'sim-small',
  messages: [{ role: 'user', content: '[[sim: latency-token=40]] Tell me about rivers.' }],
};

test('a signal lets an open stream end; readiness says draining meanwhile', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'signalbox.yaml'), 'version: 1\nserver: { drain_delay_ms: 1500 }\n');
  const { url, key, child, ended } = await upIn(context, folder);
  const response = await call(url, key, { body: SLOW });
  child.kill('SIGTERM');
  await until(async () => (await readiness(url)).text.includes('draining'));
  assert.equal((await readiness(url)).status, 503);
  assert.equal((await call(url, key)).status, 200);
  const text = await response.text();
  assert.match(text, /data: \[DONE\]/);
  assert.equal(await ended, 0);
  await assert.rejects(fetch(`${url}/healthz`));
});

test('the second signal ends it at once', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'signalbox.yaml'), 'version: 1\nserver: { drain_delay_ms: 60000 }\n');
  const { url, child, ended } = await upIn(context, folder);
  child.kill('SIGINT');
  await until(async () => (await readiness(url)).text.includes('draining'));
  child.kill('SIGINT');
  assert.equal(await ended, 130);
});

test('after kill -9 it starts again with every recorded call', async (context) => {
  const folder = folderFor(context);
  const first = await upIn(context, folder);
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    const response = await call(first.url, first.key);
    ids.push(response.headers.get('x-signalbox-decision-id') ?? '');
    await response.text();
  }
  // Read back, so that they are known to be on disk.
  for (const id of ids) assert.equal((await typed(folder, ['explain', id])).exit, 0);
  first.child.kill('SIGKILL');
  assert.equal(await first.ended, 'SIGKILL');
  assert.equal((await typed(folder, ['doctor', 'journal'])).exit, 0);
  const journal = join(folder, '.signalbox', 'journal');
  const [name = ''] = readdirSync(journal).filter((one) => one.endsWith('.sbj'));
  const whole = readFileSync(join(journal, name));
  // In the first entry, long before what was acknowledged last.
  const early = 300;
  writeFileSync(join(journal, name), whole.with(early, (whole[early] ?? 0) ^ 1));
  for (const words of [['doctor'], ['doctor', 'journal']]) {
    const { exit, out } = await typed(folder, words);
    assert.equal(exit, 1);
    assert.match(out, new RegExp(`${name} is damaged at byte \\d+.*doctor journal --set-aside`));
  }
  writeFileSync(join(journal, name), whole);
  const second = await upIn(context, folder);
  for (const id of ids) assert.equal((await typed(folder, ['explain', id])).exit, 0);
  assert.equal((await call(second.url, second.key)).status, 200);
});

test('no key and no prompt is in a log or where else it does not belong', async (context) => {
  const folder = folderFor(context);
  const environment = {
    SIGNALBOX_ADMIN_KEY: 'canary-admin-0123456789abcdef',
    CANARY_UPSTREAM: 'sk-canary-upstream-0123456789',
    SIGNALBOX_LOG: 'debug',
  };
  writeFileSync(join(folder, 'signalbox.yaml'), WITH_SECRET);
  const { url, key, child, ended, out, err } = await upIn(context, folder, { environment });
  await (
    await call(url, key, { body: { messages: [{ role: 'user', content: 'canary-prompt' }] } })
  ).text();
  await (await call(url, `${key}x`)).text();
  await fetch(`${url}/admin/v1/status`, {
    headers: { authorization: 'Bearer canary-wrong-admin' },
  });
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  const log = readFileSync(join(folder, '.signalbox/signalbox.log'), 'utf8');
  const admin = readFileSync(join(folder, '.signalbox/admin.key'), 'utf8').trim();
  const secrets = [
    ...Object.values(environment).slice(0, 2),
    admin,
    'canary-prompt',
    'canary-wrong',
  ];
  for (const secret of secrets) {
    for (const text of [log, out(), err()]) assert.ok(!text.includes(secret), secret);
  }
  assert.ok(!log.includes(key));
  assert.ok(!err().includes(key));
  const shown = await typed(folder, ['config', 'show'], environment);
  assert.equal(shown.exit, 0);
  for (const secret of secrets) assert.ok(!shown.out.includes(secret), secret);
});

const WITH_SECRET = `version: 1
queue: { wait_ms_max: 100 }
endpoints:
  dead:
    url: http://127.0.0.1:9/v1
    tier: 1
    credentials: [{ secret: env:CANARY_UPSTREAM }]
    models: [m-1]
`;

test('a proxy that cannot be used stops the start, and is not shown', async (context) => {
  const folder = folderFor(context);
  const environment = { HTTPS_PROXY: 'socks5://user:canary@proxy.example' };
  const { out, err, ended } = start(context, folder, ['up', '--port', '0'], environment);
  assert.equal(await ended, 2);
  assert.match(err(), /HTTPS_PROXY names a socks5: proxy/);
  assert.doesNotMatch(out() + err(), /canary/);
});
