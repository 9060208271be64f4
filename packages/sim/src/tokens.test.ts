import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenCount, tokensOf } from './tokens.ts';

test('tokens joined again are the text, and the count is their number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300, size: 'max' }), (text) => {
      const tokens = tokensOf(text);
      assert.equal(tokens.join(''), text);
      assert.equal(tokenCount(text), tokens.length);
      assert.ok(tokens.every((token) => token !== ''));
    }),
  );
});

test('no token cuts a character that takes two code units', () => {
  for (const text of ['a🚂b', '🚂🚂🚂', 'né🚦 ok', 'x 🚉']) {
    for (const token of tokensOf(text)) assert.ok(token.isWellFormed(), JSON.stringify(token));
  }
});

test('English takes about four characters a token', () => {
  const text =
    'The interlocking makes sure that no two trains are ever allowed into the same block, ' +
    'whatever the people in the signal box do, and it has done so since 1856.';
  const perToken = text.length / tokenCount(text);
  assert.ok(perToken > 3 && perToken < 6, String(perToken));
});
