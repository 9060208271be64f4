import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchSensitive, readSensitivePattern } from './sensitive-pattern.ts';

describe('a pattern of sensitive values', () => {
  const right: readonly (readonly [pattern: string, text: string, end: number])[] = [
    ['CL-\\d{6}', 'CL-123456', 9],
    ['CL-\\d{6}', 'CL-12345', -1],
    ['[A-Z]{2,3}-\\d{4}', 'ABC-1234', 8],
    ['emp[ -]?\\d{5}', 'emp12345', 8],
    ['a\\.b\\.c\\.', 'a.b.c.', 6],
    ['\\w{4,8}#', 'abcd_1#', 7],
  ];
  for (const [pattern, text, end] of right) {
    it(`${pattern} on ${text} ends at ${end}`, () => {
      const read = readSensitivePattern(pattern);
      assert.ok(read.ok, JSON.stringify(read));
      assert.equal(matchSensitive(read.items, text, 0), end);
    });
  }

  const wrong = [
    ['.*', /means nothing here/],
    ['(a|b){4}', /means nothing here/],
    ['\\d{1,9}\\d{4}', /could be the same character/],
    ['\\d{4}[', /a class needs/],
    ['\\d{9,1}', /from the smaller/],
    ['\\d{4}\\p', /only `\\d` and `\\w`/],
    ['ab', /at least 4/],
    ['ÄÖÜß', /ASCII/],
    ['a?b?cdefg', /two optional/],
    ['', /at least 4/],
  ] as const;
  for (const [pattern, why] of wrong) {
    it(`is not ${JSON.stringify(pattern)}`, () => {
      const read = readSensitivePattern(pattern);
      assert.ok(!read.ok);
      assert.match(read.why, why);
    });
  }
});
