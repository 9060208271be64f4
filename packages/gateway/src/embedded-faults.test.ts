// The embedded model on a bad day, behind the gateway and in front of callers of four dialects: the
// real engine, a tiny model, and faults at the third token. Who streams hears an error in its own
// words and an unclean end; who has another upstream behind it is answered from there; what the
// journal says of each is one settlement, and no place stays taken.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CallRecord } from '@signalbox/contract';
import { startEmbedded } from '@signalbox/ports';
import { SPOKEN } from './dialects.fixture.ts';
import { type Answer, type Gateway, json, startGateway, until } from './gateway.fixture.ts';

const PREPARE = fileURLToPath(new URL('../../ports/src/models/spoilt.fixture.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'signalbox-embedded-'));
const engine = JSON.parse(
  execFileSync(process.execPath, [PREPARE, join(folder, 'engine')], { encoding: 'utf8' }),
);

const CALLERS = Object.keys(SPOKEN);
const SLOTS = 2 * CALLERS.length;
/** Of one token, then the engine hangs; for the child that is to, since machines may be busy. */
const STEP_MS_MAX = 1_000;
const SAID = 'The customer is saved.';

/** What happens, in this order, and the fault of a stream that nobody else can answer. */
const FAULTS = {
  throws: 'body_error',
  segfaults: 'closed_early',
  /** Killed for its memory. */
  exhausts: 'closed_early',
  stalls: 'closed_early',
} as const;
type Fault = keyof typeof FAULTS;
/** By what its child is known to have ended. */
const EXITS: Readonly<Partial<Record<Fault, string>>> = {
  segfaults: 'SIGSEGV',
  exhausts: 'SIGKILL',
  stalls: 'model_hung',
};
type Model = Awaited<ReturnType<typeof startEmbedded>>;
/** Of a child of their own, which is killed when it stands still. */
const HANGING: readonly string[] = ['stalls', 'corrupted', 'well-hanging'];

/** Endpoints of their own for each fault, alone and with another behind: breakers remember. */
const documents = (sim: string, child: Model, hanging: Model): string => {
  const own = (name: string): string => {
    const isHanging = HANGING.includes(name.replace('-first', ''));
    const { url, modelId } = isHanging ? hanging : child;
    return `  ${name}:
    kind: openai-compatible
    url: ${url}/v1
    private_address: true
    tier: 1
    credentials: [{secret: "env:${isHanging ? 'HANGING' : 'CHILD'}"}]
    models: {"${modelId}": {name: "${name}"}}
`;
  };
  const names = [...Object.keys(FAULTS), 'garbles', 'corrupted'];
  const all = ['well', 'well-hanging', ...names, ...names.map((name) => `${name}-first`)];
  return `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
queue: {wait_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
${all.map(own).join('')}  behind:
    kind: sim
    url: ${sim}/v1
    tier: 1
    models: [sim-small]
aliases:
${names.map((name) => `  around-${name}: [${name}-first, sim-small]\n`).join('')}tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;
};

/** Each caller's word for an end where the tokens were. */
const CUT_SHORT: Readonly<Record<string, string>> = {
  openai: 'length',
  anthropic: 'max_tokens',
  gemini: 'MAX_TOKENS',
  ollama: 'length',
};
const TELLS: Readonly<Record<string, RegExp>> = {
  openai: /\{"error":\{.*"message":"[^"]+/,
  anthropic: /\{"type":"error","error":\{"type":"[a-z_]+","message":"[^"]+/,
  gemini: /\{"error":\{"code":(?:5\d\d|429),"message":"[^"]+/,
  ollama: /\{"error":"[^"]+/,
};
const ENDS = /\[DONE\]|"message_stop"|"finishReason"|"done":true|"finish_reason":"/;

describe('the embedded model on a bad day', { skip: engine.skip ?? false }, () => {
  const modelPath = join(folder, 'tiny.gguf');
  /** By which each child ended that was not asked to. */
  const exits: string[] = [];
  let child: Model;
  let hanging: Model;
  let gateway: Gateway;
  const start = (stepMsMax?: number): Promise<Model> =>
    startEmbedded({
      modelPath,
      enginePaths: [engine.enginePath],
      threads: 1,
      slots: SLOTS,
      contextTokensMax: 256,
      ...(stepMsMax === undefined ? {} : { stepMsMax }),
      onExit: ({ fault, signal }) => exits.push(fault?.code ?? String(signal)),
    });
  before(async () => {
    copyFileSync(engine.modelPath, modelPath);
    [child, hanging] = await Promise.all([start(), start(STEP_MS_MAX)]);
    const keys = { child: child.secret, hanging: hanging.secret };
    gateway = await startGateway((sim) => documents(sim, child, hanging), keys);
  });
  after(async () => {
    await gateway?.stop();
    await Promise.all([child?.close(), hanging?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  function call(caller: string, name: string, text: string, stream: boolean): Promise<Answer> {
    const spoken = SPOKEN[caller];
    assert.ok(spoken !== undefined);
    const body = spoken.body(name, text, stream, false);
    return gateway.ask(spoken.path(name, stream), { body });
  }

  const records = async (answers: readonly Answer[]): Promise<readonly CallRecord[]> => {
    const settled = await gateway.settlements();
    return answers.map(({ headers }) => {
      const decision = String(headers['x-signalbox-decision-id']);
      // Who waited was decided on again.
      const request = decision.replace('dec_', 'req_').replace(/-\d+$/, '');
      const [record, ...others] = settled.get(request) ?? [];
      assert.ok(record !== undefined && others.length === 0, 'one settlement');
      return record;
    });
  };

  const all = (name: string, text: string, stream: boolean): Promise<Answer[]> =>
    Promise.all(CALLERS.map((caller) => call(caller, name, text, stream)));

  /** @param known undefined: cut off, or told by who stands in while there is no child. */
  function assertFault(fault: string | undefined, known?: string): void {
    const faults = known === undefined ? ['closed_early', 'status', 'body_error'] : [known];
    assert.ok(fault !== undefined && faults.includes(fault), fault);
  }

  /** Who comes after it was heard that there is no child is not sent there any more. */
  async function assertGoneAround(answers: readonly Answer[]): Promise<void> {
    const settled = await records(answers);
    for (const [at, { attempts, ending, fallback }] of settled.entries()) {
      const { status, text } = answers[at] ?? {};
      assert.equal(status, 200, text);
      assert.ok(SPOKEN[CALLERS[at] ?? '']?.whole(JSON.parse(text ?? '')).text);
      assert.deepEqual([ending, attempts.at(-1)?.endpoint], ['answered', 'behind']);
      assert.equal(fallback, attempts.length === 2);
      for (const { outcome, fault } of attempts.slice(0, -1)) {
        assert.equal(outcome, 'failed');
        assertFault(fault);
      }
    }
    assert.ok(settled.some(({ fallback }) => fallback));
  }

  async function assertTold(answers: readonly Answer[], fault: string): Promise<void> {
    for (const [at, { attempts, ending }] of (await records(answers)).entries()) {
      const { status = 0, text = '', end } = answers[at] ?? {};
      assert.match(text, TELLS[CALLERS[at] ?? ''] ?? /$^/);
      assert.doesNotMatch(text, ENDS);
      assert.equal(ending, status === 200 ? 'cut' : 'refused');
      if (status === 200) assert.equal(end, 'cut');
      // Who heard nothing yet when another's call took the child along has a status of its own.
      else assert.ok([502, 503, 504].includes(status), text);
      assert.ok(attempts.length === 1 || status === 503);
      for (const one of attempts) assertFault(one.fault, status === 200 ? fault : undefined);
    }
  }

  /** A child is there, answers, and has all its slots again. */
  async function serves(name: string, model: Model): Promise<void> {
    await until('a child serves', () => model.pid() !== undefined);
    const answer = await call('openai', name, 'hello', false);
    assert.equal(SPOKEN['openai']?.whole(json(answer)).text, SAID);
    const headers = { authorization: `Bearer ${model.secret}` };
    await until('its slots are free', async () => {
      const health = await (await fetch(`${model.url}/health`, { headers })).json();
      const { total, busy, queued } = Object(health).slots;
      return total === SLOTS && busy === 0 && queued === 0;
    });
  }

  it('that says nonsense: heard as it is, and ended where its tokens were', async () => {
    await serves('well', child);
    const answers = await all('garbles', 'it garbles', false);
    for (const [at, { ending, usage }] of (await records(answers)).entries()) {
      const caller = CALLERS[at] ?? '';
      const { status, text: told = '' } = answers[at] ?? {};
      assert.equal(status, 200, told);
      const said = SPOKEN[caller]?.whole(JSON.parse(told));
      assert.ok(said?.text.isWellFormed());
      assert.equal(said?.stop, CUT_SHORT[caller]);
      assert.equal(ending, 'answered');
      assert.ok((usage?.outputTokens ?? 0) > 100);
    }
  });

  for (const name of Object.keys(FAULTS) as Fault[]) {
    it(`that ${name}: an error in the caller's words, or another's answer`, async () => {
      const ended = exits.length;
      await (name === 'stalls' ? serves('well-hanging', hanging) : serves('well', child));
      if (name === 'exhausts') {
        // The next children find a file that is none; those that run have their own open.
        writeFileSync(`${modelPath}.bad`, 'no model at all');
        renameSync(`${modelPath}.bad`, modelPath);
      }
      const text = `it ${name}`;
      const [alone, around] = await Promise.all([
        all(name, text, true),
        all(`around-${name}`, text, false),
      ]);
      const expected = EXITS[name];
      if (expected !== undefined) {
        await until('it ended so', () => exits.slice(ended).includes(expected));
      }
      await assertTold(alone, FAULTS[name]);
      await assertGoneAround(around);
      const faults = (await records([...alone, ...around])).map(
        ({ attempts }) => attempts[0]?.fault,
      );
      assert.ok(faults.includes(FAULTS[name]), 'whoever it struck first was cut off by it');
    });
  }

  it('whose file was spoilt meanwhile: the same, as long as there is no child', async () => {
    await until('it could not start again', () => exits.includes('model_corrupted'));
    const alone = await all('corrupted', 'hello', false);
    for (const [at, { attempts, ending }] of (await records(alone)).entries()) {
      const { status = 0, text: told = '' } = alone[at] ?? {};
      // Its address says when to come again: who comes before that waits, and is told so at last.
      assert.ok([502, 503].includes(status), told);
      assert.match(told, TELLS[CALLERS[at] ?? ''] ?? /$^/);
      assert.equal(ending, 'refused');
      if (attempts.length > 0) assert.equal(attempts[0]?.status, 503);
    }
    const around = await all('around-corrupted', 'hello', false);
    for (const { attempts, ending } of await records(around)) {
      assert.deepEqual([ending, attempts.at(-1)?.endpoint], ['answered', 'behind']);
    }
  });
});
