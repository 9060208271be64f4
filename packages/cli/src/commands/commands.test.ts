// Commands against a gateway that serves: each once for eyes and once for programs.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readSettings } from '@signalbox/config';
import { call, type Ended, parsed, typed } from '../testing.fixture.ts';
import { openServer, type Server } from '../up/server.ts';

const ENVIRONMENT = { OPENAI_API_KEY: 'sk-canary-0123456789abcdef' };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-commands-'));
const data = join(folder, '.signalbox');
let server: Server;

const FILE = `version: 1
tenants:
  acme: { policies: [first] }
policies:
  first:
    default_tier: 1
    rules:
      - name: reviews
        when: { step: code_review }
        route: { tier: 3 }
`;

before(async () => {
  writeFileSync(join(folder, 'signalbox.yaml'), FILE);
  const flags = { port: '0', data };
  const settings = readSettings({ environment: ENVIRONMENT, flags });
  server = await openServer({
    ...{ settings, flags, folder, environment: ENVIRONMENT, role: 'all', discovers: true },
  });
  // A machine under load is late, and a gateway there says so; what is asked here is all else.
  await ok('node', 'set', '--degradation', '0');
});

after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sb = (...words: readonly string[]): Promise<Ended> => typed(folder, words, ENVIRONMENT);

async function ok(...words: readonly string[]): Promise<Ended> {
  const ended = await sb(...words);
  assert.equal(ended.exit, 0, `${words.join(' ')}: ${ended.err}`);
  return ended;
}

function rowsOf(ended: Ended): readonly Readonly<Record<string, unknown>>[] {
  const { data: rows } = parsed(ended);
  assert.ok(Array.isArray(rows));
  return rows.map((row: unknown) => ({ ...Object(row) }));
}

async function named(
  noun: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  return rowsOf(await ok(noun, 'list', '--json')).find((row) => row['name'] === name);
}

test('the demo key is that of the tenant in the file, which has none of its own', () => {
  assert.equal(server.demo?.tenant, 'acme');
});

test('ask prints the answer alone on standard output, and where it went on the other', async () => {
  const ended = await ok('ask', 'classify: refund please');
  assert.equal(ended.out, 'refund\n');
  assert.match(ended.err, /tier 1, endpoint sim-local.*next: signalbox explain dec_/s);
});

test('ask --explain shows why, the cost and every candidate with its gate', async () => {
  const { out } = await ok(
    'ask',
    'classify: refund please',
    '--explain',
    '--sensitivity',
    'regulated',
  );
  assert.match(out, /^refund\n\ndecision dec_/);
  for (const line of [
    /^ {2}tier +1, sim-local, sim-small$/m,
    /^ {2}label +regulated/m,
    /^ {2}rule +none/m,
    /^ {2}cost +\$0\.0000/m,
    /^ {2}saved +\$/m,
    /^ {2}1 +sim-local +sim-small +answered$/m,
    /^ {2}3 +sim-frontier +sim-frontier +refused: its tier is above the ceiling of this call$/m,
  ]) {
    assert.match(out, line);
  }
});

test('ask names the rule that spoke, with its file and line', async () => {
  const { out } = await ok('ask', 'look at this', '--step', 'code_review', '--explain');
  assert.match(out, /^ {2}tier +3, sim-frontier/m);
  assert.match(out, /^ {2}rule +.*reviews.*signalbox\.yaml:8/m);
});

test('ask --json is one object, --stream --json one object a line', async () => {
  const whole = parsed(await ok('ask', 'classify: refund please', '--json', '--explain'));
  assert.equal(whole['answer'], 'refund');
  assert.equal(whole['tier'], 1);
  assert.match(String(whole['decision_id']), /^dec_/);
  assert.ok(whole['explain'] instanceof Object);
  const lines = (await ok('ask', 'count: one two', '--stream', '--json')).out.trim().split('\n');
  const events = lines.map((line): unknown => JSON.parse(line));
  const last = Object(events.at(-1));
  assert.equal(Reflect.get(last, 'type'), 'end');
  const pieces = events.slice(0, -1).map((one) => String(Reflect.get(Object(one), 'text')));
  assert.equal(Reflect.get(last, 'answer'), pieces.join(''));
});

test('ask ends with the exit of the refusal', async () => {
  const unknown = await sb('ask', 'hi', '--model', 'nobody');
  assert.equal(unknown.exit, 4);
  assert.match(unknown.err, /No model.*hint: /s);
  const barred = await sb('ask', 'hi', '--model', 'sim-frontier', '--sensitivity', 'regulated');
  assert.equal(barred.exit, 1);
  const key = await typed(folder, ['ask', 'hi'], {
    SIGNALBOX_KEY: 'sbx_no',
    SIGNALBOX_URL: server.url,
  });
  assert.equal(key.exit, 3);
});

test('explain finds a call of one’s own, and says that an unknown one is unknown', async () => {
  const response = await call(server.url, server.demo?.key.reveal() ?? '');
  const id = response.headers.get('x-signalbox-decision-id') ?? '';
  await response.text();
  assert.match((await ok('explain', id)).out, /^decision dec_.*sim-local/s);
  assert.equal(parsed(await ok('explain', id, '--json'))['decision'], id);
  assert.equal((await sb('explain', 'dec_01K9ZK3M7Q8VHJ4W2N5T6R0XYZ')).exit, 4);
});

test('tail shows what ended, filtered, and as one object a line', async () => {
  await ok('ask', 'hi');
  const seen = await ok(
    'tail',
    '--recent',
    '50',
    '--count',
    '1',
    '--where',
    'tier=1 and tenant=acme',
  );
  assert.match(seen.out, /time +tenant +tier.*acme +1 +sim-small at sim-local/s);
  assert.match(seen.err, /1 calls that fit, tier 1: 1/);
  const lines = (await ok('tail', '--recent', '50', '--count', '2', '--json')).out
    .trim()
    .split('\n');
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.match(String(Reflect.get(JSON.parse(line), 'decision_id')), /^dec_/);
});

test('a drained endpoint gets no calls until it is enabled again', async () => {
  assert.match(
    (await ok('endpoint', 'drain', 'sim-local')).err,
    /undo: signalbox endpoint enable sim-local/,
  );
  assert.equal((await named('endpoint', 'sim-local'))?.['state'], 'off');
  assert.equal(parsed(await ok('ask', 'hi', '--json'))['endpoint'], 'sim-private');
  await ok('endpoint', 'enable', 'sim-local', '--json');
  assert.equal(parsed(await ok('ask', 'hi', '--json'))['endpoint'], 'sim-local');
});

test('a provider whose key was found is off until it is enabled', async () => {
  const found = await named('endpoint', 'openai');
  assert.equal(found?.['state'], 'off');
  await ok('endpoint', 'enable', 'openai');
  // On, and asked about itself at once: it may not be reachable from here.
  assert.match(String((await named('endpoint', 'openai'))?.['state']), /^(available|down)$/);
  await ok('endpoint', 'drain', 'openai');
  assert.equal((await named('endpoint', 'openai'))?.['state'], 'off');
  const kept = readFileSync(join(data, 'console.yaml'), 'utf8');
  assert.match(kept, /secret: env:OPENAI_API_KEY/);
  assert.doesNotMatch(kept, /sk-canary/);
  assert.equal(statSync(join(data, 'console.yaml')).mode & 0o777, 0o600);
});

test('an endpoint that is added is in force when the command ends', async () => {
  const add = ['endpoint', 'add', 'http://127.0.0.1:9/v1', '--name', 'lab', '--model', 'm-1'];
  const tried = parsed(await ok(...add, '--dry-run', '--json'));
  assert.equal(tried['dry_run'], true);
  assert.equal(await named('endpoint', 'lab'), undefined);
  const added = await sb(...add, '--tier', '2', '--activate');
  assert.equal(added.exit, 1, 'nobody answers there');
  assert.match(added.out, /no +reachable +refuses connections/);
  assert.equal((await named('endpoint', 'lab'))?.['tier'], 2);
  assert.equal((await named('endpoint', 'lab'))?.['state'], 'quarantined');
  assert.equal((await sb(...add)).exit, 5);
  assert.equal(parsed(await ok('endpoint', 'show', 'lab', '--json'))['name'], 'lab');
  await ok('endpoint', 'remove', 'lab', '--yes');
  assert.equal(await named('endpoint', 'lab'), undefined);
  assert.equal((await sb('endpoint', 'remove', 'lab')).exit, 4);
  const sim = await sb('endpoint', 'remove', 'sim-local');
  assert.equal(sim.exit, 5);
  assert.match(sim.err, /adds it by itself/);
});

test('an endpoint that makes the configuration wrong is not written', async () => {
  const wrong = await sb(
    'endpoint',
    'add',
    'http://127.0.0.1:9/v1',
    '--name',
    'Bad Name',
    '--model',
    'm',
  );
  assert.equal(wrong.exit, 2);
  assert.match(wrong.err, /operator\.yaml:\d+:\d+/);
  const silent = await sb('endpoint', 'add', 'http://127.0.0.1:9/v1');
  assert.equal(silent.exit, 6);
  assert.match(silent.err, /--model NAME/);
  const schemeless = await sb('endpoint', 'add', 'localhost:9/v1');
  assert.equal(schemeless.exit, 2);
  assert.match(schemeless.err, /wants its base URL/);
  const inner = await sb('endpoint', 'add', 'http://169.254.169.254/v1');
  assert.equal(inner.exit, 2, 'it is not even asked for its models');
  assert.match(inner.err, /never dialled/);
});

test('a tenant can be made, changed and removed, and a file keeps what is its own', async () => {
  const made = parsed(
    await ok(
      'tenant',
      'create',
      'blue',
      '--topology',
      'sovereign',
      '--budget-usd',
      '2.50',
      '--json',
    ),
  );
  assert.deepEqual(made['budget'], { amount_micro_usd: 2_500_000, per: 'month' });
  assert.equal((await sb('tenant', 'create', 'blue')).exit, 5);
  const set = parsed(await ok('tenant', 'set', 'blue', '--privacy', 'observe', '--json'));
  assert.equal(set['privacy'], 'observe');
  assert.equal(set['topology'], 'sovereign');
  assert.equal(
    parsed(await ok('tenant', 'set', 'blue', '--topology', 'hybrid', '--dry-run', '--json'))[
      'dry_run'
    ],
    true,
  );
  assert.equal(parsed(await ok('tenant', 'show', 'blue', '--json'))['topology'], 'sovereign');
  const owned = await sb('tenant', 'set', 'acme', '--topology', 'cloud');
  assert.equal(owned.exit, 5);
  assert.match(owned.err, /signalbox\.yaml:3/);
  assert.equal((await sb('tenant', 'create', 'red', '--plan', 'nope')).exit, 2);
  assert.equal((await sb('tenant', 'show', 'nobody')).exit, 4);
  assert.match((await ok('tenant', 'list')).out, /blue +sovereign/);
  await ok('tenant', 'remove', 'blue', '--yes', '--json');
  assert.equal((await sb('tenant', 'remove', 'blue')).exit, 4);
});

test('what is changed of a tenant leaves what it protects, and the rest of a part', async () => {
  const document = {
    ...{ name: 'teal', class: 'LEGAL', budget: { amount_micro_usd: 5, per: 'day' } },
    own: { networks: ['hq'] },
    sensitive: { patterns: [{ name: 'claim', pattern: 'CL-\\d{6}', kind: 'health' }] },
  };
  await ok('api', 'POST', '/admin/v1/tenants', '--body', JSON.stringify(document));
  const said = ['--durable', 'before-answer', '--budget-usd', '2', '--own-endpoint', 'openai'];
  await ok('tenant', 'set', 'teal', ...said);
  const shown = parsed(await ok('tenant', 'show', 'teal', '--json'));
  assert.equal(shown['durable'], 'before-answer');
  assert.equal(shown['class'], 'LEGAL');
  assert.deepEqual(shown['sensitive'], document.sensitive);
  assert.deepEqual(shown['budget'], { amount_micro_usd: 2_000_000, per: 'day' });
  assert.deepEqual(shown['own'], { endpoints: ['openai'], networks: ['hq'] });
});

test('a key is shown once, works, is rotated, and refused once it is revoked', async () => {
  await ok('tenant', 'create', 'green');
  const made = parsed(
    await ok(
      'key',
      'create',
      'ci',
      '--tenant',
      'green',
      '--expires',
      '90d',
      '--tier',
      '1',
      '--scope',
      'call',
      '--json',
    ),
  );
  const key = String(made['key']);
  assert.match(key, /^sbx_live_/);
  assert.equal((await call(server.url, key)).status, 200);
  assert.doesNotMatch((await ok('key', 'list', '--json')).out, new RegExp(key));
  const second = (await ok('key', 'rotate', 'ci')).out.trim();
  assert.equal((await call(server.url, second)).status, 200);
  const copy = rowsOf(await ok('key', 'list', '--tenant', 'green', '--json')).find(
    (row) => row['name'] === 'ci-2',
  );
  assert.deepEqual(copy?.['tiers'], [1]);
  // The operator's key explains the calls of every tenant.
  const id = (await call(server.url, second)).headers.get('x-signalbox-decision-id') ?? '';
  assert.match((await ok('explain', id)).out, /^decision dec_.* {2}tier +1, sim-local, sim-small/s);
  await ok('key', 'revoke', 'ci', '--yes');
  const refused = await call(server.url, key);
  assert.equal(refused.status, 401);
  assert.match(await refused.text(), /key_revoked/);
  const open = await sb('tenant', 'remove', 'green');
  assert.equal(open.exit, 2);
  assert.match(open.err, /signalbox key revoke ci-2/);
  await ok('key', 'revoke', 'ci-2');
  await ok('tenant', 'remove', 'green');
  for (const text of [key, second]) {
    for (const file of ['console.yaml', 'signalbox.log']) {
      assert.ok(!readFileSync(join(data, file), 'utf8').includes(text), file);
    }
  }
});

test('models, policies, the console link and any path can be asked for', async () => {
  assert.deepEqual((await named('model', 'sim-small'))?.['tiers'], [1]);
  assert.ok(
    rowsOf(await ok('model', 'list', '--mine', '--json')).some((row) => row['id'] === 'auto'),
  );
  assert.match((await ok('model', 'list')).out, /sim-frontier +3 +400000/);
  assert.deepEqual((await named('policy', 'first'))?.['tenants'], ['acme']);
  assert.match(
    (await ok('policy', 'show', 'first')).out,
    /reviews +step=\["code_review"\] +tier=3/,
  );
  assert.equal((await sb('policy', 'show', 'second')).exit, 4);
  assert.match(String(parsed(await ok('console', '--json'))['url']), /\/login\?token=/);
  assert.equal(parsed(await ok('api', 'GET', '/v1/key'))['tenant'], 'acme');
  assert.deepEqual(parsed(await ok('api', 'GET', '/admin/v1/status'))['reasons'], []);
  assert.equal(parsed(await ok('api', 'GET', '/admin/v1/status'))['mode'], 'ready');
  assert.equal((await sb('api', 'GET', '/v1/nothing')).exit, 4);
});

test('the doctor finds nothing wrong, and leaves a journal alone that is in use', async () => {
  const found = parsed(await ok('doctor', '--json'));
  assert.equal(found['ok'], true);
  assert.equal((await sb('doctor', 'journal')).exit, 5);
});

test('the console’s page is served to whoever comes by the right name', async () => {
  const page = await fetch(`${server.url}/`, { redirect: 'manual' });
  assert.ok([200, 404].includes(page.status));
  const link = server.loginLink() ?? '';
  const opened = await fetch(link, { redirect: 'manual' });
  assert.equal(opened.status, 303);
  assert.match(opened.headers.get('set-cookie') ?? '', /HttpOnly/);
  const again = await fetch(link, { redirect: 'manual' });
  assert.match(again.headers.get('location') ?? '', /spent/);
});

test('model show prints each field with whose word it is', async () => {
  const shown = (await ok('model', 'show', 'sim-small')).out;
  assert.match(shown, /endpoint +field +value +from +also said/);
  assert.match(shown, /sim-local +context_tokens +\d+ +(document|probe)/);
  const whole = parsed(await ok('model', 'show', 'sim-small', '--json'));
  assert.ok(Array.isArray(whole['facts']) && whole['facts'].length > 0);
  assert.equal((await sb('model', 'show', 'nobody')).exit, 4);
});

test('model inspect reads the header of a file, and refuses what is none', async () => {
  const path = join(folder, 'not.gguf');
  writeFileSync(path, 'not a model file');
  const ended = await sb('model', 'inspect', path);
  assert.equal(ended.exit, 1);
  assert.match(ended.err, /does not begin with `GGUF`/);
  assert.equal((await sb('model', 'inspect', join(folder, 'gone.gguf'))).exit, 4);
});

test('a consent is given, shown and revoked', async () => {
  const terms = ['--kind', 'health', '--tier', '2', '--until', '90d', '--purpose', 'claims'];
  const give = ['consent', 'create', '--tenant', 'acme', ...terms, '--given-by', 'Ada'];
  const made = parsed(await ok(...give, '--json'));
  const name = String(made['name']);
  assert.match(name, /^con_[0-9A-Z]{26}$/);
  assert.match((await ok('consent', 'list', '--tenant', 'acme')).out, /health +until 20/);
  assert.match((await ok('consent', 'show', name)).out, /given_by +Ada/);
  assert.match((await ok('consent', 'remove', name, '--yes')).out, /revoked/);
  assert.match((await ok('consent', 'list')).out, /health +revoked/);
  assert.equal((await sb('consent', 'create', '--tenant', 'acme')).exit, 2);
  assert.equal((await sb('consent', 'remove', 'nobody', '--yes')).exit, 4);
});

test('a session that has held nothing is not lowered, nor one without a reason', async () => {
  const lower = ['session', 'declassify', 'acme', 'support-7'];
  assert.equal((await sb(...lower, '--yes')).exit, 2);
  assert.equal((await sb(...lower, '--reason', 'anonymised', '--yes')).exit, 4);
});

test('report data-flow finds the calls behind each of its numbers', async () => {
  await ok('ask', 'my card is 4111 1111 1111 1111');
  const last = parsed(await ok('ask', 'look at this', '--step', 'code_review', '--json'));
  await recorded(String(last['decision_id']));
  const said = ['report', 'data-flow', '--tenant', 'acme', '--since', '1h'];
  const report = parsed(await ok(...said, '--json'));
  const rows = ['calls', 'received', 'blocked', 'exceptions'].flatMap((part) => {
    const some = report[part];
    assert.ok(Array.isArray(some), part);
    return some.map((row: unknown): Readonly<Record<string, unknown>> => ({ ...Object(row) }));
  });
  for (const row of rows) {
    const { data: calls } = parsed(await ok('api', 'GET', `${row['records']}&limit=200`));
    assert.ok(Array.isArray(calls));
    assert.equal(calls.length, row['calls'], JSON.stringify(row));
  }
  const regulated = rows.filter((row) => row['label'] === 'regulated');
  assert.deepEqual([...new Set(regulated.map((row) => row['tier'] ?? 1))], [1]);
  assert.ok(regulated.some((row) => row['reach'] === 'stayed'));
  assert.ok(rows.some((row) => row['endpoint'] === 'sim-frontier' && row['left'] === true));
  assert.match((await ok(...said)).out, /How far calls went.*left +public.*Exceptions: none/s);
  assert.equal((await sb('report', 'data-flow', '--tenant', 'nobody')).exit, 4);
  assert.equal((await sb('report', 'data-flow')).exit, 2);
  assert.equal((await sb('report', 'data-flow', '--tenant', 'acme', '--since', 'long')).exit, 2);
});

/** Until the records have a call: a batch is on disk within 10 ms. */
async function recorded(decision: string): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    const { out } = await ok('api', 'GET', '/admin/v1/requests?limit=1');
    if (out.includes(decision)) return;
  }
  assert.fail(`${decision} has no record`);
}
