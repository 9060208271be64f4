// One gateway, composed: ports, journal, records, documents, line and listener. Whoever starts a
// gateway (the container, the command line, a test) brings the configuration and a data folder;
// everything that touches the world is opened here, in order, and closed in the opposite one.
import type { ActBody, Clock, Keys, Ports } from '@signalbox/contract';
import { type Configuration, loadSnapshot, type PriceSnapshot } from '@signalbox/documents';
import {
  type Examination,
  type House,
  identify,
  learned,
  Rounds,
  type Snapshot,
} from '@signalbox/engine';
import {
  createUpstream,
  type Journal,
  type Listening,
  type Lookup,
  listen,
  type OpenUpstream,
  type Proxies,
  proxiesFrom,
  type RecordStore,
} from '@signalbox/ports';
import { openCertificate, type Shown } from './certificate.ts';
import { compile } from './compile.ts';
import { createGateway, type Mounted } from './gateway.ts';
import { listenForMetrics } from './metrics-port.ts';
import type { Readiness } from './page.ts';
import { queued } from './queued.ts';
import { rawRefusal } from './raw.ts';
import { recover } from './recover.ts';
import { newRunning, type Running } from './running.ts';
import { readSecrets } from './secrets.ts';
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
  const { clock, random, keys, telemetry: sink } = options;
  const proxies = readProxies(options);
  const shown = await openCertificate(options);
  const listed = await loadSnapshot();
  const prices = listed.ok ? listed.value : undefined;
  /** As the documents alone say. */
  let compiled = await compileNow(options.configuration, options.digest, options, prices);
  let snapshot = compiled;
  const storage = await openStorage(options);
  const { journal, store, live } = storage;
  const upstream = openUpstream(options, journal, proxies);
  const tracing = await openTracing(options, upstream, () => snapshot);
  const ports: Ports = {
    ...{ clock, random, upstream, store: journal, keys },
    sink: tracing === undefined ? sink : { ...sink, spans: tracing.spans },
  };
  const house: House = { now: () => snapshot, live, ports };
  recover(house);
  const rounds = new Rounds(house, () => {
    snapshot = learned(compiled, live);
  });
  const state: State = { draining: false, trouble: undefined };
  const readiness = (): Readiness => readinessOf({ ...state, shown }, storage, house);
  const examine: NodeParts['examine'] = (name) => rounds.examine(name);
  const parts: NodeParts = { house, store, journal, keys, clock, readiness, examine };
  const running = newRunning();
  const served = openListeners(options, parts, { storage, running, tracing, shown });
  const { listening, scraped } = await served.catch(async (cause: unknown) => {
    upstream.close();
    await storage.close();
    throw cause;
  });
  const unwatch = shown?.watch(listening);
  rounds.begin();
  return {
    ...parts,
    listening,
    async swap(configuration, digest) {
      compiled = await compileNow(configuration, digest, options, prices);
      snapshot = compiled;
      rounds.begin();
      snapshot = learned(compiled, live);
      await shown?.renew(listening);
      act(journal, clock, { act: 'configuration-changed', by: 'file', what: digest, detail: {} });
    },
    troubled(reason) {
      state.trouble = reason;
    },
    async stop() {
      const { drainDelayMs, drainMsMax } = options.configuration.server;
      state.draining = true;
      unwatch?.();
      rounds.stop();
      await new Promise<void>((done) => void clock.after(drainDelayMs, done));
      await listening.close(drainMsMax);
      await scraped?.close(0);
      // Who waits for a route without a connection is refused, and holds no money over the stop.
      for (const end of [...live.parking.ends.values()]) end();
      const late = new Promise<void>((done) => void clock.after(SETTLE_MS_MAX, done));
      await Promise.race([running.idle(), late]);
      live.counts.flush();
      await tracing?.close(journal);
      upstream.close();
      await storage.close();
      sink.log('info', 'stopped', { callsCutOff: running.count() });
    },
  };
}

/** After the last connection has closed, calls that it ended still write their records. */
const SETTLE_MS_MAX = 2_000;

type State = { draining: boolean; trouble: string | undefined };

async function compileNow(
  configuration: Configuration,
  version: string,
  options: NodeOptions,
  listed: PriceSnapshot | undefined,
): Promise<Snapshot> {
  const secretOf = await readSecrets(configuration, options);
  const { keys, clock } = options;
  return compile({ configuration, version, keys, secretOf, listed, at: clock.now() });
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
    onBlocked: ({ kind, place, reason }) => {
      const detail = { kind, reason };
      act(journal, clock, { act: 'egress-blocked', by: 'dial', what: place, detail });
    },
  });
}

function act(journal: Journal, clock: Clock, body: ActBody): void {
  journal.append({ kind: 'act', at: clock.now(), tenant: undefined, call: undefined, body });
}

type Served = {
  readonly storage: Storage;
  readonly running: Running;
  readonly tracing: Tracing | undefined;
  readonly shown: Shown | undefined;
};

type Listeners = { readonly listening: Listening; readonly scraped: Listening | undefined };

async function openListeners(
  options: NodeOptions,
  parts: NodeParts,
  served: Served,
): Promise<Listeners> {
  const listening = await listenFor(options, parts, served);
  try {
    return { listening, scraped: await listenForMetrics(options) };
  } catch (cause) {
    await listening.close(0);
    throw cause;
  }
}

function listenFor(
  options: NodeOptions,
  parts: NodeParts,
  { storage, running, tracing, shown }: Served,
): Promise<Listening> {
  const { configuration, clock, random, keys, telemetry } = options;
  const { house } = parts;
  const gateway = createGateway({
    house,
    mounted: options.mounted(parts),
    running,
    trace: tracing?.begin,
    pages: {
      queued: queued(clock, () => configuration.queue),
      records: storage.records,
      readiness: parts.readiness,
      metrics: () => telemetry.metricsText(),
      isAdmin: options.isAdmin,
      ownerOf: (text, address) => {
        const found = identify(text, address, house.now().tenants, { keys, clock });
        return found.ok ? found.value.key.name : '';
      },
      version: options.version,
    },
  });
  const { server } = configuration;
  return listen({
    host: server.host,
    port: server.port,
    settings: { connectionsMax: server.connectionsMax, headMs: server.headersMsMax },
    certificate: shown?.certificate,
    handler: (exchange) => gateway.handle(exchange),
    refuse: (problem, why) => rawRefusal(problem, why, { clock, random }),
  });
}

function readinessOf(
  { draining, trouble, shown }: State & { readonly shown: Shown | undefined },
  { journal, store }: Storage,
  house: House,
): Readiness {
  const health = journal.health();
  const records = store.health();
  const reasons: string[] = [];
  if (health.kind === 'unavailable') reasons.push(`journal: ${health.reason}: ${health.detail}`);
  if (trouble !== undefined) reasons.push(`configuration: ${trouble}; the one before it goes on`);
  const untrusted = shown?.trouble();
  if (untrusted !== undefined) {
    reasons.push(`server.tls: ${untrusted}; the certificate before it goes on`);
  }
  if (records.kind === 'stuck') reasons.push(`records: ${records.detail}`);
  reasons.push(...endpointReasons(house));
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
    if (endpoint.unavailable !== undefined)
      reasons.push(`${endpoint.name}: ${endpoint.unavailable}`);
    else if (live.order.isDown(endpoint)) reasons.push(`${endpoint.name}: refuses connections`);
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

const ENDPOINT_REASONS_MAX = 20;
