import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from './chance.ts';
import { Events } from './events.ts';
import { firstTokens } from './first-token.ts';
import { outage } from './outage.ts';

test('events come in the order of their times, and those of one time as they were planned', () => {
  const events = new Events();
  const chance = new Chance(7);
  const planned: { readonly at: number; readonly number: number }[] = [];
  const seen: (readonly [at: number, number: number])[] = [];
  for (let number = 0; number < 500; number += 1) {
    const at = Math.floor(chance.between(0, 100));
    planned.push({ at, number });
    events.after(at, () => seen.push([events.nowMs, number]));
  }
  events.run();
  const expected = planned.toSorted((a, b) => a.at - b.at || a.number - b.number);
  assert.deepEqual(
    seen,
    expected.map(({ at, number }) => [at, number]),
  );
});

test('what is cancelled does not come, and what comes may plan more', () => {
  const events = new Events();
  const seen: string[] = [];
  const cancel = events.after(5, () => seen.push('never'));
  events.after(1, () => {
    seen.push('first');
    cancel();
    events.after(1, () => seen.push(`second at ${events.nowMs}`));
  });
  events.run();
  assert.deepEqual(seen, ['first', 'second at 2']);
});

test('the same seed plays the same scene', () => {
  const scene = (seed: number): object => [
    firstTokens('hedge', 500, new Chance(seed)),
    outage(true, new Chance(seed)),
  ];
  assert.deepEqual(scene(3), scene(3));
  assert.notDeepEqual(scene(3), scene(4));
});
