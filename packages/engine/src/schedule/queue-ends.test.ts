import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type RequestId, requestId, tenantName } from '@signalbox/contract';
import { QUEUE_ENDS_MAX, queueEnds } from './queue-ends.ts';

const callOf = (n: number): RequestId =>
  requestId(1_760_000_000_000, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, n >> 16, n >> 8, n));

it('queued calls that have ended are known by whose they were, the latest of them', () => {
  const ends = queueEnds();
  const own = { tenant: tenantName('acme'), key: 'main' };
  for (let n = 0; n < QUEUE_ENDS_MAX; n += 1) ends.add({ call: callOf(n), ...own });
  ends.add({ call: callOf(0), ...own });
  ends.add({ call: callOf(QUEUE_ENDS_MAX), ...own });
  assert.equal(ends.ownerOf(callOf(0))?.key, 'main', 'told again');
  assert.equal(ends.ownerOf(callOf(1)), undefined);
  const next = queueEnds();
  for (const end of ends.checkpoint()) next.add(end);
  assert.equal(next.checkpoint().length, QUEUE_ENDS_MAX);
  assert.equal(next.ownerOf(callOf(QUEUE_ENDS_MAX))?.tenant, 'acme');
});
