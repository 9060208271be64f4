import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createClock } from './clock.ts';
import { readFiles, watchFiles } from './files.ts';

const root = mkdtempSync(join(tmpdir(), 'signalbox-files-'));
after(() => rmSync(root, { recursive: true }));

function folderOf(name: string): string {
  const path = join(root, name);
  mkdirSync(path);
  return path;
}

test('paths and patterns are read once each, in order', async () => {
  const folder = folderOf('read');
  writeFileSync(join(folder, 'b.yaml'), 'b: 1\n');
  writeFileSync(join(folder, 'a.yaml'), 'a: 1\n');
  writeFileSync(join(folder, 'c.txt'), 'c');
  const read = await readFiles(['b.yaml', '*.yaml'], folder);
  assert.deepEqual(
    read.files.map(({ path, text }) => [path, text]),
    [
      [join(folder, 'a.yaml'), 'a: 1\n'],
      [join(folder, 'b.yaml'), 'b: 1\n'],
    ],
  );
  assert.deepEqual(read.problems, []);
});

test('what cannot be read is a problem with its path, and the rest is read', async () => {
  const folder = folderOf('problems');
  writeFileSync(join(folder, 'good.yaml'), 'a: 1');
  writeFileSync(join(folder, 'bytes.yaml'), Uint8Array.of(0x61, 0xff));
  const read = await readFiles(['good.yaml', 'absent.yaml', '*.toml', 'bytes.yaml', '.'], folder);
  assert.equal(read.files.length, 1);
  const whys = Object.fromEntries(read.problems.map(({ path, why }) => [path, why]));
  assert.equal(whys['*.toml'], 'no such file');
  assert.equal(whys[join(folder, 'absent.yaml')], 'does not exist');
  assert.equal(whys[join(folder, 'bytes.yaml')], 'not UTF-8');
  assert.equal(whys[folder], 'not a file');
});

/** Resolves with the number of changes once there are `wanted`; fails after a bound. */
async function changesAfter(folder: string, patterns: string[], act: () => void): Promise<number> {
  let changes = 0;
  let ready: () => void = () => {};
  let bound: NodeJS.Timeout | undefined;
  const seen = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const stop = watchFiles(
    patterns,
    folder,
    () => {
      changes += 1;
      ready();
    },
    { clock: createClock(), settleMs: 20, lookMs: 100 },
  );
  try {
    await new Promise((resolve) => setTimeout(resolve, 60));
    act();
    await Promise.race([
      seen,
      new Promise((_, reject) => {
        bound = setTimeout(() => reject(new Error('no change seen')), 5_000);
      }),
    ]);
    return changes;
  } finally {
    clearTimeout(bound);
    stop();
  }
}

test('a file that is written, replaced or removed is a change', async () => {
  const folder = folderOf('watch');
  const path = join(folder, 'signalbox.yaml');
  writeFileSync(path, 'a: 1');
  const patterns = ['signalbox.yaml'];
  assert.equal(await changesAfter(folder, patterns, () => writeFileSync(path, 'a: 22')), 1);
  const replace = (): void => {
    writeFileSync(`${path}.new`, 'a: 3');
    renameSync(`${path}.new`, path);
  };
  assert.equal(await changesAfter(folder, patterns, replace), 1);
  assert.equal(await changesAfter(folder, patterns, () => rmSync(path)), 1);
});

test('a new file that a pattern finds is a change', async () => {
  const folder = folderOf('pattern');
  writeFileSync(join(folder, 'a.yaml'), 'a: 1');
  const add = (): void => writeFileSync(join(folder, 'b.yaml'), 'b: 1');
  assert.equal(await changesAfter(folder, ['*.yaml'], add), 1);
});

test('a symbolic link that is swapped is a change', async () => {
  const folder = folderOf('links');
  for (const version of ['one', 'two']) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'signalbox.yaml'), `v: ${version}`);
  }
  symlinkSync('one', join(folder, 'current'));
  const swap = (): void => {
    symlinkSync('two', join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'current'));
  };
  assert.equal(await changesAfter(folder, ['current/signalbox.yaml'], swap), 1);
});

test('a stopped watcher says nothing more', async () => {
  const folder = folderOf('stopped');
  writeFileSync(join(folder, 'a.yaml'), 'a: 1');
  let changes = 0;
  const clock = createClock();
  const stop = watchFiles(['a.yaml'], folder, () => (changes += 1), {
    clock,
    settleMs: 1,
    lookMs: 5,
  });
  stop();
  writeFileSync(join(folder, 'a.yaml'), 'a: 2');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(changes, 0);
});
