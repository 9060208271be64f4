// The real engine and the tiny model on a bad day: what a caller hears, and that the next one is
// served.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  at,
  chunksOf,
  ENGINES,
  post,
  tinyModelPath,
  until,
  withoutEngine,
} from './engine.fixture.ts';
import { EmbeddedFault } from './fault.ts';
import { faultyEngine } from './faulty.fixture.ts';
import { type EmbeddedExit, type EmbeddedModel, startEmbedded } from './models.ts';

const CHAT = '/v1/chat/completions';
const STEP_MS_MAX = 1_500;
const AGAIN_MS_MAX = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'signalbox-faults-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const ask = (text: string, more: object = {}): object => ({
  messages: [{ role: 'user', content: text }],
  ...more,
});

describe('an engine on a bad day', { skip: withoutEngine }, () => {
  let model: EmbeddedModel;
  const exits: EmbeddedExit[] = [];
  before(async () => {
    model = await startEmbedded({
      modelPath: tinyModelPath(),
      enginePaths: [faultyEngine(join(folder, 'engine'))],
      threads: 1,
      slots: 1,
      stepMsMax: STEP_MS_MAX,
      onExit: (exit) => exits.push(exit),
    });
  });
  after(() => model?.close());

  async function serves(): Promise<void> {
    await until('a child serves', AGAIN_MS_MAX, () => model.pid() !== undefined);
    const { status, body, text } = await post(model, CHAT, ask('hello'));
    assert.equal(status, 200, text);
    assert.equal(at(body, 'choices', 0, 'message', 'content'), 'The customer is saved.');
  }

  /** Of a stream: the text, and whether it ended well. */
  async function streamed(text: string): Promise<{ readonly text: string; readonly cut: boolean }> {
    const response = await fetch(model.url + CHAT, {
      method: 'POST',
      headers: { authorization: `Bearer ${model.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(ask(text, { stream: true })),
    });
    assert.equal(response.status, 200);
    let said = '';
    try {
      for await (const bytes of response.body ?? []) said += new TextDecoder().decode(bytes);
      return { text: said, cut: false };
    } catch {
      return { text: said, cut: true };
    }
  }

  for (const [name, signal, code] of [
    ['segfaults', 'SIGSEGV', undefined],
    ['aborts', 'SIGABRT', undefined],
    ['exhausts', 'SIGKILL', undefined],
    ['stalls', 'SIGKILL', 'model_hung'],
    ['freezes', 'SIGKILL', 'model_hung'],
  ] as const) {
    test(`that ${name}: the answer is cut, and the next child serves`, async () => {
      await serves();
      exits.length = 0;
      const { text, cut } = await streamed(`it ${name}`);
      assert.ok(cut);
      assert.match(text, /"content":"The"/);
      assert.doesNotMatch(text, /\[DONE\]|finish_reason":"/);
      await until('its end was noticed', 5_000, () => exits.length === 1);
      assert.equal(exits[0]?.signal, signal);
      assert.equal(exits[0]?.fault?.code, code);
      await serves();
    });
  }

  test('that fails in an answer says so, and lives on', async () => {
    await serves();
    const pid = model.pid();
    const { text, cut } = await streamed('it throws');
    assert.ok(cut);
    assert.match(text, /"code":"internal"/);
    assert.doesNotMatch(text, /\[DONE\]|ggml/);
    const whole = await post(model, CHAT, ask('it throws'));
    assert.equal(whole.status, 500);
    assert.doesNotMatch(whole.text, /ggml/);
    await serves();
    assert.equal(model.pid(), pid);
  });

  for (const name of ['repeats', 'garbles']) {
    test(`that ${name} for ever ends where its tokens do, as text that can be read`, async () => {
      await serves();
      const whole = await post(model, CHAT, ask(`it ${name}`, { max_tokens: 200 }));
      assert.equal(whole.status, 200, whole.text);
      assert.equal(at(whole.body, 'choices', 0, 'finish_reason'), 'length');
      assert.equal(at(whole.body, 'usage', 'completion_tokens'), 200);
      const text = String(at(whole.body, 'choices', 0, 'message', 'content'));
      assert.ok(text.isWellFormed());
      const endless = await streamed(`it ${name}`);
      assert.equal(endless.cut, false);
      const last = chunksOf(endless.text).at(-1);
      assert.equal(at(last, 'choices', 0, 'finish_reason'), 'length', 'the context has an end');
      await serves();
    });
  }
});

describe('a model that cannot be loaded', { skip: withoutEngine }, () => {
  async function faultOf(modelPath: string, engine = ENGINES, more = {}): Promise<EmbeddedFault> {
    try {
      const model = await startEmbedded({ modelPath, enginePaths: [engine], threads: 1, ...more });
      await model.close();
    } catch (cause) {
      assert.ok(cause instanceof EmbeddedFault, String(cause));
      return cause;
    }
    throw new Error('it started');
  }

  function spoilt(name: string, change: (bytes: Buffer) => void): string {
    const bytes = readFileSync(tinyModelPath());
    change(bytes);
    const path = join(folder, `${name}.gguf`);
    writeFileSync(path, bytes);
    return path;
  }

  test('because its tensors lie beyond its end is corrupted', async () => {
    const path = spoilt('offsets', (bytes) => {
      const name = bytes.lastIndexOf('output_norm.weight');
      const dimensions = bytes.readUInt32LE(name + 18);
      // Behind the name: a count, the dimensions, a type, then the offset.
      bytes.writeBigUInt64LE(2n ** 40n, name + 18 + 4 + 8 * dimensions + 4);
    });
    assert.equal((await faultOf(path)).code, 'model_corrupted');
  });

  test('because of its header is corrupted, whatever the header says', async () => {
    const many = spoilt('many', (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 8));
    const pairs = spoilt('pairs', (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 16));
    const version = spoilt('version', (bytes) => bytes.writeUInt32LE(77, 4));
    for (const path of [many, pairs, version]) {
      assert.equal((await faultOf(path)).code, 'model_corrupted', path);
    }
  });

  test('because memory is short says what to make smaller', async () => {
    const short = "throw new InsufficientMemoryError('the model needs 80 GB');";
    const engine = faultyEngine(join(folder, 'short'), short);
    const fault = await faultOf(tinyModelPath(), engine);
    assert.equal(fault.code, 'memory_insufficient');
    assert.match(fault.message, /80 GB/);
    assert.match(fault.hint, /smaller/);
  });

  test('because loading never ends is given up, and no process stays', async () => {
    const engine = faultyEngine(join(folder, 'endless'), 'await new Promise(() => {});');
    const fault = await faultOf(tinyModelPath(), engine, { startMsMax: 2_000 });
    assert.equal(fault.code, 'start_timeout');
  });

  test('because the engine crashes at it is blamed on the file', async () => {
    const engine = faultyEngine(join(folder, 'crashing'), "process.kill(process.pid, 'SIGSEGV');");
    const fault = await faultOf(tinyModelPath(), engine);
    assert.equal(fault.code, 'model_corrupted');
    assert.match(fault.message, /SIGSEGV/);
  });
});
