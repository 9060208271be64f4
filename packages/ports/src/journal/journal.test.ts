import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckpointBody } from '@signalbox/contract';
import { CHAIN_START, verifyChain } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';
import { bodyDigest } from './encode.ts';
import { JournalFault } from './faults.ts';
import {
  commit,
  draft,
  everything,
  FOLDER,
  keys,
  numbers,
  openBench,
  SETTINGS,
  settled,
} from './journal.fixture.ts';
import { openJournal } from './journal.ts';
import { memoryDisk } from './memory-disk.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

describe('an open journal', () => {
  it('writes what is appended within the window, as one write and one sync', async () => {
    const operations: string[] = [];
    const disk = memoryDisk({ seed: 1, before: ({ kind }) => void operations.push(kind) });
    const bench = await openBench(disk);
    await commit(bench);
    operations.length = 0;
    for (const number of range(0, 20)) bench.append(number);
    await commit(bench, 9);
    assert.deepEqual(operations, []);
    await commit(bench, 1);
    assert.deepEqual(operations, ['write', 'datasync']);
    assert.deepEqual(await numbers(disk), range(0, 20));
  });

  it('has no timer when there is nothing to write', async () => {
    const bench = await openBench(memoryDisk({ seed: 1 }));
    await commit(bench);
    assert.equal(bench.clock.waiting(), 0);
    bench.append(1);
    assert.equal(bench.clock.waiting(), 1);
    await commit(bench);
    assert.equal(bench.clock.waiting(), 0);
  });

  it('says that entries are durable after their sync, not before', async () => {
    let release = (): void => undefined;
    let hold = false;
    const disk = memoryDisk({
      seed: 1,
      before: ({ kind }) =>
        kind === 'datasync' && hold
          ? new Promise<void>((resolve) => {
              release = resolve;
            })
          : undefined,
    });
    const bench = await openBench(disk);
    await commit(bench);
    hold = true;
    bench.append(1);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    await commit(bench);
    assert.deepEqual(told, []);
    hold = false;
    release();
    await settled();
    assert.deepEqual(told, [true]);
  });

  it('answers at once when everything is durable already', async () => {
    const bench = await openBench(memoryDisk({ seed: 1 }));
    await commit(bench);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    assert.deepEqual(told, [], 'never within the call');
    await settled();
    assert.deepEqual(told, [true]);
  });

  it('hands on what became durable, in order and without a gap', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (const number of range(0, 60)) {
      bench.append(number, 100);
      if (number % 7 === 0) await commit(bench);
    }
    await commit(bench);
    let seq = 0;
    let end = { segment: 1, offset: 0 };
    for (const batch of bench.batches) {
      assert.equal(batch.firstSeq, seq + 1);
      seq = batch.lastSeq;
      const begins = { segment: end.segment + 1, offset: 0 };
      assert.deepEqual(batch.start, batch.start.segment === end.segment ? end : begins);
      assert.equal(batch.end.offset - batch.start.offset, batch.bytes);
      end = batch.end;
    }
    assert.ok(end.segment > 1, 'segments rotated');
    assert.equal(seq, (await everything(disk)).length);
  });

  it('goes on when a listener throws', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, {
      onDurable: () => {
        throw new Error('listener');
      },
    });
    bench.append(1);
    await commit(bench);
    assert.deepEqual(await numbers(disk), [1]);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    assert.ok(bench.sink.logged.some((one) => one.event === 'journal.listener-failed'));
  });

  it('writes large blocks without waiting for the window', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, { settings: { ...SETTINGS, backlogBytesMax: 2 ** 22 } });
    for (const number of range(0, 40)) bench.append(number, 10_000);
    await settled();
    assert.ok((await numbers(disk)).length > 20);
    await commit(bench);
    assert.deepEqual(await numbers(disk), range(0, 40));
  });

  it('takes an entry that is larger than a block', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, { settings: { ...SETTINGS, backlogBytesMax: 2 ** 22 } });
    bench.append(1, 1_000_000);
    await commit(bench);
    assert.deepEqual(await numbers(disk), [1]);
  });

  it('refuses an entry that no frame holds, and goes on', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    assert.throws(() => bench.journal.append(draft(1, 17 * 2 ** 20)), /fits into a frame/);
    bench.append(2);
    await commit(bench);
    assert.deepEqual(await numbers(disk), [2]);
  });

  it('is appended to after it was recovered, and not after it was closed', async () => {
    const bench = await openBench(memoryDisk({ seed: 1 }));
    await bench.journal.close();
    assert.throws(() => bench.journal.append(draft(1)), /recovered/);
    const disk = memoryDisk({ seed: 1 });
    const fresh = await openJournal({ ...optionsOf(disk), checkpoint: empty });
    assert.throws(() => fresh.append(draft(1)), /recovered/);
  });

  it('writes what waits when it is closed, and tells who waited', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (const number of range(0, 5)) bench.append(number);
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    await bench.journal.close();
    assert.deepEqual(told, [true]);
    assert.deepEqual(await numbers(disk), range(0, 5));
    assert.equal(bench.clock.waiting(), 0);
  });
});

const empty = (): CheckpointBody => ({ openHolds: [], balances: [] });
const optionsOf = (disk: ReturnType<typeof memoryDisk>) => ({
  disk,
  folder: FOLDER,
  clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
  random: { bytes: (count: number) => new Uint8Array(count) },
  keys,
  node: 'n1',
  settings: SETTINGS,
  sink: { log: () => undefined, count: () => undefined, observe: () => undefined },
});

describe('segments and epochs', () => {
  it('begin with a checkpoint of exactly what came before', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (const number of range(0, 100)) {
      bench.append(number, 50);
      await commit(bench);
    }
    await bench.journal.close();
    const files = await disk.list(FOLDER);
    assert.ok(files.length > 5);
    let count = 0;
    let checkpoints = 0;
    for (const read of await everything(disk)) {
      if (read.head.kind !== 'checkpoint') count += 1;
      else {
        checkpoints += 1;
        assert.match(read.bodyText ?? '', new RegExp(`"spentDayNanoUsd":"${count}"`));
      }
    }
    assert.equal(checkpoints, files.length);
  });

  it('form one chain over starts, each with an epoch of its own', async () => {
    const disk = memoryDisk({ seed: 1 });
    for (const start of range(0, 4)) {
      const bench = await openBench(disk, {
        random: { bytes: (n) => new Uint8Array(n).fill(start) },
      });
      bench.append(start);
      await bench.journal.close();
    }
    const entries = await everything(disk);
    assert.equal(new Set(entries.map((read) => read.head.epoch)).size, 4);
    const digest = (bodyText: string): string => bodyDigest(keys, bodyText);
    const result = verifyChain(entries, { sha256, digest, from: CHAIN_START });
    assert.deepEqual({ ...result, last: '' }, { ok: true, entries: 8, last: '' });
  });

  it('are read from the last checkpoint on at the next start', async () => {
    const disk = memoryDisk({ seed: 1 });
    const first = await openBench(disk);
    for (const number of range(0, 300)) {
      first.append(number, 50);
      await commit(first);
    }
    await first.journal.close();
    let read = 0;
    const again = await openJournal({ ...optionsOf(disk), checkpoint: empty });
    await again.recover(() => {
      read += 1;
    });
    assert.ok(read > 0 && read < 50, `${read} of 300 were read`);
    await again.close();
    const second = await openBench(disk);
    assert.equal(second.folded.count, 0, 'the last checkpoint said so');
  });

  it('bring back the state that was folded, start after start', async () => {
    const disk = memoryDisk({ seed: 1 });
    let next = 0;
    for (const start of range(0, 5)) {
      const bench = await openBench(disk);
      assert.equal(bench.folded.count, next);
      for (let i = 0; i < 13 * start; i += 1) {
        bench.append(next, 40);
        next += 1;
        if (i % 5 === 0) await commit(bench);
      }
      await bench.journal.close();
    }
    assert.deepEqual(await numbers(disk), range(0, next));
  });

  it('keep an entry of a kind that this version does not know', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    // The journal of a later version: same form, another kind.
    const later: unknown = { ...draft(5), kind: 'later-kind' };
    bench.journal.append(later as ReturnType<typeof draft>); // cast: what a later version appends
    bench.append(6);
    await bench.journal.close();
    const kinds: string[] = [];
    const again = await openJournal({ ...optionsOf(disk), checkpoint: empty });
    await again.recover((entry) => kinds.push(entry.kind));
    assert.deepEqual(kinds, ['checkpoint', 'later-kind', 'act']);
  });
});

describe('the lock of the folder', () => {
  it('keeps a second journal out and names the process that has it', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    await assert.rejects(openBench(disk), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.equal(error.kind, 'locked');
      assert.match(error.message, /kill 1.*SIGNALBOX_DATA/s);
      return true;
    });
    await bench.journal.close();
    await (await openBench(disk)).journal.close();
  });

  it('is let go when opening fails', async () => {
    const disk = memoryDisk({ seed: 1 });
    disk.put(`${FOLDER}/0000000001-0000000000000001.sbj`, new TextEncoder().encode('no frame'));
    await (await openBench(disk)).journal.close();
    assert.deepEqual(await numbers(disk), []);
  });
});
