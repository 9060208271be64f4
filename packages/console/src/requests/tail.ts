// The live list: a page of what has ended, and then each call as it ends. Rows wait while somebody
// looks at the list, and the number that wait is told. No row is asked for by itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Refused } from '../api/ask.ts';
import { type Page, page, type Row, row } from '../api/shapes.ts';

export const ROWS_MAX = 500;
const PAGE_ROWS = 100;
const SHOW_EVERY_MS = 250;
/** What a person can be shown in a turn: 200 rows a second. */
const ROWS_A_TURN_MAX = 50;

export type Link = 'opening' | 'live' | 'broken';

export type TailState = {
  /** Newest first; undefined: the first page is on its way. */
  readonly rows: readonly Row[] | undefined;
  readonly waiting: readonly Row[];
  readonly link: Link;
  /** Rows that this page has not shown, because there were too many. */
  readonly skipped: number;
  readonly next: string | undefined;
  readonly failure: Refused | undefined;
};

const EMPTY: TailState = {
  rows: undefined,
  waiting: [],
  link: 'opening',
  skipped: 0,
  next: undefined,
  failure: undefined,
};

export type Tail = TailState & {
  readonly again: () => void;
  readonly older: () => void;
};

/** @param query filters as the server reads them. @param paused rows wait while it is true. */
export function useTail(query: string, paused: boolean): Tail {
  const [state, setState] = useState(EMPTY);
  const [turn, setTurn] = useState(0);
  const isPaused = useRef(paused);
  isPaused.current = paused;

  useEffect(() => {
    setState(EMPTY);
    const feed = new LiveFeed(query, {
      linked: (link) => setState((before) => ({ ...before, link })),
      paged: (read) => setState((before) => withPage(before, read)),
      came: (rows, skipped) =>
        setState((before) => withRows(before, rows, skipped, isPaused.current)),
      failed: (failure) => setState((before) => ({ ...before, failure, link: 'broken' })),
    });
    feed.watch();
    return () => feed.stop();
  }, [query, turn]);

  useEffect(() => {
    if (!paused) setState(shown);
  }, [paused]);

  const older = (): void => {
    const { next } = state;
    if (next === undefined) return;
    ask(pagePath(query, next), page, new AbortController().signal)
      .then((read) => setState((before) => withOlder(before, read)))
      .catch((error: unknown) => {
        if (error instanceof Refused) setState((before) => ({ ...before, failure: error }));
      });
  };
  return { ...state, older, again: () => setTurn((before) => before + 1) };
}

const pagePath = (query: string, after?: string): string => {
  const words = new URLSearchParams(query);
  words.set('limit', String(PAGE_ROWS));
  if (after !== undefined) words.set('after', after);
  return `requests?${words}`;
};

/** Rows that came before the page did stay in front; none stands twice. */
function withPage(before: TailState, read: Page): TailState {
  const rows = merged([...before.waiting, ...(before.rows ?? [])], read.rows);
  const next = before.rows === undefined ? read.next : before.next;
  return { ...before, rows, waiting: [], next, failure: undefined };
}

function withOlder(before: TailState, read: Page): TailState {
  const rows = merged(before.rows ?? [], read.rows);
  return { ...before, rows, next: rows.length >= ROWS_MAX ? undefined : read.next };
}

function withRows(
  before: TailState,
  rows: readonly Row[],
  skipped: number,
  paused: boolean,
): TailState {
  const waiting = merged(rows, before.waiting);
  const held = { ...before, waiting, skipped: before.skipped + skipped };
  return paused || before.rows === undefined ? held : shown(held);
}

function shown(before: TailState): TailState {
  if (before.waiting.length === 0) return before;
  return { ...before, rows: merged(before.waiting, before.rows ?? []), waiting: [] };
}

function merged(front: readonly Row[], back: readonly Row[]): readonly Row[] {
  const known = new Set(front.map((one) => one.decision));
  return [...front, ...back.filter((one) => !known.has(one.decision))].slice(0, ROWS_MAX);
}

type Told = {
  linked(link: Link): void;
  paged(read: Page): void;
  came(rows: readonly Row[], skipped: number): void;
  failed(failure: Refused): void;
};

/** The stream behind the list: open while the page is seen, read again after every break. */
class LiveFeed {
  readonly #query: string;
  readonly #told: Told;
  readonly #stop = new AbortController();
  #source: EventSource | undefined;
  #incoming: Row[] = [];
  #skipped = 0;
  #timer: number | undefined;

  constructor(query: string, told: Told) {
    this.#query = query;
    this.#told = told;
  }

  watch(): void {
    const { signal } = this.#stop;
    document.addEventListener('visibilitychange', () => this.#look(), { signal });
    this.#timer = window.setInterval(() => this.#pass(), SHOW_EVERY_MS);
    this.#open();
  }

  stop(): void {
    this.#stop.abort();
    window.clearInterval(this.#timer);
    this.#source?.close();
  }

  #look(): void {
    if (document.hidden) {
      this.#source?.close();
      this.#source = undefined;
    } else if (this.#source === undefined) this.#open();
  }

  #open(): void {
    this.#told.linked('opening');
    const source = new EventSource(`/admin/v1/requests/live?${this.#query}`);
    this.#source = source;
    // First the stream, then the page: what ends between the two is in both.
    source.addEventListener('open', () => {
      this.#told.linked('live');
      this.#read();
    });
    source.addEventListener('request', (event: MessageEvent<unknown>) => this.#take(event.data));
    source.addEventListener('dropped', (event: MessageEvent<unknown>) => this.#drop(event.data));
    source.addEventListener('gap', () => this.#read());
    source.addEventListener('error', () => {
      this.#told.linked('broken');
      // The browser tries again by itself, unless the server said no: then the page says why.
      if (source.readyState === EventSource.CLOSED) this.#read();
    });
  }

  #read(): void {
    ask(pagePath(this.#query), page, this.#stop.signal)
      .then((read) => this.#told.paged(read))
      .catch((error: unknown) => {
        if (error instanceof Refused && !this.#stop.signal.aborted) this.#told.failed(error);
      });
  }

  #take(line: unknown): void {
    const read: unknown = JSON.parse(String(line));
    this.#incoming.unshift(row(read, 'a row'));
    const excess = this.#incoming.length - ROWS_A_TURN_MAX;
    if (excess > 0) {
      this.#incoming.length = ROWS_A_TURN_MAX;
      this.#skipped += excess;
    }
  }

  #drop(line: unknown): void {
    const read: unknown = JSON.parse(String(line));
    const count = typeof read === 'object' && read !== null ? Reflect.get(read, 'count') : 0;
    this.#skipped += typeof count === 'number' ? count : 0;
  }

  #pass(): void {
    if (this.#incoming.length === 0 && this.#skipped === 0) return;
    this.#told.came(this.#incoming, this.#skipped);
    this.#incoming = [];
    this.#skipped = 0;
  }
}
