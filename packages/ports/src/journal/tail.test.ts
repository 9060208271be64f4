import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frame, readFrames } from '@signalbox/trust';
import { JournalFault } from './faults.ts';
import { commit, everything, FOLDER, numberOf, numbers, openBench } from './journal.fixture.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';
import { readJournal } from './read.ts';

/** A segment of several batches of several entries, as it stands on the disk. */
async function written(): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
  const disk = memoryDisk({ seed: 1 });
  const bench = await openBench(disk);
  for (let number = 0; number < 6; number += 1) {
    bench.append(number);
    if (number % 2 === 1) await commit(bench);
  }
  await bench.journal.close();
  const [file] = await disk.list(FOLDER);
  const path = `${FOLDER}/${file?.name}`;
  return { path, bytes: disk.bytesOf(path) ?? new Uint8Array() };
}

function diskWith(path: string, bytes: Uint8Array): MemoryDisk {
  const disk = memoryDisk({ seed: 1 });
  disk.put(path, bytes);
  return disk;
}

const isPrefix = (found: readonly number[]): boolean => found.every((number, i) => number === i);

describe('a torn tail', () => {
  it('is cut at the last whole entry, and kept beside the segment', async () => {
    const { path, bytes } = await written();
    for (let length = 0; length <= bytes.length; length += 3) {
      const disk = diskWith(path, bytes.subarray(0, length));
      const { frames, end } = readFrames(bytes.subarray(0, length));
      const bench = await openBench(disk);
      const cuts = end === length ? [] : [{ at: end, bytes: length - end }];
      assert.deepEqual(
        bench.journal.cuts.map((cut) => ({ at: cut.at, bytes: cut.bytes })),
        cuts,
      );
      bench.append(99);
      await bench.journal.close();
      const found = await everything(disk);
      assert.equal(found.length, frames.length + 2, `torn at ${length}`);
      const aside = disk.bytesOf(`${path}.torn-${end}`);
      assert.deepEqual(aside, end === length ? undefined : bytes.slice(end, length));
    }
  });

  it('may hold zeros or rubbish instead of an end', async () => {
    const { path, bytes } = await written();
    const { frames } = readFrames(bytes);
    const last = bytes.length - 8 - (frames.at(-1)?.bytes.length ?? 0);
    for (const rubbish of [new Uint8Array(5_000), new Uint8Array(3_000).fill(123)]) {
      const disk = diskWith(path, new Uint8Array([...bytes.subarray(0, last + 20), ...rubbish]));
      const bench = await openBench(disk);
      await bench.journal.close();
      assert.deepEqual(await numbers(disk), [0, 1, 2, 3, 4]);
      assert.equal(bench.journal.cuts.length, 1);
      assert.ok(bench.sink.logged.some((one) => one.event === 'journal.tail-cut'));
    }
  });

  it('is left where it is when there is no room to keep it aside, and passed over', async () => {
    const { path, bytes } = await written();
    const torn = bytes.subarray(0, bytes.length - 3);
    const disk = diskWith(path, torn);
    disk.limit(disk.usedBytes() + 10);
    const bench = await openBench(disk);
    disk.limit(undefined);
    bench.append(99);
    await bench.journal.close();
    assert.equal(disk.bytesOf(path)?.length, torn.length);
    assert.deepEqual(await numbers(disk), [0, 1, 2, 3, 4, 99]);
    const again = await openBench(disk);
    await again.journal.close();
    assert.deepEqual(again.journal.cuts, []);
  });

  it('of a segment that has no whole entry takes the segment away', async () => {
    const { path, bytes } = await written();
    const disk = diskWith(path, bytes);
    const next = `${FOLDER}/0000000002-00000000000000aa.sbj`;
    disk.put(next, bytes.subarray(0, 9));
    const bench = await openBench(disk);
    bench.append(99);
    await bench.journal.close();
    assert.equal(disk.bytesOf(next), undefined);
    assert.deepEqual(disk.bytesOf(`${next}.torn-0`), bytes.slice(0, 9));
    assert.equal((await numbers(disk)).length, 7);
  });

  it('of nothing at all is no news', async () => {
    const { path, bytes } = await written();
    const disk = diskWith(path, bytes);
    disk.put(`${FOLDER}/0000000002-00000000000000aa.sbj`, new Uint8Array());
    const bench = await openBench(disk);
    await bench.journal.close();
    assert.deepEqual(bench.journal.cuts, []);
  });
});

describe('damage', () => {
  it('at any byte brings out nothing that was not written, and never goes unseen', async () => {
    const { path, bytes } = await written();
    const batches = readFrames(bytes).frames.filter((one) => one.afterSync);
    const lastBatch = (batches.at(-1)?.next ?? 0) - 8 - (batches.at(-1)?.bytes.length ?? 0);
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const disk = diskWith(path, damaged);
      const opened = await openBench(disk).then(
        (bench) => bench,
        (error: unknown) => error,
      );
      if (opened instanceof Error) {
        assert.ok(opened instanceof JournalFault, `at ${at}: ${opened}`);
        assert.match(opened.message, /signalbox doctor journal/);
        assert.deepEqual(disk.bytesOf(path), damaged, 'nothing was changed');
        continue;
      }
      // Only what may never have been acknowledged is cut: the last batch.
      assert.ok(at >= lastBatch, `byte ${at} was acknowledged and is gone`);
      const found = await numbers(disk);
      assert.ok(isPrefix(found));
    }
  });

  it('in an elder segment is told by the reader that meets it', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (let number = 0; number < 60; number += 1) {
      bench.append(number, 100);
      await commit(bench);
    }
    await bench.journal.close();
    const [first] = await disk.list(FOLDER);
    const path = `${FOLDER}/${first?.name}`;
    const bytes = disk.bytesOf(path)?.slice() ?? new Uint8Array();
    // The very end of the segment: only the next one shows that an entry is missing.
    disk.put(path, bytes.subarray(0, bytes.length - 1));
    await assert.rejects(everything(disk), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.equal(error.kind, 'damaged');
      assert.match(error.message, new RegExp(`${first?.name} is damaged at byte`));
      return true;
    });
    // A start needs what follows the last checkpoint only, and the damage is not in there.
    await (await openBench(disk)).journal.close();
  });

  it('of a whole frame that is no entry names the file and the byte', async () => {
    const { path, bytes } = await written();
    const wrong = frame(new TextEncoder().encode('{"v":1,"kind":"hold"}\n'));
    const disk = diskWith(path, new Uint8Array([...bytes, ...wrong]));
    await assert.rejects(openBench(disk), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.ok(error.message.includes(`damaged at byte ${bytes.length}`));
      return true;
    });
  });
});

describe('an entry of a version that is not known', () => {
  const newerThan = (bytes: Uint8Array): Uint8Array => {
    const { frames } = readFrames(bytes);
    const text = new TextDecoder().decode(frames.at(-1)?.bytes);
    return frame(new TextEncoder().encode(text.replace('{"v":1,', '{"v":2,')));
  };

  it('at the end stops the start, changes nothing, and names the command', async () => {
    const { path, bytes } = await written();
    const with2 = new Uint8Array([...bytes, ...newerThan(bytes)]);
    const disk = diskWith(path, with2);
    await assert.rejects(openBench(disk), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.equal(error.kind, 'newer');
      assert.match(error.message, /version 2 at byte \d+.*signalbox doctor journal --set-aside/s);
      return true;
    });
    assert.deepEqual(disk.bytesOf(path), with2);
  });

  it('in the middle stops the reader before anything is appended', async () => {
    const { path, bytes } = await written();
    const { frames } = readFrames(bytes);
    const last = bytes.length - 8 - (frames.at(-1)?.bytes.length ?? 0);
    const middle = [...bytes.subarray(0, last), ...newerThan(bytes), ...bytes.subarray(last)];
    const disk = diskWith(path, new Uint8Array(middle));
    await assert.rejects(openBench(disk), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.equal(error.kind, 'newer');
      return true;
    });
    assert.equal((await disk.list(FOLDER)).length, 1);
  });
});

describe('reading', () => {
  it('can stop after any entry and go on from there', async () => {
    const { path, bytes } = await written();
    const disk = diskWith(path, bytes);
    const found: (number | undefined)[] = [];
    let from = { position: { segment: 0, offset: 0 } };
    for (let rounds = 0; rounds < 20; rounds += 1) {
      const ended = await readJournal(disk, FOLDER, from, (read) => {
        found.push(numberOf(read));
        return false;
      });
      from = { position: ended.position };
    }
    assert.deepEqual(found, [undefined, 0, 1, 2, 3, 4, 5]);
  });
});
