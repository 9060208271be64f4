// One gateway, composed: ports, journal, records, documents, line and listener. Whoever starts a
// gateway (the container, the command line, a test) brings the configuration and a data folder;
// everything that touches the world is opened here, in order, and closed in the opposite one.
import type { ActBody, Clock, FaultCode, Keys, Ports, RequestId } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import {
  type Examination,
  type House,
  LEVEL_MAX,
  type Live,
  Rounds,
  unconnectedWords,
} from '@signalbox/engine';
import {
  createUpstream,
  type Journal,
  type Listening,
  type Lookup,
  listen,
  type OnBlocked,
  type OpenUpstream,
  type Proxies,
  proxiesFrom,
  type RecordStore,
} from '@signalbox/ports';
import { openCertificate, type Shown } from './certificate.ts';
import { type EventsDesk, openEvents } from './events/open.ts';
import { createGateway, type GatewayOptions, type Mounted, resume } from './gateway.ts';
import { type InForce, openInForce } from './in-force.ts';
import { watchLoad } from './load-watch.ts';
import { listenForMetrics } from './metrics-port.ts';
import type { Readiness } from './page.ts';
import { type Queued, queued, type Waiting } from './queued.ts';
import { rawRefusal } from './raw.ts';
import { recover } from './recover.ts';
import { newRunning, type Running } from './running.ts';
import { openStorage, type Storage, type StorageOptions } from './storage.ts';
import { openTracing, type Tracing } from './tracing.ts';

export type NodeOptions = StorageOptions & {
  readonly version: string;
  /** Digest of the texts of the configuration. */
  readonly digest: string;
  /** For `env:` secrets and for the commands of `exec:`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves names of upstreams; the system's resolver unless a test says otherwise. */
  readonly lookup?: Lookup;
  /** Where relative paths of `file:` secrets start. */
  readonly folder: string;
  readonly isAdmin: (keyText: string | undefined) => boolean;
  /** Asked in turn for paths that are not the data plane's; made when the rest is up. */
  readonly mounted: (node: NodeParts) => readonly Mounted[];
};

export type NodeParts = {
  readonly house: House;
  readonly store: RecordStore;
  readonly journal: Journal;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly readiness: () => Readiness;
  /** Asks an endpoint now, and says line by line what holds and what does not. */
  readonly examine: (endpoint: string) => Promise<Examination>;
  /** An operator's word about the level of degradation; undefined: what is measured holds. */
  readonly degrade: (level: number | undefined) => void;
  /** What became of the registry, and whom it was told. */
  readonly events: EventsDesk;
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

export async function openNode(options: NodeOptions): Promise<GatewayNode> {
  const { clock, keys, telemetry: sink } = options;
  const proxies = readProxies(options);
  const shown = await openCertificate(options);
  const inForce = await openInForce(options);
  const state: State = { draining: false, trouble: undefined, queue: options.configuration.queue };
  const storage = await openStorage(options);
  const { journal, store, live } = storage;
  const upstream = openUpstream(options, journal, proxies);
  const tracing = await openTracing(options, upstream, inForce.now);
  const ports = portsOf(options, { journal, upstream, tracing });
  const house: House = { now: inForce.now, live, ports };
  const queue = openQueue(options, storage, state);
  const waiting = await goOn(queue, house);
  const rounds = new Rounds(house, () => inForce.learn(live));
  const readiness = (): Readiness =>
    readinessOf({ ...state, shown, inForce }, { storage, house, queue });
  const examine: NodeParts['examine'] = (name) => rounds.examine(name);
  const { degrade, watch: watchingLoad } = watchLoad(house, sink);
  const news = openEvents(options, { upstream, journal, now: inForce.now });
  const asked = { readiness, examine, degrade, events: news.desk };
  const parts: NodeParts = { house, store, journal, keys, clock, ...asked };
  const running = newRunning();
  const gateway = gatewayOf(options, parts, { storage, running, tracing, queue });
  const close = async (): Promise<void> => {
    news.close();
    upstream.close();
    await storage.close();
  };
  const { listening, scraped } = await openListeners(options, gateway, { shown, close });
  const watches = [shown?.watch(listening), watchingLoad(), inForce.watch(live)];
  rounds.begin();
  resume(waiting, gateway);
  await news.publish(options.configuration, options.digest);
  return {
    ...parts,
    listening,
    async swap(configuration, digest) {
      await Promise.all([inForce.swap(configuration, digest), storage.swap(configuration)]);
      // What began now, nobody would end.
      if (state.draining) return;
      rounds.begin();
      inForce.learn(live);
      state.queue = configuration.queue;
      queue.keepOnly(inForce.now().tenants.tenants);
      await shown?.renew(listening);
      act(journal, clock, { act: 'configuration-changed', by: 'file', what: digest, detail: {} });
      await news.publish(configuration, digest);
    },
    troubled(reason) {
      state.trouble = reason;
    },
    async stop() {
      state.draining = true;
      beginNothing(watches, rounds, live);
      await closeListeners(options, { listening, scraped });
      // Who waits for a route on disk waits on, for the next start.
      for (const end of [...live.parking.ends.values()]) end();
      await settledOrLate(Promise.all([running.idle(), live.audits.end()]), clock);
      await queue.close();
      live.counts.flush();
      await tracing?.close(journal);
      await close();
      sink.log('info', 'stopped', { callsCutOff: running.cutOff() + running.count() });
    },
  };
}

type Outward = {
  readonly journal: Journal;
  readonly upstream: OpenUpstream;
  readonly tracing: Tracing | undefined;
};

function portsOf(
  { clock, random, keys, telemetry: sink }: NodeOptions,
  { journal, upstream, tracing }: Outward,
): Ports {
  const told = tracing === undefined ? sink : { ...sink, spans: tracing.spans };
  return { clock, random, upstream, store: journal, keys, sink: told };
}

/** What a node does of its own accord ends before what it is asked to do. */
function beginNothing(
  watches: readonly ((() => void) | undefined)[],
  rounds: Rounds,
  { audits }: Live,
): void {
  for (const unwatch of watches) unwatch?.();
  rounds.stop();
  audits.close();
}

/** After the last connection has closed, calls that it ended still write their records. */
const SETTLE_MS_MAX = 2_000;

async function settledOrLate(idle: Promise<unknown>, clock: Clock): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((done) => {
    cancel = clock.after(SETTLE_MS_MAX, done);
  });
  await Promise.race([idle, late]);
  cancel();
}

type State = {
  draining: boolean;
  trouble: string | undefined;
  queue: Configuration['queue'];
};

function openQueue(
  { clock, data, telemetry: sink }: NodeOptions,
  { keptFiles: files, live }: Storage,
  state: State,
): Queued {
  const { queueOwners: owners } = live;
  return queued({ files, keyring: data.keyring, clock, sink, limits: () => state.queue, owners });
}

/** Calls that wait on disk go on; what else was held when the node died is charged. */
export async function goOn(queue: Queued, house: House): Promise<readonly Waiting[]> {
  const { budgets } = house.live.pools;
  const isHeld = (call: RequestId): boolean => budgets.holdOf(call) !== undefined;
  const waiting = await queue.restore(isHeld, house.now().tenants.tenants);
  recover(house, new Set(waiting.map(({ opened }) => opened.kept.request)));
  return waiting;
}

/** Throws when the environment names one that cannot be used. */
function readProxies({ environment, telemetry }: NodeOptions): Proxies | undefined {
  const proxies = proxiesFrom(environment);
  for (const proxy of [proxies?.https, proxies?.http]) {
    if (proxy === undefined) continue;
    const { variable, host, port, authorization } = proxy;
    if (authorization !== undefined) telemetry.guard(authorization);
    telemetry.log('info', 'proxy', { variable, host, port });
  }
  return proxies;
}

function openUpstream(
  { clock, lookup }: NodeOptions,
  journal: Journal,
  proxies: Proxies | undefined,
): OpenUpstream {
  return createUpstream({
    clock,
    proxies,
    ...(lookup === undefined ? {} : { lookup }),
    onBlocked: noteBlocked(journal, clock),
  });
}

/** What was stopped at the border stands in the journal. */
export const noteBlocked =
  (journal: Pick<Journal, 'append'>, clock: Clock): OnBlocked =>
  ({ kind, place, reason }) => {
    const detail = { kind, reason };
    act(journal, clock, { act: 'egress-blocked', by: 'dial', what: place, detail });
  };

function act(journal: Pick<Journal, 'append'>, clock: Clock, body: ActBody): void {
  journal.append({ kind: 'act', at: clock.now(), tenant: undefined, call: undefined, body });
}

type Served = {
  readonly storage: Storage;
  readonly running: Running;
  readonly tracing: Tracing | undefined;
  readonly queue: Queued;
};

type Listeners = { readonly listening: Listening; readonly scraped: Listening | undefined };

async function openListeners(
  options: NodeOptions,
  gateway: GatewayOptions,
  { shown, close }: Opened,
): Promise<Listeners> {
  let listening: Listening | undefined;
  try {
    listening = await listenFor(options, gateway, shown);
    return { listening, scraped: await listenForMetrics(options) };
  } catch (cause) {
    await listening?.close(0);
    await close();
    throw cause;
  }
}

async function closeListeners(
  { clock, configuration }: NodeOptions,
  { listening, scraped }: Listeners,
): Promise<void> {
  const { drainDelayMs, drainMsMax } = configuration.server;
  await new Promise<void>((done) => void clock.after(drainDelayMs, done));
  await listening.close(drainMsMax);
  await scraped?.close(0);
}

/** What is closed again where nobody can listen. */
type Opened = {
  readonly shown: Shown | undefined;
  readonly close: () => Promise<void>;
};

function gatewayOf(
  options: NodeOptions,
  parts: NodeParts,
  { storage, running, tracing, queue }: Served,
): GatewayOptions {
  return {
    house: parts.house,
    mounted: options.mounted(parts),
    running,
    trace: tracing?.begin,
    pages: {
      queued: queue,
      records: storage.records,
      readiness: parts.readiness,
      metrics: () => options.telemetry.metricsText(),
      isAdmin: options.isAdmin,
      version: options.version,
    },
  };
}

function listenFor(
  options: NodeOptions,
  of: GatewayOptions,
  shown: Shown | undefined,
): Promise<Listening> {
  const { configuration, clock, random } = options;
  const gateway = createGateway(of);
  const { server } = configuration;
  return listen({
    host: server.host,
    port: server.port,
    settings: { connectionsMax: server.connectionsMax, headMs: server.headersMsMax },
    certificate: shown?.certificate,
    handler: (exchange) => gateway.handle(exchange),
    refuse: (problem, why, target) => rawRefusal(problem, { why, target }, { clock, random }),
  });
}

type Told = State & { readonly shown: Shown | undefined; readonly inForce: InForce };
type Asked = { readonly storage: Storage; readonly house: House; readonly queue: Queued };

function readinessOf(
  { draining, trouble, shown, inForce }: Told,
  { storage, house, queue }: Asked,
): Readiness {
  const { journal, store } = storage;
  const health = journal.health();
  const records = store.health();
  const reasons: string[] = [];
  if (health.kind === 'unavailable') reasons.push(`journal: ${health.reason}: ${health.detail}`);
  if (trouble !== undefined) reasons.push(`configuration: ${trouble}; the one before it goes on`);
  const untrusted = shown?.trouble();
  if (untrusted !== undefined) {
    reasons.push(`server.tls: ${untrusted}; the certificate before it goes on`);
  }
  reasons.push(...inForce.troubles());
  if (records.kind === 'stuck') reasons.push(`records: ${records.detail}`);
  const { level, because } = house.live.degradation;
  if (level > 0) reasons.push(`degradation: level ${level} of ${LEVEL_MAX}, ${because}`);
  reasons.push(...queue.problems(), ...endpointReasons(house));
  if (draining) return { mode: 'draining', reasons: ['the server is about to stop', ...reasons] };
  if (health.kind === 'unavailable') return { mode: 'unavailable', reasons };
  return { mode: reasons.length === 0 ? 'ready' : 'degraded', reasons };
}

/**
 * Endpoints that are switched on and cannot be used now: their calls go elsewhere, or wait. Not
 * those of a single tenant: everybody may read this.
 */
function endpointReasons({ now, live }: House): readonly string[] {
  const reasons: string[] = [];
  const { endpoints, offerings } = now().catalog;
  for (const endpoint of endpoints.values()) {
    if (!endpoint.enabled || endpoint.quarantined || endpoint.tenant !== undefined) continue;
    const why = endpoint.unavailable ?? downWords(live.order.downBy(endpoint));
    if (why !== undefined) reasons.push(`${endpoint.name}: ${why}`);
  }
  for (const offering of offerings) {
    const { endpoint, upstream } = offering;
    if (!endpoint.enabled || endpoint.quarantined) continue;
    if (live.order.why(offering) === 'tripped') {
      reasons.push(`${endpoint.name}: ${upstream} failed too often lately`);
    }
  }
  return reasons.slice(0, ENDPOINT_REASONS_MAX);
}

function downWords(met: FaultCode | undefined): string | undefined {
  const words = met === undefined ? undefined : unconnectedWords(met);
  return words === undefined ? undefined : `${words.says}; ${words.hint}`;
}

const ENDPOINT_REASONS_MAX = 20;
