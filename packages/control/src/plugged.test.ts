import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { type EntryDraft, tenantName } from '@signalbox/contract';
import {
  createClock,
  createRandom,
  type Journal,
  nodeDisk,
  openJournal,
  openStore,
  type Position,
} from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { decisionNumber } from './memory-readings.fixture.ts';
import { RECORD } from './record.fixture.ts';
import { at, Served } from './served.fixture.ts';

const SETTINGS = {
  keepDays: 30,
  keepBytes: 2 ** 30,
  groupCommitMsMax: 2,
  backlogBytesMax: 2 ** 26,
  segmentBytesMax: 2 ** 20,
};

it('reads what the journal made safe, through the real store', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-control-'));
  const clock = createClock();
  const sink = { log: () => {}, count: () => {}, observe: () => {} };
  const journalFolder = join(folder, 'journal');
  const path = join(folder, 'records.db');
  const keep = { days: 30, requests: 1_000 };
  const store = await openStore({ path, journalFolder, clock, sink, keep });
  let safe: Position = { segment: 0, offset: 0 };
  const journal: Journal = await openJournal({
    disk: nodeDisk(),
    folder: journalFolder,
    clock,
    random: createRandom(),
    keys: nodeKeys(new Uint8Array(32).fill(9)),
    node: 'laptop',
    settings: SETTINGS,
    sink,
    checkpoint: () => ({ openHolds: [], balances: [] }),
    onDurable: ({ end }) => {
      safe = end;
      store.advance(end);
    },
  });
  const served = new Served({ readings: store });
  test.after(async () => {
    await served.stop();
    await journal.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await journal.recover(() => undefined);
  await served.start();

  const now = served.clock.now();
  journal.append(settlement({ ...RECORD, at: now - 1_000 }));
  journal.append(
    settlement({ ...RECORD, decision: decisionNumber(2), tenant: 'globex', at: now - 500 }),
  );
  await new Promise<boolean>((resolve) => journal.durable(resolve));
  await store.reached(safe);

  const list = (await served.get('/admin/v1/requests')).json();
  assert.equal(at(list, 'data', 0, 'decision_id'), decisionNumber(2));
  assert.equal(at(list, 'data', 'length'), 2);
  const globex = (await served.get('/admin/v1/requests?tenant=globex')).json();
  assert.equal(at(globex, 'data', 'length'), 1);
  const overview = (await served.get('/admin/v1/overview')).json();
  assert.equal(at(overview, 'totals', 'calls'), 2);
  assert.equal(at(overview, 'totals', 'cost_micro_usd'), 3);
  const decision = (await served.get(`/admin/v1/decisions/${decisionNumber(1)}`)).json();
  assert.equal(at(decision, 'label'), 'regulated');
  assert.equal(at(decision, 'candidates', 'length'), 3);
});

/** @param body a record by its shape: it goes through the disk and is read again key by key. */
const settlement = (body: Readonly<Record<string, unknown>>): EntryDraft =>
  ({
    kind: 'settlement',
    at: Number(body['at']),
    tenant: tenantName(String(body['tenant'])),
    call: String(body['decision']).replace('dec_', 'req_'),
    body,
  }) as unknown as EntryDraft;
