// Gateway, control plane and the console's files in one process: what `signalbox up` runs, and what
// a test or another program opens by itself.
//
// Everything is opened in order and closed in the opposite one. What fails on the way closes what
// was open. The documents may change while it serves; host, port, journal and node stay those of
// the start.
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Problem, Settings } from '@signalbox/config';
import { readConsole } from '@signalbox/console';
import { assert, type Clock, higherLabel, type Random, Secret } from '@signalbox/contract';
import {
  type BroughtDesk,
  type Control,
  contractsOf,
  createControl,
  type Deed,
  type DocumentsDesk,
  endpointStatuses,
  type Lowered,
  type Lowering,
  modelFacts,
  type RegistryStatus,
  registryOf,
  type StatusDocument,
  type TextsDesk,
} from '@signalbox/control';
import { type Configuration, providerOfHost } from '@signalbox/documents';
import { sessionIdOf } from '@signalbox/engine';
import { type GatewayNode, loadLists, type NodeParts, openNode } from '@signalbox/gateway';
import {
  createClock,
  createRandom,
  createSink,
  type DataFolder,
  type Lookup,
  type OpenSink,
  openDataFolder,
  watchFiles,
} from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { ADDED, DEMO } from '../configuration/additions.ts';
import { CONSOLE_FILE, OPERATOR_FILE, patternsOf } from '../configuration/gather.ts';
import { forgetRunning, writeRunning } from '../running.ts';
import { VERSION } from '../version.ts';
import { adminKeyHolds, checkBinding } from './admin.ts';
import { openBrought } from './brought.ts';
import { Closing } from './closing.ts';
import { openDesk } from './desk.ts';
import { Documents, firstInForce } from './documents.ts';
import { type EmbeddedModels, embeddedModels } from './embedded.ts';
import { firstCall, keyHeaderFromFile } from './first-call.ts';
import type { Exchanges } from './give-back.ts';
import { openLogFile } from './log-file.ts';
import { type Bound, originsOf } from './origins.ts';
import { openPolicies, type Policies } from './policies.ts';
import { openReader, type Reader } from './reader.ts';
import { openRehearsal } from './rehearsal.ts';
import { openRouters, type ServedRouters } from './routers.ts';
import { statusOf } from './status.ts';
import { keyOf } from './tenant-key.ts';
import { openTexts } from './texts.ts';

export type Role = 'all' | 'gateway';

export type ServerOptions = {
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By name, those that set a value of the configuration. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly folder: string;
  /** `gateway`: without the admin API and the console. */
  readonly role: Role;
  /** Whether model servers and provider keys that nobody named are looked for. */
  readonly discovers: boolean;
  /** Resolves names of upstreams; the system's resolver unless a test says otherwise. */
  readonly lookup?: Lookup;
};

export type Server = {
  /** Without a path. */
  readonly url: string;
  /** Opens the console once; undefined where there is none. */
  readonly loginLink: () => string | undefined;
  /** The key for the first call, and whose it is; undefined where the documents name others. */
  readonly demo: { readonly key: Secret; readonly tenant: string } | undefined;
  readonly logPath: string;
  readonly status: () => StatusDocument;
  readonly documents: Documents;
  readonly sink: OpenSink;
  /** Since it listens, and those that are not over. */
  readonly exchanges: () => Exchanges;
  /** Reads all files and secrets again; returns what is wrong with them. */
  reload(): Promise<readonly Problem[]>;
  /** Drains and closes. */
  stop(): Promise<void>;
};

export async function openServer(options: ServerOptions): Promise<Server> {
  const closing = new Closing();
  try {
    return await open(options, closing);
  } catch (cause) {
    await closing.close().catch(() => {});
    throw cause;
  }
}

type Ground = {
  readonly options: ServerOptions;
  readonly patterns: readonly string[];
  readonly startedAt: number;
  readonly data: DataFolder;
  readonly logPath: string;
  readonly sink: OpenSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly documents: Documents;
  readonly reader: Reader;
  readonly policies: Policies;
  readonly embedded: EmbeddedModels;
  /** What secrets are read from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

async function open(options: ServerOptions, closing: Closing): Promise<Server> {
  const ground = await openGround(options, closing);
  const { documents, data, sink, logPath } = ground;
  const { node, control, routers } = await openGateway(ground);
  closing.add(() => node.stop());
  closing.add(() => control?.drain());
  serveChanges(ground, node);
  closing.add(await routers.serve());
  await documents.alone(() => ground.policies.keep());
  closing.add(watch(ground));
  const url = originsOf(boundOf(node), undefined)[0] ?? '';
  await writeRunning(data.path, { pid: process.pid, url });
  closing.add(() => forgetRunning(data.path));
  logNotes(ground);
  sink.log('info', 'started', { url, version: VERSION, snapshot: documents.inForce.digest });
  return {
    url,
    loginLink: () => control?.loginLink(),
    demo: demoOf(ground),
    logPath,
    status: () => statusNow(ground, node, url),
    documents,
    sink,
    exchanges: () => node.listening.exchanges(),
    reload() {
      ground.reader.forgetServers();
      return documents.reload(true);
    },
    stop: () => closing.close(),
  };
}

/** All that stands before the first byte is taken: data folder, documents, log, local models. */
async function openGround(options: ServerOptions, closing: Closing): Promise<Ground> {
  const { settings, folder } = options;
  const clock = createClock();
  const random = createRandom();
  const startedAt = clock.now();
  const program = `signalbox ${VERSION}`;
  const path = resolve(folder, settings.dataFolder);
  const kek = options.environment['SIGNALBOX_KEK'];
  const data = await openDataFolder({ path, random, program, kek });
  const patterns = patternsOf(settings.configFiles, folder);
  const reader = openReader({ ...options, patterns, clock, dataFolder: data.path });
  closing.add(() => reader.close());
  const documents = new Documents(firstInForce(await reader.read(), startedAt));
  const { configuration } = documents.inForce;
  const advice = checkBinding(configuration, options.environment['SIGNALBOX_ADMIN_KEY']);
  const log = openLogFile(data.path);
  closing.add(() => log.close());
  const sink = createSink({ fd: log.fd, level: configuration.telemetry.logLevel, clock });
  closing.add(() => sink.close());
  if (advice !== undefined) sink.log('warn', 'admin-key-short', { advice });
  sink.guard(data.demoKey);
  sink.guard(data.adminKey);
  if (kek !== undefined) sink.guard(new Secret(kek));
  const policies = openPolicies({ documents, reader, clock, dataFolder: data.path });
  const environment = { ...options.environment };
  const embedded = embeddedModels({ folder, sink, environment });
  closing.add(() => embedded.close());
  const logPath = log.path;
  return {
    ...{ options, patterns, startedAt, data, logPath, sink, clock, random },
    ...{ documents, reader, policies, embedded, environment },
  };
}

type Opened = {
  readonly node: GatewayNode;
  readonly control: Control | undefined;
  readonly routers: ServedRouters;
};

async function openGateway(ground: Ground): Promise<Opened> {
  const { options, data, sink, clock, random, documents, environment } = ground;
  const keys = nodeKeys(data.pepper);
  const stated = options.environment['SIGNALBOX_ADMIN_KEY'] ?? '';
  const configured = stated === '' ? undefined : new Secret(stated);
  if (configured !== undefined) sink.guard(configured);
  const holds = adminKeyHolds({ keys, own: data.adminKey, configured });
  const late: { control?: Control; routers?: ServedRouters; origins: readonly string[] } = {
    origins: [],
  };
  const { inForce } = documents;
  const node = await openNode({
    ...{ data, telemetry: sink, clock, random, keys, environment },
    configuration: await ground.embedded.arrange(inForce.configuration),
    digest: inForce.digest,
    version: VERSION,
    folder: options.folder,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    isAdmin: (text) => text !== undefined && holds(text),
    mounted(parts) {
      const routers = routersOf(ground, parts);
      late.routers = routers;
      if (options.role === 'gateway') return [];
      const control = createControl({
        ...{ clock, random, keys, sink },
        readings: parts.store,
        adminKeyHolds: holds,
        consoleFiles: readConsole() ?? (() => undefined),
        status: () => statusNow(ground, parts, late.origins[0]),
        modelFacts: (model) => {
          const now = parts.house.now();
          const contracts = contractsOf(now, documents.inForce.configuration.tenants);
          return modelFacts(now.catalog, parts.house.live.probes, model, contracts);
        },
        registry: () => registryNow(ground, parts),
        rehearsal: openRehearsal({
          ...{ documents, reader: ground.reader },
          snapshot: () => parts.house.now(),
        }),
        configuration: () => documents.inForce.configuration,
        ...{ documents: deskOf(ground), texts: textsOf(ground) },
        policies: ground.policies,
        routers,
        events: parts.events,
        brought: broughtOf(ground, parts),
        tenantOf: (text, address) => keyOf(parts, text, address),
        shadowOf: (policy) => parts.house.live.shadows.of(policy),
        parity: (tenant) => parts.house.live.comparisons.parity(tenant),
        degradation: { now: () => parts.house.live.degradation, state: parts.degrade },
        declassify: (lowering) => declassified(parts, lowering),
        acted: (deed) => record(parts, deed),
        origins: () => late.origins,
        keyEnvironment: KEY_ENVIRONMENT,
      });
      late.control = control;
      return [(exchange, target) => control.handle(exchange, target)];
    },
  });
  late.origins = originsOf(boundOf(node), options.environment['SIGNALBOX_URL']);
  assert(late.routers !== undefined, 'what is mounted was asked for');
  return { node, control: late.control, routers: late.routers };
}

function boundOf({ listening }: GatewayNode): Bound {
  const { host, port } = listening;
  return { host, port, names: listening.names() };
}

/** The word in keys that are made here, so that a leaked one is known for what it is. */
const KEY_ENVIRONMENT = 'live';

const deskOf = ({ documents, data, reader }: Ground): DocumentsDesk =>
  openDesk({
    documents,
    dataFolder: data.path,
    credentials: data.credentials,
    attempt: (trial) => reader.read(trial),
  });

const textsOf = ({ documents, data, reader, clock }: Ground): TextsDesk =>
  openTexts({
    ...{ documents, clock },
    dataFolder: data.path,
    attempt: (trial) => reader.read(trial),
  });

const routersOf = ({ data, sink, clock }: Ground, parts: NodeParts): ServedRouters =>
  openRouters({
    ...{ dataFolder: data.path, routers: parts.house.live.routers, sink, clock },
    changed: (deed) => record(parts, deed),
  });

const broughtOf = ({ documents, data, reader }: Ground, { examine }: NodeParts): BroughtDesk =>
  openBrought({
    ...{ documents, examine },
    dataFolder: data.path,
    credentials: data.credentials,
    attempt: (trial) => reader.read(trial),
  });

function record({ journal, clock }: NodeParts, { tenant, ...deed }: Deed): void {
  const body = { detail: {}, ...deed };
  journal.append({ kind: 'act', at: clock.now(), tenant, call: undefined, body });
}

/** In the journal before it holds: a later start lowers it again. */
function declassified(parts: NodeParts, lowering: Lowering): Lowered | undefined {
  const { sessions } = parts.house.live;
  const { tenant, to, reason, by } = lowering;
  const session = sessionIdOf(lowering, parts.house.ports.keys);
  const from = sessions.of(tenant, session)?.label;
  if (from === undefined || higherLabel(from, to) === to) return undefined;
  const detail = { from, to, reason };
  record(parts, { act: 'session-declassified', by, tenant, what: session, detail });
  sessions.declassify(tenant, session, to);
  return { session, from };
}

function statusNow(ground: Ground, node: NodeParts, url: string | undefined): StatusDocument {
  const { documents, startedAt, data } = ground;
  const header = keyHeaderFromFile(join(data.path, 'demo.key'));
  const isShown = url !== undefined && demoOf(ground) !== undefined;
  const first = isShown ? firstCall(url, header) : undefined;
  return statusOf({ documents, node, startedAt, firstCall: first });
}

async function registryNow({ documents }: Ground, { house }: NodeParts): Promise<RegistryStatus> {
  const { listed } = await loadLists();
  const { catalog } = house.now();
  const { order, probes } = house.live;
  return registryOf({
    catalog,
    configuration: documents.inForce.configuration,
    endpoints: endpointStatuses(catalog, order, probes),
    list: listed,
    providerOf: providerOfHost,
  });
}

function serveChanges(
  { documents, reader, policies, embedded, sink, clock }: Ground,
  node: GatewayNode,
): void {
  const started = documents.inForce.configuration;
  documents.serve({
    read: () => reader.read(),
    kept: () => policies.keep(),
    now: () => clock.now(),
    async swap(configuration, digest) {
      await node.swap(await embedded.arrange(configuration), digest);
      sink.setLevel(configuration.telemetry.logLevel);
      for (const [noun, facts] of Object.entries(ofTheStart(configuration))) {
        if (isDeepStrictEqual(ofTheStart(started)[noun], facts)) continue;
        sink.log('warn', 'restart-needed', { noun });
      }
    },
    told({ problems, inForce }) {
      const [first] = problems;
      node.troubled(first === undefined ? undefined : reasonOf(first, problems.length));
      const snapshot = inForce.digest;
      if (first === undefined) sink.log('info', 'documents-read', { snapshot });
      else sink.log('warn', 'documents-refused', { snapshot, problems: problems.length });
    },
  });
}

/** What is opened once: a change of these waits for the next start. */
function ofTheStart({ server, node, journal }: Configuration): Readonly<Record<string, object>> {
  const { bodyBytesMax: _bytes, bodyMsMax: _ms, ...listener } = server;
  return { server: listener, node, journal };
}

function reasonOf({ file, line, message }: Problem, count: number): string {
  const more = count === 1 ? '' : ` (and ${count - 1} more)`;
  return `${file}:${line} ${message}${more}`;
}

/** What an import could not carry over, and what is accepted and does nothing yet. */
function logNotes({ documents, sink }: Ground): void {
  const { notices, notActive } = documents.inForce.read;
  for (const { file, line, path, message } of [...notices, ...notActive]) {
    sink.log('info', 'configuration-note', { file, line, path, message });
  }
}

function watch({ options, patterns, data, clock, documents, sink }: Ground): () => void {
  const kept = [OPERATOR_FILE, CONSOLE_FILE].map((name) => join(data.path, name));
  const changed = (): void => {
    documents.reload().catch((cause: unknown) => {
      const name = cause instanceof Error ? cause.name : typeof cause;
      sink.log('error', 'documents-unread', { name });
    });
  };
  return watchFiles([...patterns, ...kept], options.folder, changed, { clock });
}

function demoOf({ documents, data }: Ground): Server['demo'] {
  const key = documents.inForce.configuration.keys.get(DEMO);
  if (key?.origin?.file !== ADDED.demo) return undefined;
  return { key: data.demoKey, tenant: key.tenant };
}
