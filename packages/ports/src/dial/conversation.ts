// One dial: the line's caller, the sink's flow and the wheel's entry in one object, so that a call
// allocates once. Stages go connect -> head -> body -> over. `over` is entered once; after it
// nothing reaches the sink, and the line went back to its pool (whole answer) or was cut
// (everything else).
import {
  type DialRequest,
  type DialSink,
  type Fault,
  type FaultCode,
  type Flow,
  fault,
} from '@signalbox/contract';
import { Timed, type Wheel } from '../wheel.ts';
import type { AnswerHead } from './answer.ts';
import { AddressDenied } from './connect.ts';
import { type Decoded, type Decoding, decodedHeaders, decodingFor } from './decode.ts';
import { faultOfError, isClosed, type Stage, timeoutAt } from './faults.ts';
import { EVENTS_TYPE, FRAMED_TYPE, framesFor } from './frames.ts';
import type { Caller, Line, Lines } from './lines.ts';
import { proxyAnswered } from './tunnel.ts';

type Header = readonly [name: string, value: string];

const isFramed = ([name, value]: Header): boolean =>
  name === 'content-type' && value.startsWith(FRAMED_TYPE);

const asEvents = (header: Header): Header =>
  isFramed(header) ? ['content-type', EVENTS_TYPE] : header;

/**
 * As the contract says it, and not as Node's own class, whose `slice` copies nothing: a sink that
 * kept such a slice would hold what the next read, of another call, puts there.
 */
const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** What all conversations share. */
export type Around = {
  readonly wheel: Wheel;
  readonly decodedBytesMax: number;
  onDenied(reason: string, request: DialRequest): void;
  onBug(error: unknown): void;
};

export type To = { readonly lines: Lines; readonly around: Around };

/** Informational answers (1xx) before the real one. */
const INTERIM_MAX = 16;
/**
 * A line that had answered before and closes without a byte within this time of being written to
 * was closed by its idle peer; the request is sent once more. Later, the peer may have been at work
 * on it.
 */
const STALE_MS_MAX = 1_000;
/** An answer goes on with a whole line, or with so many bytes: one byte a second is no stream. */
const PROGRESS_BYTES_MIN = 64;
const LINE_FEED = 0x0a;

export class Conversation extends Timed implements Caller, Flow {
  readonly #request: DialRequest;
  readonly #head: string;
  readonly #sink: DialSink;
  readonly #lines: Lines;
  readonly #around: Around;
  readonly #startedMs: number;
  #line: Line | undefined = undefined;
  #decoding: Decoding | undefined = undefined;
  #stage: Stage | 'over' = 'connect';
  /** When the stage began, or the body went on; before its first byte, when the head was due. */
  #sinceMs: number;
  #begun = false;
  /** Bytes that came since the body last went on. */
  #crumbs = 0;
  #interim = 0;
  #answering = false;
  #reused = false;
  #again = false;
  #paused = false;
  /** What was read at once with what made the sink pause. */
  #held: Uint8Array[] = [];
  #endHeld = false;
  /** The decoder has more than it can take: who is slow is not the upstream. */
  #behind = false;

  /** @param head of the request, as latin1. */
  constructor(request: DialRequest, head: string, sink: DialSink, to: To) {
    super();
    const { lines, around } = to;
    this.#request = request;
    this.#head = head;
    this.#sink = sink;
    this.#lines = lines;
    this.#around = around;
    this.#startedMs = around.wheel.nowMs;
    this.#sinceMs = this.#startedMs;
  }

  /** False when all lines are taken. */
  start(): boolean {
    if (!this.#send(false)) return false;
    if (!this.#isOver()) this.#around.wheel.arm(this, this.#dueMs());
    return true;
  }

  abort(): void {
    if (this.#stage !== 'over') this.#leave(undefined);
  }

  pause(): void {
    if (this.#paused || this.#stage === 'over') return;
    this.#paused = true;
    if (this.#decoding !== undefined) this.#decoding.pause();
    else this.#line?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#stage === 'over') return;
    this.#paused = false;
    this.#sinceMs = this.#around.wheel.nowMs;
    if (this.#decoding !== undefined) this.#decoding.resume();
    else if (this.#tellHeld()) this.#line?.resume();
  }

  /** A sink that reads slowly is not an upstream that is silent. */
  override due(nowMs: number): number | undefined {
    if (this.#stage === 'over') return undefined;
    if (this.#paused || this.#behind) this.#sinceMs = nowMs;
    const dueMs = this.#dueMs();
    if (dueMs > nowMs) return dueMs;
    const total = this.#startedMs + this.#request.timers.totalMs <= nowMs;
    this.#leave(timeoutAt(this.#waitsIn(), total, this.#request.place.name));
    return undefined;
  }

  sent(): void {
    this.#reused = (this.#line?.answered ?? 0) > 0;
    this.#enter('head');
  }

  started(): void {
    this.#answering = true;
  }

  head({ status, headers }: AnswerHead): void {
    if (this.#stage === 'over') return;
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_MAX) this.#fail('malformed', 'too many interim answers');
      return;
    }
    // The word of a proxy that is told the whole URL: no server says this of itself.
    if (status === 407 && this.#lines.proxy !== undefined && this.#lines.form.start !== '') {
      this.#leave(
        faultOfError(proxyAnswered(this.#lines.proxy, status), 'head', this.#request.place.name),
      );
      return;
    }
    if (status >= 300 && status < 400) {
      this.#fail('redirected', `status ${status}`);
      return;
    }
    this.#stage = 'body';
    const encoding = headers.find(([name]) => name === 'content-encoding')?.[1];
    const encoded = encoding !== undefined && encoding !== 'identity';
    if (encoded && !this.#decode(encoding)) {
      this.#fail('body_error', 'unknown content-encoding');
      return;
    }
    const framed = !encoded && headers.some(isFramed);
    if (framed) this.#decoding = framesFor(this.#decodedInto());
    const told = encoded || framed ? decodedHeaders(headers) : headers;
    try {
      this.#sink.head(status, framed ? told.map(asEvents) : told, this);
    } catch {
      this.#sinkFailed();
    }
  }

  data(bytes: Uint8Array): void {
    if (this.#stage === 'over') return;
    this.#goesOn(bytes);
    if (this.#decoding !== undefined) this.#decoding.write(bytes);
    else if (this.#paused) this.#held.push(Uint8Array.from(bytes));
    else this.#chunk(bytes);
  }

  ended(): void {
    if (this.#stage === 'over') return;
    if (this.#decoding !== undefined) this.#decoding.end();
    else if (this.#paused) this.#endHeld = true;
    else this.#whole();
  }

  failed(error: Error): void {
    if (this.#stage === 'over') return;
    if (this.#isStale(error) && this.#sendAgain()) return;
    if (error instanceof AddressDenied) this.#around.onDenied(error.breach, this.#request);
    this.#leave(faultOfError(error, this.#stage, this.#request.place.name));
  }

  /** False: it is over, or paused again. */
  #tellHeld(): boolean {
    const held = this.#held;
    this.#held = [];
    for (const [at, bytes] of held.entries()) {
      this.#chunk(bytes);
      if (this.#isOver()) return false;
      if (!this.#paused) continue;
      this.#held.unshift(...held.slice(at + 1));
      return false;
    }
    if (!this.#endHeld) return true;
    this.#whole();
    return false;
  }

  #send(fresh: boolean): boolean {
    const line = this.#lines.take(fresh);
    if (line === undefined) return false;
    this.#line = line;
    line.send(this.#head, this.#request.body, this);
    return true;
  }

  /** On a new connection: other idle lines may be as stale as this one was. */
  #sendAgain(): boolean {
    this.#again = true;
    if (this.#line !== undefined) this.#lines.drop(this.#line);
    this.#line = undefined;
    this.#enter('connect');
    return this.#send(true);
  }

  #isStale(error: Error): boolean {
    if (this.#stage !== 'head' || this.#answering || this.#again || !this.#reused) return false;
    return isClosed(error) && this.#around.wheel.nowMs - this.#sinceMs <= STALE_MS_MAX;
  }

  #decode(encoding: string): boolean {
    const { decodedBytesMax } = this.#around;
    this.#decoding = decodingFor(encoding, decodedBytesMax, this.#decodedInto());
    return this.#decoding !== undefined;
  }

  #decodedInto(): Decoded {
    return {
      chunk: (bytes) => this.#decoded(bytes),
      end: () => {
        if (!this.#isOver()) this.#whole();
      },
      fault: (code, why) => {
        if (!this.#isOver()) this.#fail(code, why);
      },
      full: () => this.#decoderBehind(true),
      drained: () => this.#decoderBehind(false),
    };
  }

  #decoderBehind(isBehind: boolean): void {
    this.#behind = isBehind;
    if (isBehind) this.#line?.pause();
    else this.#line?.resume();
  }

  #decoded(bytes: Uint8Array): void {
    if (!this.#isOver()) this.#chunk(bytes);
  }

  /** Called by a socket or a stream of Node's, which would take a sink's bug for its own. */
  #chunk(bytes: Uint8Array): void {
    try {
      this.#sink.chunk(plain(bytes));
    } catch {
      this.#sinkFailed();
    }
  }

  #sinkFailed(): void {
    if (!this.#isOver()) this.#leave(fault('internal', 'ourselves', 'never', 'a sink failed'));
  }

  #whole(): void {
    this.#over();
    if (this.#line !== undefined) this.#lines.give(this.#line);
    try {
      this.#sink.end();
    } catch (error) {
      this.#around.onBug(error);
    }
  }

  #fail(code: FaultCode, why: string): void {
    this.#leave(fault(code, 'upstream', 'other', `${this.#request.place.name}: ${why}`));
  }

  /** Over without a whole answer: the line is cut. */
  #leave(why: Fault | undefined): void {
    this.#over();
    this.#decoding?.destroy();
    if (this.#line !== undefined) this.#lines.drop(this.#line);
    if (why !== undefined) this.#tell(why);
  }

  #tell(why: Fault): void {
    try {
      this.#sink.fault(why);
    } catch (error) {
      this.#around.onBug(error);
    }
  }

  #over(): void {
    this.#stage = 'over';
    this.#around.wheel.disarm(this);
  }

  /** Asked after a call out, which may have aborted. */
  #isOver(): boolean {
    return this.#stage === 'over';
  }

  #goesOn(bytes: Uint8Array): void {
    if (this.#begun) {
      this.#crumbs += bytes.length;
      if (this.#crumbs < PROGRESS_BYTES_MIN && !bytes.includes(LINE_FEED)) return;
    }
    this.#crumbs = 0;
    this.#sinceMs = this.#around.wheel.nowMs;
    if (this.#begun) return;
    this.#begun = true;
    this.#around.wheel.hasten(this, this.#dueMs());
  }

  /** A head without a body is no answer yet. */
  #waitsIn(): Stage {
    if (this.#stage === 'connect') return 'connect';
    return this.#begun ? 'body' : 'head';
  }

  #enter(stage: Stage): void {
    if (this.#stage === 'over') return;
    this.#stage = stage;
    this.#sinceMs = this.#around.wheel.nowMs;
    this.#around.wheel.hasten(this, this.#dueMs());
  }

  #dueMs(): number {
    const { connectMs, headMs, idleMs, totalMs } = this.#request.timers;
    const stage = this.#waitsIn();
    const stageMs = stage === 'connect' ? connectMs : stage === 'head' ? headMs : idleMs;
    return Math.min(this.#sinceMs + stageMs, this.#startedMs + totalMs);
  }
}
