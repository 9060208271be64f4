import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffLines, pieces } from './diff.ts';

const signs = { same: ' ', added: '+', removed: '-' };
const told = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ kind, text, line }) => `${signs[kind]}${line} ${text}`)
    .join('|');

test('a difference names each line with its number on its own side', () => {
  assert.equal(told('a\nb\nc\n', 'a\nx\nc\n'), ' 1 a|-2 b|+2 x| 3 c');
  assert.equal(told('a\nb\n', 'a\nb\n'), ' 1 a| 2 b');
  assert.equal(told('', 'a\n'), '+1 a');
  assert.equal(told('a\nb\nc\nd\n', 'b\nx\nd\n'), '-1 a| 1 b|-3 c|+2 x| 3 d');
  assert.equal(told('a\na\na\n', 'a\na\n'), ' 1 a| 2 a|-3 a');
});

test('applied to the old text it makes the new one, also where too much differs', () => {
  const many = (seed: number): string =>
    Array.from({ length: 1_600 }, (_, at) => `${(at * seed) % 7}\n`).join('');
  for (const [before, after] of [
    [many(3), many(5)],
    ['a\nb\nc\nd\ne\n', 'c\na\nd\nb\ne\n'],
  ] as const) {
    const lines = diffLines(before, after);
    const side = (gone: 'added' | 'removed'): string =>
      lines.flatMap(({ kind, text }) => (kind === gone ? [] : [`${text}\n`])).join('');
    assert.deepEqual([side('added'), side('removed')], [before, after]);
  }
});

test('only what differs is shown, with what stands around it', () => {
  const text = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');
  const changed = text.replace('line 4\n', 'four\n').replace('line 20\n', '');
  const shown = pieces(diffLines(text, changed), 1);
  assert.deepEqual(
    shown.map(({ text: one, gap }) => `${gap ? '… ' : ''}${one}`),
    ['… line 3', 'line 4', 'four', 'line 5', '… line 19', 'line 20', 'line 21'],
  );
});
