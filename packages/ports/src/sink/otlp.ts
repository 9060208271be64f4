// Spans to a collector: OTLP over HTTP, JSON, in batches. No call waits for any of it: what ended
// is put into a bounded queue, and when the collector is slow or away, the oldest is dropped and
// counted. Each batch holds what one clearance covers, and goes through the dial function like
// everything else that leaves.
import {
  type CallRecord,
  type CallTrace,
  type Clearance,
  type Clock,
  type Credential,
  type Headers,
  higherLabel,
  type Label,
  type Place,
  type Sink,
  type TenantName,
  type Timers,
  type Upstream,
} from '@signalbox/contract';
import { bodyOf, type SpanFacts, spansOf } from './spans.ts';

/** Whether the spans of a call may go to the collector, asked when they are sent. */
export type Whither =
  | { readonly ok: true; readonly clearance: Clearance; readonly place: Place }
  | { readonly ok: false; readonly breach: string };

export type SpanSettings = {
  readonly clock: Clock;
  readonly upstream: Upstream;
  readonly sink: Pick<Sink, 'count' | 'log'>;
  /** Path and query at the collector. */
  readonly path: string;
  readonly headers: Headers;
  readonly credential: Credential | undefined;
  readonly facts: SpanFacts;
  readonly mayGo: (record: CallRecord) => Whither;
  readonly limits?: Partial<Limits>;
};

type Limits = {
  /** Ended calls that wait; more drop the oldest. */
  readonly callsMax: number;
  /** Calls in one export. */
  readonly batchMax: number;
  /** How long a batch gathers. */
  readonly gatherMs: number;
  /** First wait after a failure; it doubles. */
  readonly againMs: number;
  readonly triesMax: number;
};

const LIMITS: Limits = {
  callsMax: 2_048,
  batchMax: 128,
  gatherMs: 1_000,
  againMs: 1_000,
  triesMax: 6,
};
const AGAIN_MS_MAX = 30_000;
const TIMERS: Timers = { connectMs: 3_000, headMs: 10_000, idleMs: 10_000, totalMs: 15_000 };
/** Statuses after which the same batch may be sent again, by the specification of OTLP. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export type OpenSpans = {
  add(record: CallRecord, trace: CallTrace): void;
  /** Sends what waits, for as long as that; the rest is dropped and counted. */
  close(msMax: number): Promise<void>;
};

type Waiting = { readonly record: CallRecord; readonly trace: CallTrace };
type Dropped = 'queue' | 'clearance' | 'collector' | 'stopped';

export const createSpans = (settings: SpanSettings): OpenSpans => new Spans(settings);

class Spans implements OpenSpans {
  readonly #settings: SpanSettings;
  readonly #limits: Limits;
  #waiting: Waiting[] = [];
  #sending = false;
  #closing = false;
  #tries = 0;
  #batch: Batch | undefined;
  #timer: (() => void) | undefined;
  #abort: (() => void) | undefined;
  #idle: (() => void) | undefined;

  constructor(settings: SpanSettings) {
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...settings.limits };
  }

  add(record: CallRecord, trace: CallTrace): void {
    if (!trace.sampled) return;
    if (this.#closing) {
      this.#drop('stopped', 1);
      return;
    }
    this.#waiting.push({ record, trace });
    const { callsMax, gatherMs } = this.#limits;
    if (this.#waiting.length > callsMax) {
      // A share at once: one shift a call of a long list would cost more than the spans are worth.
      const over = Math.max(1, callsMax >> 3);
      this.#waiting.splice(0, over);
      this.#drop('queue', over);
    }
    if (!this.#sending) this.#later(gatherMs);
  }

  async close(msMax: number): Promise<void> {
    this.#closing = true;
    const { clock } = this.#settings;
    if (this.#abort === undefined) this.#now();
    if (this.#sending) {
      await new Promise<void>((done) => {
        const cancel = clock.after(msMax, done);
        this.#idle = () => {
          cancel();
          done();
        };
      });
    }
    this.#timer?.();
    this.#abort?.();
    this.#sending = true;
    const left = this.#waiting.length + (this.#batch?.members.length ?? 0);
    this.#waiting = [];
    this.#batch = undefined;
    if (left > 0) this.#drop('stopped', left);
  }

  #drop(reason: Dropped, calls: number): void {
    this.#settings.sink.count('traces_dropped', { reason }, calls);
  }

  #later(ms: number): void {
    this.#sending = true;
    this.#timer = this.#settings.clock.after(ms, () => this.#now());
  }

  #now(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#batch ??= this.#nextBatch();
    if (this.#batch === undefined) {
      this.#sending = false;
      this.#idle?.();
      return;
    }
    this.#sending = true;
    this.#send(this.#batch);
  }

  /** The oldest, and what may go where it goes. */
  #nextBatch(): Batch | undefined {
    const { mayGo, facts } = this.#settings;
    const spans: object[] = [];
    const members: Waiting[] = [];
    let label: Label = 'public';
    const rest: Waiting[] = [];
    let first: (Whither & { ok: true }) | undefined;
    let tenant: TenantName | undefined;
    for (const one of this.#waiting) {
      if (members.length >= this.#limits.batchMax) {
        rest.push(one);
        continue;
      }
      const whither = mayGo(one.record);
      if (!whither.ok) {
        this.#drop('clearance', 1);
        continue;
      }
      const isOther = tenant !== undefined && one.record.tenant !== tenant;
      if (isOther || (first !== undefined && !isSame(first.clearance, whither.clearance))) {
        rest.push(one);
        continue;
      }
      first ??= whither;
      tenant ??= one.record.tenant;
      members.push(one);
      // Of a call without a label nobody has read the content.
      label = higherLabel(label, one.record.label ?? 'public');
      spans.push(...spansOf(one.record, one.trace, facts));
    }
    this.#waiting = rest;
    if (first === undefined || tenant === undefined) return undefined;
    const body = new TextEncoder().encode(bodyOf(spans, facts));
    return { clearance: first.clearance, place: first.place, label, tenant, body, members };
  }

  #send({ place, clearance, label, tenant, body }: Batch): void {
    const { upstream, path, headers, credential } = this.#settings;
    let status = 0;
    this.#abort = upstream.dial(
      {
        ...{ place, clearance, label, tenant, method: 'POST' as const },
        ...{ path, headers, credential, body, timers: TIMERS },
      },
      {
        head: (code) => {
          status = code;
        },
        chunk: () => undefined,
        end: () => this.#heard(status, PASSING.has(status)),
        fault: ({ retry }) => this.#heard(0, retry !== 'never'),
      },
    );
  }

  #heard(status: number, again: boolean): void {
    this.#abort = undefined;
    const { sink } = this.#settings;
    const members = this.#batch?.members ?? [];
    const calls = members.length;
    this.#batch = undefined;
    this.#tries += 1;
    if (status >= 200 && status < 300) sink.count('traces_exported', {}, calls);
    else if (again && this.#tries < this.#limits.triesMax) {
      // Asked anew when it is sent again: what bound its tenant may have changed meanwhile.
      this.#waiting.unshift(...members);
      this.#later(Math.min(AGAIN_MS_MAX, this.#limits.againMs * 2 ** (this.#tries - 1)));
      return;
    } else {
      this.#drop('collector', calls);
      sink.log('warn', 'traces-dropped', { calls, status });
    }
    this.#tries = 0;
    const isFull = this.#waiting.length >= this.#limits.batchMax;
    if (this.#closing || isFull) this.#now();
    else if (this.#waiting.length > 0) this.#later(this.#limits.gatherMs);
    else this.#now();
  }
}

type Batch = {
  readonly clearance: Clearance;
  readonly place: Place;
  /** The highest of its calls. */
  readonly label: Label;
  /** Whose they are. */
  readonly tenant: TenantName;
  readonly body: Uint8Array;
  readonly members: readonly Waiting[];
};

/** What one clearance says for the other: the same tenant's, as sensitive. */
function isSame({ terms: a }: Clearance, { terms: b }: Clearance): boolean {
  return a.tenant === b.tenant && a.label === b.label && a.ceiling === b.ceiling;
}
