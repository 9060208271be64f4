import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frame, readFrames } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import { checkJournal, lookAtJournal, setAsideDamage } from './doctor.ts';
import { JournalFault } from './faults.ts';
import { commit, FOLDER, keys, numbers, openBench } from './journal.fixture.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

/** Several segments over two epochs, 40 numbers. */
async function written(): Promise<MemoryDisk> {
  const disk = memoryDisk({ seed: 1 });
  for (const [from, to] of [
    [0, 20],
    [20, 40],
  ] as const) {
    const bench = await openBench(disk);
    for (let number = from; number < to; number += 1) {
      bench.append(number, 200);
      await commit(bench);
    }
    await bench.journal.close();
  }
  return disk;
}

async function paths(disk: MemoryDisk): Promise<readonly string[]> {
  const files = await disk.list(FOLDER);
  return files.filter(({ name }) => name.endsWith('.sbj')).map(({ name }) => `${FOLDER}/${name}`);
}

/** Changes one byte in the middle of the file. */
function damage(disk: MemoryDisk, path: string): void {
  const bytes = new Uint8Array(disk.bytesOf(path) ?? []);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  disk.put(path, bytes);
}

const isFault = (error: unknown): boolean => error instanceof JournalFault;

describe('checking a journal', () => {
  it('counts what verifies', async () => {
    const disk = await written();
    const check = await checkJournal(disk, FOLDER, keys);
    const segments = (await paths(disk)).length;
    assert.deepEqual(check, {
      segments,
      entries: 40 + segments,
      epochs: 2,
      wrongBodies: 0,
      absentBodies: 0,
      isWhole: true,
      tornBytes: 0,
      fault: undefined,
    });
  });

  it('tells bodies that another pepper digested', async () => {
    const disk = await written();
    const other = nodeKeys(new Uint8Array(32).fill(1));
    const check = await checkJournal(disk, FOLDER, other);
    assert.equal(check.wrongBodies, check.entries);
    assert.equal((await checkJournal(disk, FOLDER, undefined)).wrongBodies, 0);
  });

  it('says that it does not begin at the beginning', async () => {
    const disk = await written();
    const [first] = await paths(disk);
    await disk.remove(first ?? '');
    const check = await checkJournal(disk, FOLDER, keys);
    assert.equal(check.fault, undefined);
    assert.equal(check.isWhole, false);
  });

  it('says where it stops, and how much verified before', async () => {
    const disk = await written();
    const [, second] = await paths(disk);
    damage(disk, second ?? '');
    const check = await checkJournal(disk, FOLDER, keys);
    assert.equal(`${FOLDER}/${check.fault?.place?.file}`, second);
    assert.ok(check.entries > 5 && check.entries < 20);
  });

  it('changes nothing, and finds nothing where there is nothing', async () => {
    const disk = memoryDisk({ seed: 1 });
    const check = await checkJournal(disk, FOLDER, keys);
    assert.deepEqual([check.entries, check.isWhole, check.fault], [0, false, undefined]);
  });
});

describe('a look at a journal', () => {
  const ALL = { isOpen: true, bytesMax: 1e9 };

  it('names damage in an older segment while a gateway writes to the last', async () => {
    const disk = await written();
    const bench = await openBench(disk);
    const segments = await paths(disk);
    const found = await lookAtJournal(disk, FOLDER, ALL);
    assert.deepEqual(found, { read: segments.length, segments: segments.length, fault: undefined });
    for (const path of [segments[1], segments.at(-2)]) {
      const before = disk.bytesOf(path ?? '') ?? new Uint8Array();
      damage(disk, path ?? '');
      const { fault } = await lookAtJournal(disk, FOLDER, ALL);
      assert.equal(`${FOLDER}/${fault?.place?.file}`, path);
      assert.match(fault?.message ?? '', /damaged at byte \d+.*doctor journal/);
      disk.put(path ?? '', before);
    }
    await bench.journal.close();
  });

  it('leaves alone what a gateway writes just now', async () => {
    const disk = await written();
    const last = (await paths(disk)).at(-1) ?? '';
    damage(disk, last);
    assert.equal((await lookAtJournal(disk, FOLDER, ALL)).fault, undefined);
    const { fault } = await lookAtJournal(disk, FOLDER, { ...ALL, isOpen: false });
    assert.equal(`${FOLDER}/${fault?.place?.file}`, last);
    assert.equal((await checkJournal(disk, FOLDER, keys)).fault?.message, fault?.message);
  });

  it('begins with the newest where not all may be read', async () => {
    const disk = await written();
    const segments = await paths(disk);
    damage(disk, segments[0] ?? '');
    const sizes = segments.map((path) => disk.bytesOf(path)?.length ?? 0);
    const bytesMax = sizes.slice(1).reduce((sum, size) => sum + size, 0);
    const some = await lookAtJournal(disk, FOLDER, { isOpen: false, bytesMax });
    assert.deepEqual(some, {
      read: segments.length - 1,
      segments: segments.length,
      fault: undefined,
    });
    const none = await lookAtJournal(disk, FOLDER, { isOpen: false, bytesMax: 1 });
    assert.equal(none.read, 0);
  });
});

describe('setting damage aside', () => {
  it('does nothing to a journal that reads', async () => {
    const disk = await written();
    assert.deepEqual(await setAsideDamage(disk, FOLDER), []);
    assert.equal((await numbers(disk)).length, 40);
  });

  it('before the last checkpoint takes the elder segments and keeps the state', async () => {
    const disk = await written();
    const [first, second] = await paths(disk);
    damage(disk, second ?? '');
    const moved = await setAsideDamage(disk, FOLDER);
    assert.deepEqual(
      moved.map((name) => `${FOLDER}/${name}`),
      [`${first}.aside`, `${second}.aside`],
    );
    const bench = await openBench(disk);
    assert.equal(bench.folded.count, 40);
    await bench.journal.close();
    assert.equal((await numbers(disk)).at(-1), 39);
  });

  it('after the last checkpoint keeps what stands before it, and starts can go on', async () => {
    const disk = await written();
    const last = (await paths(disk)).at(-1) ?? '';
    const whole = new Uint8Array(disk.bytesOf(last) ?? []);
    damage(disk, last);
    await assert.rejects(openBench(disk), isFault);
    const moved = await setAsideDamage(disk, FOLDER);
    assert.equal(moved.length, 1);
    assert.match(moved[0] ?? '', /\.torn-\d+$/);
    const kept = disk.bytesOf(last)?.length ?? 0;
    const aside = disk.bytesOf(`${FOLDER}/${moved[0]}`)?.length ?? 0;
    assert.equal(kept + aside, whole.length);
    const bench = await openBench(disk);
    bench.append(100);
    await bench.journal.close();
    assert.equal((await checkJournal(disk, FOLDER, keys)).fault, undefined);
    assert.equal((await numbers(disk)).at(-1), 100);
  });

  it('takes entries of a newer version away, byte for byte', async () => {
    const disk = await written();
    const last = (await paths(disk)).at(-1) ?? '';
    const bytes = disk.bytesOf(last) ?? new Uint8Array();
    const text = new TextDecoder().decode(readFrames(bytes).frames.at(-1)?.bytes);
    const newer = frame(new TextEncoder().encode(text.replace('{"v":1', '{"v":9')));
    disk.put(last, new Uint8Array([...bytes, ...newer]));
    await assert.rejects(openBench(disk), isFault);
    const [moved] = await setAsideDamage(disk, FOLDER);
    assert.deepEqual(disk.bytesOf(`${FOLDER}/${moved}`), newer);
    await (await openBench(disk)).journal.close();
    assert.equal((await numbers(disk)).length, 40);
  });

  it('copes with damage in every segment at once', async () => {
    const disk = await written();
    for (const path of await paths(disk)) damage(disk, path);
    assert.ok((await setAsideDamage(disk, FOLDER)).length > 0);
    const bench = await openBench(disk);
    bench.append(100);
    await bench.journal.close();
    assert.equal((await checkJournal(disk, FOLDER, keys)).fault, undefined);
  });

  it('waits for nobody: a journal that is open is left alone', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    await assert.rejects(setAsideDamage(disk, FOLDER), /in use/);
    await bench.journal.close();
  });
});
