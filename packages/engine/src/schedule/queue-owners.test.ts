import assert from 'node:assert/strict';
import { it } from 'node:test';
import { keyName, type RequestId, requestId, tenantName } from '@signalbox/contract';
import { QUEUE_OWNERS_MAX, queueOwners } from './queue-owners.ts';

const callOf = (n: number): RequestId =>
  requestId(1_760_000_000_000, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, n >> 16, n >> 8, n));

it('queued calls are known by whose they are, the latest of them', () => {
  const owners = queueOwners();
  const own = { tenant: tenantName('acme'), key: keyName('main') };
  for (let n = 0; n < QUEUE_OWNERS_MAX; n += 1) owners.add({ call: callOf(n), ...own });
  owners.add({ call: callOf(0), ...own });
  owners.add({ call: callOf(QUEUE_OWNERS_MAX), ...own });
  assert.equal(owners.ownerOf(callOf(0))?.key, 'main', 'told again');
  assert.equal(owners.ownerOf(callOf(1)), undefined);
  const next = queueOwners();
  for (const owner of owners.checkpoint()) next.add(owner);
  assert.equal(next.checkpoint().length, QUEUE_OWNERS_MAX);
  assert.equal(next.ownerOf(callOf(QUEUE_OWNERS_MAX))?.tenant, 'acme');
});
