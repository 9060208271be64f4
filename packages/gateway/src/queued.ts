// Calls that wait for a route without their connection, and answers that are fetched later. Each is
// one file, sealed under its tenant's key, from before the caller is told 202 until the answer was
// handed out or its time is over; what is needed to find them is in memory. An answer is handed out
// once, to the key that asked.
//
// What happens when the node dies: a call goes on if the journal holds it open (`restore`), an
// answer stays. What cannot be read is set aside and said; it stops nobody.
import {
  type Clock,
  type Headers,
  no,
  type Parked,
  type Refusal,
  type RequestId,
  type Result,
  refusal,
  type Sink,
  type TenantName,
  yes,
} from '@signalbox/contract';
import type { Found, KeptFiles, KeptName, Keyring } from '@signalbox/ports';
import {
  type Arrived,
  KEPT_VERSION,
  type Kept,
  type KeptCall,
  keptCall,
  type Opened,
} from './kept.ts';
import {
  type Answer,
  type Owner,
  type Place,
  Places,
  type QueuedLimits,
  type QueueOwners,
} from './places.ts';
import { newRunning, type Running } from './running.ts';
import { type SealedFiles, sealedFiles } from './sealed-files.ts';

export type Fetched =
  | { readonly kind: 'waiting'; readonly request: RequestId; readonly position: number }
  | (Answer & {
      readonly kind: 'answer';
      /** It was handed out: nothing of it stays. */
      readonly over: () => void;
      /** It could not be handed out: it stays. */
      readonly back: () => void;
    })
  | { readonly kind: 'expired' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknown' };

/** The place of one call. */
export type Deferred = {
  /** Returns when the answer is safe, or cannot be made safe; never throws. */
  answer(status: number, headers: Headers, body: Uint8Array): Promise<void>;
  /** Its record is on its way: from now on the answer may be fetched. */
  over(): void;
  /** There will be no answer. */
  cancel(): void;
};

/** A call of an earlier life of the node. */
export type Waiting = {
  readonly opened: Opened<KeptCall>;
  readonly place: Deferred;
  /** Milliseconds since it was queued; the clock on the wall tells, as far as nobody was there. */
  readonly parkedMs: number;
  readonly isExpired: boolean;
};

type TenantNames = { readonly has: (tenant: TenantName) => boolean };

export type Queued = {
  /** Returns when the call is safe on disk. */
  open(arrived: Arrived, parked: Parked): Promise<Result<Deferred, Refusal>>;
  fetch(request: RequestId, owner: Owner): Promise<Fetched>;
  /**
   * Once, before anything else. Returns in their order the calls that go on: the journal holds them
   * open.
   */
  restore(
    isOpen: (request: RequestId) => boolean,
    tenants: TenantNames,
  ): Promise<readonly Waiting[]>;
  /** Of tenants that are gone nothing stays. */
  keepOnly(tenants: TenantNames): void;
  /** The node stops: no answer is kept from here on, and who has none goes on at the next start. */
  close(): Promise<void>;
  /** What an operator should know; empty when all is well. */
  problems(): readonly string[];
};

export type QueuedOptions = {
  readonly files: KeptFiles;
  readonly keyring: Pick<Keyring, 'sealer'>;
  readonly clock: Clock;
  readonly sink: Pick<Sink, 'log'>;
  readonly limits: () => QueuedLimits;
  readonly owners: QueueOwners;
};

const RETRY_AFTER_MS = 5_000;

const LIMIT_WORDS: Readonly<Record<keyof QueuedLimits, string>> = {
  callsMax: 'as many calls as may wait (`queue.calls_max`)',
  perTenantMax: 'as many calls of this tenant as may wait (`queue.per_tenant_max`)',
  bytesMax: 'as many bytes as may be kept (`queue.bytes_max`)',
  perTenantBytesMax: 'as many bytes of this tenant as may be kept (`queue.per_tenant_bytes_max`)',
  keepMs: 'calls whose time is over',
};

export const queued = (options: QueuedOptions): Queued => new Queue(options);

class Queue implements Queued {
  readonly #options: QueuedOptions;
  readonly #sealed: SealedFiles;
  readonly #places: Places;
  #seq = 0;
  #aside = 0;
  #trouble: string | undefined;
  #closed = false;
  readonly #writing: Running = newRunning();
  #stopTimer: (() => void) | undefined;

  constructor(options: QueuedOptions) {
    this.#options = options;
    this.#sealed = sealedFiles(options.files, options.keyring);
    this.#places = new Places(options.limits, options.owners);
  }

  open = async (arrived: Arrived, parked: Parked): Promise<Result<Deferred, Refusal>> => {
    this.#expire();
    const full = this.#places.full(parked.tenant, parked.bytes.length, 1);
    if (full !== undefined) return no(told('queue_full', `There are ${LIMIT_WORDS[full]}.`));
    const place = this.#newPlace(arrived.request, parked);
    this.#places.add(place);
    try {
      const kept = keptCall(arrived, parked, place);
      this.#places.sized(place, await this.#sealed.write(kept, parked.bytes));
    } catch (error) {
      this.#places.take(place);
      this.#troubled('queue.call-not-kept', error);
      return no(told('queue_unavailable', 'The call could not be written to the disk.'));
    }
    if (!this.#places.has(place)) {
      await this.#remove(place, 'call');
      return no(told('queue_full', 'Its time was over, or its tenant gone, while it was written.'));
    }
    this.#trouble = undefined;
    place.state = 'waiting';
    if (this.#places.oldest === place) this.#expireLater();
    return yes(this.#deferred(place));
  };

  fetch = async (request: RequestId, owner: Owner): Promise<Fetched> => {
    this.#expire();
    const place = this.#places.find(request, owner);
    if (place === undefined) return { kind: 'unknown' };
    if (place === 'gone' || place.state === 'handing-out') return { kind: 'expired' };
    if (place.state !== 'ready') {
      return { kind: 'waiting', request, position: this.#places.positionOf(place) };
    }
    place.state = 'handing-out';
    const answer = place.inMemory ?? (await this.#answerOf(place));
    if (answer === undefined) return { kind: 'unreadable' };
    const over = (): void => this.#drop(place);
    const back = (): void => {
      place.state = 'ready';
    };
    return { kind: 'answer', ...answer, over, back };
  };

  restore = async (
    isOpen: (request: RequestId) => boolean,
    tenants: TenantNames,
  ): Promise<readonly Waiting[]> => {
    try {
      const { files } = this.#options;
      const found = await files.list();
      const opened = await this.#readAll(found, isOpen, tenants);
      this.#aside = await files.aside();
      return opened;
    } catch (error) {
      this.#troubled('queue.not-restored', error);
      return [];
    } finally {
      this.#expireLater();
    }
  };

  keepOnly = (tenants: TenantNames): void => {
    for (const place of this.#places.all()) if (!tenants.has(place.tenant)) this.#drop(place);
  };

  close = async (): Promise<void> => {
    this.#closed = true;
    this.#stopTimer?.();
    await this.#writing.idle();
  };

  problems = (): readonly string[] => {
    const all = this.#trouble === undefined ? [] : [`queue: ${this.#trouble}`];
    if (this.#aside === 0) return all;
    const what = `${this.#aside} files could not be read and were set aside`;
    return [...all, `queue: ${what} in \`queue-aside\` of the data folder: look, and remove them`];
  };

  #newPlace(request: RequestId, { tenant, key, bytes }: Parked): Place {
    const { clock } = this.#options;
    this.#seq += 1;
    return {
      ...{ request, tenant, key, seq: this.#seq },
      ...{ queuedAt: clock.now(), since: clock.monotonic() },
      ...{ state: 'opening', bytes: bytes.length, inMemory: undefined },
    };
  }

  #deferred(place: Place): Deferred {
    return {
      answer: (status, headers, body) => this.#answer(place, { status, headers, body }),
      over: () => {
        if (place.state === 'answering') place.state = 'ready';
      },
      cancel: () => this.#drop(place),
    };
  }

  /** The request gives way to the answer: until the answer is safe both are there. */
  async #answer(place: Place, answer: Answer): Promise<void> {
    if (!this.#places.has(place)) return undefined;
    // What the stop of the node did to a call is no answer: it waits on, for the next start.
    if (this.#closed) return NEVER;
    this.#writing.enter();
    await this.#keep(place, answer);
    this.#writing.leave();
  }

  async #keep(place: Place, answer: Answer): Promise<void> {
    place.state = 'answering';
    const { request, tenant, key, seq, queuedAt } = place;
    const { status, headers, body } = answer;
    const full = this.#places.full(tenant, body.length - place.bytes, 0);
    if (full !== undefined) {
      this.#options.sink.log('warn', 'queue.answer-without-room', { request, limit: full });
      this.#drop(place);
      return;
    }
    const common = { v: KEPT_VERSION, request, tenant, key, seq, queuedAt } as const;
    try {
      const kept = { ...common, kind: 'answer', status, headers } as const;
      this.#places.sized(place, await this.#sealed.write(kept, body));
    } catch (error) {
      this.#troubled('queue.answer-not-kept', error);
      place.inMemory = answer;
    }
    // Its time may have been over while it was written.
    if (this.#places.has(place)) await this.#remove(place, 'call');
    else await this.#remove(place, 'answer');
  }

  async #answerOf(place: Place): Promise<Answer | undefined> {
    const opened = await this.#sealed.read({ ...place, what: 'answer' }, place.bytes);
    if (opened?.kept.kind === 'answer') {
      const { status, headers } = opened.kept;
      return { status, headers, body: opened.body };
    }
    this.#places.take(place);
    await this.#setAside({ ...place, what: 'answer' });
    return undefined;
  }

  /** A call that was answered, is settled, or whose tenant is gone has no file any more. */
  async #readAll(
    { files }: Found,
    isOpen: (request: RequestId) => boolean,
    tenants: TenantNames,
  ): Promise<readonly Waiting[]> {
    const answered = new Set(files.filter(isAnswer).map(({ request }) => request));
    const read: (Opened<Kept> & { readonly bytes: number })[] = [];
    for (const one of files) {
      const goesOn = isAnswer(one) || (isOpen(one.request) && !answered.has(one.request));
      if (!goesOn || !tenants.has(one.tenant)) {
        await this.#remove(one, one.what);
        continue;
      }
      const opened = await this.#sealed.read(one, one.bytes);
      if (opened === undefined) await this.#setAside(one);
      else read.push({ ...opened, bytes: one.bytes });
    }
    return this.#inOrder(read);
  }

  /** What came first is over first, also where a clock went back between two starts. */
  #inOrder(read: readonly (Opened<Kept> & { readonly bytes: number })[]): readonly Waiting[] {
    const { clock, limits } = this.#options;
    const waiting: Waiting[] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const { kept, body, bytes } of read.toSorted((a, b) => a.kept.seq - b.kept.seq)) {
      const { request, tenant, key, seq, queuedAt } = kept;
      const since = clock.monotonic() - Math.max(0, clock.now() - queuedAt);
      last = Math.max(last, since);
      const state = kept.kind === 'call' ? 'waiting' : 'ready';
      const whose = { request, tenant, key, seq, queuedAt, since: last };
      const place: Place = { ...whose, state, bytes, inMemory: undefined };
      this.#places.add(place);
      this.#seq = seq;
      if (kept.kind === 'answer') continue;
      const parkedMs = clock.monotonic() - last;
      const isExpired = parkedMs >= limits().keepMs;
      waiting.push({ opened: { kept, body }, place: this.#deferred(place), parkedMs, isExpired });
    }
    return waiting;
  }

  #expire(): void {
    const { clock, limits } = this.#options;
    const oldest = clock.monotonic() - limits().keepMs;
    for (let one = this.#places.oldest; one !== undefined; one = this.#places.oldest) {
      if (one.since > oldest) break;
      this.#drop(one);
    }
  }

  /** Files go when their time is over, also when nobody asks. */
  #expireLater(): void {
    const { clock, limits } = this.#options;
    const { oldest } = this.#places;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (oldest === undefined) return;
    const ms = Math.max(1, oldest.since + limits().keepMs - clock.monotonic());
    this.#stopTimer = clock.after(ms, () => {
      this.#expire();
      this.#expireLater();
    });
  }

  #drop(place: Place): void {
    if (!this.#places.has(place)) return;
    this.#places.take(place);
    if (this.#places.oldest === undefined) this.#expireLater();
    void this.#remove(place, 'call');
    if (place.inMemory === undefined) void this.#remove(place, 'answer');
  }

  /** What cannot be removed now goes at the next start: nothing holds it open. */
  async #remove({ tenant, request }: Owned, what: KeptName['what']): Promise<void> {
    try {
      await this.#options.files.remove({ tenant, request, what });
    } catch (error) {
      this.#troubled('queue.not-removed', error);
    }
  }

  async #setAside(name: KeptName): Promise<void> {
    this.#options.sink.log('error', 'queue.unreadable', { request: name.request, what: name.what });
    this.#aside += 1;
    await this.#options.files.setAside(name).catch((error: unknown) => {
      this.#troubled('queue.not-set-aside', error);
    });
  }

  /** A fault of the disk carries paths and system codes, and nothing of a call. */
  #troubled(event: string, error: unknown): void {
    this.#trouble = error instanceof Error ? error.message : 'a fault without words';
    this.#options.sink.log('error', event, { why: this.#trouble });
  }
}

type Owned = Pick<KeptName, 'tenant' | 'request'>;

const NEVER: Promise<never> = new Promise(() => undefined);
const isAnswer = ({ what }: KeptName): boolean => what === 'answer';
const told = (code: 'queue_full' | 'queue_unavailable', message: string): Refusal =>
  refusal(code, message, { retryAfterMs: RETRY_AFTER_MS });
