import assert from 'node:assert/strict';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { type EntryDraft, tenantName } from '@signalbox/contract';
import { handClock, listeningSink } from '../journal/journal.fixture.ts';
import { flowsSuite } from './flows.suite.ts';
import { EVERY_TENANT } from './records.ts';
import { record, StoreBench, settlement } from './store.fixture.ts';
import { recordStoreSuite } from './store.suite.ts';
import { openStore, StoreFault } from './store.ts';
import { everything, sumsSuite } from './sums.suite.ts';

recordStoreSuite('SQLite', openStore);
sumsSuite('SQLite', openStore);
flowsSuite('SQLite', openStore);

const all = { tenant: EVERY_TENANT, limit: 200 } as const;
const usage = everything('acme', 'model');

const sixty = (): readonly EntryDraft[] =>
  Array.from({ length: 60 }, (_, number) => settlement({ number }));

/** Sixty calls; all is closed and removed when the test has ended, however it ends. */
async function filled(test: TestContext): Promise<StoreBench> {
  const bench = await StoreBench.open(openStore);
  test.after(() => bench.remove());
  await bench.add(sixty());
  return bench;
}

describe('a store that is left as it is', () => {
  let bench: StoreBench;
  before(async () => {
    bench = await StoreBench.open(openStore);
    await bench.add(sixty());
  });
  after(() => bench.remove());

  it('has a database that is private to its owner', async () => {
    for (const end of ['', '-wal', '-shm']) {
      assert.equal((await stat(`${bench.path}${end}`)).mode & 0o077, 0, end);
    }
  });

  it('refuses more questions at once than it has room for', async () => {
    const asked = Array.from({ length: 400 }, () => bench.store.recentRequests(all));
    const ended = await Promise.allSettled(asked);
    const refused = ended.filter((one) => one.status === 'rejected');
    assert.equal(refused.length, 400 - 256);
    assert.ok(refused.every((one) => one.reason instanceof StoreFault));
    assert.equal((await bench.store.recentRequests(all)).requests.length, 60);
  });

  it('has no timer when there is nothing to project', async () => {
    await bench.add([]);
    assert.equal(bench.clock.waiting(), 0);
    bench.store.advance({ segment: 1, offset: 1 });
    assert.equal(bench.clock.waiting(), 1);
  });

  it('bounds the number of open tails', async () => {
    const stops = Array.from({ length: 256 }, () =>
      bench.store.subscribe(tenantName('acme'), () => undefined),
    );
    assert.throws(() => bench.store.subscribe(EVERY_TENANT, () => undefined), StoreFault);
    for (const stop of stops) stop();
    bench.store.subscribe(EVERY_TENANT, () => undefined)();
  });
});

describe('the database of the store', () => {
  it('that is gone, of another version or unreadable is built again', async (test) => {
    const bench = await filled(test);
    const page = await bench.store.recentRequests(all);
    const sums = await bench.store.usage(usage);
    const spoil: Readonly<Record<string, () => Promise<void>>> = {
      gone: () => rm(bench.path),
      version: async () => {
        const database = new DatabaseSync(bench.path);
        database.exec('PRAGMA user_version = 999; DROP TABLE usage');
        database.close();
      },
      unreadable: () => writeFile(bench.path, 'this was a database once, it really was'.repeat(99)),
    };
    for (const [how, deed] of Object.entries(spoil)) {
      await bench.stop();
      await deed();
      await bench.start();
      await bench.add([]);
      assert.deepEqual(await bench.store.recentRequests(all), page, how);
      assert.deepEqual(await bench.store.usage(usage), sums, how);
    }
    const told = bench.sink.logged.filter((one) => one.event === 'store.rebuilding');
    assert.equal(told.length, 2);
  });

  it('stays when the journal is another one, and takes in what that one says', async (test) => {
    const bench = await filled(test);
    await bench.stop();
    await rename(bench.journalFolder, join(bench.folder, 'elsewhere'));
    await bench.start();
    await bench.add([settlement({ number: 7 }), settlement({ number: 1_000 })]);
    const page = await bench.store.recentRequests(all);
    assert.equal(page.requests.length, 61, 'a decision that is known makes no second row');
    const [sums] = await bench.store.usage(usage);
    assert.equal(sums?.calls, 61);
    const old = record({ number: 3 }).decision;
    const found = await bench.store.requestByDecision(EVERY_TENANT, old);
    assert.equal(found?.summary.decision, old);
    assert.equal(found.recordJson, undefined, 'that journal has not got it');
  });

  it('in a folder that is not there is told at once', async (test) => {
    const bench = await filled(test);
    const opened = openStore({
      path: join(bench.folder, 'nowhere', 'records.db'),
      journalFolder: bench.journalFolder,
      clock: handClock(),
      sink: listeningSink(),
      keep: bench.keep,
    });
    await assert.rejects(opened);
  });
});

describe('the thread of the store', () => {
  it('answers on when the journal cannot be read, and recovers', async (test) => {
    const bench = await filled(test);
    await bench.append([settlement({ number: 100 })]);
    const names = (await readdir(bench.journalFolder)).sort();
    const last = names.findLast((name) => name.endsWith('.sbj')) ?? '';
    const hidden = join(bench.folder, 'hidden');
    await rename(join(bench.journalFolder, last), hidden);
    await writeFile(join(bench.journalFolder, last), new Uint8Array(1_000_000).fill(1));
    const page = await bench.store.recentRequests(all);
    assert.equal(page.requests.length, 60);
    await rename(hidden, join(bench.journalFolder, last));
    // Whatever it made of that, it goes on when the file is itself again.
    await bench.add([settlement({ number: 101 })]);
    assert.equal((await bench.store.recentRequests(all)).requests.length, 62);
    assert.deepEqual(bench.store.health(), { kind: 'ready' });
  });

  it('is started again when it dies, and whoever waited is told', async (test) => {
    const posted = test.mock.method(Worker.prototype, 'postMessage');
    const bench = await filled(test);
    const thread: unknown = posted.mock.calls.at(-1)?.this;
    assert.ok(thread instanceof Worker);
    const asked = bench.store.recentRequests(all);
    // The answer may just have been given: what counts is that one of both comes.
    await Promise.allSettled([thread.terminate(), asked]);
    assert.equal(bench.store.health().kind, 'stuck');
    await assert.rejects(bench.store.recentRequests(all), StoreFault);
    await bench.append([settlement({ number: 100 })]);
    bench.clock.turn(1_000);
    assert.equal((await bench.store.recentRequests(all)).requests.length, 61);
    assert.deepEqual(bench.store.health(), { kind: 'ready' });
  });

  it('answers nobody after it was closed, and leaves nobody waiting', async (test) => {
    const bench = await filled(test);
    const waiting = bench.store.reached({ segment: 99, offset: 0 });
    await bench.stop();
    await assert.rejects(waiting, StoreFault);
    await assert.rejects(bench.store.recentRequests(all), StoreFault);
    await bench.store.close();
  });
});
