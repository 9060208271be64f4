// Queued calls over the death of their gateway: a real process that is killed, its data folder, and
// another process that goes on.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { nodeDisk, readJournal } from '@signalbox/ports';
import { type Sim, startSim } from '@signalbox/sim';
import { mintApiKey } from '@signalbox/trust';
import { type Answer, ask, json, refused, until, WAIT_MS_MAX } from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const PROMPT = 'a prompt that nobody may read on a disk';
const NOWHERE = 'http://127.0.0.1:9';
const KEYS = {
  MAIN: mintApiKey('test', randomBytes(48)),
  OTHER: mintApiKey('test', randomBytes(48)),
};
const MAIN_FILE = join(import.meta.dirname, 'main.ts');

type Process = {
  readonly child: ChildProcess;
  readonly ask: (path: string, asked?: Parameters<typeof ask>[2]) => Promise<Answer>;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

let sim: Sim;
let folder: string;
let running: Process | undefined;

before(async () => {
  sim = await startSim();
});
after(() => sim.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-restart-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  running = undefined;
  await rm(folder, { recursive: true, force: true });
});

const documents = (origin: string, more = ''): string => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
  far:
    kind: sim
    url: ${origin}/v1
    private_address: true
    tier: 3
    models: {sim-frontier: {}}
    headers: {forward: [x-sim]}
    price: {input_per_million_usd: "3", output_per_million_usd: "15"}
tenants:
  acme: {}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}
  second: {tenant: other, secret: "env:OTHER"}
${more}`;

async function start(yaml: string): Promise<Process> {
  const config = join(folder, 'signalbox.yaml');
  await writeFile(config, yaml);
  const child = spawn(process.execPath, [MAIN_FILE], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], ...KEYS },
      ...{ SIGNALBOX_CONFIG: config, SIGNALBOX_DATA: join(folder, 'data') },
    },
  });
  const port = await portOf(child);
  running = {
    child,
    ask: (path, asked = {}) => ask(port, path, { key: KEYS.MAIN, ...asked }),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
  return running;
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`it never listened: ${text}`)), WAIT_MS_MAX);
    child.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const port = /"listening".*?"port":(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(late);
      resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
}

/** Returns where the answer will be. */
async function queue(node: Process, words: string, more = {}, headers = {}): Promise<string> {
  const body = {
    model: 'sim-frontier',
    messages: [{ role: 'user', content: words }],
    ...more,
  };
  const answer = await node.ask(CHAT, {
    body,
    headers: { 'x-signalbox-queue': 'allow', ...headers },
  });
  assert.equal(answer.status, 202, answer.text);
  return String(answer.headers['location']);
}

async function fetched(node: Process, location: string): Promise<Answer> {
  const end = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const answer = await node.ask(location);
    if (answer.status !== 202) return answer;
    assert.ok(Date.now() < end, 'it waits for ever');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Everything in the data folder, as text. */
async function diskText(): Promise<string> {
  const names = await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const texts = files.map((one) => readFile(join(one.parentPath, one.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

const queueFiles = (): Promise<string[]> => readdir(join(folder, 'data', 'queue'));

type Settled = { readonly call: string; readonly record: Readonly<Record<string, unknown>> };

/** The gateway must have ended. */
async function settlements(): Promise<readonly Settled[]> {
  const found: Settled[] = [];
  const from = { position: { segment: 0, offset: 0 } };
  await readJournal(nodeDisk(), join(folder, 'data', 'journal'), from, ({ head, bodyText }) => {
    if (head.kind !== 'settlement') return undefined;
    found.push({ call: String(head.call), record: JSON.parse(bodyText ?? '{}') });
    return undefined;
  });
  return found;
}

const idOf = (location: string): string => location.slice('/v1/queued/'.length);

describe('a gateway that is killed while calls are queued', () => {
  it('goes on with them: in order, settled once, nothing in the clear on its disk', async () => {
    const first = await start(documents(NOWHERE));
    const one = await queue(first, `${PROMPT} 1`);
    const two = await queue(first, `${PROMPT} 2`, { stream: true });
    assert.equal(json(await first.ask(two))['position'], 2);
    await first.end('SIGKILL');
    assert.doesNotMatch(await diskText(), /nobody may read/);
    assert.equal((await queueFiles()).length, 2);

    const still = await start(documents(NOWHERE));
    const seen = json(await still.ask(two));
    assert.equal(seen['position'], 2);
    await still.end('SIGKILL');

    const last = await start(documents(sim.url));
    const whole = await fetched(last, one);
    assert.equal(whole.status, 200, whole.text);
    assert.equal(whole.headers['x-signalbox-decision-id'], `dec_${idOf(one).slice(4)}-2`);
    const stream = await fetched(last, two);
    assert.match(String(stream.headers['content-type']), /^text\/event-stream/);
    assert.match(stream.text, /\[DONE\]/);
    refused(await last.ask(one), 410, 'queued_expired');
    await last.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    const settled = await settlements();
    assert.deepEqual(settled.map(({ call }) => call).toSorted(), [idOf(one), idOf(two)].toSorted());
    for (const { record } of settled) assert.equal(record['ending'], 'answered');
    assert.doesNotMatch(await diskText(), /nobody may read/);
  });

  it('keeps an answer that nobody has fetched yet, sealed', async () => {
    const first = await start(documents(NOWHERE));
    const location = await queue(first, PROMPT);
    await first.end('SIGKILL');
    const second = await start(documents(sim.url));
    const end = Date.now() + WAIT_MS_MAX;
    while (!(await queueFiles()).some((name) => name.endsWith('.answer'))) {
      assert.ok(Date.now() < end, 'it is never answered');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await second.end('SIGKILL');
    assert.doesNotMatch(await diskText(), /choices|nobody may read/);
    const third = await start(documents(NOWHERE));
    const answer = await fetched(third, location);
    assert.equal(answer.status, 200);
    assert.ok(json(answer)['choices']);
    await third.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    assert.equal((await settlements()).length, 1);
  });

  it('charges what was held for an attempt that it died in, and makes another', async () => {
    const first = await start(documents(NOWHERE));
    const location = await queue(first, PROMPT);
    await first.end('SIGKILL');
    let asked = 0;
    const silent = createServer((request, response) => {
      if (request.method === 'POST') asked += 1;
      else response.writeHead(404).end();
    });
    silent.unref();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const second = await start(documents(`http://127.0.0.1:${address.port}`));
    await until('it is under way', () => asked > 0);
    // What is held is on the disk a moment after it was held.
    await second.ask(location);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.end('SIGKILL');
    silent.closeAllConnections();
    silent.close();
    const last = await start(documents(sim.url));
    const answer = await fetched(last, location);
    assert.equal(answer.status, 200);
    await last.end('SIGTERM');
    const [settled, ...more] = await settlements();
    assert.equal(more.length, 0);
    assert.equal(settled?.record['ending'], 'answered');
    const [lost, cost] = [settled?.record['lostNanoUsd'], settled?.record['costNanoUsd']];
    assert.ok(BigInt(String(lost)) > 0n);
    assert.ok(BigInt(String(cost)) > BigInt(String(lost)));
  });
});

describe('documents that changed while the gateway was down', () => {
  it('hold for calls of before: what may go nowhere now is refused and recorded', async () => {
    const first = await start(documents(NOWHERE));
    const location = await queue(first, PROMPT);
    await first.end('SIGKILL');
    const asked = (): unknown => sim.requests().byModel['sim-frontier'];
    const before = asked();
    const second = await start(
      documents(sim.url).replace('acme: {}', 'acme: {topology: sovereign}'),
    );
    refused(await fetched(second, location), 403, 'no_eligible_route');
    assert.equal(asked(), before, 'nobody was asked');
    await second.end('SIGTERM');
    const [settled, ...more] = await settlements();
    assert.equal(more.length, 0);
    assert.equal(settled?.record['code'], 'no_eligible_route');
    assert.equal(settled?.record['costNanoUsd'], undefined);
  });

  it('never let a call go further than it might when it was queued', async () => {
    const near = documents(NOWHERE).replace('acme: {}', 'acme: {residency: [eu]}');
    const first = await start(near.replace('tier: 3', 'tier: 3\n    region: eu'));
    const location = await queue(first, PROMPT);
    await first.end('SIGKILL');
    const second = await start(documents(sim.url).replace('tier: 3', 'tier: 3\n    region: us'));
    refused(await fetched(second, location), 403, 'no_eligible_route');
  });

  it('hold for keys: a call of a key that was revoked is refused and recorded', async () => {
    const first = await start(documents(NOWHERE));
    await queue(first, PROMPT);
    await first.end('SIGKILL');
    const second = await start(
      documents(sim.url).replace('secret: "env:MAIN"', 'revoked: true, secret: "env:MAIN"'),
    );
    await second.end('SIGTERM');
    const [settled, ...more] = await settlements();
    assert.equal(more.length, 0);
    assert.equal(settled?.record['tenant'], 'acme');
    assert.equal(settled?.record['code'], 'key_revoked');
  });

  it('take a tenant away with all its calls', async () => {
    const first = await start(documents(NOWHERE));
    await queue(first, PROMPT);
    await first.end('SIGKILL');
    const yaml = documents(sim.url)
      .replace('  acme: {}\n', '')
      .replace(/ {2}main: .*\n/, '');
    const second = await start(yaml);
    await second.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    assert.deepEqual(
      (await settlements()).map(({ record }) => record['ending']),
      ['crashed'],
    );
  });
});

it('a call whose time is over meanwhile is refused, recorded and removed', async () => {
  const short = 'queue: {keep_ms: 300}';
  const first = await start(documents(NOWHERE, short));
  const location = await queue(first, PROMPT);
  await first.end('SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 320));
  const second = await start(documents(sim.url, short));
  refused(await second.ask(location), 410, 'queued_expired');
  await second.end('SIGTERM');
  const [settled, ...more] = await settlements();
  assert.equal(more.length, 0);
  assert.equal(settled?.record['code'], 'queued_expired');
  assert.deepEqual(await queueFiles(), []);
});

it('calls that are queued outlive an orderly stop', async () => {
  const first = await start(documents(NOWHERE));
  const location = await queue(first, PROMPT);
  await first.end('SIGTERM');
  const second = await start(documents(sim.url));
  assert.equal((await fetched(second, location)).status, 200);
});

it('a file that does not read is set aside, said in /readyz, and stops nobody', async () => {
  const first = await start(documents(NOWHERE));
  const [one, two] = [await queue(first, PROMPT), await queue(first, PROMPT)];
  await first.end('SIGKILL');
  const file = join(folder, 'data', 'queue', `acme.${idOf(one)}.call`);
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(file, bytes);
  const second = await start(documents(sim.url));
  const ready = json(await second.ask('/readyz'));
  assert.equal(ready['mode'], 'degraded');
  assert.match(JSON.stringify(ready['reasons']), /1 files could not be read/);
  assert.equal((await fetched(second, two)).status, 200);
  refused(await second.ask(one), 404, 'route_unknown');
  await second.end('SIGTERM');
  const endings = (await settlements()).map(({ record }) => record['ending']);
  assert.deepEqual(endings.toSorted(), ['answered', 'crashed']);
});
