import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { HandClock, MemoryStore } from '../house.fixture.ts';
import { counts } from './counts.ts';

const acme = tenantName('acme');

describe('a flood', () => {
  it('is one entry a second, code and key, however large', async () => {
    const [clock, store] = [new HandClock(), new MemoryStore()];
    const counted = counts(clock, store);
    for (let second = 0; second < 3; second += 1) {
      for (let i = 0; i < 1_000; i += 1) counted.add('rate_limited', acme, 'main');
      await clock.turn(1_000);
    }
    assert.deepEqual(
      store.of('count').map(({ body, tenant }) => [tenant, body.code, body.key, body.times]),
      Array.from({ length: 3 }, () => ['acme', 'rate_limited', 'main', 1_000]),
    );
    assert.equal(clock.pending, 0, 'nothing runs when nothing is counted');
  });

  it('of many keys is added up without their names, in bounded memory', async () => {
    const [clock, store] = [new HandClock(), new MemoryStore()];
    const counted = counts(clock, store);
    for (let i = 0; i < 5_000; i += 1) counted.add('rate_limited', acme, `key-${i}`);
    await clock.turn(1_000);
    const entries = store.of('count');
    assert.ok(entries.length <= 1_001);
    assert.equal(
      entries.reduce((sum, { body }) => sum + body.times, 0),
      5_000,
    );
  });

  it('is written at the end, too', () => {
    const store = new MemoryStore();
    const counted = counts(new HandClock(), store);
    counted.add('key_invalid', undefined, undefined);
    counted.flush();
    assert.equal(store.of('count').length, 1);
    counted.flush();
    assert.equal(store.of('count').length, 1);
  });
});

describe('a limit met again', () => {
  it('has a record of its own the first time in a second', async () => {
    const clock = new HandClock();
    const counted = counts(clock, new MemoryStore());
    const met = (): boolean => counted.repeated('concurrency_limited', 'main');
    assert.deepEqual([met(), met(), met()], [false, true, true]);
    assert.equal(counted.repeated('concurrency_limited', 'other'), false);
    assert.equal(counted.repeated('rate_limited', 'main'), false);
    await clock.turn(1_000);
    assert.equal(met(), false);
  });

  it('is repeated when too many met one to be remembered', () => {
    const counted = counts(new HandClock(), new MemoryStore());
    const first = Array.from({ length: 2_000 }, (_, i) =>
      counted.repeated('rate_limited', `k${i}`),
    );
    assert.ok(first.filter((repeated) => !repeated).length <= 1_000);
  });
});
