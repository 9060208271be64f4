import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book } from './book.ts';
import type { GoalLine } from './goals.table.ts';
import { renderTable } from './report.ts';

const figure = 'cpu';
const line = (goals: GoalLine['goals']): readonly GoalLine[] => [{ figure, unit: 'us', goals }];
const below: GoalLine['goals'] = [{ kind: 'times-below', against: 'portkey', atLeast: 6 }];
const times: GoalLine['goals'] = [{ kind: 'times-of', against: 'bare', atMost: 2 }];
const most: GoalLine['goals'] = [{ kind: 'at-most', bound: 10 }];

function bookOf(columns: Readonly<Record<string, readonly number[]>>): Book {
  const book = new Book();
  for (const [contestant, values] of Object.entries(columns)) {
    for (const [round, value] of values.entries()) book.write({ figure, contestant, round, value });
  }
  return book;
}

test('a ratio is the median of the ratios of each round, not the ratio of the medians', () => {
  const book = bookOf({ signalbox: [10, 20, 40], portkey: [100, 100, 200] });
  const [row] = book.rows(line(below));
  assert.equal(row?.ours, 20);
  assert.equal(row?.baselines['portkey'], 100);
  assert.equal(row?.ratio, 5);
  assert.equal(row?.met, false);
});

test('goals compare in the direction that they say', () => {
  const book = bookOf({ signalbox: [10], portkey: [60], bare: [5] });
  assert.deepEqual(
    [below, times, most].map((goals) => book.rows(line(goals))[0]?.met),
    [true, true, true],
  );
  const slow = bookOf({ signalbox: [11], portkey: [60], bare: [5] });
  assert.deepEqual(
    [below, times, most].map((goals) => slow.rows(line(goals))[0]?.met),
    [false, false, false],
  );
});

test('a goal without our figure or without the other one is not met', () => {
  const [alone] = bookOf({ portkey: [60] }).rows(line(below));
  assert.deepEqual([alone?.ours, alone?.ratio, alone?.met], [null, null, false]);
  const [without] = bookOf({ signalbox: [1] }).rows(line(below));
  assert.deepEqual([without?.ratio, without?.met], [null, false]);
});

test('a figure that nobody measured has no row, unless every goal is to be shown', () => {
  assert.deepEqual(new Book().rows(line(below)), []);
  assert.equal(new Book().rows(line(below), true)[0]?.met, false);
});

test('a figure with two goals has two rows', () => {
  assert.equal(bookOf({ signalbox: [1] }).rows(line([...below, ...times])).length, 2);
});

test('added figures are distances to the direct way in the same round', () => {
  const book = bookOf({ direct: [1, 5], signalbox: [2, 7], bare: [3] });
  book.writeAdded(figure);
  assert.deepEqual([...book.column('added cpu', 'signalbox').values()], [1, 2]);
  assert.deepEqual([...book.column('added cpu', 'bare').values()], [2]);
  assert.equal(book.column('added cpu', 'direct').size, 0);
});

test('the table shows every row, the goal and what went wrong', () => {
  const rows = bookOf({ signalbox: [10, 12], portkey: [60, 80] }).rows(line(below));
  const report = { name: 'demo', versions: { node: 'v24' }, rows, faults: ['one was lost'] };
  const text = renderTable(report);
  assert.match(text, /cpu +us +11\.0 \(10\.0\.\.12\.0\)/);
  assert.match(text, />= 6x below portkey/);
  assert.match(text, /fault: one was lost/);
});
