import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coversPattern, matchesPattern } from './pattern.ts';

test('a star stands for any run of characters and all else for itself', () => {
  assert.equal(matchesPattern('*', ''), true);
  assert.equal(matchesPattern('gpt-*', 'gpt-5'), true);
  assert.equal(matchesPattern('gpt-*', 'gpt-'), true);
  assert.equal(matchesPattern('gpt-*', 'my-gpt-5'), false);
  assert.equal(matchesPattern('*-mini', 'gpt-5-mini'), true);
  assert.equal(matchesPattern('a*b*c', 'a-b-b-c'), true);
  assert.equal(matchesPattern('a*b*c', 'a-c-b'), false);
  assert.equal(matchesPattern('a.c', 'abc'), false);
  assert.equal(matchesPattern('', 'a'), false);
});

test('a pattern agrees with the same regular expression', () => {
  const text = (letters: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(
    fc.property(text('ab*'), text('ab'), (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      assert.equal(matchesPattern(pattern, name), expression.test(name));
    }),
    { numRuns: 2_000 },
  );
});

test('what covers a pattern matches everything it matches', () => {
  const text = (letters: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 });
  fc.assert(
    fc.property(text('ab*'), text('ab*'), text('ab'), (wide, narrow, name) => {
      if (coversPattern(wide, narrow) && matchesPattern(narrow, name)) {
        assert.equal(matchesPattern(wide, name), true);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('many stars cost no more than the product of the lengths', () => {
  assert.equal(matchesPattern('a*'.repeat(100), 'a'.repeat(199).concat('b')), true);
  assert.equal(matchesPattern(`${'a*'.repeat(100)}b`, 'a'.repeat(200)), false);
});
