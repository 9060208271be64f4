// The tool by itself: small recordings of every layout hold, planted mistakes do not.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { costs } from './costs.ts';
import { materialOf } from './material.ts';
import { matrix } from './matrix.ts';
import { type Replay, replay } from './replay.ts';
import { reportOf } from './report.ts';
import { SAMPLES } from './samples.ts';

const roots: string[] = [];
after(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'conformance-'));
  roots.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const NONE_TOLD = { told: 0, unlike: [] };
const silent = (): void => undefined;
const replayed = (files: Readonly<Record<string, string>>): Replay =>
  replay(folderOf(files), silent);
const faultsOf = ({ replayed: all }: Replay): readonly string[] =>
  all.flatMap(({ findings }) => findings.flatMap(({ check, why }) => (why ? [check] : [])));

const chunk = (delta: object, finish: string | null, more: object = {}): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const CHAT = [
  chunk({ role: 'assistant', content: '' }, null),
  chunk({ content: 'Hi "you"' }, null),
  chunk({}, 'stop', { usage }),
].join('\n');
const WHOLE = {
  id: 'chatcmpl-2',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage,
};
const MESSAGE = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
});

const CASSETTE = `interactions:
- request:
    body: '{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":9}'
    method: POST
    uri: https://api.anthropic.com/v1/messages
  response:
    body:
      string: !!binary |
        ${gzipSync(MESSAGE).toString('base64')}
    headers: {}
    status:
      code: 200
      message: OK
- request:
    body: '{"model":"m","messages":[]}'
    uri: https://api.groq.com/openai/v1/chat/completions
  response:
    body:
      string: '{"error":{"message":"Slower.","type":"tokens","code":"rate_limit_exceeded"}}'
    status:
      code: 429
`;

/** Further lines of a text are not indented more than its key. */
const SLOPPY = `interactions:
  - request:
      body: '{"model":"m",
      "messages":[{"role":"user","content":"It''s me"}]}'
      uri: https://api.groq.com/openai/v1/chat/completions
    response:
      body:
        string: "{\\"error\\":{\\"message\\":\\"Slower.\\",\\
        \\"code\\":\\"rate_limit_exceeded\\"}}"
      status:
        code: 429
`;

const GOOD = {
  'packages/acme/src/__fixtures__/chat.chunks.txt': CHAT,
  'packages/acme/src/__fixtures__/chat.json': JSON.stringify(WHOLE),
  'tapes/cassettes/one.yaml': CASSETTE,
  'tapes/cassettes/two.yaml': SLOPPY,
  'box/vectors.http': [
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n',
    '{"object":"list","model":"m","data":[{"index":0,"embedding":[0.5,-1]}]}',
  ].join(''),
  'box/health.http': 'HTTP/1.1 200 OK\r\n\r\n{"status":"ok"}',
};

describe('recordings', () => {
  it('of every layout are found, with who answered', () => {
    const found = replayed(GOOD);
    assert.deepEqual(faultsOf(found), []);
    assert.deepEqual(found.broken, []);
    const seen = found.replayed.map(({ exchange, kind, speaker }) => [
      exchange.provider,
      kind,
      speaker?.name,
    ]);
    assert.deepEqual(seen, [
      ['box', 'embedding', undefined],
      ['acme', 'stream', 'openai'],
      ['acme', 'whole', 'openai'],
      ['anthropic', 'whole', 'anthropic'],
      ['groq', 'error', undefined],
      ['groq', 'error', undefined],
    ]);
    assert.deepEqual([...found.others], [['box', 1]]);
    const { asks, answers } = materialOf(found.replayed);
    assert.equal(asks.length, 1);
    assert.equal(answers.length, 3);
  });

  it('that hold several streams are cut between them', () => {
    const response = { id: 'resp_1', object: 'response', model: 'm', output: [], created_at: 1 };
    const line = (type: string, status: string): string =>
      JSON.stringify({ type: `response.${type}`, response: { ...response, status } });
    const stream = [line('created', 'in_progress'), line('completed', 'completed')];
    const found = replayed({ 'a/b.chunks.txt': [...stream, ...stream].join('\n') });
    assert.equal(found.replayed.length, 2);
    assert.deepEqual(faultsOf(found), []);
  });

  it('of streams are known whatever their frame: numbered events, a list, an error alone', () => {
    const candidate = { content: { parts: [{ text: 'Hi.' }] }, finishReason: 'STOP', index: 0 };
    const events = CHAT.split('\n').map((line, at) => `id: ${at}\ndata: ${line}\n\n`);
    const found = replayed({
      'a/list.json': JSON.stringify([{ candidates: [candidate], modelVersion: 'm' }], null, 1),
      'a/numbered.sse': `retry: 9\n${events.join('')}data: [DONE]\n\n`,
      'a/refused.sse': 'event: error\ndata: {"error":{"type":"overloaded_error"}}\n\n',
    });
    assert.deepEqual(faultsOf(found), []);
    const seen = found.replayed.map(({ kind, speaker }) => `${kind} ${speaker?.name}`);
    assert.deepEqual(seen, ['stream gemini', 'stream openai', 'error undefined']);
  });

  it('that do not hold are told', () => {
    const noEnd = `data: ${chunk({ content: 'Hal' }, null)}\n\n`;
    assert.ok(faultsOf(replayed({ 'a/b.sse': noEnd })).includes('folds'));
    const vectors = '{"object":"list","data":[{"index":0,"embedding":["x"]}]}';
    assert.deepEqual(faultsOf(replayed({ 'a/b.json': vectors })), ['vectors']);
    const odd = 'HTTP/1.1 418 Odd\r\n\r\n';
    const told = replayed({ 'a/b.http': odd, 'c.yaml': 'a: [' });
    assert.equal(told.broken.length, 1);
  });
});

describe('formats', () => {
  it('keep what they can of every sample, and name the rest', () => {
    for (const cell of matrix(SAMPLES)) assert.deepEqual(cell.faults, []);
  });
});

describe('costs', () => {
  it('are held against what the provider tells', async () => {
    const answer = (ticks: number): string =>
      JSON.stringify({
        ...WHOLE,
        model: 'grok-3-mini',
        usage: {
          ...{ prompt_tokens: 12, completion_tokens: 1, total_tokens: 241 },
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 228 },
          cost_in_usd_ticks: ticks,
        },
      });
    const found = replayed({
      'packages/xai/a.json': answer(1_176_500),
      'packages/xai/b.json': answer(1),
    });
    const { told, unlike } = await costs(found.replayed);
    assert.equal(told, 2);
    assert.deepEqual(unlike, ['packages/xai/b.json: 117650, told 0.1']);
  });
});

describe('the report', () => {
  it('has a row for every provider, check and pair, and all of its goals are met', () => {
    const found = replayed(GOOD);
    const cells = matrix(materialOf(found.replayed));
    const report = reportOf({
      replay: found,
      twins: { pairs: 1, unlike: [] },
      costs: NONE_TOLD,
      cells,
    });
    const figures = report.rows.map(({ figure }) => figure);
    for (const figure of ['recordings of groq', 'check: any chunks', 'openai > gemini > openai']) {
      assert.ok(figures.includes(figure), figure);
    }
    assert.ok(report.rows.every(({ met }) => met !== false));
    assert.deepEqual(report.faults, []);
  });
});

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const run = (...args: readonly string[]): Promise<{ code: number; out: string; told: string }> =>
  new Promise((resolve) => {
    const { SIGNALBOX_FIXTURES: _, ...env } = process.env;
    execFile(process.execPath, [main, ...args], { env }, (error, out, told) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, told });
    });
  });

describe('the command', () => {
  it('exits with 0, 1 or 2, and says what is missing', async () => {
    const [good, bad, none, nowhere] = await Promise.all([
      run(folderOf(GOOD), '--json'),
      run(folderOf({ 'a/b.sse': `data: ${chunk({ content: 'Hal' }, null)}\n\n` })),
      run(),
      run('/no/such/folder'),
    ]);
    assert.equal(good.code, 0, good.told);
    const { name, rows } = JSON.parse(good.out);
    assert.equal(name, 'conformance');
    assert.ok(rows.length > 0);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /fault: .*has no end/);
    assert.equal(none.code, 2);
    assert.match(none.told, /SIGNALBOX_FIXTURES/);
    assert.equal(nowhere.code, 2);
  });
});
