import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  at,
  ENGINES,
  post,
  startTiny,
  tinyModelPath,
  until,
  withoutEngine,
} from './engine.fixture.ts';
import { EmbeddedFault } from './fault.ts';
import {
  type EmbeddedExit,
  type EmbeddedModel,
  type EmbeddedOptions,
  startEmbedded,
} from './models.ts';

const CHAT = '/v1/chat/completions';
const HELLO = [{ role: 'user', content: 'hello' }] as const;
const RESTARTED_MS_MAX = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'signalbox-models-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function faultOf(options: Partial<EmbeddedOptions>): Promise<EmbeddedFault> {
  const modelPath = options.modelPath ?? tinyModelPath();
  try {
    const model = await startEmbedded({
      enginePaths: [ENGINES],
      threads: 1,
      ...options,
      modelPath,
    });
    await model.close();
  } catch (cause) {
    assert.ok(cause instanceof EmbeddedFault, String(cause));
    return cause;
  }
  throw new Error('it started');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function pidOf(model: EmbeddedModel): number {
  const pid = model.pid();
  assert.ok(pid !== undefined);
  return pid;
}

test('without the engine it says what to install', async () => {
  const fault = await faultOf({ enginePaths: [folder] });
  assert.equal(fault.code, 'engine_missing');
  assert.match(fault.hint, /npm run engines/);
});

test('a file that is missing or no model is told apart before the engine loads', async () => {
  const text = join(folder, 'text.gguf');
  writeFileSync(text, 'this is a letter, not a model');
  const nowhere = await faultOf({ modelPath: join(folder, 'nowhere.gguf') });
  assert.equal(nowhere.code, 'model_missing');
  assert.equal((await faultOf({ modelPath: folder })).code, 'model_missing');
  assert.equal((await faultOf({ modelPath: text })).code, 'model_corrupted');
});

describe('the life of the child', { skip: withoutEngine }, () => {
  test('a truncated model is refused as corrupted', async () => {
    const half = join(folder, 'half.gguf');
    copyFileSync(tinyModelPath(), half);
    truncateSync(half, 1_000_000);
    const fault = await faultOf({ modelPath: half });
    assert.equal(fault.code, 'model_corrupted');
    assert.match(fault.message, /half\.gguf/);
  });

  test('a start that takes too long is ended', async () => {
    assert.equal((await faultOf({ startMsMax: 1 })).code, 'start_timeout');
  });

  test('a killed child is replaced behind the same address and secret', async () => {
    const exits: EmbeddedExit[] = [];
    const model = await startTiny({ slots: 1, onExit: (exit) => exits.push(exit) });
    try {
      const first = pidOf(model);
      process.kill(first, 'SIGKILL');
      await until('its end was noticed', 5_000, () => exits.length === 1);
      assert.equal(exits[0]?.signal, 'SIGKILL');
      const meanwhile = await post(model, CHAT, { messages: HELLO });
      assert.equal(meanwhile.status, 503);
      assert.equal(at(meanwhile.body, 'error', 'code'), 'model_restarting');
      await until('another one serves', RESTARTED_MS_MAX, () => model.pid() !== undefined);
      assert.notEqual(pidOf(model), first);
      const { status, body } = await post(model, CHAT, { messages: HELLO });
      assert.equal(status, 200);
      assert.equal(at(body, 'choices', 0, 'message', 'content'), 'The customer is saved.');
      await beyondTheQueue(model);
      assertHidden(model);
    } finally {
      const last = model.pid();
      await model.close();
      assert.ok(last === undefined || !isAlive(last), 'the child outlived its model');
      await assert.rejects(fetch(model.url));
    }
  });

  test('the child ends when its parent is killed', async () => {
    const parent = spawn(process.execPath, [
      fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url)),
    ]);
    const pid = await new Promise<number>((resolve, reject) => {
      parent.stdout.once('data', (bytes: Buffer) => resolve(Number(bytes.toString())));
      parent.once('exit', () => reject(new Error('the parent did not start')));
    });
    assert.ok(isAlive(pid));
    parent.removeAllListeners('exit');
    parent.kill('SIGKILL');
    await until('the child has ended', 5_000, () => !isAlive(pid));
  });
});

/** One slot and eight places to wait: of twelve long questions at once, three are sent away. */
async function beyondTheQueue(model: EmbeddedModel): Promise<void> {
  const items = { type: 'string', minLength: 500 };
  const schema = { type: 'array', minItems: 100, items };
  const response_format = { type: 'json_schema', json_schema: { name: 'long', schema } };
  const leaving = new AbortController();
  const answers = Array.from({ length: 12 }, () =>
    fetch(model.url + CHAT, {
      method: 'POST',
      headers: { authorization: `Bearer ${model.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: HELLO, response_format }),
      signal: leaving.signal,
    }),
  );
  const statuses: number[] = [];
  for (const answer of answers) {
    answer.then(
      ({ status, headers }) => {
        statuses.push(status);
        assert.equal(headers.get('retry-after-ms'), '1000');
      },
      () => {},
    );
  }
  await until('three were sent away', 5_000, () => statuses.length === 3);
  assert.deepEqual(statuses, [429, 429, 429]);
  leaving.abort();
  await until('all slots and places are free', 5_000, async () => {
    const slots = at(await (await fetch(`${model.url}/health`)).json(), 'slots');
    return at(slots, 'busy') === 0 && at(slots, 'queued') === 0;
  });
}

/** What any user of the machine may read of a process. */
function assertHidden(model: EmbeddedModel): void {
  if (process.platform !== 'linux') return;
  for (const name of ['cmdline', 'environ']) {
    const text = readFileSync(`/proc/${pidOf(model)}/${name}`, 'utf8');
    assert.ok(!text.includes(model.secret), `${name} holds the secret`);
  }
  assert.doesNotMatch(readFileSync(`/proc/${pidOf(model)}/environ`, 'utf8'), /PATH=/);
}
