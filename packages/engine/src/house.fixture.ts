// A whole house for tests: documents written as YAML, a clock that is turned by hand, seeded
// chance, a store in memory, upstreams that say what the test tells them to say, and callers that
// write down what they hear. Nothing here waits for real time.
import assert from 'node:assert/strict';
import { readConfiguration } from '@signalbox/config';
import {
  type Call,
  type CallHead,
  type CallRecord,
  type Clock,
  covers,
  type DialRequest,
  type DialSink,
  type EntryDraft,
  type Fault,
  type FaultCode,
  fault,
  type Headers,
  type JournalHealth,
  type Keys,
  no,
  type Parked,
  type Ports,
  type Random,
  type Refusal,
  type Reply,
  type Result,
  requestId,
  Secret,
  type SpokenOperation,
  type Store,
  type Upstream,
  yes,
} from '@signalbox/contract';
import { questionIn } from '@signalbox/dialect';
import { type Configuration, findPrice, priceBook, statedPrices } from '@signalbox/documents';
import { API_KEY_CHANCE_BYTES, mintApiKey } from '@signalbox/trust';
import { nodeKeys } from '@signalbox/trust/node';
import type { Reach } from './catalog/catalog.ts';
import type { House, Snapshot } from './house.ts';
import { serve } from './line.ts';
import type { Settlement } from './settle/settle.ts';
import { compileSnapshot, createLive } from './snapshot.ts';

/** 2025-10-09T08:53:20Z. */
export const STARTED_AT = 1_760_000_000_000;

/** Lets everything run that only waits for a promise. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

type Timer = { readonly at: number; readonly then: () => void };

export class HandClock implements Clock {
  #passed = 0;
  #timers: Timer[] = [];

  now(): number {
    return STARTED_AT + this.#passed;
  }
  monotonic(): number {
    return this.#passed;
  }
  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#passed + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }
  /** Timers that are still to come. */
  get pending(): number {
    return this.#timers.length;
  }
  /** Lets time pass; timers go off in their order, and what they set in motion runs. */
  async turn(ms: number): Promise<void> {
    const end = this.#passed + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const due = next;
      this.#timers = this.#timers.filter((one) => one !== due);
      this.#passed = Math.max(this.#passed, due.at);
      due.then();
      await settled();
    }
    this.#passed = end;
  }
  #next(end: number): Timer | undefined {
    return this.#timers.filter((one) => one.at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Mulberry32: small, seeded, good enough for ids. */
export function seededRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 24;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}

export class MemoryStore implements Store {
  readonly entries: EntryDraft[] = [];
  state: JournalHealth = { kind: 'ready' };
  /** What `durable` answers; undefined: nothing, until `release`. */
  answersDurable: boolean | undefined = true;
  readonly #waiting: ((ok: boolean) => void)[] = [];

  append(draft: EntryDraft): void {
    this.entries.push(draft);
  }
  durable(then: (ok: boolean) => void): void {
    const ok = this.answersDurable;
    if (ok === undefined) this.#waiting.push(then);
    else queueMicrotask(() => then(ok));
  }
  release(ok: boolean): void {
    for (const then of this.#waiting.splice(0)) then(ok);
  }
  health(): JournalHealth {
    return this.state;
  }
  async recover(): Promise<void> {}

  of<K extends EntryDraft['kind']>(kind: K): Extract<EntryDraft, { kind: K }>[] {
    return this.entries.filter(
      (entry): entry is Extract<EntryDraft, { kind: K }> => entry.kind === kind,
    );
  }
  /** Read as late as a batch would be written. */
  records(): readonly CallRecord[] {
    return this.of('settlement').map((entry) => entry.body);
  }
}

/** One dial, seen from the upstream: the test says what comes. */
export class Dialled {
  readonly request: DialRequest;
  readonly #sink: DialSink;
  aborted = false;
  paused = false;
  over = false;
  headed = false;

  constructor(request: DialRequest, sink: DialSink) {
    this.request = request;
    this.#sink = sink;
  }
  get endpoint(): string {
    return this.request.place.name;
  }
  body(): unknown {
    return JSON.parse(new TextDecoder().decode(this.request.body));
  }
  head(status = 200, headers: Headers = [['content-type', 'application/json']]): this {
    if (this.#silent()) return this;
    assert.equal(this.headed, false, 'one head an answer');
    this.headed = true;
    const flow = {
      pause: () => {
        this.paused = true;
      },
      resume: () => {
        this.paused = false;
      },
    };
    this.#sink.head(status, headers, flow);
    return this;
  }
  stream(headers: Headers = []): this {
    return this.head(200, [['content-type', 'text/event-stream'], ...headers]);
  }
  /** Lent bytes: overwritten as soon as the sink has returned. */
  chunk(text: string): this {
    if (this.#silent()) return this;
    assert.ok(this.headed, 'the head comes first');
    const bytes = new TextEncoder().encode(text);
    this.#sink.chunk(bytes);
    bytes.fill(0x58);
    return this;
  }
  event(value: object): this {
    return this.chunk(`data: ${JSON.stringify(value)}\n\n`);
  }
  end(): this {
    if (this.#silent()) return this;
    assert.ok(this.headed, 'the head comes first');
    this.over = true;
    this.#sink.end();
    return this;
  }
  fault(code: FaultCode, retry: Fault['retry'] = 'other'): this {
    if (this.#silent()) return this;
    this.over = true;
    this.#sink.fault(fault(code, 'upstream', retry, 'scripted'));
    return this;
  }
  answer(value: object, status = 200, headers: Headers = []): this {
    const type = ['content-type', 'application/json'] as const;
    return this.head(status, [type, ...headers])
      .chunk(JSON.stringify(value))
      .end();
  }
  #silent(): boolean {
    return this.aborted || this.over;
  }
}

/** Promises what the real dial does: no sink is called from inside `dial`, an abort is silent. */
export class ScriptedUpstream implements Upstream {
  readonly dials: Dialled[] = [];
  /** What was asked for beyond its clearance. Must stay empty. */
  readonly breaches: string[] = [];
  /** Called with every dial, after it began. */
  script: ((dialled: Dialled) => void) | undefined;

  dial(request: DialRequest, sink: DialSink): () => void {
    const dialled = new Dialled(request, sink);
    this.dials.push(dialled);
    if (covers(request.clearance, request) !== undefined) {
      this.breaches.push(request.place.name);
      queueMicrotask(() => dialled.fault('clearance_exceeded', 'never'));
    } else if (this.script !== undefined) {
      queueMicrotask(() => this.script?.(dialled));
    }
    return () => {
      dialled.aborted = true;
    };
  }
  get last(): Dialled {
    const last = this.dials[this.dials.length - 1];
    assert.ok(last !== undefined, 'nothing was dialled');
    return last;
  }
}

/** A caller that writes down what it hears. */
export class HeardReply implements Reply {
  status: number | undefined;
  headers: Headers = [];
  trailers: Headers = [];
  text = '';
  ending: 'whole' | 'clean' | 'cut' | undefined;
  begins = 0;
  deferrable = false;
  deferred = false;
  parked: Parked | undefined;
  noRoom: Refusal | undefined;
  /** True: the caller reads slower than it is written to. */
  full = false;
  #leavers: ((stops: boolean) => void)[] = [];
  #drainers: (() => void)[] = [];
  #gone = false;

  whole(status: number, headers: Headers, body: Uint8Array): void {
    assert.equal(this.ending, undefined, 'one answer a call');
    assert.equal(this.begun(), false, 'no whole answer in a stream');
    this.#head(status, headers);
    this.text = new TextDecoder().decode(body);
    this.ending = 'whole';
  }
  begin(status: number, headers: Headers): void {
    this.begins += 1;
    if (this.begins === 1) this.#head(status, headers);
  }
  write(bytes: Uint8Array): boolean {
    assert.equal(this.ending, undefined, 'nothing after the end');
    this.text += new TextDecoder().decode(bytes);
    return !this.full;
  }
  onDrain(then: () => void): void {
    this.#drainers.push(then);
  }
  end(trailers: Headers): void {
    assert.equal(this.ending, undefined, 'one end a call');
    this.trailers = trailers;
    this.ending = 'clean';
  }
  cut(): void {
    assert.equal(this.ending, undefined, 'one end a call');
    this.ending = 'cut';
  }
  begun(): boolean {
    return this.begins > 0;
  }
  onLeave(then: (stops: boolean) => void): void {
    if (this.#gone) then(false);
    else this.#leavers.push(then);
  }
  async defer(parked: Parked): Promise<Result<boolean, Refusal>> {
    if (this.noRoom !== undefined) return no(this.noRoom);
    if (this.deferred || !this.deferrable) return yes(this.deferred);
    this.deferred = true;
    this.parked = parked;
    this.#head(202, parked.headers);
    return yes(true);
  }
  kept(): Promise<void> | undefined {
    return this.deferred ? Promise.resolve() : undefined;
  }
  leave(): void {
    // Whoever is answered later does not leave with its connection.
    if (this.deferred) return;
    this.#gone = true;
    for (const then of this.#leavers.splice(0)) then(false);
  }
  /** It is there, and the server stops. */
  stop(): void {
    for (const then of this.#leavers.splice(0)) then(true);
  }
  drain(): void {
    this.full = false;
    for (const then of this.#drainers.splice(0)) then();
  }
  header(name: string): string | undefined {
    return [...this.headers, ...this.trailers].find(([key]) => key === name)?.[1];
  }
  json(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.text);
  }
  /** The code of an error envelope. */
  get code(): unknown {
    const error: unknown = this.json()['error'];
    return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  }
  #head(status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
  }
}

/** Three tiers, a tenant that may go anywhere, and its key `main`. */
export const HOUSE = `
version: 1
node: {name: n1, tier: 1}
endpoints:
  near:
    url: http://127.0.0.1:9001/v1
    models: {small: {context_tokens: 32000, capabilities: [tools]}, shared: {}}
    price: {input_per_million_usd: "0.1", output_per_million_usd: "0.2"}
  middle:
    url: https://middle.example/v1
    tier: 2
    region: eu
    retention: zero
    models: {medium: {}, shared: {}}
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}
  far:
    url: https://far.example/v1
    tier: 3
    region: us
    credentials: [{secret: "env:FAR"}]
    models: {large: {capabilities: [tools, vision, json_schema, reasoning]}, shared: {}}
    price: {input_per_million_usd: "10", output_per_million_usd: "20"}
tenants:
  acme: {}
keys:
  main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}
`;

export type Heads = Partial<Omit<CallHead, 'keyText' | 'operation'>> & {
  readonly operation?: SpokenOperation;
  /** Name of a key, or `{text}` for a key as it stands. */
  readonly key?: string | { readonly text: string | undefined };
  /** Of a dialect that names the model there. */
  readonly inPath?: Parameters<typeof questionIn>[3];
};

export type Built = {
  readonly house: House;
  readonly clock: HandClock;
  readonly upstream: ScriptedUpstream;
  readonly store: MemoryStore;
  readonly keys: Keys;
  readonly logs: readonly (readonly [level: string, event: string, fields: object])[];
  readonly counted: ReadonlyMap<string, number>;
  /** The text of the key of that name. */
  keyText(name: string): string;
  /** Swaps the documents. */
  swap(documents: string | Snapshot): void;
  call(body: object | string, head?: Heads): Call;
  /** Serves a call; what it comes to is there when the promise settles. */
  serve(body: object | string, head?: Heads): Served;
};

export type Served = {
  readonly call: Call;
  readonly reply: HeardReply;
  readonly settlement: Promise<Settlement | undefined>;
};

export const chatOf = (model: string, more: object = {}): object => ({
  model,
  messages: [{ role: 'user', content: 'Sort this mail: refund please.' }],
  ...more,
});

export function configurationOf(yaml: string): Configuration {
  const read = readConfiguration([{ name: 'house.yaml', text: yaml }]);
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems.map((one) => one.message)));
  return read.configuration;
}

export function build(yaml: string = HOUSE, seed = 1): Built {
  const clock = new HandClock();
  const random = seededRandom(seed);
  const keys = nodeKeys(new Uint8Array(32).fill(7));
  const store = new MemoryStore();
  const upstream = new ScriptedUpstream();
  const logs: [string, string, object][] = [];
  const counted = new Map<string, number>();
  const secrets = new Map<string, string>();
  const keyText = (name: string): string => {
    const known = secrets.get(name);
    if (known !== undefined) return known;
    const minted = mintApiKey('test', random.bytes(API_KEY_CHANCE_BYTES));
    secrets.set(name, minted);
    return minted;
  };
  const ports: Ports = {
    clock,
    random,
    upstream,
    store,
    keys,
    sink: {
      log: (level, event, fields) => void logs.push([level, event, fields]),
      count: (metric, labels, by = 1) => {
        const name = `${metric} ${JSON.stringify(labels)}`;
        counted.set(name, (counted.get(name) ?? 0) + by);
      },
      observe: () => undefined,
    },
  };
  const compiled = (text: string): Snapshot => compileHouse(configurationOf(text), keys, keyText);
  let snapshot = compiled(yaml);
  const house: House = { now: () => snapshot, live: createLive(clock, store), ports };
  const call: Built['call'] = (body, head = {}) => callTo(house, body, head, keyText);
  return {
    house,
    clock,
    upstream,
    store,
    keys,
    logs,
    counted,
    keyText,
    call,
    swap(documents) {
      snapshot = typeof documents === 'string' ? compiled(documents) : documents;
    },
    serve(body, head = {}) {
      const made = call(body, head);
      const reply = new HeardReply();
      return { call: made, reply, settlement: serve(made, reply, house) };
    },
  };
}

export function compileHouse(
  configuration: Configuration,
  keys: Keys,
  keyText: (name: string) => string,
): Snapshot {
  const book = priceBook(undefined, statedPrices(configuration, 'test'));
  return compileSnapshot({
    configuration,
    version: 'test',
    keys,
    reachOf,
    at: STARTED_AT,
    // A key called `main` is named `env:MAIN`; what begins with `GONE` cannot be read.
    secretOf: ({ value }) =>
      value.startsWith('GONE') ? undefined : new Secret(keyText(value.toLowerCase())),
    priceOf: (endpoint, reach, upstream) =>
      findPrice(book, {
        model: upstream,
        name: endpoint.models.get(upstream)?.name,
        endpoint: endpoint.name,
        ownHardware: reach !== 'public' && (endpoint.tier ?? 1) < 3,
        at: STARTED_AT,
      }),
  });
}

export function reachOf({ hostname }: URL): Reach {
  if (hostname === '127.0.0.1' || hostname === 'localhost') return 'loopback';
  return hostname.startsWith('10.') ? 'private' : 'public';
}

const NO_HEAD: Omit<CallHead, 'keyText'> = {
  operation: 'chat',
  dialect: 'openai',
  address: '192.0.2.7',
  session: undefined,
  agent: undefined,
  subject: undefined,
  step: undefined,
  sensitivity: undefined,
  latencyBudgetMs: undefined,
  queueAllowed: false,
  summaryWanted: false,
  tags: {},
  idempotencyKey: undefined,
  traceparent: undefined,
  forwardable: [],
};

const NOT_IN_PATH = { model: '', stream: false };

function callTo(
  house: House,
  body: object | string,
  { key = 'main', inPath = NOT_IN_PATH, ...head }: Heads,
  keyText: (name: string) => string,
): Call {
  const { clock, random } = house.ports;
  const operation: SpokenOperation = head.operation ?? 'chat';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    id: requestId(clock.now(), random.bytes(10)),
    at: clock.now(),
    arrived: clock.monotonic(),
    head: {
      ...NO_HEAD,
      ...head,
      keyText: typeof key === 'string' ? keyText(key) : key.text,
    },
    body: async () =>
      questionIn(head.dialect ?? 'openai', operation, new TextEncoder().encode(text), inPath),
  };
}

/** Of a header: what is spread is not known to the millisecond. */
export const isBetween = (text: string | undefined, from: number, to: number): boolean =>
  Number(text) > from && Number(text) < to;
