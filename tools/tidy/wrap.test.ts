import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapComments } from './wrap.ts';

const wrap = (lines: readonly string[]): readonly string[] =>
  wrapComments(lines.join('\n'), 20).split('\n');

test('a line comment that is too wide is filled with its paragraph', () => {
  assert.deepEqual(wrap(['  // one two three four five', '  // six', '  f();']), [
    ...['  // one two three', '  // four five six', '  f();'],
  ]);
});

test('paragraphs that fit, lists and what is laid out by hand stay', () => {
  const lines = [
    ...['// short', '//', '//     code code code code code', '// - a', '// | a | b | c | d | e |'],
  ];
  assert.deepEqual(wrap(lines), lines);
});

test('an item of a list hangs', () => {
  assert.deepEqual(wrap(['// - one two three four', '//   five', '// - b']), [
    ...['// - one two three', '//   four five', '// - b'],
  ]);
});

test('a block on one line becomes one on several', () => {
  assert.deepEqual(wrap(['  /** one two three four. */', '  a: 1;']), [
    ...['  /**', '   * one two three', '   * four.', '   */', '  a: 1;'],
  ]);
});

test('a block that begins on its first line keeps its text', () => {
  assert.deepEqual(wrap(['/** one two three four', ' * five', ' *', ' * six', ' */']), [
    ...['/**', ' * one two three', ' * four five', ' *', ' * six', ' */'],
  ]);
});

test('a comment behind code moves above it, and code stays as it is', () => {
  assert.deepEqual(wrap(['  const a = b; // one two three']), [
    ...['  // one two three', '  const a = b;'],
  ]);
  const code = ["const text = '// not a comment';"];
  assert.deepEqual(wrap(code), code);
});

test('a second run changes nothing', () => {
  const once = wrap(['/** one two three four five six. */', 'f(); // seven eight nine ten']);
  assert.deepEqual(wrap(once), once);
});
