import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { test } from 'node:test';
import { descend, parseRssBytes, parseStat, readTree } from './proc-tree.ts';

const line =
  '4242 (node (x) y) S 17 4242 4242 0 -1 4194304 3912 0 0 0 120 30 7 3 20 0 11 0 ' +
  '123456 1000000 9000 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0';

test('a stat line gives pid, parent and the time of itself and of children it waited for', () => {
  assert.deepEqual(parseStat(line), { pid: 4242, parent: 17, ticks: 160 });
});

test('a name with spaces and brackets moves no field', () => {
  assert.equal(parseStat(line.replace('node (x) y', ') 9 ('))?.parent, 17);
});

test('what is no stat line is undefined', () => {
  for (const text of ['', '12 node S 1', '12 (node) S 1 2 3', line.replace(' 120 ', ' x ')]) {
    assert.equal(parseStat(text), undefined);
  }
});

test('resident memory is read in bytes and is 0 where the kernel states none', () => {
  assert.equal(parseRssBytes('Name:\tnode\nVmRSS:\t   2048 kB\nThreads:\t1\n'), 2_097_152);
  assert.equal(parseRssBytes('Name:\tkthreadd\n'), 0);
});

test('a tree holds the root and all below it, and nobody else', () => {
  const stat = (pid: number, parent: number) => ({ pid, parent, ticks: 1 });
  const all = [stat(1, 0), stat(5, 1), stat(9, 7), stat(7, 5), stat(6, 1), stat(8, 5)];
  assert.deepEqual(
    descend(5, all).map(({ pid }) => pid),
    [5, 7, 8, 9],
  );
  assert.deepEqual(descend(77, all), []);
});

const onLinux = { skip: platform() === 'linux' ? false : 'needs /proc' };

test('a process that is not there is an error, not a zero', onLinux, () => {
  assert.throws(() => readTree(2 ** 22 + 1), /not there/);
});

test('a child that works is seen in the tree, before and after it has ended', onLinux, async () => {
  const before = readTree(process.pid);
  const code = 'let x = 0; for (let i = 0; i < 2e7; i += 1) x += i; process.stdout.write("done");';
  const child = spawn(process.execPath, ['-e', `${code} process.stdin.resume()`]);
  await once(child.stdout, 'data');
  const during = readTree(process.pid);
  assert.ok(during.members.includes(child.pid ?? -1));
  assert.ok(during.rssBytes > before.rssBytes);
  child.stdin.end();
  await once(child, 'close');
  const after = readTree(process.pid);
  assert.ok(!after.members.includes(child.pid ?? -1));
  assert.ok(after.cpuUs >= during.cpuUs && during.cpuUs > before.cpuUs);
});
