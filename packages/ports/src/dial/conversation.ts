// One dial: undici's handler, the sink's flow and the wheel's entry in one object, so that a call allocates once.
// Stages go connect -> head -> body -> over. `over` is entered once; after it nothing reaches the sink, and the line went
// back to its pool (whole answer) or was cut (everything else).
import { type DialRequest, type DialSink, type Fault, type Flow, fault } from '@signalbox/contract';
import type { Dispatcher } from 'undici';
import { Timed, type Wheel } from '../wheel.ts';
import { type Decoding, decodingFor, headersAfterDecoding } from './decode.ts';
import { faultOfError, isClosed, type Stage, timeoutAt } from './faults.ts';
import type { Line, Lines } from './lines.ts';
import { wireHeaders } from './request.ts';

/** Informational answers (1xx) before the real one. */
const INTERIM_MAX = 16;
/**
 * A line that had answered before and closes without a byte within this time of being written to was closed by its idle
 * peer; the request is sent once more. Later, the peer may have been at work on it.
 */
const STALE_MS_MAX = 1_000;

type ParsedHeaders = Readonly<Record<string, string | string[] | undefined>>;

export class Conversation extends Timed implements Dispatcher.DispatchHandler, Flow {
  readonly #request: DialRequest;
  readonly #sink: DialSink;
  readonly #lines: Lines;
  readonly #wheel: Wheel;
  readonly #startedMs: number;
  #line: Line | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #decoding: Decoding | undefined;
  #stage: Stage | 'over' = 'connect';
  /** When the stage began, or in the body the last byte came. */
  #sinceMs: number;
  #interim = 0;
  #answering = false;
  #reused = false;
  #again = false;
  #paused = false;

  constructor(request: DialRequest, sink: DialSink, lines: Lines, wheel: Wheel) {
    super();
    this.#request = request;
    this.#sink = sink;
    this.#lines = lines;
    this.#wheel = wheel;
    this.#startedMs = wheel.nowMs;
    this.#sinceMs = wheel.nowMs;
  }

  /** False when all lines are taken. */
  start(): boolean {
    if (!this.#send(false)) return false;
    this.#wheel.arm(this, this.#dueMs());
    return true;
  }

  abort(): void {
    if (this.#stage !== 'over') this.#leave(undefined);
  }

  pause(): void {
    this.#paused = true;
    if (this.#decoding !== undefined) this.#decoding.pause();
    else this.#controller?.pause();
  }

  resume(): void {
    if (this.#stage === 'over' || !this.#paused) return;
    this.#paused = false;
    this.#sinceMs = this.#wheel.nowMs;
    if (this.#decoding !== undefined) this.#decoding.resume();
    else this.#controller?.resume();
  }

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

  onResponseStart(_: Dispatcher.DispatchController, status: number, parsed: ParsedHeaders): void {
    if (this.#stage === 'over') return;
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_MAX) this.#leave(this.#bad('malformed', 'interim answers'));
      return;
    }
    if (status >= 300 && status < 400) {
      this.#leave(this.#bad('redirected', `status ${status}`));
      return;
    }
    this.#enter('body');
    const encoding = parsed['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') this.#decode(String(encoding));
    if (this.#isOver()) return;
    this.#sink.head(status, headersAfterDecoding(parsed, this.#decoding !== undefined), this);
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#stage === 'over') return;
    this.#sinceMs = this.#wheel.nowMs;
    if (this.#decoding !== undefined) this.#decoding.write(bytes);
    else this.#sink.chunk(bytes);
  }

  onResponseEnd(): void {
    if (this.#stage === 'over') return;
    if (this.#line?.reset === true) this.#leave(this.#bad('closed_early', 'reset at body'));
    else if (this.#decoding !== undefined) this.#decoding.end();
    else this.#whole();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#stage === 'over') return;
    if (this.#isStale(error) && this.#sendAgain()) return;
    this.#leave(faultOfError(error, this.#stage, this.#request.place.name));
  }

  #send(fresh: boolean): boolean {
    const line = this.#lines.take(fresh);
    if (line === undefined) return false;
    this.#line = line;
    const { method, path, body } = this.#request;
    const headers = wireHeaders(this.#request);
    line.client.dispatch({ method, path, headers, body: body ?? null }, this);
    return true;
  }

  #sendAgain(): boolean {
    this.#again = true;
    if (this.#line !== undefined) this.#lines.drop(this.#line);
    this.#line = undefined;
    this.#enter('connect');
    return this.#send(true);
  }

  #isStale(error: Error): boolean {
    if (this.#stage !== 'head' || this.#answering || this.#again || !this.#reused) return false;
    return isClosed(error) && this.#wheel.nowMs - this.#sinceMs <= STALE_MS_MAX;
  }

  #decode(encoding: string): void {
    const decoding = decodingFor(encoding, this.#lines.settings.decodedBytesMax, {
      chunk: (bytes) => this.#isOver() || this.#sink.chunk(bytes),
      end: () => this.#isOver() || this.#whole(),
      fault: (code, why) => this.#isOver() || this.#leave(this.#bad(code, why)),
      full: () => this.#controller?.pause(),
      drained: () => this.#controller?.resume(),
    });
    if (decoding === undefined) this.#leave(this.#bad('body_error', 'content-encoding'));
    this.#decoding = decoding;
  }

  #whole(): void {
    this.#over();
    if (this.#line !== undefined) this.#lines.give(this.#line);
    this.#sink.end();
  }

  /** Over without a whole answer: the line is cut. */
  #leave(why: Fault | undefined): void {
    this.#over();
    this.#decoding?.destroy();
    if (this.#line !== undefined) this.#lines.drop(this.#line);
    if (why !== undefined) this.#sink.fault(why);
  }

  #over(): void {
    this.#stage = 'over';
    this.#wheel.disarm(this);
  }

  /** Asked after a callback, which may have aborted. */
  #isOver(): boolean {
    return this.#stage === 'over';
  }

  #enter(stage: Stage): void {
    if (this.#stage === 'over') return;
    this.#stage = stage;
    this.#sinceMs = this.#wheel.nowMs;
  }

  #dueMs(): number {
    const { connectMs, headMs, idleMs, totalMs } = this.#request.timers;
    const stageMs =
      this.#stage === 'connect' ? connectMs : this.#stage === 'head' ? headMs : idleMs;
    return Math.min(this.#sinceMs + stageMs, this.#startedMs + totalMs);
  }

  #bad(
    code: 'malformed' | 'redirected' | 'body_error' | 'too_large' | 'closed_early',
    why: string,
  ): Fault {
    return fault(code, 'upstream', 'other', `${this.#request.place.name}: ${why}`);
  }
}
