import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Lease, slotsOf } from './slots.ts';

function staying(): AbortSignal {
  return new AbortController().signal;
}

function held<T>(answer: Lease<T> | 'full' | 'left'): Lease<T> {
  assert.ok(typeof answer === 'object', `expected a lease, got ${String(answer)}`);
  return answer;
}

test('those who wait are served in the order in which they came', async () => {
  const slots = slotsOf(['a'], 2);
  const first = held(await slots.acquire(staying()));
  const order: string[] = [];
  const enter = async (name: string): Promise<Lease<string>> => {
    const lease = held(await slots.acquire(staying()));
    order.push(name);
    return lease;
  };
  const second = enter('second');
  const third = enter('third');
  assert.deepEqual(slots.counts(), { total: 1, busy: 1, queued: 2 });
  first.release();
  (await second).release();
  (await third).release();
  assert.deepEqual(order, ['second', 'third']);
  assert.deepEqual(slots.counts(), { total: 1, busy: 0, queued: 0 });
});

test('beyond the queue nobody waits', async () => {
  const slots = slotsOf(['a'], 0);
  held(await slots.acquire(staying()));
  assert.equal(await slots.acquire(staying()), 'full');
});

test('who leaves the queue makes room and is never served', async () => {
  const slots = slotsOf(['a'], 1);
  const lease = held(await slots.acquire(staying()));
  const leaving = new AbortController();
  const waiting = slots.acquire(leaving.signal);
  leaving.abort();
  assert.equal(await waiting, 'left');
  assert.equal(slots.counts().queued, 0);
  lease.release();
  assert.equal(slots.counts().busy, 0);
});

test('giving back twice frees one slot', async () => {
  const slots = slotsOf(['a', 'b'], 0);
  const lease = held(await slots.acquire(staying()));
  held(await slots.acquire(staying()));
  lease.release();
  lease.release();
  assert.equal(slots.counts().busy, 1);
});

test('who has left already gets nothing', async () => {
  const slots = slotsOf(['a'], 1);
  assert.equal(await slots.acquire(AbortSignal.abort()), 'left');
  assert.equal(slots.counts().busy, 0);
});
