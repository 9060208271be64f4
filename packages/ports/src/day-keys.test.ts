import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { dayOpener, openDayKeys } from './day-keys.ts';
import { createRandom } from './random.ts';

const DAY_MS = 86_400_000;
const ACME = tenantName('acme');
const TEXT = new TextEncoder().encode('hashes');

test('what was sealed on a day opens until its time is over, for its tenant alone', async (at) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-days-'));
  at.after(() => rmSync(folder, { recursive: true, force: true }));
  let now = 20_000 * DAY_MS + 5;
  let days = 2;
  const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
  const random = createRandom();
  const keys = await openDayKeys({
    ...{ folder, clock, random, sink: { log: () => assert.fail('nothing failed') } },
    keepDays: () => days,
  });
  const sealed = keys.seal(ACME, TEXT);
  assert.ok(!Buffer.from(sealed, 'base64').includes(Buffer.from(TEXT)));
  const opens = async (tenant: string = ACME): Promise<boolean> =>
    (await dayOpener(folder))(tenant, sealed)?.length === TEXT.length;
  assert.deepEqual([await opens(), await opens('beta')], [true, false]);
  now += DAY_MS;
  await keys.turn();
  assert.equal(await opens(), true);
  now += DAY_MS;
  await keys.turn();
  assert.deepEqual([await opens(), keys.isOpen()], [false, true]);
  days = 0;
  await keys.turn();
  assert.deepEqual([keys.isOpen(), readdirSync(folder)], [false, []]);
  assert.throws(() => keys.seal(ACME, TEXT), /no key/);
  keys.close();
});

test('another start goes on with the key of the day', async (at) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-days-'));
  at.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { now: () => DAY_MS, monotonic: () => 0, after: () => () => {} };
  const options = { folder, clock, random: createRandom(), keepDays: () => 1 };
  const sink = { log: () => {} };
  const first = await openDayKeys({ ...options, sink });
  const sealed = first.seal(ACME, TEXT);
  const second = await openDayKeys({ ...options, sink });
  second.seal(ACME, TEXT);
  assert.deepEqual(readdirSync(folder), ['day-1.key']);
  assert.ok((await dayOpener(folder))(ACME, sealed) !== undefined);
});

test('a key that cannot be removed is told, and stops neither rotation nor the end', async (at) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-days-'));
  at.after(() => rmSync(folder, { recursive: true, force: true }));
  let now = 10 * DAY_MS;
  let days = 1;
  const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
  const told: string[] = [];
  const sink = { log: (_: unknown, event: string) => void told.push(event) };
  // A folder of that name: what removes files removes no folder.
  mkdirSync(join(folder, 'day-3.key'));
  const keys = await openDayKeys({
    ...{ folder, clock, random: createRandom(), sink, keepDays: () => days },
  });
  now += DAY_MS;
  await keys.turn();
  assert.deepEqual(readdirSync(folder).sort(), ['day-11.key', 'day-3.key']);
  assert.equal(keys.isOpen(), true);
  days = 0;
  await keys.turn();
  assert.deepEqual([keys.isOpen(), readdirSync(folder)], [false, ['day-3.key']]);
  assert.deepEqual(told, Array(3).fill('day-keys-failed'));
});

test('turns at once leave one timer, and closing none', async (at) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-days-'));
  at.after(() => rmSync(folder, { recursive: true, force: true }));
  const timers = new Set<() => void>();
  const clock = {
    now: () => DAY_MS,
    monotonic: () => 0,
    after(_: number, deed: () => void) {
      timers.add(deed);
      return () => void timers.delete(deed);
    },
  };
  const sink = { log: () => assert.fail('nothing failed') };
  const options = { folder, clock, random: createRandom(), sink, keepDays: () => 1 };
  const keys = await openDayKeys(options);
  await Promise.all([keys.turn(), keys.turn()]);
  assert.equal(timers.size, 1);
  const turns = [keys.turn(), keys.turn()];
  keys.close();
  await Promise.all(turns);
  assert.equal(timers.size, 0);
});
