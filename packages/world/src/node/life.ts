// One life of the gateway: from its start, over recovery, to its end, which may come at any
// moment. It is composed as the real node is (the same ledger, the same recovery, the same data
// plane), over the ports of the world.
import type {
  EntryDraft,
  JournalHealth,
  Keys,
  Ports,
  Random,
  Secret,
  Sink,
  Store,
  Upstream,
} from '@signalbox/contract';
import type { SecretReference } from '@signalbox/documents';
import type { House, Live, Slots, Snapshot } from '@signalbox/engine';
import {
  compile,
  createGateway,
  type GatewayOptions,
  goOn,
  mayExport,
  newRunning,
  noteBlocked,
  openLedger,
  type Queued,
  queued,
  type Readiness,
  type Running,
  resume,
  whereOf,
} from '@signalbox/gateway';
import {
  beginTrace,
  bordered,
  createSpans,
  type Disk,
  type DurableBatch,
  type Exchange,
  type Journal,
  type OnBlocked,
  openKeptFiles,
  type Position,
  type SpanSettings,
} from '@signalbox/ports';
import type { Version } from '../facts.ts';
import type { Wrappers } from '../plants/plant.ts';
import type { MortalClock } from '../timeline.ts';
import { type Beside, type BesideTools, openBeside } from './beside.ts';
import type { Sealers } from './keyring.ts';

export const JOURNAL_FOLDER = '/data/journal';
export const QUEUE_FOLDER = '/data/queue';

/** Who looks over the gateway's shoulder. */
export type Watcher = {
  appended(draft: EntryDraft, health: JournalHealth): void;
  durable(batch: DurableBatch): void;
  /** Nothing after this is dropped from the journal. */
  projected(): Position;
  /** A call begins to wait for a place; told again when the wait is over. */
  waits(): () => void;
};

/** What leaves, beside the calls, and what is asked of it at the far end. */
export type Border = {
  /** Undefined: what leaves is asked no more, as if the dial function had forgotten it. */
  readonly onBlocked: OnBlocked | undefined;
  readonly collector: Upstream;
  /** Chance for spans alone. */
  readonly random: Random;
  /** Undefined: nothing happens beside the calls. */
  readonly beside: BesideTools | undefined;
};

export type LifeTools = {
  readonly clock: MortalClock;
  readonly random: Random;
  readonly keys: Keys;
  readonly disk: Disk;
  readonly keyring: Sealers;
  readonly sink: Sink;
  readonly upstream: Upstream;
  readonly secretOf: (reference: SecretReference) => Secret | undefined;
  /** The documents of this moment. */
  readonly version: () => Version;
  readonly watcher: Watcher;
  readonly wrappers: Wrappers;
  readonly border: Border;
  /** The journal is read and nothing is appended yet. */
  readonly recovered: () => Promise<void>;
};

export type Life = {
  readonly journal: Journal;
  readonly live: Live;
  /** Calls on the line. */
  running(): number;
  handle(exchange: Exchange): void;
  /** Reads the documents of this moment. */
  swap(): void;
  /** What happens beside the calls begins. */
  begin(): void;
  close(): Promise<void>;
};

export async function openLife(tools: LifeTools): Promise<Life> {
  const { clock, random, keys, watcher, wrappers } = tools;
  const sink = wrappers.sink?.(tools.sink) ?? tools.sink;
  const inForce = documentsOf(tools);
  const { configuration } = tools.version();
  const disk = wrappers.disk?.(tools.disk) ?? tools.disk;
  const { journal, live: bare } = await openLedger({
    disk,
    folder: JOURNAL_FOLDER,
    clock,
    random,
    keys,
    node: configuration.node.name,
    settings: configuration.journal,
    sink,
    onDurable: (batch) => watcher.durable(batch),
    cursors: () => [watcher.projected()],
  });
  const watched = watchedLive(bare, watcher);
  const live = wrappers.live?.(watched) ?? watched;
  const { now } = inForce;
  const ports = portsOf(tools, journal, sink);
  const spans = spansOf(tools, ports, () => house.now());
  const house: House = {
    now: wrappers.now?.(now, live) ?? now,
    live,
    ports: spans?.ports ?? ports,
  };
  await tools.recovered();
  const queue = queued({
    files: await openKeptFiles({ disk, folder: QUEUE_FOLDER }),
    keyring: wrappers.keyring?.(tools.keyring) ?? tools.keyring,
    clock,
    sink,
    limits: () => tools.version().configuration.queue,
    owners: live.queueOwners,
  });
  const waiting = await goOn(queue, house);
  const running = newRunning();
  const trace = spans?.begin;
  const options = gatewayOptions(house, journal, { ...tools, running, queue, trace });
  const gateway = createGateway(options);
  resume(waiting, options);
  const beside = besideOf(tools, ports.store, { house, wrappers, ...inForce });
  const begin = (): void => beside?.begin(tools.version());
  return {
    journal,
    live,
    running: () => running.count(),
    handle: (exchange) => gateway.handle(wrappers.exchange?.(exchange) ?? exchange),
    swap() {
      const { name } = tools.version();
      inForce.read();
      queue.keepOnly(now().tenants.tenants);
      const body = { act: 'configuration-changed', by: 'file', what: name, detail: {} } as const;
      const at = clock.now();
      journal.append({ kind: 'act', at, tenant: undefined, call: undefined, body });
      begin();
    },
    begin,
    async close() {
      beside?.close();
      for (const end of [...live.parking.ends.values()]) end();
      await queue.close();
      live.counts.flush();
      await spans?.close();
      await journal.close();
    },
  };
}

type InForce = {
  readonly now: () => Snapshot;
  readonly compiled: () => Snapshot;
  /** With what was learnt of endpoints. */
  readonly put: (snapshot: Snapshot) => void;
  readonly read: () => void;
};

function documentsOf(tools: LifeTools): InForce {
  let compiled = compileNow(tools);
  let snapshot = compiled;
  return {
    now: () => snapshot,
    compiled: () => compiled,
    put: (learnt) => {
      snapshot = learnt;
    },
    read: () => {
      compiled = compileNow(tools);
      snapshot = compiled;
    },
  };
}

function besideOf(
  tools: LifeTools,
  store: Store,
  around: Parameters<typeof openBeside>[1],
): Beside | undefined {
  const { beside } = tools.border;
  if (beside === undefined) return undefined;
  return openBeside({ ...beside, hooks: asked(tools, beside.hooks, store) }, around);
}

function compileNow({ version, keys, secretOf, clock, wrappers }: LifeTools): Snapshot {
  const { configuration, name } = version();
  const at = clock.now();
  const inputs = { configuration, version: name, keys, secretOf, listed: undefined, at };
  const snapshot = compile(inputs);
  return wrappers.snapshot?.(snapshot) ?? snapshot;
}

function portsOf(tools: LifeTools, journal: Journal, sink: Sink): Ports {
  const { clock, random, keys, watcher, wrappers } = tools;
  const store = watchedStore(journal, watcher);
  const upstream = asked(tools, tools.upstream, store);
  return {
    clock,
    random,
    keys,
    sink,
    store: wrappers.store?.(store) ?? store,
    upstream: wrappers.upstream?.(upstream, { sink }) ?? upstream,
  };
}

/** Asked once more where it leaves, and noted when it is stopped there, as the real node does. */
function asked({ border, clock }: LifeTools, upstream: Upstream, store: Store): Upstream {
  const { onBlocked } = border;
  if (onBlocked === undefined) return upstream;
  const note = noteBlocked(store, clock);
  return bordered(upstream, (blocked, request) => {
    onBlocked(blocked, request);
    note(blocked, request);
  });
}

type Spans = {
  readonly ports: Ports;
  readonly begin: NonNullable<GatewayOptions['trace']>;
  close(): Promise<void>;
};

const CLOSE_MS_MAX = 2_000;

/** Undefined: the documents name no collector. */
function spansOf(tools: LifeTools, ports: Ports, now: () => Snapshot): Spans | undefined {
  const { clock, border, wrappers } = tools;
  const { telemetry, node } = tools.version().configuration;
  if (telemetry.otlp === undefined) return undefined;
  const url = new URL(telemetry.otlp.url);
  const mayGo: SpanSettings['mayGo'] = (record) => mayExport(record, url, now());
  const spans = createSpans({
    ...{ clock, sink: ports.sink, path: '/v1/traces', headers: [], credential: undefined },
    upstream: asked(tools, border.collector, ports.store),
    facts: { version: 'world', node: node.name, whereOf: (name) => whereOf(now(), name) },
    mayGo: wrappers.mayGo?.(mayGo) ?? mayGo,
  });
  const { random } = border;
  return {
    ports: { ...ports, sink: { ...ports.sink, spans: (...ended) => spans.add(...ended) } },
    begin: (traceparent) => beginTrace(traceparent, 1, { clock, random }),
    close: () => spans.close(CLOSE_MS_MAX),
  };
}

function watchedStore(journal: Journal, watcher: Watcher): Store {
  return {
    append(draft) {
      watcher.appended(draft, journal.health());
      journal.append(draft);
    },
    durable: (then) => journal.durable(then),
    health: () => journal.health(),
    recover: (each) => journal.recover(each),
  };
}

function watchedLive(live: Live, watcher: Watcher): Live {
  const { slots, budgets, rates } = live.pools;
  const watched: Slots = {
    isFree: (name, max) => slots.isFree(name, max),
    take: (name, max) => slots.take(name, max),
    give: (name) => slots.give(name),
    wait(wish) {
      const over = watcher.waits();
      const stop = slots.wait({
        ...wish,
        tryTake() {
          const took = wish.tryTake();
          if (took) over();
          return took;
        },
        over() {
          over();
          wish.over();
        },
      });
      if (stop === undefined) over();
      return stop;
    },
    inFlight: (name) => slots.inFlight(name),
    total: () => slots.total(),
    waiting: () => slots.waiting(),
  };
  return { ...live, pools: { budgets, slots: watched, rates } };
}

type Served = LifeTools & {
  readonly running: Running;
  readonly queue: Queued;
  readonly trace: GatewayOptions['trace'];
};

function gatewayOptions(house: House, journal: Journal, served: Served): GatewayOptions {
  const { running, queue, trace } = served;
  const readiness = (): Readiness => {
    const health = journal.health();
    return health.kind === 'ready'
      ? { mode: 'ready', reasons: [] }
      : { mode: 'unavailable', reasons: [health.reason] };
  };
  return {
    house,
    running,
    trace,
    mounted: [],
    pages: {
      queued: queue,
      records: { byDecision: async () => undefined },
      readiness,
      metrics: () => '',
      isAdmin: () => false,
      version: 'world',
    },
  };
}
