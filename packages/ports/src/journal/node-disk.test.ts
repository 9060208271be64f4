import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { createClock } from '../clock.ts';
import { DiskFault } from './disk.ts';
import { JournalFault } from './faults.ts';
import { Folded, keys, listeningSink, numberOf, SETTINGS } from './journal.fixture.ts';
import { type Journal, openJournal } from './journal.ts';
import { nodeDisk } from './node-disk.ts';
import { readJournal } from './read.ts';

const FIXTURE = new URL('./kill.fixture.ts', import.meta.url).pathname;
const disk = nodeDisk();
let root = '';

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'signalbox-journal-'));
});
after(() => rm(root, { recursive: true, force: true }));

let epochs = 0;

async function open(folder: string, folded: Folded): Promise<Journal> {
  const journal = await openJournal({
    disk,
    folder,
    clock: createClock(),
    random: {
      bytes: (count) => {
        epochs += 1;
        return new Uint8Array(count).fill(epochs);
      },
    },
    keys,
    node: 'n1',
    settings: SETTINGS,
    sink: listeningSink(),
    checkpoint: () => folded.body(),
  });
  await journal.recover((entry) => folded.take(entry));
  return journal;
}

async function numbersIn(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  await readJournal(disk, folder, { position: { segment: 0, offset: 0 } }, (read) => {
    const number = numberOf(read);
    if (number !== undefined) found.push(number);
    return true;
  });
  return found;
}

/** Lets a process append until it has been told so many times that all is durable; kills it. */
async function killAfter(folder: string, from: number, tellings: number): Promise<number> {
  const child = spawn(process.execPath, [FIXTURE, folder, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let acknowledged = from;
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    told += 1;
    if (told === tellings) child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL');
  return acknowledged;
}

describe('a journal in a real folder', () => {
  it('misses nothing that was acknowledged after kill -9, time after time', async () => {
    const folder = join(root, 'killed');
    let next = 0;
    for (const tellings of [1, 7, 25]) {
      const acknowledged = await killAfter(folder, next, tellings);
      const folded = new Folded();
      const journal = await open(folder, folded);
      await journal.close();
      const found = await numbersIn(folder);
      assert.deepEqual(found, [...found.keys()], 'in order, once, without a gap');
      assert.ok(
        found.length >= acknowledged,
        `${acknowledged} acknowledged, ${found.length} found`,
      );
      assert.equal(folded.count, found.length);
      next = found.length;
    }
  });

  it('is locked for another process while one has it, which is named', async () => {
    const folder = join(root, 'locked');
    const child = spawn(process.execPath, [FIXTURE, folder, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(createInterface({ input: child.stdout }), 'line');
    await assert.rejects(open(folder, new Folded()), (error) => {
      assert.ok(error instanceof JournalFault);
      assert.equal(error.kind, 'locked');
      assert.match(error.message, new RegExp(`in use by process ${child.pid}`));
      return true;
    });
    child.kill('SIGKILL');
    await ended;
    await (await open(folder, new Folded())).close();
  });

  it('is private to its owner', async () => {
    const folder = join(root, 'private');
    const journal = await open(folder, new Folded());
    await journal.close();
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    for (const name of await readdir(folder)) {
      assert.equal((await stat(join(folder, name))).mode & 0o077, 0, name);
    }
  });

  it('of a second journal in the same process is locked too', async () => {
    const folder = join(root, 'twice');
    const journal = await open(folder, new Folded());
    await assert.rejects(open(folder, new Folded()), /in use by process/);
    await journal.close();
    await (await open(folder, new Folded())).close();
  });
});

describe('the real disk', () => {
  it('reads, writes, cuts and lists like the one in memory', async () => {
    const path = join(root, 'file');
    const file = await disk.open(path, 'create');
    await file.write(Buffer.from('hello'), 0);
    await file.write(Buffer.from('world'), 8);
    await file.datasync();
    const into = new Uint8Array(20);
    assert.equal(await file.read(into, 0), 13);
    assert.equal(Buffer.from(into.subarray(0, 13)).toString('latin1'), 'hello\0\0\0world');
    assert.equal(await file.read(into, 13), 0);
    await file.truncate(5);
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'hello');
    await disk.rename(path, `${path}.2`);
    await disk.syncFolder(root);
    const facts = (await disk.list(root)).find(({ name }) => name === 'file.2');
    assert.deepEqual(facts, { name: 'file.2', bytes: 5 });
    await disk.remove(`${path}.2`);
  });

  it('says by kind what went wrong', async () => {
    const kindOf = (kind: string) => (error: unknown) =>
      error instanceof DiskFault && error.kind === kind;
    const path = join(root, 'there');
    await writeFile(path, '');
    await assert.rejects(disk.open(path, 'create'), kindOf('exists'));
    await assert.rejects(disk.open(join(root, 'nowhere'), 'read'), kindOf('missing'));
    await assert.rejects(disk.remove(join(root, 'nowhere')), kindOf('missing'));
    await assert.rejects(disk.list(join(root, 'nowhere')), kindOf('missing'));
    await assert.rejects(disk.makeFolder(path), kindOf('exists'));
  });

  it('says that it is full when it is', async (test) => {
    const full = await disk.open('/dev/full', 'write').catch(() => undefined);
    if (full === undefined) return test.skip('there is no /dev/full here');
    await assert.rejects(
      full.write(new Uint8Array(10), 0),
      (error) => error instanceof DiskFault && error.kind === 'full',
    );
    return full.close();
  });
});
