import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Watch } from './watch.ts';

/** Small changes from day to day, the same ones each time. */
const wobble = (day: number): number => 0.01 * Math.sin(day * 12.9898) * (1 + (Math.abs(day) % 3));

/** @returns the day on which it is noticed, of those after five weeks. */
function noticed(of: (day: number) => number, days = 90): number | undefined {
  const watch = new Watch();
  for (let day = -35; day < days; day += 1) if (watch.day(of(day)) !== undefined) return day + 1;
  return undefined;
}

describe('a watch', () => {
  it('is silent where nothing changes but the day of the week', () => {
    assert.equal(
      noticed((day) => 0.2 + wobble(day)),
      undefined,
    );
    const weekend = (day: number): number => (((day % 7) + 7) % 7 > 4 ? 0.4 : 0.2);
    assert.equal(
      noticed((day) => weekend(day) + wobble(day)),
      undefined,
    );
    assert.equal(
      noticed(() => 0.2),
      undefined,
    );
  });

  it('notices a lasting shift slowly, a large one fast, and one odd day not at all', () => {
    const shift = (by: number) => noticed((day) => 0.2 + wobble(day) + (day >= 0 ? by : 0));
    const [small = 99, large = 99] = [shift(0.024), shift(0.2)];
    assert.ok(large <= 5 && small > large && small <= 40, `${small}, ${large}`);
    assert.equal(
      noticed((day) => (day === 10 ? 0.9 : 0.2 + wobble(day))),
      undefined,
    );
    assert.equal(
      noticed((day) => 0.2 + wobble(day) - (day >= 0 ? 0.1 : 0)),
      undefined,
    );
  });

  it('goes on saying so for weeks, until what lasts is usual', () => {
    const watch = new Watch();
    for (let day = -35; day < 0; day += 1) watch.day(0.2 + wobble(day));
    const alarms: number[] = [];
    for (let day = 0; day < 160; day += 1)
      if (watch.day(0.4 + wobble(day)) !== undefined) alarms.push(day);
    const [last = 0] = alarms.slice(-1);
    assert.ok(alarms.length >= 4 && last >= 14 && last < 45, `${alarms}`);
    assert.ok(Math.abs((watch.usual ?? 0) - 0.4) < 0.05);
  });

  it('says nothing before it knows what is usual, and passes over days without calls', () => {
    const watch = new Watch();
    for (let day = 0; day < 35; day += 1) assert.equal(watch.day(day % 2), undefined);
    assert.equal(
      noticed((day) => (day % 5 === 0 ? Number.NaN : 0.2 + wobble(day))),
      undefined,
    );
  });

  it('takes weeks of too few calls for unknown, not for zero', () => {
    const watch = new Watch();
    for (let day = 0; day < 57; day += 1) {
      const value = day < 45 && day % 9 > 0 ? Number.NaN : 0.3 * Number(day >= 45);
      assert.equal(watch.day(value), undefined, `${day}`);
    }
    assert.equal(watch.usual, undefined);
  });
});
