// Control behind the real listener, with a clock that is turned by hand and records in memory.
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';
import { readConfiguration } from '@signalbox/config';
import type { Clock, Sink } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import { type KeptEvent, type Listening, listen, Outbox, splitTarget } from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { type Control, createControl } from './control.ts';
import type { DeskAnswer, DeskNoun, DocumentsDesk, WrittenDocument } from './documents-desk.ts';
import { MemoryReadings } from './memory-readings.fixture.ts';
import type { ConsoleFile, ControlOptions, Deed, Lowering } from './options.ts';
import type { StatusDocument } from './status.ts';
import type { TextsDesk } from './texts-desk.ts';

/** An event of the registry, as it is kept. */
export function keptEvent(number: number, tenant: string | undefined): KeptEvent {
  const id = `evt_${String(number).padStart(26, '0')}`;
  const data = { version: number, change: 'changed', tenant: tenant ?? null, fields: ['hide'] };
  const type = 'signalbox.registry.override.changed';
  const sent = { specversion: '1.0', id, type, subject: 'override/acme', data };
  return { id, at: NOW, version: number, tenant, body: JSON.stringify(sent) };
}

export const ADMIN_KEY = 'sbx_admin_0123456789';
const TURNS_MAX = 2_000;
export const NOW = 1_700_000_000_000;
export const BEARER: Readonly<Record<string, string>> = { authorization: `Bearer ${ADMIN_KEY}` };

const FILE = `version: 1
endpoints:
  sim-local: { kind: sim, url: 'http://127.0.0.1:9/v1', tier: 1, models: [sim-small] }
tenants:
  acme: { topology: hybrid, budget: { amount_usd: 5, per: day } }
  globex: { topology: cloud }
keys:
  acme-key: { tenant: acme, secret: env:ACME_KEY }
registry:
  webhooks:
    ops: { url: 'https://hooks.example/', secret: env:HOOK }
    theirs: { url: 'https://acme.example/', secret: env:HOOK, tenant: acme }
policies:
  acme: { rules: [{ name: short, cap: { output_tokens: 9 } }] }
`;

/** The value at a path of keys, or undefined. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

/** Time that only a test moves. */
export class HandClock implements Clock {
  #now = NOW;
  #timers: { readonly at: number; readonly then: () => void }[] = [];

  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }
  turn(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((one) => one.at <= this.#now);
    this.#timers = this.#timers.filter((one) => one.at > this.#now);
    for (const one of due) one.then();
  }
}

/** Keeps what it is given as a file of its own beside the operator's. */
export class MemoryDesk implements DocumentsDesk {
  readonly calls: string[] = [];
  /** When set, every deed waits for it. */
  hold: Promise<void> | undefined;
  readonly #own = { tenants: new Map(), keys: new Map(), consents: new Map() } satisfies Record<
    DeskNoun,
    Map<string, WrittenDocument>
  >;

  configuration(): Configuration {
    const { tenants, keys, consents } = this.#own;
    const own = {
      version: 1,
      ...(tenants.size > 0 ? { tenants: Object.fromEntries(tenants) } : {}),
      ...(keys.size > 0 ? { keys: Object.fromEntries(keys) } : {}),
      ...(consents.size > 0 ? { consents: Object.fromEntries(consents) } : {}),
    };
    const read = readConfiguration([
      { name: 'signalbox.yaml', text: FILE },
      { name: 'console.json', text: JSON.stringify(own) },
    ]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.configuration;
  }

  async create(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer> {
    await this.#note(`create ${noun} ${name}`);
    const known = this.configuration()[noun].get(name);
    if (known !== undefined) return this.#own[noun].has(name) ? { kind: 'exists' } : OWNED;
    if (document['plan'] === 'unknown') {
      const issue = { path: ['plan'], at: 'value', message: 'no plan has this name' } as const;
      return { kind: 'invalid', issues: [{ ...issue, hint: 'create it first' }] };
    }
    this.#own[noun].set(name, document);
    return { kind: 'done' };
  }

  async set(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer> {
    await this.#note(`set ${noun} ${name}`);
    if (!this.#own[noun].has(name)) return OWNED;
    this.#own[noun].set(name, document);
    return { kind: 'done' };
  }

  async remove(noun: DeskNoun, name: string): Promise<DeskAnswer> {
    await this.#note(`remove ${noun} ${name}`);
    if (this.#own[noun].delete(name)) return { kind: 'done' };
    return this.configuration()[noun].has(name) ? OWNED : { kind: 'unknown' };
  }

  async switchEndpoint(name: string, to: 'enable' | 'drain'): Promise<DeskAnswer> {
    await this.#note(`${to} ${name}`);
    return this.configuration().endpoints.has(name) ? { kind: 'done' } : { kind: 'unknown' };
  }

  async #note(call: string): Promise<void> {
    this.calls.push(call);
    await this.hold;
  }
}

const ONE_TEXT: TextsDesk = {
  all: () => new Map([['acme', undefined]]),
  written: () => undefined,
  isKept: () => false,
  change: async () => ({ kind: 'unknown' }),
  versions: async () => [{ number: 1, at: NOW, by: 'operator', deed: 'create', text: '{}' }],
};

const OWNED: DeskAnswer = { kind: 'owned', file: 'signalbox.yaml', line: 5 };

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): unknown;
};

export type AskOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export class Served {
  readonly clock: HandClock = new HandClock();
  readonly readings: MemoryReadings = new MemoryReadings();
  readonly desk: MemoryDesk = new MemoryDesk();
  readonly outbox: Outbox = new Outbox(':memory:');
  readonly deeds: Deed[] = [];
  readonly lowered: Lowering[] = [];
  readonly logged: string[] = [];
  readonly control: Control;
  #listening: Listening | undefined;
  #chance = 0;

  /** @param owner `files`: there is no desk. */
  constructor(more: Partial<ControlOptions> = {}, owner: 'desk' | 'files' = 'desk') {
    this.control = createControl({
      readings: this.readings,
      clock: this.clock,
      random: { bytes: (count) => this.#bytes(count) },
      keys: nodeKeys(new Uint8Array(32).fill(7)),
      sink: sinkInto(this.logged),
      adminKeyHolds: (text) => text === ADMIN_KEY,
      consoleFiles: (path) => FILES.get(path),
      status: () => STATUS,
      registry: async () => ({ models: [], rollouts: [], list: null }),
      configuration: () => this.desk.configuration(),
      policies: {
        standing: (name) =>
          name === 'acme'
            ? {
                ...{ name, version: '2', author: 'jane', digest: 'b', decides: 'a' },
                ...{ ring: undefined, why: 'rolled-back' },
                approvals: [{ digest: 'b', by: 'john', at: NOW }],
              }
            : undefined,
        carryOut: async () => ({ kind: 'done' }),
      },
      events: {
        events: (query) => this.outbox.events(query),
        event: (id) => this.outbox.event(id),
        deliveries: (query) => this.outbox.deliveries(query),
        waits: (ids) => this.outbox.waits(ids),
        again: (id, names = ['ops', 'theirs']) =>
          this.outbox.again(id, names, this.clock.now()) ? names : [],
      },
      degradation: {
        now: () => ({ level: 0, because: '', stated: undefined }),
        state: () => {},
      },
      ...(owner === 'desk' ? { documents: this.desk, texts: ONE_TEXT } : {}),
      acted: (deed) => this.deeds.push(deed),
      declassify: (one) => {
        if (!one.session.startsWith('ses_')) return undefined;
        this.lowered.push(one);
        return { session: one.session, from: 'regulated' };
      },
      origins: () => [this.origin, `http://localhost:${this.port}`],
      keyEnvironment: 'test',
      ...more,
    });
  }

  get port(): number {
    return this.#listening?.port ?? 0;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const refuse = (): { status: number; headers: string[]; bytes: Uint8Array } => ({
      status: 400,
      headers: [],
      bytes: new Uint8Array(0),
    });
    this.#listening = await listen({
      host: '127.0.0.1',
      port: 0,
      refuse,
      handler: (exchange) => {
        const target = splitTarget(exchange.head.target);
        if (target !== 'invalid' && this.control.handle(exchange, target)) return;
        exchange.reply(404, ['x-not', 'ours'], new Uint8Array(0));
      },
    });
  }

  async stop(): Promise<void> {
    this.control.drain();
    await this.#listening?.close(100);
    this.outbox.close();
  }

  /** Waits for what requests bring about. */
  async until(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      if (holds()) return;
      await this.get('/admin/v1/status');
    }
    throw new Error('it did not come about');
  }

  /** Sends a request whose answer streams. */
  open(path: string, headers: Readonly<Record<string, string>> = {}): ClientRequest {
    return request({ host: '127.0.0.1', port: this.port, path, headers });
  }

  async ask(method: string, path: string, options: AskOptions = {}): Promise<Reply> {
    const { body } = options;
    const bytes = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const length = { 'content-length': String(Buffer.byteLength(bytes)) };
    const headers = { ...type, ...length, ...options.headers };
    const sent = request({ host: '127.0.0.1', port: this.port, method, path, headers });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      sent.on('error', reject);
    });
    sent.end(bytes);
    const got = await answer;
    let text = '';
    for await (const piece of got.setEncoding('utf8')) text += piece;
    return {
      status: got.statusCode ?? 0,
      headers: got.headers,
      text,
      json: () => JSON.parse(text),
    };
  }

  get(path: string, headers: Readonly<Record<string, string>> = BEARER): Promise<Reply> {
    return this.ask('GET', path, { headers });
  }

  /** Chance that counts: the same in every run, and never twice. */
  #bytes(count: number): Uint8Array {
    this.#chance += 1;
    const bytes = new Uint8Array(count);
    new DataView(bytes.buffer).setUint32(count - 4, this.#chance);
    return bytes;
  }
}

function sinkInto(logged: string[]): Sink {
  return {
    log: (level, event, fields) => void logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
    count: (metric, labels) => void logged.push(`${metric} ${JSON.stringify(labels)}`),
    observe: () => {},
  };
}

const page = (text: string, type: string): ConsoleFile => ({
  type,
  bytes: new TextEncoder().encode(text),
  etag: `"${text.length}"`,
});

const FILES: ReadonlyMap<string, ConsoleFile> = new Map([
  ['/index.html', page('<!doctype html><title>Signalbox</title>', 'text/html; charset=utf-8')],
  ['/assets/main-abc.js', page('export {}', 'text/javascript')],
]);

export const STATUS: StatusDocument = {
  mode: 'degraded',
  reasons: ['1 problem in the configuration'],
  version: '0.1.0',
  node: 'laptop',
  startedAt: NOW - 60_000,
  snapshot: { version: 'abc123', since: NOW - 30_000, files: ['signalbox.yaml'] },
  problems: [
    {
      file: 'signalbox.yaml',
      line: 7,
      column: 3,
      excerpt: 'topolgy: hybrid\n^^^^^^^',
      path: 'tenants.acme.topolgy',
      message: 'unknown key `topolgy`',
      hint: 'did you mean `topology`?',
    },
  ],
  journal: { kind: 'ready' },
  records: { kind: 'ready' },
  endpoints: [
    {
      name: 'sim-local',
      kind: 'sim',
      origin: 'http://127.0.0.1:9',
      tier: 1,
      region: undefined,
      tenant: undefined,
      state: 'available',
      why: undefined,
      hasKey: false,
      keyTail: undefined,
      models: ['sim-small'],
      facts: [
        { fact: 'contextTokens', model: undefined, value: 4096, at: 5, from: 'GET /props' },
        { fact: 'loadState', model: 'sim-small', value: 'cold', at: 5, from: 'GET /api/ps' },
      ],
    },
  ],
  models: [
    {
      name: 'sim-small',
      endpoints: ['sim-local'],
      tiers: [1],
      available: true,
      contextTokens: 8_192,
    },
  ],
  firstCall: 'curl …',
};
