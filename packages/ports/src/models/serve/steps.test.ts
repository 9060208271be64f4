import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepsOf } from './steps.ts';

test('the oldest step that lasts too long is a standstill, until it ends', async () => {
  let now = 0;
  const steps = stepsOf(100, () => now);
  assert.equal(steps.areStuck(), false);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = steps.during(promise);
  now = 60;
  const second = steps.during(new Promise<never>(() => {}));
  now = 100;
  assert.equal(steps.areStuck(), false, 'it lasts as long as it may');
  now = 101;
  assert.equal(steps.areStuck(), true);
  resolve('a token');
  assert.equal(await first, 'a token');
  assert.equal(steps.areStuck(), false, 'the other one is younger');
  now = 161;
  assert.equal(steps.areStuck(), true);
  void second;
});

test('a step that fails has ended', async () => {
  let now = 0;
  const steps = stepsOf(100, () => now);
  await assert.rejects(steps.during(Promise.reject(new Error('no room'))), /no room/);
  now = 1_000;
  assert.equal(steps.areStuck(), false);
});
