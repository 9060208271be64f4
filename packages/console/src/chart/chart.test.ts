import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timeTicks, valueTicks } from './scale.ts';
import { type ChartFacts, csvOf, runningSum, type Series, stacked } from './series.ts';

const series = (name: string, values: readonly number[]): Series => ({
  key: name,
  name,
  look: name,
  values,
});

describe('charts', () => {
  it('have round numbers beside them that reach the highest value', () => {
    assert.deepEqual(valueTicks(25, true), [0, 10, 20, 30]);
    assert.deepEqual(valueTicks(1, true), [0, 1]);
    assert.deepEqual(valueTicks(0, true), [0, 1]);
    for (const highest of [0.0000004, 0.013, 0.97, 3, 99, 1_001, 7e9]) {
      const ticks = valueTicks(highest, false);
      assert.ok((ticks.at(-1) ?? 0) >= highest, `${highest}`);
      assert.ok(ticks.length <= 5, `${highest}: ${ticks}`);
    }
  });

  it('have round moments below them, as many as fit', () => {
    const from = Date.UTC(2026, 10, 21, 13, 22);
    const ticks = timeTicks(from, from + 3_600_000, 4);
    assert.deepEqual(
      ticks.map(({ at }) => new Date(at).getMinutes()),
      [30, 45, 0, 15],
    );
    assert.ok(timeTicks(from, from + 7 * 86_400_000, 5).every(({ day }) => day));
  });

  it('stack bands, and add up along time', () => {
    const bands = [series('a', [1, 2]), series('b', [3, 4])];
    assert.deepEqual(stacked(bands), [
      [1, 2],
      [4, 6],
    ]);
    assert.deepEqual(stacked([]), []);
    assert.deepEqual(runningSum([1, 0, 2]), [1, 1, 3]);
  });

  it('are files of comma-separated values too', () => {
    const facts: ChartFacts = {
      title: 'T',
      times: [0, 60_000],
      stepMs: 60_000,
      bands: [series('Tier 1', [1, 2])],
      lines: [series('a "b", c', [3, 4])],
      strip: undefined,
      whole: true,
      show: String,
      tick: String,
      plain: String,
    };
    const rows = [
      'time,Tier 1,"a ""b"", c"',
      '1970-01-01T00:00:00.000Z,1,3',
      '1970-01-01T00:01:00.000Z,2,4',
      '',
    ];
    assert.equal(csvOf(facts), rows.join('\r\n'));
  });
});
