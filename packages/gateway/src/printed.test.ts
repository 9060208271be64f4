import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, it } from 'node:test';
import type { Clock, Secret } from '@signalbox/contract';
import { ask, json, startGateway, until } from './gateway.fixture.ts';
import { type Printed, printed } from './printed.ts';

const REFRESH_MS = 60_000;
const AT = Date.UTC(2026, 0, 1);

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-printed-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** What the command prints from now on; undefined: it fails. */
const prints = (text: string | undefined): Promise<void> =>
  writeFile(join(folder, 'print.sh'), text === undefined ? 'exit 3\n' : `printf '%s' '${text}'\n`);
const command = { kind: 'exec', value: 'sh print.sh' } as const;

/** One timer is enough. */
class HandClock implements Clock {
  passed = 0;
  timer: { readonly at: number; readonly then: () => void } | undefined;

  now(): number {
    return AT + this.passed;
  }
  monotonic(): number {
    return this.passed;
  }
  after(ms: number, then: () => void): () => void {
    this.timer = { at: this.passed + ms, then };
    return () => {
      this.timer = undefined;
    };
  }
  turn(ms: number): void {
    this.passed += ms;
    const { timer } = this;
    if (timer === undefined || timer.at > this.passed) return;
    this.timer = undefined;
    timer.then();
  }
}

let clock: HandClock;
let guarded: Set<string>;
let logged: string[];
let changes: number;
let commands: Printed;
beforeEach(() => {
  clock = new HandClock();
  guarded = new Set();
  logged = [];
  changes = 0;
  commands = printed({
    environment: { PATH: process.env['PATH'] },
    folder,
    clock,
    refreshMs: () => REFRESH_MS,
    telemetry: {
      guard: (secret: Secret) => void guarded.add(secret.reveal()),
      unguard: (secret: Secret) => void guarded.delete(secret.reveal()),
      log: (_, event, fields) => void logged.push(`${event} ${JSON.stringify(fields)}`),
    },
  });
});

async function first(text: string): Promise<void> {
  await prints(text);
  await commands.read(command);
  commands.keepOnly([command]);
  commands.watch(() => {
    changes += 1;
  });
}

const last = (): string | undefined => commands.last(command)?.reveal();
/** Read again, and armed for the next time. */
const again = (): Promise<void> =>
  until('it is read again', () => (clock.timer?.at ?? 0) > clock.passed);

it('what a command prints is read again in time, and told when it is another', async () => {
  await first('one-token');
  clock.turn(REFRESH_MS - 1);
  await prints('two-token');
  assert.equal(last(), 'one-token');
  clock.turn(1);
  await again();
  assert.deepEqual([last(), changes], ['two-token', 1]);
  assert.deepEqual([...guarded], ['two-token']);
  clock.turn(REFRESH_MS);
  await again();
  assert.equal(changes, 1, 'the same is no change');
});

it('a value that says when it ends is read again before that', async () => {
  const Expiration = new Date(AT + 3_600_000).toISOString();
  await first(JSON.stringify({ AccessKeyId: 'AKIA', Expiration }));
  assert.equal(clock.timer?.at, 2_880_000);
});

it('a command that fails changes nothing, and is told of until it works again', async () => {
  await first('one-token');
  await prints(undefined);
  clock.turn(REFRESH_MS);
  await again();
  assert.deepEqual([last(), changes], ['one-token', 0]);
  assert.deepEqual(commands.troubles(), ['sh ended with 3']);
  assert.deepEqual(logged, ['secret-not-read {"kind":"exec","why":"sh ended with 3"}']);
  await prints('two-token');
  clock.turn(REFRESH_MS / 2);
  await again();
  assert.deepEqual([last(), changes, commands.troubles()], ['two-token', 1, []]);
});

it('of a command that nothing refers to any more nothing is kept', async () => {
  await first('one-token');
  commands.keepOnly([]);
  assert.deepEqual([last(), clock.timer], [undefined, undefined]);
});

it('a gateway sends the value of now, and says when it is an old one', async () => {
  await prints('one-token');
  const gateway = await startGateway(
    (url) => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200, secrets_refresh_ms: 1000}
endpoints:
  far:
    kind: sim
    url: ${url}/v1
    models: {sim-small: {}}
    credentials: [{secret: "exec:sh ${join(folder, 'print.sh')}"}]
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN"}}
`,
    { path: process.env['PATH'] ?? '' },
  );
  try {
    const body = { model: 'sim-small', messages: [{ role: 'user', content: 'hello' }] };
    const sent = async (): Promise<unknown> => {
      const answer = await ask(gateway.port, '/v1/chat/completions', {
        ...{ key: gateway.key('main'), body },
      });
      assert.equal(answer.status, 200, answer.text);
      return Object(gateway.sim.requests().last.at(-1)).headers?.authorization;
    };
    assert.equal(await sent(), 'Bearer one-token');
    await prints('two-token');
    await until('the new value is sent', async () => (await sent()) === 'Bearer two-token');
    await prints(undefined);
    const reasons = async (): Promise<string> =>
      JSON.stringify(json(await ask(gateway.port, '/readyz', {}))['reasons']);
    await until('it is told', async () =>
      /sh ended with 3; the value before/.test(await reasons()),
    );
    assert.equal(await sent(), 'Bearer two-token');
  } finally {
    await gateway.stop();
  }
});
