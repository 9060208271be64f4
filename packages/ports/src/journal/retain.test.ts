import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Bench, commit, FOLDER, numbers, openBench, SETTINGS } from './journal.fixture.ts';
import type { JournalOptions } from './journal.ts';
import { memoryDisk } from './memory-disk.ts';
import type { Position } from './segment.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

async function filled(bench: Bench, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    bench.append(number, 300);
    await commit(bench);
  }
}

const withKeep = (keepBytes: number, keepDays = 30): Partial<JournalOptions> => ({
  settings: { ...SETTINGS, keepBytes, keepDays },
});

describe('retention', () => {
  it('keeps the journal at about its size, and state all the same', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, withKeep(20_000));
    await filled(bench, 0, 200);
    assert.ok(disk.usedBytes() < 30_000, String(disk.usedBytes()));
    await bench.journal.close();
    const again = await openBench(disk, withKeep(20_000));
    assert.equal(again.folded.count, 200);
    await again.journal.close();
    const kept = await numbers(disk);
    assert.equal(kept.at(-1), 199);
    assert.ok((kept[0] ?? 0) > 100);
  });

  it('drops what is older than its days, a day at a time even on a quiet node', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, withKeep(2 ** 30, 3));
    for (let day = 0; day < 10; day += 1) {
      bench.append(day);
      await commit(bench);
      await commit(bench, DAY_MS);
    }
    await bench.journal.close();
    // A segment takes two days here, and goes when its youngest entry is three days old.
    assert.deepEqual(await numbers(disk), [8, 9]);
  });

  it('never drops what a projection has not passed', async () => {
    const disk = memoryDisk({ seed: 1 });
    let cursor: Position = { segment: 1, offset: 0 };
    const bench = await openBench(disk, { ...withKeep(8_000), cursors: () => [cursor] });
    await filled(bench, 0, 100);
    assert.equal((await numbers(disk)).length, 100);
    cursor = { segment: 5, offset: 0 };
    await filled(bench, 100, 120);
    await bench.journal.close();
    const names = (await disk.list(FOLDER)).map(({ name }) => name);
    assert.match(names[0] ?? '', /^0000000005-/);
  });

  it('never drops the last checkpoint, however small the bound', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk, withKeep(1));
    await filled(bench, 0, 50);
    await bench.journal.close();
    const again = await openBench(disk, withKeep(1));
    assert.equal(again.folded.count, 50);
    await again.journal.close();
  });

  it('takes the torn tails of what it drops along', async () => {
    const disk = memoryDisk({ seed: 1 });
    const torn = `${FOLDER}/0000000001-00000000000000aa.sbj.torn-12`;
    disk.put(torn, new Uint8Array(5));
    const bench = await openBench(disk, withKeep(8_000));
    await filled(bench, 0, 60);
    await bench.journal.close();
    assert.equal(disk.bytesOf(torn), undefined);
  });

  it('that fails is told and does not stop the journal', async () => {
    const disk = memoryDisk({
      seed: 1,
      before: ({ kind }) => {
        if (kind === 'remove') throw new Error('made to fail');
      },
    });
    const bench = await openBench(disk, withKeep(8_000));
    await filled(bench, 0, 60);
    await bench.journal.close();
    assert.equal((await numbers(disk)).length, 60);
    assert.ok(bench.sink.logged.some((one) => one.event === 'journal.retention-failed'));
  });
});
