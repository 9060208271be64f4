// A real gateway on a free port in front of a real sim, in a folder of its own, and a caller that
// sees every byte, every header and how an answer ended.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '@signalbox/config';
import type { CallRecord, Entry, EntryKind } from '@signalbox/contract';
import {
  createClock,
  createRandom,
  createSink,
  nodeDisk,
  openDataFolder,
  readJournal,
} from '@signalbox/ports';
import { type Sim, startSim } from '@signalbox/sim';
import { entryOf, mintApiKey } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import { type GatewayNode, openNode } from './node.ts';

/** Nothing in these tests takes longer, on a busy machine too, or it hangs. */
export const WAIT_MS_MAX = 60_000;
export const ADMIN_KEY = 'the-admin-key';

export type Gateway = {
  readonly node: GatewayNode;
  readonly sim: Sim;
  readonly port: number;
  /** The text of the key of that name. */
  readonly key: (name: string) => string;
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>;
  /** What the journal on the disk holds of every call that has ended, by request. */
  readonly settlements: () => Promise<ReadonlyMap<string, readonly CallRecord[]>>;
  /** All entries of a kind in the journal on the disk, the calls among them ended. */
  readonly entries: (kind: EntryKind) => Promise<readonly Entry[]>;
  /** Where the node keeps what it keeps. */
  readonly dataFolder: string;
  /** All metrics, also after the stop. */
  readonly metrics: () => string;
  readonly swap: (yaml: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * @param yaml the documents, given the address of the sim. Secrets are named `env:NAME`.
 * @param given secrets by their names in lower case; others are minted.
 */
export async function startGateway(
  yaml: (simUrl: string) => string,
  given: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const opened: (() => Promise<unknown>)[] = [];
  // What is left open would keep the test's process, and with it the whole run, for ever.
  const close = async (): Promise<void> => {
    const troubles: unknown[] = [];
    for (const shut of opened.splice(0).reverse()) {
      await shut().catch((cause: unknown) => troubles.push(cause));
    }
    if (troubles.length > 0) throw new AggregateError(troubles, 'the gateway did not close');
  };
  try {
    const gateway = await gatewayWith({ yaml, given, closing: (shut) => opened.push(shut) });
    return { ...gateway, stop: close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function gatewayWith(options: {
  readonly yaml: (simUrl: string) => string;
  readonly given: Readonly<Record<string, string>>;
  /** Told how to close what was just opened; the last is closed first. */
  readonly closing: (shut: () => Promise<unknown>) => void;
}): Promise<Omit<Gateway, 'stop'>> {
  const { yaml, given, closing } = options;
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-gateway-'));
  closing(() => rm(folder, { recursive: true, force: true }));
  const sim = await startSim();
  closing(() => sim.close());
  const secrets = new Map<string, string>(Object.entries(given));
  const key = (name: string): string => {
    const known = secrets.get(name);
    if (known !== undefined) return known;
    const minted = mintApiKey('test', randomBytes(48));
    secrets.set(name, minted);
    return minted;
  };
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get(_, name) {
        const known = String(name).toLowerCase();
        return known.includes('_proxy') ? secrets.get(known) : key(known);
      },
    },
  );
  const configurationOf = (text: string) => {
    const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
    assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems.map((one) => one.message)));
    return read.configuration;
  };
  const clock = createClock();
  const random = createRandom();
  const data = await openDataFolder({ path: join(folder, 'data'), random, program: 'test 0' });
  const telemetry = createSink({ fd: 2, level: 'error', clock });
  closing(async () => telemetry.close());
  const node = await openNode({
    version: '0.0.0',
    configuration: configurationOf(yaml(sim.url)),
    digest: 'first',
    data,
    telemetry,
    clock,
    random,
    keys: nodeKeys(data.pepper),
    environment,
    folder,
    isAdmin: (text) => text === ADMIN_KEY,
    mounted: () => [],
  });
  closing(() => node.stop());
  const { port } = node.listening;
  const entries = async (kind: EntryKind): Promise<readonly Entry[]> => {
    await until('every call has ended', () => node.house.live.pools.slots.total() === 0);
    await new Promise<void>((done) => node.house.ports.store.durable(() => done()));
    return entriesIn(data.journalFolder, kind);
  };
  return {
    node,
    sim,
    port,
    key,
    ask: (path, asked = {}) => ask(port, path, { key: key('main'), ...asked }),
    settlements: async () => settledIn(await entries('settlement')),
    entries,
    dataFolder: data.path,
    metrics: () => telemetry.metricsText(),
    swap: (text) => node.swap(configurationOf(text), 'second'),
  };
}

async function entriesIn(journal: string, kind: EntryKind): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  const position = { segment: 0, offset: 0 };
  await readJournal(nodeDisk(), journal, { position }, (read) => {
    if (read.head.kind === kind) found.push(entryOf(read));
    return undefined;
  });
  return found;
}

function settledIn(entries: readonly Entry[]): ReadonlyMap<string, readonly CallRecord[]> {
  const settled = new Map<string, CallRecord[]>();
  for (const { call, body } of entries) {
    const name = String(call);
    settled.set(name, [...(settled.get(name) ?? []), Object(body)]);
  }
  return settled;
}

export type Asked = {
  readonly method?: string;
  /** '' for none. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON. */
  readonly body?: object | string | Uint8Array;
  /** Called with every chunk; true: hang up now. */
  readonly heard?: (text: string) => boolean;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** `cut`: the connection ended before the answer did. */
  readonly end: 'clean' | 'cut';
};

const bytesOf = (body: Asked['body']): Uint8Array =>
  body instanceof Uint8Array
    ? body
    : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));

export function ask(port: number, path: string, asked: Asked): Promise<Answer> {
  const { method = asked.body === undefined ? 'GET' : 'POST', key = '', heard } = asked;
  const body = asked.body === undefined ? undefined : bytesOf(asked.body);
  const headers = {
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': body.length }),
    ...asked.headers,
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      sent.destroy();
      reject(new Error(`no answer to ${method} ${path} within ${WAIT_MS_MAX} ms`));
    }, WAIT_MS_MAX);
    const sent = request(
      { port, host: '127.0.0.1', method, path, headers, agent: false },
      (got) => {
        const chunks: Buffer[] = [];
        const done = (end: Answer['end']): void => {
          clearTimeout(timer);
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, trailers } = got;
          resolve({ status, headers: got.headers, trailers, bytes, text: bytes.toString(), end });
        };
        got.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (heard?.(Buffer.concat(chunks).toString()) === true) sent.destroy();
        });
        got.on('end', () => done(got.complete ? 'clean' : 'cut'));
        got.on('error', () => done('cut'));
      },
    );
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

export const json = (answer: Answer): Record<string, unknown> => JSON.parse(answer.text);

/** The envelope of a refusal: every field, the right status, and nothing that is not JSON. */
export function refused(answer: Answer, status: number, code: string): Record<string, unknown> {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  const error = Object(json(answer)['error']);
  assert.equal(error.code, code, answer.text);
  for (const field of ['type', 'message', 'hint', 'doc_url', 'request_id']) {
    assert.equal(typeof error[field], 'string', field);
    assert.notEqual(error[field], '', field);
  }
  assert.match(error.request_id, /^req_[0-9A-Z]{26}$/);
  assert.ok('param' in error && 'decision_id' in error);
  return error;
}

/** Sends bytes as they are; answers what came until the other side ended or the time was up. */
export function raw(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  enough: (text: string) => boolean = () => false,
): Promise<{ readonly text: string; readonly end: 'closed' | 'enough' | 'hangs' }> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(port, '127.0.0.1');
    const done = (end: 'closed' | 'enough' | 'hangs'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, end });
    };
    const timer = setTimeout(() => done('hangs'), WAIT_MS_MAX);
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (enough(text)) done('enough');
    });
    socket.on('error', () => done('closed'));
    socket.on('close', () => done('closed'));
  });
}

/** Waits until it is true, one turn of the loop after the other. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Three sims on three tiers, two tenants, and timers that a test can wait for. */
export const documents = (url: string): string => `
version: 1
server: {host: 127.0.0.1, port: 0, headers_ms_max: 600, body_ms_max: 600, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
  near:
    kind: sim
    url: ${url}/v1
    tier: 1
    models: {sim-small: {}}
    headers: {forward: [x-sim]}
  middle:
    kind: sim
    url: ${url}/v1
    tier: 2
    models: {sim-medium: {}}
    headers: {forward: [x-sim]}
  far:
    kind: sim
    url: ${url}/v1
    tier: 3
    models: {sim-frontier: {}}
    headers: {forward: [x-sim]}
    credentials: [{secret: "env:FAR"}]
    timers: {connect_ms: 600, head_ms: 600, idle_ms: 600, total_ms: 4000}
    price: {input_per_million_usd: "3", output_per_million_usd: "15"}
  dead: {url: "http://127.0.0.1:9/v1", private_address: true, models: {unreachable: {}}}
  dead-1:
    url: http://127.0.0.1:9/v1
    private_address: true
    models: {sim-small: {name: unreachable-1}}
  dead-2:
    url: http://127.0.0.1:9/v1
    private_address: true
    models: {sim-small: {name: unreachable-2}}
aliases:
  general: [sim-small, sim-frontier]
tenants:
  acme: {}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}
  plain: {tenant: acme, secret: "env:PLAIN"}
  bound: {tenant: acme, secret: "env:BOUND", networks: ["127.0.0.0/8"]}
  stranger: {tenant: other, secret: "env:STRANGER", scopes: [call, explain]}
queue: {wait_ms_max: 300, keep_ms: 20000}
`;

export const chat = (model: string, content: string, more: object = {}): object => ({
  model,
  messages: [{ role: 'user', content }],
  ...more,
});
