import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scan } from './tokens.ts';

const shown = (text: string): string =>
  scan(text)
    .tokens.map((token) => `${token.kind}:${token.text}`)
    .join(' ');

test('words, numbers and marks are cut', () => {
  assert.equal(
    shown('const a: T = b?.c ?? 0x1f;'),
    'word:const word:a mark:: word:T mark:= word:b mark:?. word:c mark:?? number:0x1f mark:;',
  );
});

test('comments are kept apart, also those that hold quotes', () => {
  const { tokens, comments } = scan("a // don't\n/* it's\ntwo lines */ b");
  assert.deepEqual(
    tokens.map((token) => [token.text, token.line]),
    [
      ['a', 1],
      ['b', 3],
    ],
  );
  assert.deepEqual(
    comments.map((comment) => comment.line),
    [1, 2],
  );
});

test('a string hides what it holds, and escapes do not end it', () => {
  assert.equal(shown(`f('Date.now() \\' // x', "y")`).split(' mark:, ').length, 2);
  assert.equal(shown(`'a\\'b' c`), "string:a\\'b word:c");
});

test('a template shows its code and hides its text, at any depth', () => {
  assert.equal(
    shown('`a ${b({ c: `d${e}f` })} g` h'),
    'template:a  word:b mark:( mark:{ word:c mark:: template:d word:e template:f ' +
      'mark:} mark:) template: g word:h',
  );
});

test('a slash after an operand divides, elsewhere it begins a pattern', () => {
  assert.equal(shown('a / b / c'), 'word:a mark:/ word:b mark:/ word:c');
  assert.equal(shown('(a) / 2'), 'mark:( word:a mark:) mark:/ number:2');
  assert.equal(shown("x = /['/]\\//g;"), "word:x mark:= pattern:/['/]\\//g mark:;");
  assert.equal(
    shown('return /a/.test(b)'),
    'word:return pattern:/a/ mark:. word:test mark:( word:b mark:)',
  );
});

test('an unclosed string spoils its line only', () => {
  assert.equal(shown("don't\nnext"), 'word:don string:t word:next');
});

test('its own sources come out with balanced brackets', () => {
  const folder = new URL('.', import.meta.url);
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(new URL(name, folder), 'utf8');
    const { tokens } = scan(text);
    const count = (mark: string) =>
      tokens.filter((token) => token.kind === 'mark' && token.text === mark).length;
    assert.equal(count('('), count(')'), name);
    assert.equal(count('{'), count('}'), name);
    assert.equal(count('['), count(']'), name);
  }
});
