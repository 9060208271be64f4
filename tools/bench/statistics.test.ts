import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascending, median, quantile, spreadOf } from './statistics.ts';

test('a median is the middle of an odd and between the two middles of an even sample', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

test('nothing has no median and no spread', () => {
  assert.equal(median([]), undefined);
  assert.equal(spreadOf([]), undefined);
});

test('quantiles interpolate between ranks and reach both ends', () => {
  const sorted = ascending([10, 40, 20, 30, 50]);
  assert.equal(quantile(sorted, 0), 10);
  assert.equal(quantile(sorted, 1), 50);
  assert.equal(quantile(sorted, 0.25), 20);
  assert.equal(quantile(sorted, 0.9), 46);
});

test('numbers sort as numbers', () => {
  assert.deepEqual([...ascending([10, 9, 100])], [9, 10, 100]);
});

test('a quantile outside of 0 to 1 is refused', () => {
  assert.throws(() => quantile([1], 1.01), RangeError);
  assert.throws(() => quantile([1], Number.NaN), RangeError);
});

test('a spread says how many rounds, the ends and the middle half', () => {
  assert.deepEqual(spreadOf([1, 2, 3, 4, 100]), { rounds: 5, min: 1, max: 100, iqr: 2 });
});
