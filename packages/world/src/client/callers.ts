// Everybody who calls: begins calls, tells them that their gateway died, and fetches the answers of
// those that were told to come back.
import { type RequestId, requestId } from '@signalbox/contract';
import type { CallFacts, History, Report, Wish } from '../facts.ts';
import { headerOf, wordOf } from '../facts.ts';
import type { Lives } from '../node/lives.ts';
import type { Watch } from '../oracle/watch.ts';
import type { Timeline } from '../timeline.ts';
import type { Trace } from '../trace.ts';
import { OBJECT } from '../upstream/passed.ts';
import { Caller } from './caller.ts';
import { type PageAnswer, pageExchange } from './page.ts';
import { traceIdOf } from './wish.ts';

export type CallersTools = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly report: Report;
  readonly history: History;
  readonly lives: Lives;
  readonly watch: Watch;
  /** What the gateway drew first while it took a request in: the id of the call. */
  readonly firstDrawn: (during: () => void) => Uint8Array | undefined;
};

const ID_BYTES = 10;
const FETCH_AGAIN_MS = 700;
/** A page is answered sooner, or not at all. */
const ANSWER_MS = 5_000;
/** Some wait until the record of an answer is safe. */
const SAFE_MS = 2_000;
/** With so much room no answer of a world is dropped for want of it. */
const ROOM_BYTES = 1_000_000;

export class Callers {
  readonly all: CallFacts[] = [];
  readonly #tools: CallersTools;
  readonly #byTrace = new Map<string, CallFacts>();
  readonly #busy = new Set<Caller>();

  /** Calls by tenant and session. */
  readonly #companies = new Map<string, CallFacts[]>();

  constructor(tools: CallersTools) {
    this.#tools = tools;
  }

  byTrace(traceId: string): CallFacts | undefined {
    return this.#byTrace.get(traceId);
  }

  #companyOf({ tenant, headers }: Wish): CallFacts[] {
    const session = headerOf(headers, 'x-signalbox-session');
    if (session === undefined) return [];
    const name = `${tenant} ${session}`;
    const known = this.#companies.get(name) ?? [];
    this.#companies.set(name, known);
    return known;
  }

  /** The number of its call stands in the name of what was made. */
  #makerOf(object: string): CallFacts | undefined {
    const number = Number(OBJECT.exec(object)?.[1]);
    return this.all.find(({ wish }) => wish.number === number);
  }

  begin(wish: Wish): CallFacts {
    const { timeline, trace, report, history, lives, watch, firstDrawn } = this.#tools;
    const company = this.#companyOf(wish);
    const maker = wish.about === undefined ? undefined : this.#makerOf(wish.about);
    const facts: CallFacts = {
      wish,
      company,
      maker,
      life: lives.number,
      at: timeline.monotonic(),
      askedVersion: history.now(),
      id: undefined,
      sight: 'waiting',
      status: undefined,
      headers: [],
      received: [],
      bodyAt: undefined,
      bodyVersion: history.now(),
      releasedTurn: undefined,
      overAt: undefined,
      deferredTo: undefined,
      fetched: undefined,
      entries: [],
      dials: [],
      settled: [],
      orphaned: false,
    };
    this.all.push(facts);
    company.push(facts);
    this.#byTrace.set(traceIdOf(wish.number), facts);
    const { life } = lives;
    if (life === undefined) {
      facts.sight = 'reset';
      facts.orphaned = true;
      trace.note(`${wordOf(facts)}finds nobody`);
      return facts;
    }
    const caller: Caller = new Caller(facts, {
      timeline,
      trace,
      report,
      history,
      onOver: () => this.#over(caller),
    });
    this.#busy.add(caller);
    trace.note(`${wordOf(facts)}${describe(wish)}`);
    const drawn = firstDrawn(() => life.handle(caller));
    if (drawn?.length === ID_BYTES) this.#named(facts, requestId(timeline.now(), drawn), watch);
    return facts;
  }

  /**
   * The gateway has died: nobody of its callers hears from it again, but those that were told to
   * come back.
   */
  reset(): void {
    for (const facts of this.all) facts.orphaned = true;
    for (const caller of this.#busy) caller.reset();
    this.#busy.clear();
  }

  /** Callers who still wait for something. */
  waiting(): readonly CallFacts[] {
    return this.all.filter(
      ({ sight, deferredTo, fetched }) =>
        sight === 'waiting' ||
        sight === 'streaming' ||
        (deferredTo !== undefined && fetched === undefined),
    );
  }

  #named(facts: CallFacts, id: RequestId, watch: Watch): void {
    facts.id = id;
    watch.calls.set(id, facts);
  }

  #over(caller: Caller): void {
    this.#busy.delete(caller);
    const { facts } = caller;
    this.#tools.watch.over(facts);
    if (facts.deferredTo === undefined) return;
    this.#fetchLater(facts, { path: facts.deferredTo, leaptMs: this.#tools.timeline.leaptMs() });
  }

  #fetchLater(facts: CallFacts, told: Told): void {
    const { timeline, lives } = this.#tools;
    timeline.after(FETCH_AGAIN_MS, () => {
      if (facts.fetched !== undefined) return;
      const text = facts.wish.keyText ?? '';
      const { life, number } = lives;
      let isHeard = false;
      const exchange = pageExchange(told.path, text, (answer) => {
        isHeard = true;
        this.#fetched(facts, answer, told);
      });
      life?.handle(exchange);
      // Nobody was there, or died before it answered.
      timeline.after(ANSWER_MS, () => {
        if (isHeard || (life !== undefined && lives.number === number)) return;
        this.#fetchLater(facts, told);
      });
    });
  }

  #fetched(facts: CallFacts, answer: PageAnswer, told: Told): void {
    this.#kept(facts, answer, told);
    if (answer.status === 202) {
      this.#fetchLater(facts, told);
      return;
    }
    facts.fetched = answer;
    this.#tools.trace.note(`${wordOf(facts)}fetched ${answer.status}`);
    this.#comeAgain(facts, answer, told.path);
  }

  /** What was handed out is gone, for whoever comes for it again, also after a restart. */
  #comeAgain(facts: CallFacts, first: PageAnswer, path: string): void {
    const { timeline, lives, report } = this.#tools;
    const { number } = lives;
    timeline.after(SAFE_MS, () => {
      if (lives.number !== number) return;
      timeline.after(FETCH_AGAIN_MS, () => {
        const exchange = pageExchange(path, facts.wish.keyText ?? '', ({ status, body }) => {
          if (status === GONE || status !== first.status || !isSame(body, first.body)) return;
          report('delivered-once', `it is told ${status} once more`, wordOf(facts));
        });
        lives.life?.handle(exchange);
      });
    });
  }

  /**
   * An answer is there when it was made, and is kept for as long as the documents say, from about
   * its 202 on; what a clock on the wall leaps counts as time in which nobody was there.
   */
  #kept(facts: CallFacts, { status, headers }: PageAnswer, told: Told): void {
    const { timeline, report } = this.#tools;
    const isRelayed = headerOf(headers, 'x-signalbox-endpoint') !== undefined;
    if (status === 404 && !isRelayed) {
      report('queued-known', 'nobody knows of it any more', wordOf(facts));
    }
    const { queue } = facts.askedVersion.configuration;
    if (queue.bytesMax < ROOM_BYTES) return;
    const now = timeline.monotonic();
    const since = facts.at - (timeline.leaptMs() - told.leaptMs);
    const madeAt = facts.settled.at(-1)?.at;
    const isMade = madeAt !== undefined && now - madeAt > SAFE_MS;
    const isInTime = now - since < queue.keepMs;
    const wasInTime = isMade && madeAt + FETCH_AGAIN_MS * 2 - since < queue.keepMs;
    const isGone = !isRelayed && (status === 404 || status === 410);
    if ((isGone && (isInTime || wasInTime)) || (status === 202 && isMade)) {
      const detail = `${now - since} ms after it came it is told ${status}`;
      report('answered-in-time', detail, wordOf(facts));
    }
  }
}

/** Where its answer will be, and what clocks had leapt when its caller was told. */
type Told = { readonly path: string; readonly leaptMs: number };

/** No answer, and told as often as somebody comes. */
const GONE = 410;

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

function describe(wish: Wish): string {
  const { kind, operation, stream, tenant, keyName, model, label, step, queueAllowed } = wish;
  const what = `${kind} ${operation}${stream ? ' stream' : ''} of ${keyName || `${tenant}?`}`;
  const how = [
    label,
    step,
    queueAllowed ? 'may wait' : undefined,
    wish.leaves.kind,
    wish.bodyFault,
  ];
  const said = how.filter((one) => one !== undefined && one !== 'none');
  return `${what} for ${model} ${said.join(' ')}`;
}
