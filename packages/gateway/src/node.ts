// One gateway, composed: ports, journal, records, documents, line and listener. Whoever starts a
// gateway (the container, the command line, a test) brings the configuration and a data folder;
// everything that touches the world is opened here, in order, and closed in the opposite one.
import type { ActBody, CallRecord, Clock, Keys, Ports, Secret } from '@signalbox/contract';
import type { Configuration, SecretReference } from '@signalbox/documents';
import { loadSnapshot } from '@signalbox/documents';
import { createLive, type House, identify, restore, type Snapshot } from '@signalbox/engine';
import {
  createClock,
  createUpstream,
  type Journal,
  type Listening,
  listen,
  nodeDisk,
  openJournal,
  openStore,
  type Position,
  type RecordStore,
} from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { compile } from './compile.ts';
import type { Records } from './decision.ts';
import { createGateway, type Mounted } from './gateway.ts';
import type { Readiness } from './pages.ts';
import { queued } from './queued.ts';
import { rawRefusal } from './raw.ts';
import { recover } from './recover.ts';
import { createRandom, createSink, readSecret } from './shim.ts';

export type NodeOptions = {
  readonly version: string;
  readonly configuration: Configuration;
  /** Digest of the texts of the configuration. */
  readonly digest: string;
  /** An opened data folder. */
  readonly folder: string;
  readonly pepper: Uint8Array;
  readonly isAdmin: (keyText: string | undefined) => boolean;
  /** Asked in turn for paths that are not the data plane's; made when the node is up. */
  readonly mounted: (node: NodeParts) => readonly Mounted[];
};

export type NodeParts = {
  readonly house: House;
  readonly store: RecordStore;
  readonly journal: Journal;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly readiness: () => Readiness;
};

export type GatewayNode = NodeParts & {
  readonly listening: Listening;
  /** Swaps the documents; calls under way go on with the old ones. */
  swap(configuration: Configuration, digest: string): Promise<void>;
  /** A configuration on disk that cannot be used: the old one goes on, `/readyz` says so. */
  troubled(reason: string | undefined): void;
  /** Says `draining`, waits, closes the listener, lets streams end, then closes the rest. */
  stop(): Promise<void>;
};

const REQUESTS_KEPT_MAX = 1_000_000;

export async function openNode(options: NodeOptions): Promise<GatewayNode> {
  const { configuration } = options;
  const clock = createClock();
  const random = createRandom();
  const keys = nodeKeys(options.pepper);
  const telemetry = createSink();
  const { sink } = telemetry;
  const disk = nodeDisk();
  const journalFolder = `${options.folder}/journal`;
  let checkpoint = (): ReturnType<House['live']['pools']['budgets']['checkpoint']> => ({
    openHolds: [],
    balances: [],
  });
  let store: RecordStore | undefined;
  let durableEnd: Position = { segment: 0, offset: 0 };
  const journal = await openJournal({
    disk,
    folder: journalFolder,
    clock,
    random,
    keys,
    node: configuration.node.name,
    settings: configuration.journal,
    sink,
    checkpoint: () => checkpoint(),
    onDurable: (batch) => {
      durableEnd = batch.end;
      store?.advance(batch.end);
    },
    cursors: () => (store === undefined ? [] : [store.position()]),
  });
  store = await openStore({
    path: `${options.folder}/records.sqlite`,
    journalFolder,
    clock,
    sink,
    keep: { days: configuration.journal.keepDays, requests: REQUESTS_KEPT_MAX },
  });
  const live = createLive(clock, journal);
  await journal.recover((entry) => restore(live, entry));
  checkpoint = () => live.pools.budgets.checkpoint();
  const upstream = createUpstream({
    clock,
    onBlocked: (blocked) => {
      const body: ActBody = {
        act: 'egress-blocked',
        by: 'dial',
        what: blocked.place,
        detail: { reason: blocked.reason },
      };
      journal.append({ kind: 'act', at: clock.now(), tenant: undefined, call: undefined, body });
    },
  });
  const ports: Ports = { clock, random, upstream, store: journal, keys, sink };
  const listed = await loadSnapshot();
  const compileNow = async (documents: Configuration, digest: string): Promise<Snapshot> =>
    compile({
      configuration: documents,
      version: digest,
      keys,
      secretOf: await readSecrets(documents, options.folder),
      listed: listed.ok ? listed.value : undefined,
      at: clock.now(),
    });
  let snapshot = await compileNow(configuration, options.digest);
  const house: House = { now: () => snapshot, live, ports };
  recover(house);
  let draining = false;
  let trouble: string | undefined;
  const readiness = (): Readiness =>
    readinessOf({ draining, trouble, journal, store: store as RecordStore });
  const parts: NodeParts = { house, store, journal, keys, clock, readiness };
  const gateway = createGateway({
    house,
    mounted: options.mounted(parts),
    pages: {
      queued: queued(clock, () => configuration.queue),
      records: recordsOf(store, journal, () => durableEnd),
      readiness,
      metrics: telemetry.metrics,
      isAdmin: options.isAdmin,
      ownerOf: (text) => {
        const found = identify(text, '', snapshot.tenants, { keys, clock });
        return found.ok ? found.value.key.name : '';
      },
      version: options.version,
    },
  });
  const { server } = configuration;
  const listening = await listen({
    host: server.host,
    port: server.port,
    settings: { connectionsMax: server.connectionsMax, headMs: server.headersMsMax },
    handler: (exchange) => gateway.handle(exchange),
    refuse: (problem, why) => rawRefusal(problem, why, { clock, random }),
  });
  return {
    ...parts,
    listening,
    async swap(documents, digest) {
      snapshot = await compileNow(documents, digest);
      const body: ActBody = { act: 'configuration-changed', by: 'file', what: digest, detail: {} };
      journal.append({ kind: 'act', at: clock.now(), tenant: undefined, call: undefined, body });
    },
    troubled(reason) {
      trouble = reason;
    },
    async stop() {
      draining = true;
      await new Promise<void>((done) => void clock.after(server.drainDelayMs, done));
      await listening.close(server.drainMsMax);
      live.counts.flush();
      upstream.close();
      await journal.close();
      await store?.close();
      await telemetry.close();
    },
  };
}

type ReadinessFacts = {
  readonly draining: boolean;
  readonly trouble: string | undefined;
  readonly journal: Journal;
  readonly store: RecordStore;
};

function readinessOf({ draining, trouble, journal, store }: ReadinessFacts): Readiness {
  const health = journal.health();
  const records = store.health();
  const reasons: string[] = [];
  if (health.kind === 'unavailable') reasons.push(`journal: ${health.reason}: ${health.detail}`);
  if (trouble !== undefined) reasons.push(`configuration: ${trouble}; the one before it goes on`);
  if (records.kind === 'stuck') reasons.push(`records: ${records.detail}`);
  if (draining) return { mode: 'draining', reasons: ['the server is about to stop', ...reasons] };
  if (health.kind === 'unavailable') return { mode: 'unavailable', reasons };
  return { mode: reasons.length === 0 ? 'ready' : 'degraded', reasons };
}

/** A decision of a moment ago is still on its way into the records: it is waited for once. */
function recordsOf(store: RecordStore, journal: Journal, safe: () => Position): Records {
  return {
    async byDecision(tenant, decision) {
      const found = await store.requestByDecision(tenant, decision);
      if (found !== undefined) return readRecord(found.recordJson);
      await new Promise<void>((done) => journal.durable(() => done()));
      await store.reached(safe());
      const again = await store.requestByDecision(tenant, decision);
      return again === undefined ? undefined : readRecord(again.recordJson);
    },
  };
}

/** Undefined when the journal has let go of it. */
function readRecord(json: string | undefined): CallRecord | undefined {
  if (json === undefined) return undefined;
  return JSON.parse(json) as CallRecord; // our own entry, its digest verified
}

async function readSecrets(
  configuration: Configuration,
  folder: string,
): Promise<(reference: SecretReference) => Secret | undefined> {
  const read = new Map<string, Secret | undefined>();
  const nameOf = ({ kind, value }: SecretReference): string => `${kind}:${value}`;
  const references: SecretReference[] = [];
  for (const endpoint of configuration.endpoints.values()) {
    for (const credential of endpoint.credentials) references.push(credential.secret);
  }
  for (const key of configuration.keys.values())
    if (key.secret !== undefined) references.push(key.secret);
  for (const reference of references) {
    const name = nameOf(reference);
    if (!read.has(name)) read.set(name, await readSecret(reference, folder));
  }
  return (reference) => read.get(nameOf(reference));
}
