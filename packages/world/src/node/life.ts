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
import { type House, identify, type Live, type Slots, type Snapshot } from '@signalbox/engine';
import {
  compile,
  createGateway,
  type Gateway,
  newRunning,
  openLedger,
  queued,
  type Readiness,
  type Running,
  recover,
} from '@signalbox/gateway';
import type { Disk, DurableBatch, Exchange, Journal, Position } from '@signalbox/ports';
import type { Version } from '../facts.ts';
import type { Wrappers } from '../plants/plant.ts';
import type { MortalClock } from '../timeline.ts';

export const JOURNAL_FOLDER = '/data/journal';

/** Who looks over the gateway's shoulder. */
export type Watcher = {
  appended(draft: EntryDraft, health: JournalHealth): void;
  durable(batch: DurableBatch): void;
  /** Nothing after this is dropped from the journal. */
  projected(): Position;
  /** A call begins to wait for a place; told again when the wait is over. */
  waits(): () => void;
};

export type LifeTools = {
  readonly clock: MortalClock;
  readonly random: Random;
  readonly keys: Keys;
  readonly disk: Disk;
  readonly sink: Sink;
  readonly upstream: Upstream;
  readonly secretOf: (reference: SecretReference) => Secret | undefined;
  /** The documents of this moment. */
  readonly version: () => Version;
  readonly watcher: Watcher;
  readonly wrappers: Wrappers;
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
  close(): Promise<void>;
};

export async function openLife(tools: LifeTools): Promise<Life> {
  const { clock, random, keys, watcher, wrappers } = tools;
  const sink = wrappers.sink?.(tools.sink) ?? tools.sink;
  let snapshot = compileNow(tools);
  const { configuration } = tools.version();
  const { journal, live: bare } = await openLedger({
    disk: wrappers.disk?.(tools.disk) ?? tools.disk,
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
  const now = (): Snapshot => snapshot;
  const ports = portsOf(tools, journal, sink);
  const house: House = { now: wrappers.now?.(now, live) ?? now, live, ports };
  await tools.recovered();
  recover(house);
  const running = newRunning();
  const gateway = gatewayOf(house, journal, { ...tools, running });
  return {
    journal,
    live,
    running: () => running.count(),
    handle: (exchange) => gateway.handle(wrappers.exchange?.(exchange) ?? exchange),
    swap() {
      const { name } = tools.version();
      snapshot = compileNow(tools);
      const body = { act: 'configuration-changed', by: 'file', what: name, detail: {} } as const;
      const at = clock.now();
      journal.append({ kind: 'act', at, tenant: undefined, call: undefined, body });
    },
    async close() {
      live.counts.flush();
      await journal.close();
    },
  };
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
  return {
    clock,
    random,
    keys,
    sink,
    store: wrappers.store?.(store) ?? store,
    upstream: wrappers.upstream?.(tools.upstream, { sink }) ?? tools.upstream,
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
  const { slots, budgets } = live.pools;
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
  };
  return { ...live, pools: { budgets, slots: watched } };
}

type Served = LifeTools & { readonly running: Running };

function gatewayOf(house: House, journal: Journal, served: Served): Gateway {
  const { clock, keys, version, running } = served;
  const readiness = (): Readiness => {
    const health = journal.health();
    return health.kind === 'ready'
      ? { mode: 'ready', reasons: [] }
      : { mode: 'unavailable', reasons: [health.reason] };
  };
  return createGateway({
    house,
    running,
    mounted: [],
    pages: {
      queued: queued(clock, () => version().configuration.queue),
      records: { byDecision: async () => undefined },
      readiness,
      metrics: () => '',
      isAdmin: () => false,
      ownerOf: (text, address) => {
        const found = identify(text, address, house.now().tenants, { keys, clock });
        return found.ok ? found.value.key.name : '';
      },
      version: 'world',
    },
  });
}
