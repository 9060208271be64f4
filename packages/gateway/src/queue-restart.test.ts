// Queued calls, and files that an endpoint holds, over the death of their gateway: a real process
// that is killed, its data folder, and another gateway that goes on. What the first life leaves is
// made once; each test begins with a copy of it. Later lives are led in this process, since a
// process takes a second to begin: of those that are killed the next one gets the disk as it was in
// that moment, which is all that a kill leaves.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import {
  createClock,
  createRandom,
  createSink,
  nodeDisk,
  openDataFolder,
  readJournal,
} from '@signalbox/ports';
import { type Sim, startSim } from '@signalbox/sim';
import { mintApiKey } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import { type Answer, ask, json, refused, until, WAIT_MS_MAX } from './gateway.fixture.ts';
import { openNode } from './node.ts';

const CHAT = '/v1/chat/completions';
const PROMPT = 'a prompt that nobody may read on a disk';
const NOWHERE = 'http://127.0.0.1:9';
const KEYS = {
  MAIN: mintApiKey('test', randomBytes(48)),
  OTHER: mintApiKey('test', randomBytes(48)),
};
const MAIN_FILE = join(import.meta.dirname, 'main.ts');

type Life = {
  readonly ask: (path: string, asked?: Parameters<typeof ask>[2]) => Promise<Answer>;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

let sim: Sim;
let root: string;
let folder: string;
let running: Life | undefined;
/** Queued in this order, the second as a stream. */
let one: string;
let two: string;
/** Uploaded by the same tenant. */
let file: string;

before(async () => {
  sim = await startSim();
  root = await mkdtemp(join(tmpdir(), 'signalbox-restart-'));
  folder = join(root, 'first');
  await mkdir(folder);
  const first = await spawned(documents(NOWHERE));
  const made = await first.ask('/v1/files', await upload());
  assert.equal(made.status, 200, made.text);
  file = String(json(made)['id']);
  // Before a call is queued, all that was appended until then is safe.
  one = await queue(first, `${PROMPT} 1`);
  two = await queue(first, `${PROMPT} 2`, { stream: true });
  assert.equal(json(await first.ask(two))['position'], 2);
  await first.end('SIGKILL');
});
after(async () => {
  await running?.end('SIGTERM');
  await sim.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'next-'));
  await cp(join(root, 'first', 'data'), join(folder, 'data'), { recursive: true });
});
afterEach(async () => {
  await running?.end('SIGTERM');
});

const documents = (origin: string, more = ''): string => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
  near: {kind: sim, url: "${sim.url}/v1", tier: 1, models: {sim-small: {}}}
  far:
    kind: sim
    url: ${origin}/v1
    private_address: true
    tier: 3
    region: eu
    models: {sim-frontier: {}}
    headers: {forward: [x-sim]}
    price: {input_per_million_usd: "3", output_per_million_usd: "15"}
tenants:
  acme: {residency: [eu]}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}
  second: {tenant: other, secret: "env:OTHER"}
${more}`;

async function spawned(yaml: string): Promise<Life> {
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
  running = lifeAt(port, async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  });
  return running;
}

async function start(yaml: string): Promise<Life> {
  const read = readConfiguration([{ name: 'signalbox.yaml', text: yaml }], { environment: KEYS });
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems.map((one) => one.message)));
  const clock = createClock();
  const random = createRandom();
  const data = await openDataFolder({ path: join(folder, 'data'), random, program: 'test 0' });
  const telemetry = createSink({ fd: 2, level: 'error', clock });
  const node = await openNode({
    version: '0.0.0',
    configuration: read.configuration,
    digest: 'first',
    data,
    telemetry,
    clock,
    random,
    keys: nodeKeys(data.pepper),
    environment: KEYS,
    folder,
    isAdmin: () => false,
    mounted: () => [],
  });
  running = lifeAt(node.listening.port, async (signal) => {
    if (running === undefined) return;
    running = undefined;
    if (signal === 'SIGKILL') {
      const next = await mkdtemp(join(root, 'next-'));
      await cp(join(folder, 'data'), join(next, 'data'), { recursive: true });
      folder = next;
    }
    await node.stop();
    telemetry.close();
  });
  return running;
}

const lifeAt = (port: number, end: Life['end']): Life => ({
  ask: (path, asked = {}) => ask(port, path, { key: KEYS.MAIN, ...asked }),
  end,
});

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

async function upload(): Promise<Parameters<typeof ask>[2]> {
  const form = new FormData();
  form.set('purpose', 'user_data');
  form.set('file', new Blob([PROMPT]), 'a.txt');
  const sent = new Response(form);
  const type = sent.headers.get('content-type') ?? '';
  return { headers: { 'content-type': type }, body: await sent.bytes() };
}

/** Who made it has it, and nobody else hears of it. */
async function ownFile(node: Life): Promise<void> {
  const answer = await node.ask(`/v1/files/${file}`);
  assert.equal(answer.status, 200, answer.text);
  const stranger = { key: KEYS.OTHER };
  refused(await node.ask(`/v1/files/${file}`, stranger), 404, 'object_unknown');
}

/** Returns where the answer will be. */
async function queue(node: Life, words: string, more = {}, headers = {}): Promise<string> {
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

async function fetched(node: Life, location: string): Promise<Answer> {
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

const answersIn = (at: string): number =>
  readdirSync(join(at, 'data', 'queue')).filter((name) => name.endsWith('.answer')).length;

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

/** Of one queued call. */
async function settledOf(location: string): Promise<Settled['record']> {
  const [settled, ...more] = (await settlements()).filter(({ call }) => call === idOf(location));
  assert.ok(settled !== undefined, 'it is never settled');
  assert.equal(more.length, 0, 'it is settled once');
  return settled.record;
}

describe('a gateway that is killed while calls are queued', () => {
  it('goes on with them: in order, settled once, nothing in the clear on its disk', async () => {
    assert.doesNotMatch(await diskText(), /nobody may read/);
    assert.equal((await queueFiles()).length, 2);

    const still = await start(documents(NOWHERE));
    assert.equal(json(await still.ask(two))['position'], 2);
    await ownFile(still);
    // Calls that are queued outlive an orderly stop as well.
    await still.end('SIGTERM');
    assert.equal((await queueFiles()).length, 2);

    const next = await start(documents(sim.url));
    const whole = await fetched(next, one);
    assert.equal(whole.status, 200, whole.text);
    assert.equal(whole.headers['x-signalbox-decision-id'], `dec_${idOf(one).slice(4)}-2`);
    const stream = await fetched(next, two);
    assert.match(String(stream.headers['content-type']), /^text\/event-stream/);
    assert.match(stream.text, /\[DONE\]/);
    refused(await next.ask(one), 410, 'queued_expired');
    await next.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    for (const call of [one, two]) assert.equal((await settledOf(call))['ending'], 'answered');
    assert.doesNotMatch(await diskText(), /nobody may read/);

    const last = await start(documents(NOWHERE));
    for (const call of [one, two]) {
      refused(await last.ask(call), 410, 'queued_expired');
      refused(await last.ask(call, { key: KEYS.OTHER }), 404, 'route_unknown');
    }
    await ownFile(last);
  });

  it('keeps an answer that nobody has fetched yet, sealed', async () => {
    const second = await start(documents(sim.url));
    const end = Date.now() + WAIT_MS_MAX;
    while ((await queueFiles()).filter((name) => name.endsWith('.answer')).length < 2) {
      assert.ok(Date.now() < end, 'it is never answered');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await second.end('SIGKILL');
    assert.doesNotMatch(await diskText(), /choices|nobody may read/);
    const third = await start(documents(NOWHERE));
    const answer = await fetched(third, one);
    assert.equal(answer.status, 200);
    assert.ok(json(answer)['choices']);
    await fetched(third, two);
    await third.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    await settledOf(one);
  });

  it('has an answer that was safe and not settled, once, over every restart', async () => {
    const held = await readdir(join(folder, 'data', 'journal'));
    const before = join(folder, 'journal-before');
    await cp(join(folder, 'data', 'journal'), before, { recursive: true });
    const second = await start(documents(sim.url));
    await until('they are answered', () => answersIn(folder) === 2);
    await second.end('SIGKILL');
    const journal = join(folder, 'data', 'journal');
    await rm(journal, { recursive: true });
    await cp(before, journal, { recursive: true });
    assert.deepEqual(await readdir(journal), held, 'nothing of a settlement was written');
    const third = await start(documents(NOWHERE));
    assert.equal((await third.ask(one)).status, 200);
    refused(await third.ask(one), 410, 'queued_expired');
    await third.end('SIGKILL');
    const last = await start(documents(NOWHERE));
    refused(await last.ask(one), 410, 'queued_expired');
    refused(await last.ask(one, { key: KEYS.OTHER }), 404, 'route_unknown');
    assert.equal((await last.ask(two)).status, 200);
    await last.end('SIGTERM');
    const { ending, key } = await settledOf(one);
    assert.deepEqual([ending, key], ['crashed', 'main']);
  });

  it('charges what was held for an attempt that it died in, and makes another', async () => {
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
    await until('they are under way', () => asked > 1);
    // What is held is on the disk a moment after it was held.
    await second.ask(one);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.end('SIGKILL');
    silent.closeAllConnections();
    silent.close();
    const last = await start(documents(sim.url));
    const answer = await fetched(last, one);
    assert.equal(answer.status, 200);
    await last.end('SIGTERM');
    const settled = await settledOf(one);
    assert.equal(settled['ending'], 'answered');
    const [lost, cost] = [settled['lostNanoUsd'], settled['costNanoUsd']];
    assert.ok(BigInt(String(lost)) > 0n);
    assert.ok(BigInt(String(cost)) > BigInt(String(lost)));
  });
});

describe('documents that changed while the gateway was down', () => {
  it('hold for calls of before: what may go nowhere now is refused and recorded', async () => {
    const asked = (): unknown => sim.requests().byModel['sim-frontier'];
    const before = asked();
    const second = await start(documents(sim.url).replace('[eu]}', '[eu], topology: sovereign}'));
    refused(await fetched(second, one), 403, 'no_eligible_route');
    assert.equal(asked(), before, 'nobody was asked');
    await second.end('SIGTERM');
    const settled = await settledOf(one);
    assert.equal(settled['code'], 'no_eligible_route');
    assert.equal(settled['costNanoUsd'], undefined);
  });

  it('never let a call go further than it might when it was queued', async () => {
    const wider = documents(sim.url).replace('acme: {residency: [eu]}', 'acme: {}');
    const second = await start(wider.replace('region: eu', 'region: us'));
    refused(await fetched(second, one), 403, 'no_eligible_route');
  });

  it('hold for keys: a call of a key that was revoked is refused and recorded', async () => {
    const second = await start(
      documents(sim.url).replace('secret: "env:MAIN"', 'revoked: true, secret: "env:MAIN"'),
    );
    await second.end('SIGTERM');
    const settled = await settledOf(one);
    assert.equal(settled['tenant'], 'acme');
    assert.equal(settled['code'], 'key_revoked');
    assert.equal(typeof settled['label'], 'string', 'it is as sensitive as it was when it waited');
  });

  it('take a tenant away with all its calls', async () => {
    const yaml = documents(sim.url)
      .replace('  acme: {residency: [eu]}\n', '')
      .replace(/ {2}main: .*\n/, '');
    const second = await start(yaml);
    await second.end('SIGTERM');
    assert.deepEqual(await queueFiles(), []);
    for (const call of [one, two]) assert.equal((await settledOf(call))['ending'], 'crashed');
  });
});

it('a call whose time is over meanwhile is refused, recorded and removed', async () => {
  const short = 'queue: {keep_ms: 1}';
  const second = await start(documents(sim.url, short));
  refused(await second.ask(one), 410, 'queued_expired');
  await second.end('SIGTERM');
  assert.equal((await settledOf(one))['code'], 'queued_expired');
  assert.deepEqual(await queueFiles(), []);
});

it('a file that does not read is set aside, said in /readyz, and stops nobody', async () => {
  const path = join(folder, 'data', 'queue', `acme.${idOf(one)}.call`);
  const bytes = await readFile(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(path, bytes);
  const second = await start(documents(sim.url));
  const ready = json(await second.ask('/readyz'));
  assert.equal(ready['mode'], 'degraded');
  assert.match(JSON.stringify(ready['reasons']), /1 files could not be read/);
  assert.equal((await fetched(second, two)).status, 200);
  refused(await second.ask(one), 410, 'queued_expired');
  refused(await second.ask(one, { key: KEYS.OTHER }), 404, 'route_unknown');
  await second.end('SIGTERM');
  assert.equal((await settledOf(one))['ending'], 'crashed');
  assert.equal((await settledOf(two))['ending'], 'answered');
});
