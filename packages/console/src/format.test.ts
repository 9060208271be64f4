import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ago,
  count,
  duration,
  exactMoney,
  money,
  rowMoney,
  share,
  shortMoney,
  utc,
} from './format.ts';

const english = new Intl.NumberFormat().resolvedOptions().locale.startsWith('en');
const skip = english ? false : 'the words expected here are English';

describe('numbers as people read them', { skip }, () => {
  it('money has cents, or as many digits as say something', () => {
    assert.deepEqual([0, 1, 940, 40_100, 1_320_000, -8_280_000, 1_234_567_000_000].map(money), [
      '$0',
      '$0.000001',
      '$0.00094',
      '$0.0401',
      '$1.32',
      '−$8.28',
      '$1.2M',
    ]);
    assert.equal(shortMoney(5_000_000), '$5');
  });

  it('money of one call is exact, and never 0 when it is not', () => {
    assert.equal(exactMoney('0.000002140'), '$0.00000214');
    assert.equal(exactMoney('12'), '$12');
    assert.equal(exactMoney(undefined), '–');
    assert.equal(rowMoney('0.000000214'), '<$0.000001');
    assert.equal(rowMoney('0'), '$0');
    assert.equal(rowMoney(undefined), '–');
  });

  it('times are as short as they can be', () => {
    assert.deepEqual([0.42, 4.25, 46.9, 1_234, 12_340, 75_000].map(duration), [
      '0.42 ms',
      '4.3 ms',
      '47 ms',
      '1.23 s',
      '12.3 s',
      '1 min 15 s',
    ]);
    assert.equal(ago(1_000, 1_400), 'now');
    assert.match(ago(0, 3 * 3_600_000), /^3\s?h/);
    assert.equal(ago(5_000, 1_000), 'now', 'clocks that differ show no future');
    assert.equal(utc(0), '1970-01-01 00:00:00.000 UTC');
  });

  it('a share of nothing is not known', () => {
    assert.equal(share(0, 0), '–');
    assert.deepEqual(
      [share(0, 9), share(1, 3_000), share(19, 1_401), share(1, 1)],
      ['0 %', '<0.1 %', '1.4 %', '100 %'],
    );
    assert.equal(count(919_800), '919.8K');
  });
});
