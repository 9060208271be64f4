// One request on the caller's side of the gateway, without a socket: it keeps the promises of the
// real exchange, with a caller behind it that may send slowly, read slowly or go away. Where the
// real one would throw because an answer breaks its order, this one reports a breach.
import type { BodyRead, Exchange, Head } from '@signalbox/ports';
import { type CallFacts, type History, headerOf, type Report, wordOf } from '../facts.ts';
import type { Timeline } from '../timeline.ts';
import type { Trace } from '../trace.ts';

export type CallerTools = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly report: Report;
  readonly history: History;
  /** The caller has its answer, or has gone. */
  readonly onOver: (facts: CallFacts) => void;
};

const COLON = 0x3a;
/** Turns in which a caller that is behind may still be written to: the last part, and the end. */
const TURNS_BEHIND_MAX = 2;

export class Caller implements Exchange {
  readonly head: Head;
  readonly facts: CallFacts;
  readonly #tools: CallerTools;
  readonly #leavers: ((stops: boolean) => void)[] = [];
  #onDrain: (() => void) | undefined;
  #settleBody: ((read: BodyRead) => void) | undefined;
  #unread = 0;
  #behindTurn: number | undefined;
  #lastTurn = 0;
  #turnsBehind = 0;
  #chunks = 0;

  constructor(facts: CallFacts, tools: CallerTools) {
    this.facts = facts;
    this.#tools = tools;
    const { headers, path } = facts.wish;
    this.head = {
      method: facts.wish.method,
      target: path,
      headers,
      address: '192.0.2.7',
      header: (name) => headerOf(headers, name),
    };
    if (facts.wish.leaves.kind === 'after') {
      tools.timeline.after(facts.wish.leaves.ms, () => this.leave());
    }
  }

  readBody(bytesMax: number, ms: number): Promise<BodyRead> {
    const { wish } = this.facts;
    if (this.#isOver()) return Promise.resolve('left');
    if (wish.body.length > bytesMax) return Promise.resolve('too-large');
    return new Promise((resolve) => {
      this.#settleBody = resolve;
      const comes = wish.bodyFault !== 'never' && wish.bodyAfterMs < ms;
      const settle = (): void => this.#body(comes ? wish.body : 'timeout');
      this.#tools.timeline.after(comes ? wish.bodyAfterMs : ms, settle);
    });
  }

  reply(status: number, headers: readonly string[], bytes: Uint8Array): void {
    if (this.#isGone()) return;
    if (!this.#inOrder('waiting', 'a whole answer')) return;
    const { facts } = this;
    facts.status = status;
    facts.headers = headers;
    facts.received.push(bytes.slice());
    if (status === 202) facts.deferredTo = headerOf(headers, 'location');
    else facts.releasedTurn ??= this.#tools.timeline.turn();
    this.#over('answered', `answered ${status}`);
  }

  begin(status: number, headers: readonly string[]): void {
    if (this.#isGone() || !this.#inOrder('waiting', 'a stream')) return;
    this.facts.status = status;
    this.facts.headers = headers;
    this.facts.sight = 'streaming';
    this.#note(`stream ${status}`);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isGone() || bytes.length === 0) return this.#behindTurn === undefined;
    if (!this.#inOrder('streaming', 'a part')) return true;
    const { facts } = this;
    const turn = this.#tools.timeline.turn();
    facts.received.push(bytes.slice());
    if (bytes[0] !== COLON) facts.releasedTurn ??= turn;
    this.#chunks += 1;
    const { leaves } = facts.wish;
    if (leaves.kind === 'at-chunk' && leaves.count === this.#chunks) {
      this.#tools.timeline.after(0, () => this.leave());
    }
    return this.#keepUp(bytes.length, turn);
  }

  onDrain(then: () => void): void {
    this.#onDrain = then;
  }

  end(): void {
    if (this.#isGone() || !this.#inOrder('streaming', 'an end')) return;
    this.#over('ended', 'ended');
  }

  destroy(): void {
    if (this.#isGone() || this.facts.sight === 'answered' || this.facts.sight === 'ended') return;
    this.#over('cut', 'cut');
  }

  onLeave(then: (stops: boolean) => void): void {
    if (this.#isGone()) queueMicrotask(() => then(false));
    else if (!this.#isOver()) this.#leavers.push(then);
  }

  /** The caller goes away; nothing happens when it has its answer. */
  leave(): void {
    if (this.#isOver()) return;
    this.#over('left', 'left');
    this.#body('left');
    for (const then of this.#leavers.splice(0)) then(false);
  }

  /** The gateway died: the connection is gone, and nobody there hears of anything any more. */
  reset(): void {
    this.facts.orphaned = true;
    this.#settleBody = undefined;
    this.#leavers.length = 0;
    this.#onDrain = undefined;
    if (!this.#isOver()) this.#over('reset', 'reset');
  }

  #body(read: BodyRead): void {
    const settle = this.#settleBody;
    if (settle === undefined) return;
    this.#settleBody = undefined;
    this.facts.bodyAt = this.#tools.timeline.monotonic();
    this.facts.bodyVersion = this.#tools.history.now();
    settle(read);
  }

  /** False: the caller is behind. */
  #keepUp(bytes: number, turn: number): boolean {
    const { reads } = this.facts.wish;
    if (reads.kind === 'fast') return true;
    if (this.#behindTurn !== undefined) {
      if (turn !== this.#behindTurn && turn !== this.#lastTurn) this.#turnsBehind += 1;
      this.#lastTurn = turn;
      if (this.#turnsBehind > TURNS_BEHIND_MAX) {
        const detail = 'a caller that is behind is written to again and again';
        this.#tools.report('pressure-passes', detail, wordOf(this.facts));
      }
      return false;
    }
    this.#unread += bytes;
    if (this.#unread < reads.bytes) return true;
    this.#behindTurn = turn;
    this.#turnsBehind = 0;
    this.#tools.timeline.after(reads.ms, () => {
      this.#behindTurn = undefined;
      this.#unread = 0;
      if (!this.#isOver()) this.#onDrain?.();
    });
    return false;
  }

  #inOrder(sight: CallFacts['sight'], what: string): boolean {
    if (this.facts.sight === sight) return true;
    const detail = `${what} comes when the caller is ${this.facts.sight}`;
    this.#tools.report('one-answer', detail, wordOf(this.facts));
    return false;
  }

  #isGone(): boolean {
    return ['left', 'reset', 'cut'].includes(this.facts.sight);
  }

  #isOver(): boolean {
    return this.facts.sight !== 'waiting' && this.facts.sight !== 'streaming';
  }

  #over(sight: CallFacts['sight'], text: string): void {
    this.facts.sight = sight;
    this.facts.overAt = this.#tools.timeline.monotonic();
    this.#note(text);
    this.#tools.onOver(this.facts);
  }

  #note(text: string): void {
    this.#tools.trace.note(`${wordOf(this.facts)}${text}`);
  }
}
