import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { linearPattern } from './linear-pattern.ts';
import { STEPS_MAX } from './work.ts';

const test = (source: string, text: string): boolean | undefined =>
  linearPattern(source)?.test(text, { left: STEPS_MAX });

describe('a linear pattern', () => {
  const pieces = fc.constantFrom(
    ...['a', 'b', '.', '\\d', '\\w', '\\S', '[a-c]', '[^ab]', '(a|b)', '(?:ab)', '(a|)', '[-x]'],
  );
  const repeats = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}?', '{2,}', '*?');
  const sequence = fc
    .array(fc.tuple(pieces, repeats), { maxLength: 5 })
    .map((all) => all.map((one) => one.join('')).join(''));
  const source = fc
    .tuple(fc.constantFrom('', '^'), sequence, sequence, fc.constantFrom('', '$'))
    .map(([start, one, other, end]) => `${start}(${one}|(${other})+)${end}`);

  it('agrees with the engine of the language on random patterns and texts', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', '😀', '-') });
    fc.assert(
      fc.property(source, text, (pattern, said) => {
        assert.equal(test(pattern, said), new RegExp(pattern, 'u').test(said));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads what schemas really hold', () => {
    const cases: readonly (readonly [source: string, text: string, holds: boolean])[] = [
      ['^\\d{4}-\\d{2}-\\d{2}$', '2026-01-31', true],
      ['^\\d{4}-\\d{2}-\\d{2}$', '2026-01-31T', false],
      ['^[A-Z]{2,3}-[0-9]+$', 'AB-1', true],
      ['^(?<year>\\d+)$', '1', true],
      ['^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$', 'a@b.example', true],
      ['\\u0041\\x42\\t', 'xAB\ty', true],
      ['^\\u{1F600}$', '😀', true],
      ['^.$', '😀', true],
      ['^\\.$', '.', true],
      ['a|^$', '', true],
    ];
    for (const [pattern, text, holds] of cases) {
      assert.equal(test(pattern, text), holds, pattern);
      assert.equal(new RegExp(pattern, 'u').test(text), holds, `oracle ${pattern}`);
    }
  });

  it('does not read what needs memory or looks around, and nothing broken', () => {
    const sources = [
      '(a)\\1',
      '(?=a)',
      '(?<!a)b',
      '\\bword',
      '\\p{L}',
      '(a',
      'a)',
      '[a',
      '*a',
      'a**',
    ];
    sources.push(
      'a{2,1}',
      'a{1001}',
      '(a{1000}){1000}',
      '\\ud83d\\ude00',
      '[b-a]',
      'x'.repeat(1_001),
    );
    for (const pattern of sources) assert.equal(linearPattern(pattern), undefined, pattern);
  });

  it('takes steps linear in the text where other engines take exponentially many', () => {
    const pattern = linearPattern('^(a+)+(a|aa)*$');
    assert.ok(pattern);
    const spent = (length: number): number => {
      const work = { left: STEPS_MAX };
      assert.equal(pattern.test(`${'a'.repeat(length)}!`, work), false);
      return STEPS_MAX - work.left;
    };
    assert.ok(spent(20_000) / spent(10_000) <= 2.1);
  });

  it('is made in short time of nothing a thousand times a thousand times', () => {
    const nothing = '((((){1000}){1000}){1000}){1000}a';
    assert.equal(test(nothing, 'a'), true);
  });

  it('says nothing of a text that takes more steps than it may', () => {
    assert.equal(linearPattern('b')?.test('a'.repeat(1_000), { left: 10 }), undefined);
  });
});
