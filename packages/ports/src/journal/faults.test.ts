import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiskFault, type DiskFaultKind } from './disk.ts';
import { JournalFault } from './faults.ts';
import {
  commit,
  draft,
  everything,
  FOLDER,
  numbers,
  openBench,
  SETTINGS,
} from './journal.fixture.ts';
import { type DiskOperation, type MemoryDisk, memoryDisk } from './memory-disk.ts';

const RETRY_MS = 500;

type Failing = {
  readonly disk: MemoryDisk;
  /** The next so many operations of the kind fail. */
  fail(kind: DiskOperation['kind'], fault: DiskFaultKind, times: number): void;
};

function failingDisk(seed = 3): Failing {
  const failing = new Map<string, { readonly fault: DiskFaultKind; times: number }>();
  const disk = memoryDisk({
    seed,
    before: ({ kind }) => {
      const one = failing.get(kind);
      if (one === undefined || one.times === 0) return;
      one.times -= 1;
      throw new DiskFault(one.fault, 'made to fail');
    },
  });
  return { disk, fail: (kind, fault, times) => void failing.set(kind, { fault, times }) };
}

describe('a full disk', () => {
  it('stops acknowledging, says so, and goes on by itself when there is room', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    bench.append(0);
    await commit(bench);
    disk.limit(disk.usedBytes() + 200);
    for (const number of [1, 2, 3]) bench.append(number);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    await commit(bench);
    assert.deepEqual(told, [false]);
    const health = bench.journal.health();
    assert.ok(health.kind === 'unavailable' && health.reason === 'disk-full');
    assert.deepEqual(await numbers(disk), [0], 'what was written in part is gone again');
    bench.append(4);
    await commit(bench, RETRY_MS);
    assert.equal(bench.journal.health().kind, 'unavailable');
    bench.journal.durable((ok) => told.push(ok));
    disk.limit(undefined);
    await commit(bench, RETRY_MS);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    assert.deepEqual(told, [false, false]);
    assert.deepEqual(await numbers(disk), [0, 1, 2, 3, 4]);
    const events = bench.sink.logged.map((one) => one.event);
    assert.equal(events.filter((event) => event === 'journal.unavailable').length, 1);
    assert.equal(events.filter((event) => event === 'journal.available').length, 1);
    await bench.journal.close();
    await everything(disk);
  });

  it('at every byte of a batch corrupts nothing, now and after a crash', async () => {
    for (let room = 0; room < 900; room += 7) {
      const disk = memoryDisk({ seed: room });
      const bench = await openBench(disk);
      bench.append(0);
      await commit(bench);
      disk.limit(disk.usedBytes() + room);
      for (const number of [1, 2]) bench.append(number);
      await commit(bench);
      disk.crash();
      disk.limit(undefined);
      const again = await openBench(disk);
      await again.journal.close();
      const found = await numbers(disk);
      assert.ok([0, 1, 2].join().startsWith(found.join()), `room ${room}: ${found}`);
      assert.ok(found.length >= 1);
    }
  });

  it('keeps what running calls still append, up to the bound, and refuses beyond it', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    await commit(bench);
    disk.limit(disk.usedBytes());
    let appended = 0;
    assert.throws(
      () => {
        for (; appended < 1_000; appended += 1) bench.append(appended, 1_000);
      },
      (error) => error instanceof JournalFault && error.kind === 'full',
    );
    const bytes = SETTINGS.backlogBytesMax * 1.5;
    assert.ok(appended * 1_300 > bytes * 0.9 && appended * 1_300 < bytes * 1.2, String(appended));
    await commit(bench);
    disk.limit(undefined);
    await commit(bench, RETRY_MS);
    assert.equal((await numbers(disk)).length, appended);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    bench.journal.append(draft(5_000));
  });

  it('when a new segment is due waits for room for it', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (let number = 0; number < 40; number += 1) {
      bench.append(number, 100);
      disk.limit(disk.usedBytes() + 50);
      await commit(bench);
      disk.limit(undefined);
      await commit(bench, RETRY_MS);
    }
    await bench.journal.close();
    assert.equal((await numbers(disk)).length, 40);
    assert.ok((await disk.list(FOLDER)).length > 1);
  });
});

describe('a backlog over its bound', () => {
  it('makes the journal unavailable until the disk has caught up', async () => {
    let slow = true;
    let release = (): void => undefined;
    const disk = memoryDisk({
      seed: 1,
      before: ({ kind }) =>
        kind === 'write' && slow
          ? new Promise<void>((resolve) => {
              release = resolve;
            })
          : undefined,
    });
    const bench = await openBench(disk);
    await commit(bench);
    for (let number = 0; number < 60; number += 1) bench.append(number, 1_000);
    const health = bench.journal.health();
    assert.ok(health.kind === 'unavailable' && health.reason === 'backlog');
    slow = false;
    release();
    await commit(bench);
    await commit(bench);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    assert.equal((await numbers(disk)).length, 60);
  });
});

describe('a sync that fails', () => {
  it('is never tried again on the same file: the batch goes to a new segment', async () => {
    const { disk, fail } = failingDisk();
    const bench = await openBench(disk);
    bench.append(0);
    await commit(bench);
    const [first] = await disk.list(FOLDER);
    fail('datasync', 'failed', 1);
    for (const number of [1, 2]) bench.append(number);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    await commit(bench);
    assert.deepEqual(told, [false]);
    const health = bench.journal.health();
    assert.ok(health.kind === 'unavailable' && health.reason === 'failed');
    const before = disk.bytesOf(`${FOLDER}/${first?.name}`)?.length;
    await commit(bench, RETRY_MS);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    assert.equal(disk.bytesOf(`${FOLDER}/${first?.name}`)?.length, before);
    assert.equal((await disk.list(FOLDER)).length, 2);
    assert.deepEqual(await numbers(disk), [0, 1, 2]);
    bench.append(3);
    await bench.journal.close();
    const again = await openBench(disk);
    assert.equal(
      again.folded.count,
      4,
      'the segment without a checkpoint is read with the one before',
    );
  });

  it('leaves nothing twice when both copies of the batch survive', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const { disk, fail } = failingDisk(seed);
      const bench = await openBench(disk);
      bench.append(0);
      await commit(bench);
      // The batch stays in the old file as well: cutting it off fails too.
      fail('datasync', 'failed', 1);
      fail('truncate', 'failed', 1);
      bench.append(1);
      bench.append(2);
      await commit(bench);
      await commit(bench, RETRY_MS);
      assert.deepEqual(bench.journal.health(), { kind: 'ready' });
      disk.crash();
      const again = await openBench(disk);
      again.append(3);
      await again.journal.close();
      assert.deepEqual(await numbers(disk), [0, 1, 2, 3]);
      assert.equal(again.folded.count, 4);
    }
  });

  it('again and again leaves no heap of files behind', async () => {
    const { disk, fail } = failingDisk();
    const bench = await openBench(disk);
    bench.append(0);
    await commit(bench);
    fail('datasync', 'failed', 1_000);
    bench.append(1);
    for (let tries = 0; tries < 30; tries += 1) await commit(bench, RETRY_MS);
    assert.ok((await disk.list(FOLDER)).length <= 2);
    fail('datasync', 'failed', 0);
    await commit(bench, RETRY_MS);
    assert.deepEqual(await numbers(disk), [0, 1]);
  });
});

describe('a disk that fails otherwise', () => {
  it('while a batch is written, created or cut off, loses nothing that is retried', async () => {
    for (const kind of ['write', 'open', 'truncate', 'datasync'] as const) {
      for (const fault of ['failed', 'full'] as const) {
        const { disk, fail } = failingDisk();
        const bench = await openBench(disk);
        for (let number = 0; number < 30; number += 1) {
          bench.append(number, 200);
          fail(kind, fault, number % 3 === 0 ? 1 : 0);
          await commit(bench);
          await commit(bench, RETRY_MS);
        }
        await bench.journal.close();
        assert.equal((await numbers(disk)).length, 30, `${kind} ${fault}`);
        await (await openBench(disk)).journal.close();
      }
    }
  });

  it('at close gives up after one more try and tells who waited', async () => {
    const { disk, fail } = failingDisk();
    const bench = await openBench(disk);
    await commit(bench);
    fail('write', 'failed', 1_000);
    bench.append(1);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    await bench.journal.close();
    assert.deepEqual(told, [false]);
    assert.equal(bench.clock.waiting(), 0);
    fail('write', 'failed', 0);
    await (await openBench(disk)).journal.close();
  });
});
