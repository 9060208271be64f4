import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countIn, numberIn, parseExact } from './exact.ts';

describe('exact JSON', () => {
  it('keeps the digits of integers that a double cannot hold', () => {
    const text = '{"id":12345678901234567890,"far":1e400}';
    assert.equal(JSON.stringify(parseExact(text)), text);
  });

  it('keeps sixteen digits that a double rounds, and a far power alone', () => {
    for (const text of ['[9007199254740993]', '[1e400]', '[2E+999]', '[0.12345678901234567]']) {
      assert.equal(JSON.stringify(parseExact(text)), text);
    }
    assert.deepEqual(parseExact('[9007199254740991]'), [Number.MAX_SAFE_INTEGER]);
  });

  it('reads numbers written in another way beside a long one', () => {
    const value = parseExact('{"id":12345678901234567890,"one":1.0,"small":-3e-07,"far":1e400}');
    assert.equal(numberIn(value, 'one'), 1);
    assert.equal(countIn(value, 'one'), 1);
    assert.equal(numberIn(value, 'small'), -3e-7);
    assert.equal(numberIn(value, 'far'), undefined);
    assert.equal(countIn(value, 'id'), undefined);
  });
});
