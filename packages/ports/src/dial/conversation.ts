// One dial: undici's handler, the sink's flow and the wheel's entry in one object, so that a call
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
import type { Dispatcher } from 'undici';
import { Timed, type Wheel } from '../wheel.ts';
import { AddressDenied } from './connect.ts';
import { type Decoding, decodingFor, type ParsedHeaders, pairsOf } from './decode.ts';
import { faultOfError, isClosed, type Stage, timeoutAt } from './faults.ts';
import type { Line, Lines } from './lines.ts';
import { wireHeaders } from './request.ts';

/** What all conversations share. */
export type Around = {
  readonly wheel: Wheel;
  readonly decodedBytesMax: number;
  onDenied(reason: string, request: DialRequest): void;
  onBug(error: unknown): void;
};

/** Informational answers (1xx) before the real one. */
const INTERIM_MAX = 16;
/**
 * A line that had answered before and closes without a byte within this time of being written to
 * was closed by its idle peer; the request is sent once more. Later, the peer may have been at work
 * on it.
 */
const STALE_MS_MAX = 1_000;

export class Conversation extends Timed implements Dispatcher.DispatchHandler, Flow {
  readonly #request: DialRequest;
  readonly #sink: DialSink;
  readonly #lines: Lines;
  readonly #around: Around;
  readonly #startedMs: number;
  #line: Line | undefined = undefined;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #decoding: Decoding | undefined = undefined;
  #stage: Stage | 'over' = 'connect';
  /** When the stage began, or in the body the last byte came. */
  #sinceMs: number;
  #interim = 0;
  #dispatching = false;
  #answering = false;
  #reused = false;
  #again = false;
  #paused = false;

  constructor(request: DialRequest, sink: DialSink, lines: Lines, around: Around) {
    super();
    this.#request = request;
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
    else this.#controller?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#stage === 'over') return;
    this.#paused = false;
    this.#sinceMs = this.#around.wheel.nowMs;
    if (this.#decoding !== undefined) this.#decoding.resume();
    else this.#controller?.resume();
  }

  /** A sink that reads slowly is not an upstream that is silent. */
  override due(nowMs: number): number | undefined {
    if (this.#stage === 'over') return undefined;
    if (this.#paused) this.#sinceMs = nowMs;
    const dueMs = this.#dueMs();
    if (dueMs > nowMs) return dueMs;
    const total = this.#startedMs + this.#request.timers.totalMs <= nowMs;
    this.#leave(timeoutAt(this.#stage, total, this.#request.place.name));
    return undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#reused = (this.#line?.answered ?? 0) > 0;
    this.#enter('head');
  }

  onResponseStarted(): void {
    this.#answering = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ParsedHeaders): void {
    if (this.#stage === 'over') return;
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_MAX) this.#fail('malformed', 'too many interim answers');
      return;
    }
    if (status >= 300 && status < 400) {
      this.#fail('redirected', `status ${status}`);
      return;
    }
    this.#enter('body');
    const encoding = headers['content-encoding'];
    const encoded = encoding !== undefined && encoding !== 'identity';
    if (encoded && !this.#decode(String(encoding))) {
      this.#fail('body_error', 'unknown content-encoding');
      return;
    }
    this.#sink.head(status, pairsOf(headers, encoded), this);
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#stage === 'over') return;
    this.#sinceMs = this.#around.wheel.nowMs;
    if (this.#decoding !== undefined) this.#decoding.write(bytes);
    else this.#sink.chunk(bytes);
  }

  onResponseEnd(): void {
    if (this.#stage === 'over') return;
    if (this.#line?.reset === true) this.#fail('closed_early', 'reset at body');
    else if (this.#decoding !== undefined) this.#decoding.end();
    else this.#whole();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#stage === 'over') return;
    if (this.#isStale(error) && this.#sendAgain()) return;
    if (error instanceof AddressDenied) this.#around.onDenied(error.breach, this.#request);
    this.#leave(faultOfError(error, this.#stage, this.#request.place.name));
  }

  #send(fresh: boolean): boolean {
    const line = this.#lines.take(fresh);
    if (line === undefined) return false;
    this.#line = line;
    const { method, path, body } = this.#request;
    const headers = wireHeaders(this.#request);
    this.#dispatching = true;
    line.client.dispatch({ method, path, headers, body: body ?? null }, this);
    this.#dispatching = false;
    return true;
  }

  /** On a new connection: other idle lines may be as stale as this one was. */
  #sendAgain(): boolean {
    this.#again = true;
    if (this.#line !== undefined) this.#lines.drop(this.#line);
    this.#line = undefined;
    this.#controller = undefined;
    this.#enter('connect');
    return this.#send(true);
  }

  #isStale(error: Error): boolean {
    if (this.#stage !== 'head' || this.#answering || this.#again || !this.#reused) return false;
    return isClosed(error) && this.#around.wheel.nowMs - this.#sinceMs <= STALE_MS_MAX;
  }

  #decode(encoding: string): boolean {
    this.#decoding = decodingFor(encoding, this.#around.decodedBytesMax, {
      chunk: (bytes) => this.#decoded(bytes),
      end: () => {
        if (!this.#isOver()) this.#whole();
      },
      fault: (code, why) => {
        if (!this.#isOver()) this.#fail(code, why);
      },
      full: () => this.#controller?.pause(),
      drained: () => this.#controller?.resume(),
    });
    return this.#decoding !== undefined;
  }

  /** Called from a stream of Node's, which would take a sink's bug for its own. */
  #decoded(bytes: Uint8Array): void {
    if (this.#isOver()) return;
    try {
      this.#sink.chunk(bytes);
    } catch {
      if (!this.#isOver()) this.#leave(fault('internal', 'ourselves', 'never', 'a sink failed'));
    }
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
    if (why === undefined) return;
    if (this.#dispatching) queueMicrotask(() => this.#tell(why));
    else this.#tell(why);
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

  #enter(stage: Stage): void {
    if (this.#stage === 'over') return;
    this.#stage = stage;
    this.#sinceMs = this.#around.wheel.nowMs;
    this.#around.wheel.hasten(this, this.#dueMs());
  }

  #dueMs(): number {
    const { connectMs, headMs, idleMs, totalMs } = this.#request.timers;
    const stageMs =
      this.#stage === 'connect' ? connectMs : this.#stage === 'head' ? headMs : idleMs;
    return Math.min(this.#sinceMs + stageMs, this.#startedMs + totalMs);
  }
}
