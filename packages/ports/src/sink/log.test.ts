import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Clock, type LogLevel, Secret } from '@signalbox/contract';
import { LogWriter } from './log.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-log-'));
after(() => rmSync(folder, { recursive: true }));

const clock: Clock = { now: () => 1_795_266_000_000, monotonic: () => 0, after: () => () => {} };
let files = 0;

function opened(level: LogLevel = 'info') {
  files += 1;
  const path = join(folder, `${files}.log`);
  const fd = openSync(path, 'w');
  const log = new LogWriter({ fd, level, clock });
  const lines = async (): Promise<Record<string, unknown>[]> => {
    await new Promise<void>((resolve) => log.flush(resolve));
    closeSync(fd);
    const text = readFileSync(path, 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };
  return { log, lines };
}

test('a line is one JSON object with time, level, event and fields', async () => {
  const { log, lines } = opened();
  log.log('info', 'call-settled', { request: 'req_1', bytes: 12, streamed: true });
  assert.deepEqual(await lines(), [
    {
      at: '2026-11-21T13:00:00.000Z',
      level: 'info',
      event: 'call-settled',
      request: 'req_1',
      bytes: 12,
      streamed: true,
    },
  ]);
});

test('levels below the floor are not written, and the floor can be moved', async () => {
  const { log, lines } = opened('warn');
  log.log('info', 'quiet', {});
  log.setLevel('debug');
  log.log('debug', 'loud', {});
  assert.deepEqual(
    (await lines()).map((line) => line['event']),
    ['loud'],
  );
});

test('what is no string, finite number or boolean is not written', async () => {
  const { log, lines } = opened();
  const fields: Record<string, never> = JSON.parse('{"prompt":{"text":"hello"},"list":[1]}');
  log.log('info', 'odd', fields);
  log.log('info', 'number', { ratio: Number.NaN });
  const written = await lines();
  assert.deepEqual(written[0]?.['prompt'], '[not-logged]');
  assert.deepEqual(written[0]?.['list'], '[not-logged]');
  assert.deepEqual(written[1]?.['ratio'], '[not-logged]');
});

test('no secret leaves through a line, be it registered or only shaped like a key', async () => {
  const { log, lines } = opened();
  const canary = 'canary-7f3a9c-value';
  log.guard(new Secret(canary));
  const tried = [
    canary,
    'sbx_live_abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345_abc123',
    'sk-proj-abcdefghijklmnop',
    `AIza${'x'.repeat(35)}`,
    'Bearer abcdef',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.sig',
  ];
  for (const value of tried)
    log.log('error', `failed ${value}`, { detail: `upstream: ${value} at head` });
  log.log('info', 'secret', JSON.parse(JSON.stringify({ secret: new Secret(canary) })));
  const text = JSON.stringify(await lines());
  for (const value of tried) assert.equal(text.includes(value), false, value.slice(0, 6));
  assert.equal(text.includes('[secret]'), true);
});

test('a value cannot break out of its line or fill the disk', async () => {
  const { log, lines } = opened();
  log.log('info', 'forged', { name: 'a\n{"level":"error"}', long: 'x'.repeat(10_000) });
  log.log('info', 'names', { 'bad"name': 1 });
  const written = await lines();
  assert.equal(written.length, 2);
  assert.equal(String(written[0]?.['long']).length, 513);
  assert.deepEqual(Object.keys(written[1] ?? {}), ['at', 'level', 'event']);
});

test('what may be content is not written, and counted', async () => {
  const { log, lines } = opened();
  log.log('warn', 'odd', { body: '{"messages":[]}', text: 'a prompt of five words' });
  log.log('warn', 'plain', {
    endpoint: 'rack-eu',
    url: 'http://10.0.0.5:8000/v1',
    why: 'in words',
    because: 'half of the endpoints are down',
  });
  const [odd, plain] = await lines();
  assert.equal(plain?.['because'], 'half of the endpoints are down');
  assert.deepEqual([odd?.['body'], odd?.['text']], ['[not-logged]', '[not-logged]']);
  assert.deepEqual(
    [plain?.['endpoint'], plain?.['url'], plain?.['why']],
    ['rack-eu', 'http://10.0.0.5:8000/v1', 'in words'],
  );
  assert.equal(log.withheld(), 2);
});

test('more than fits is dropped, counted, and told with the next line', async () => {
  const { log, lines } = opened();
  const wide = { a: 'x'.repeat(500), b: 'x'.repeat(500) };
  for (let line = 0; line < 1_200; line += 1) log.log('info', 'flood', wide);
  assert.equal(log.dropped() > 0, true);
  await new Promise<void>((resolve) => log.flush(resolve));
  log.log('info', 'after', {});
  const written = await lines();
  const told = written.find((line) => line['event'] === 'log-dropped');
  assert.equal(told?.['lines'], log.dropped());
  assert.equal(written.length, 1_200 - log.dropped() + 2);
});

test('a log that cannot be written is counted and makes nobody fail', async () => {
  const log = new LogWriter({ fd: 99_999, level: 'info', clock });
  log.log('info', 'lost', {});
  await new Promise<void>((resolve) => log.flush(resolve));
  assert.equal(log.dropped(), 1);
  log.log('info', 'lost again', {});
  log.close();
  assert.equal(log.dropped() > 1, true);
});
