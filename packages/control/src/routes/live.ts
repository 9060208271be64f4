// Ended calls as they happen, as server-sent events. A tail never holds back what it tails: rows
// that a slow reader has no room for are dropped, the oldest first, and the reader is told how
// many.
//
// A reader that comes back says which row it saw last, and gets what came since, as far as a page
// reaches; where more is missing, a `gap` says so. A tail ends when the session behind it ends, and
// when the server is about to stop.
import { type Clock, type Refusal, refusal, type Sink, yes } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import { type Exchange, REQUESTS_MAX, type RequestSummary } from '@signalbox/ports';
import type { Visitor } from '../door/door.ts';
import type { Readings } from '../readings.ts';
import { beginEvents } from '../reply.ts';
import { type LiveQuery, liveQuery } from './query.ts';
import { passes, scopeOf } from './requests.ts';
import { type Route, read } from './route.ts';
import { rowOf, rowSchema } from './rows.ts';

export const HEARTBEAT_MS = 15_000;
export const TAILS_MAX = 64;
/** Rows that wait for one slow reader. */
export const WAITING_ROWS_MAX = 500;
const RETRY_MS = 2_000;
const ROWS_A_WRITE_MAX = 50;

export type TailPorts = {
  readonly readings: Readings;
  readonly clock: Clock;
  readonly sink: Sink;
};

export class Tails {
  readonly #ports: TailPorts;
  readonly #open = new Set<Tail>();

  constructor(ports: TailPorts) {
    this.#ports = ports;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Ends every tail; its reader knows that it may come back. */
  drain(): void {
    for (const tail of this.#open) tail.close('drain');
  }

  start(exchange: Exchange, query: LiveQuery, visitor: Visitor): Refusal | undefined {
    if (this.#open.size >= TAILS_MAX) {
      const message = `At most ${TAILS_MAX} tails may be open at once.`;
      return refusal('concurrency_limited', message, { retryAfterMs: RETRY_MS });
    }
    const tail = new Tail(exchange, query, { ...this.#ports, visitor });
    this.#open.add(tail);
    tail.start(() => this.#open.delete(tail));
    return undefined;
  }
}

export function liveRoute(tails: Tails): Route {
  return {
    method: 'GET',
    path: '/admin/v1/requests/live',
    summary:
      'Ended calls as they happen: events `request`, `dropped`, `gap`, `drain`, `signed-out`',
    kind: 'stream',
    status: 200,
    query: liveQuery,
    body: undefined,
    answer: rowSchema,
    async serve(asked, { exchange, visitor }) {
      const since = asked.header('last-event-id') ?? asked.query['since'];
      const query = read(liveQuery, since === undefined ? asked.query : { ...asked.query, since });
      if (!query.ok) return query;
      const no = tails.start(exchange, query.value, visitor);
      return no === undefined ? yes(undefined) : { ok: false, refusal: no };
    },
  };
}

type Waiting = { readonly id: string; readonly text: string };
type TailSources = TailPorts & { readonly visitor: Visitor };

class Tail {
  readonly #exchange: Exchange;
  readonly #query: LiveQuery;
  readonly #sources: TailSources;
  #waiting: Waiting[] = [];
  #dropped = 0;
  #behind = false;
  /** False while what came since the reader's last row is being read. */
  #caughtUp = false;
  #over = false;
  #onOver: () => void = nothing;
  #stopFeed: () => void = nothing;
  #stopBeat: () => void = nothing;

  constructor(exchange: Exchange, query: LiveQuery, sources: TailSources) {
    this.#exchange = exchange;
    this.#query = query;
    this.#sources = sources;
  }

  start(onOver: () => void): void {
    const exchange = this.#exchange;
    this.#onOver = onOver;
    exchange.onLeave(() => {
      this.#stop();
      onOver();
    });
    exchange.onDrain(() => {
      this.#behind = false;
      this.#flush();
    });
    beginEvents(exchange);
    this.#say(`retry: ${RETRY_MS}\n\n`);
    this.#stopFeed = this.#sources.readings.subscribe(
      scopeOf(this.#query.tenant),
      (requests, dropped) => this.#offer(requests, dropped),
    );
    this.#beat();
    void this.#catchUp().then(() => {
      this.#caughtUp = true;
      this.#flush();
    });
  }

  close(why: 'drain' | 'signed-out'): void {
    if (this.#over) return;
    this.#say(`event: ${why}\ndata: {}\n\n`);
    this.#stop();
    this.#exchange.end();
    this.#onOver();
  }

  #stop(): void {
    this.#over = true;
    this.#stopFeed();
    this.#stopBeat();
    this.#waiting = [];
  }

  #beat(): void {
    this.#stopBeat = this.#sources.clock.after(HEARTBEAT_MS, () => {
      if (!this.#sources.visitor.stillIn()) return this.close('signed-out');
      this.#say(': still here\n\n');
      this.#beat();
    });
  }

  /** What came since the reader's last row goes before what waits already. */
  async #catchUp(): Promise<void> {
    const { since, tenant, ...filters } = this.#query;
    if (since === undefined) return;
    const question = { ...filters, tenant: scopeOf(tenant), limit: REQUESTS_MAX };
    const page = await this.#sources.readings.recentRequests(question).catch(() => undefined);
    if (this.#over) return;
    if (page === undefined) return this.#say('event: gap\ndata: {}\n\n');
    const at = page.requests.findIndex((one) => one.decision === since);
    const missed = (at < 0 ? page.requests : page.requests.slice(0, at)).toReversed();
    if (at < 0) this.#say('event: gap\ndata: {}\n\n');
    const known = new Set(missed.map((one) => one.decision));
    const later = this.#waiting.filter((one) => !known.has(one.id) && one.id !== since);
    this.#waiting = [...missed.map(eventOf), ...later];
    this.#bound();
  }

  #offer(requests: readonly RequestSummary[], dropped: number): void {
    this.#dropped += dropped;
    for (const one of requests) if (passes(this.#query, one)) this.#waiting.push(eventOf(one));
    this.#bound();
    if (this.#caughtUp) this.#flush();
  }

  #bound(): void {
    const excess = this.#waiting.length - WAITING_ROWS_MAX;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
    this.#sources.sink.count('signalbox_tail_rows_dropped_total', {}, excess);
  }

  #flush(): void {
    while (!this.#over && !this.#behind && (this.#dropped > 0 || this.#waiting.length > 0)) {
      if (this.#dropped > 0) {
        // They were older than all that waits.
        this.#say(`event: dropped\ndata: {"count":${this.#dropped}}\n\n`);
        this.#dropped = 0;
      }
      const rows = this.#waiting.splice(0, ROWS_A_WRITE_MAX);
      if (rows.length > 0) this.#say(rows.map((one) => one.text).join(''));
    }
  }

  #say(text: string): void {
    if (!this.#over && !this.#exchange.write(encode(text))) this.#behind = true;
  }
}

function nothing(): void {}

/** One text a row, however many tails show it. */
const events = new WeakMap<RequestSummary, Waiting>();

function eventOf(call: RequestSummary): Waiting {
  const known = events.get(call);
  if (known !== undefined) return known;
  const id = call.decision;
  const text = `id: ${id}\nevent: request\ndata: ${JSON.stringify(rowOf(call))}\n\n`;
  const made = { id, text };
  events.set(call, made);
  return made;
}
