// The journal and what is made from it: the records, and the balances of the run before. Beside
// it the files of queued calls.
import type { CallRecord, Clock, Keys, Random } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Live } from '@signalbox/engine';
import {
  type DataFolder,
  type Journal,
  type KeptFiles,
  nodeDisk,
  type OpenSink,
  openDayKeys,
  openKeptFiles,
  openStore,
  type Position,
  type RecordStore,
  type StoredRecord,
} from '@signalbox/ports';
import type { Known, Records } from './decision.ts';
import { openLedger } from './ledger.ts';

export type StorageOptions = {
  readonly configuration: Configuration;
  readonly data: DataFolder;
  readonly telemetry: OpenSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
};

export type Storage = {
  readonly journal: Journal;
  readonly store: RecordStore;
  /** Rebuilt from the last checkpoint and what follows; open holds are still open. */
  readonly live: Live;
  readonly records: Records;
  readonly keptFiles: KeptFiles;
  /** How long features of calls are kept may be another one from now on. */
  swap(configuration: Configuration): Promise<void>;
  close(): Promise<void>;
};

const REQUESTS_KEPT_MAX = 1_000_000;
/** Nothing of the journal is dropped before the records are open and have passed it. */
const START: Position = { segment: 0, offset: 0 };

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { configuration, data, telemetry: sink, clock, random, keys } = options;
  const disk = nodeDisk();
  const keptFiles = await openKeptFiles({ disk, folder: data.queueFolder });
  const late: { store?: RecordStore; safe: Position } = { safe: { segment: 0, offset: 0 } };
  const { journal, live } = await openLedger({
    disk,
    folder: data.journalFolder,
    clock,
    random,
    keys,
    node: configuration.node.name,
    settings: configuration.journal,
    sink,
    onDurable: ({ end }) => {
      late.safe = end;
      late.store?.advance(end);
    },
    cursors: () => [late.store?.position() ?? START],
  });
  const store = await openStore({
    path: data.recordsPath,
    journalFolder: data.journalFolder,
    clock,
    sink,
    keep: { days: configuration.journal.keepDays, requests: REQUESTS_KEPT_MAX },
  });
  late.store = store;
  const kept = { days: configuration.routing.featuresKeepDays };
  const dayKeys = await openDayKeys({
    ...{ folder: data.daysFolder, clock, random, sink },
    keepDays: () => kept.days,
  });
  live.keeping.sealWith(dayKeys);
  // What became durable while the records were being opened.
  store.advance(late.safe);
  return {
    journal,
    store,
    live,
    keptFiles,
    swap({ routing }) {
      kept.days = routing.featuresKeepDays;
      return dayKeys.turn();
    },
    records: recordsOf(store, journal, () => late.safe, clock),
    async close() {
      dayKeys.close();
      await journal.close();
      await store.close();
    },
  };
}

/** Records lag by a quarter of a second; when they are stuck, nobody waits longer than this. */
const WAIT_MS_MAX = 2_000;

/** A decision of a moment ago is still on its way into the records: it is waited for once. */
function recordsOf(
  store: RecordStore,
  journal: Journal,
  safe: () => Position,
  clock: Clock,
): Records {
  const projected = async (): Promise<void> => {
    await new Promise<void>((done) => journal.durable(() => done()));
    await store.reached(safe());
  };
  return {
    async byDecision(tenant, decision) {
      const found = await store.requestByDecision(tenant, decision);
      if (found !== undefined) return readRecord(found);
      await Promise.race([
        projected(),
        new Promise<void>((done) => void clock.after(WAIT_MS_MAX, done)),
      ]);
      return readRecord(await store.requestByDecision(tenant, decision));
    },
  };
}

/** Undefined when the journal has let go of it. */
function readRecord(stored: StoredRecord | undefined): Known | undefined {
  if (stored?.recordJson === undefined) return undefined;
  const record = JSON.parse(stored.recordJson) as CallRecord; // our own entry, its digest verified
  return { record, feedback: stored.feedback ?? [] };
}
