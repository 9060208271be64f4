// The records of calls, for whoever asks afterwards: a projection of the journal into SQLite, in a
// thread of its own.
//
// It promises: what the journal made safe is here within a quarter of a second, once, and the
// answers to questions are bounded and name whose rows they may see. It never delays a call: the
// main thread sends a place in the journal four times a second, and the worker reads the files. It
// holds nothing that the journal did not say; a database of another version, or one that cannot be
// read, is built again from what the journal still has.
//
// When the worker cannot go on (a full disk, damage in the journal) calls are served as before,
// `health` says what is wrong, and it tries again. When it dies it is started again.
import { Worker } from 'node:worker_threads';
import { type Clock, type Sink, unreachable } from '@signalbox/contract';
import { isBefore, type Position } from '../journal/segment.ts';
import type { Answer, Answers, FromWorker, Question, ToWorker, WorkerStart } from './protocol.ts';
import type { Feed, Records, Scope } from './records.ts';

const WINDOW_MS = 250;
const STUCK_RETRY_MS = 5_000;
const RESTART_MS_MIN = 1_000;
const RESTART_MS_MAX = 60_000;
const ASKED_MAX = 256;
const FEEDS_MAX = 256;
const HEAP_MB_MAX = 192;
/** Without it the thread's garbage takes 100 MB more before it is collected, for no speed. */
const YOUNG_HEAP_MB_MAX = 8;
/** Sources run as they are; packed, the worker is JavaScript like its neighbours. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

export type StoreOptions = {
  /** The database file; its folder exists. */
  readonly path: string;
  readonly journalFolder: string;
  readonly clock: Clock;
  readonly sink: Sink;
  /** Requests older or more than these are forgotten; sums are kept longer. */
  readonly keep: { readonly days: number; readonly requests: number };
};

export type StoreHealth =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stuck'; readonly detail: string };

export interface RecordStore extends Records {
  /**
   * Everything before this place in the journal is safe. Costs nothing: call it for every batch.
   */
  advance(to: Position): void;
  /** How far the projection is: a cursor for the journal's retention. */
  position(): Position;
  /**
   * Resolves when the projection has passed the place; rejects when the store is closed before
   * that.
   */
  reached(to: Position): Promise<void>;
  health(): StoreHealth;
  close(): Promise<void>;
}

/** Thrown at whoever asked: too many questions at once, or the worker failed. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

export async function openStore(options: StoreOptions): Promise<RecordStore> {
  const store = new WorkerStore(options);
  try {
    await store.start();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Asked = { resolve(answer: Answer): void; reject(fault: StoreFault): void };
type Waiting = {
  readonly to: Position;
  resolve(): void;
  reject(fault: StoreFault): void;
};

class WorkerStore implements RecordStore {
  readonly #options: StoreOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #feeds = new Set<{ readonly scope: Scope; readonly each: Feed }>();
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #position: Position = { segment: 0, offset: 0 };
  #target: Position = { segment: 0, offset: 0 };
  #sent: Position = { segment: 0, offset: 0 };
  #cancelTimer: (() => void) | undefined;
  #stuck: string | undefined;
  #closed = false;
  #nextId = 1;
  #restartMs = RESTART_MS_MIN;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Resolves when the worker is ready; rejects when it ends before that. */
  start(): Promise<void> {
    const { path, journalFolder, keep } = this.#options;
    const workerData: WorkerStart = { path, journalFolder, keep };
    const resourceLimits = {
      maxOldGenerationSizeMb: HEAP_MB_MAX,
      maxYoungGenerationSizeMb: YOUNG_HEAP_MB_MAX,
    };
    const worker = new Worker(WORKER, { workerData, resourceLimits, name: 'signalbox-store' });
    this.#worker = worker;
    this.#sent = { segment: 0, offset: 0 };
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve();
        this.#hear(message);
      });
      worker.on('error', (error) => reject(error));
      worker.on('exit', () => {
        reject(new StoreFault('the store did not start'));
        this.#ended(worker);
      });
    });
  }

  advance(to: Position): void {
    if (isBefore(this.#target, to)) this.#target = to;
    if (!this.#closed) this.#cancelTimer ??= this.#after(WINDOW_MS, () => this.#send());
  }

  position(): Position {
    return this.#position;
  }

  reached(to: Position): Promise<void> {
    if (!isBefore(this.#position, to)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ to, resolve, reject }));
  }

  health(): StoreHealth {
    return this.#stuck === undefined ? { kind: 'ready' } : { kind: 'stuck', detail: this.#stuck };
  }

  async recentRequests(
    query: Parameters<Records['recentRequests']>[0],
  ): Promise<Answers['recent']> {
    const answer = await this.#ask({ kind: 'recent', query });
    if (answer.kind === 'recent') return answer.value;
    throw new StoreFault('an answer to another question');
  }

  async requestByDecision(tenant: Scope, decision: string): Promise<Answers['decision']> {
    const answer = await this.#ask({ kind: 'decision', tenant, decision });
    if (answer.kind === 'decision') return answer.value;
    throw new StoreFault('an answer to another question');
  }

  async usage(query: Parameters<Records['usage']>[0]): Promise<Answers['usage']> {
    const answer = await this.#ask({ kind: 'usage', query });
    if (answer.kind === 'usage') return answer.value;
    throw new StoreFault('an answer to another question');
  }

  async overview(query: Parameters<Records['overview']>[0]): Promise<Answers['overview']> {
    const answer = await this.#ask({ kind: 'overview', query });
    if (answer.kind === 'overview') return answer.value;
    throw new StoreFault('an answer to another question');
  }

  async flows(query: Parameters<Records['flows']>[0]): Promise<Answers['flows']> {
    const answer = await this.#ask({ kind: 'flows', query });
    if (answer.kind === 'flows') return answer.value;
    throw new StoreFault('an answer to another question');
  }

  subscribe(scope: Scope, each: Feed): () => void {
    if (this.#feeds.size >= FEEDS_MAX) throw new StoreFault('too many tails are open');
    const feed = { scope, each };
    this.#feeds.add(feed);
    this.#watch();
    return () => {
      if (this.#feeds.delete(feed)) this.#watch();
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#send();
    this.#closed = true;
    this.#cancelTimer?.();
    const worker = this.#worker;
    if (worker !== undefined) await this.#stop(worker);
    for (const one of this.#waiting) one.reject(new StoreFault('the store is closed'));
  }

  async #stop(worker: Worker): Promise<void> {
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#tell({ kind: 'close' });
    await ended;
  }

  #ask(question: Question): Promise<Answer> {
    if (this.#closed || this.#worker === undefined) {
      return Promise.reject(new StoreFault('the store is not running'));
    }
    if (this.#asked.size >= ASKED_MAX) return Promise.reject(new StoreFault('too many questions'));
    this.#send();
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#tell({ kind: 'ask', id, question });
    });
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#onReady(message.position, message.rebuilt);
        return;
      case 'projected':
        this.#moved(message.position);
        return;
      case 'stuck':
        this.#onStuck(message.detail);
        return;
      case 'feed':
        this.#onFeed(message);
        return;
      case 'answer':
        this.#take(message.id)?.resolve(message.answer);
        return;
      case 'failure':
        this.#take(message.id)?.reject(new StoreFault(message.detail));
        return;
      default:
        unreachable(message);
    }
  }

  #onReady(position: Position, rebuilt: string | undefined): void {
    if (rebuilt !== undefined) this.#options.sink.log('warn', 'store.rebuilding', { why: rebuilt });
    this.#restartMs = RESTART_MS_MIN;
    this.#moved(position);
    this.#watch();
    this.#send();
  }

  #moved(position: Position): void {
    this.#stuck = undefined;
    this.#position = position;
    const done = this.#waiting.filter((one) => !isBefore(position, one.to));
    if (done.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => isBefore(position, one.to));
    for (const one of done) one.resolve();
  }

  #onStuck(detail: string): void {
    if (this.#stuck === undefined) this.#options.sink.log('error', 'store.stuck', { detail });
    this.#stuck = detail;
    this.#sent = this.#position;
    if (!this.#closed) this.#cancelTimer ??= this.#after(STUCK_RETRY_MS, () => this.#send());
  }

  #onFeed(message: Extract<FromWorker, { kind: 'feed' }>): void {
    for (const feed of this.#feeds) {
      if (feed.scope === message.scope) feed.each(message.requests, message.dropped);
    }
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #watch(): void {
    this.#tell({ kind: 'watch', scopes: [...new Set([...this.#feeds].map((feed) => feed.scope))] });
  }

  #send(): void {
    if (!isBefore(this.#sent, this.#target)) return;
    this.#sent = this.#target;
    this.#tell({ kind: 'advance', to: this.#target });
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #after(ms: number, then: () => void): () => void {
    return this.#options.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      then();
    });
  }

  /**
   * Whoever waits for an answer gets a fault; the thread is started again, with longer and longer
   * waits.
   */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const asked of this.#asked.values()) asked.reject(new StoreFault('the store has stopped'));
    this.#asked.clear();
    if (this.#closed) return;
    this.#onStuck('the thread ended');
    this.#cancelTimer?.();
    this.#cancelTimer = this.#after(this.#restartMs, () => {
      this.start().catch(() => undefined);
    });
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS_MAX);
  }
}
