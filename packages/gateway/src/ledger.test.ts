import assert from 'node:assert/strict';
import { it } from 'node:test';
import { requestId, tenantName } from '@signalbox/contract';
import { type MemoryDisk, memoryDisk } from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { type Ledger, openLedger } from './ledger.ts';

const AT = 1_760_000_000_000;
const acme = { owner: 'acme', budget: { amountNanoUsd: 1_000n, per: 'total' } } as const;

let starts = 0;

function open(disk: MemoryDisk): Promise<Ledger> {
  starts += 1;
  const epoch = new Uint8Array(8).fill(starts);
  return openLedger({
    disk,
    folder: '/data/journal',
    clock: { now: () => AT, monotonic: () => 0, after: () => () => undefined },
    random: { bytes: (count) => epoch.slice(0, count) },
    keys: nodeKeys(new Uint8Array(32).fill(1)),
    node: 'n1',
    settings: {
      keepDays: 30,
      keepBytes: 2 ** 30,
      groupCommitMsMax: 5,
      backlogBytesMax: 2 ** 20,
      segmentBytesMax: 2 ** 20,
    },
    sink: { log: () => undefined, count: () => undefined, observe: () => undefined },
  });
}

it('keeps what was spent and held over any number of starts', async () => {
  const disk = memoryDisk({ seed: 1 });
  const first = await open(disk);
  const { budgets } = first.live.pools;
  const call = requestId(AT, new Uint8Array(10).fill(1));
  const running = requestId(AT, new Uint8Array(10).fill(2));
  const tenant = tenantName('acme');
  for (const id of [call, running]) {
    assert.equal(budgets.hold(id, [acme], 300n, AT), undefined);
    const body = budgets.holdOf(id);
    assert.ok(body !== undefined);
    first.journal.append({ kind: 'hold', at: AT, tenant, call: id, body });
  }
  budgets.post(call, 70n);
  // What a record says beside its cost is nobody's business here.
  const body = JSON.parse(`{"at":${AT},"tenant":"acme","attempts":[],"costNanoUsd":"70"}`);
  first.journal.append({ kind: 'settlement', at: AT, tenant, call, body });
  await first.journal.close();
  for (let start = 0; start < 3; start += 1) {
    const again = await open(disk);
    const { spentNanoUsd, heldNanoUsd } = again.live.pools.budgets.spent(acme, AT);
    assert.deepEqual({ spentNanoUsd, heldNanoUsd }, { spentNanoUsd: 70n, heldNanoUsd: 300n });
    await again.journal.close();
  }
});

it('keeps what a call has spent whose hold was never written', async () => {
  const disk = memoryDisk({ seed: 1 });
  const first = await open(disk);
  const call = requestId(AT, new Uint8Array(10).fill(3));
  const tenant = tenantName('acme');
  const body = JSON.parse(
    `{"at":${AT},"tenant":"acme","key":"main","attempts":[],"costNanoUsd":"70"}`,
  );
  first.journal.append({ kind: 'settlement', at: AT, tenant, call, body });
  await first.journal.close();
  const again = await open(disk);
  const { budgets } = again.live.pools;
  const key = { owner: 'acme/main', budget: { amountNanoUsd: 100n, per: 'day' } } as const;
  assert.equal(budgets.spent(acme, AT).spentNanoUsd, 70n);
  assert.equal(budgets.spent(key, AT).spentNanoUsd, 70n);
  assert.deepEqual(budgets.open(), []);
  await again.journal.close();
});
