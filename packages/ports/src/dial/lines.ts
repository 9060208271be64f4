// Lines: kept-alive connections to one target, each carrying one call at a time. Picking an idle
// line is O(1) beside thousands of busy ones, a line knows whether it has answered before (that is
// what makes a stale one recognisable), and there is no hidden queue: when all lines are taken,
// that is said at once.
//
// All lines read into one buffer: what is read is taken in the same turn, and kept by nobody.
import type { Socket } from 'node:net';
import { atEndOfTurn, type Flushed } from '../turn.ts';
import { Timed, type Wheel } from '../wheel.ts';
import { type AnswerHead, AnswerReader, type AnswerSink, WireFault } from './answer.ts';
import { type Connect, type ConnectorSettings, connectorFor } from './connect.ts';
import type { Target } from './guard.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';
import { type HeadForm, headFormOf } from './request.ts';
import { connectorBy } from './tunnel.ts';

export type PoolSettings = {
  /** Open lines per target, busy and idle together. */
  readonly linesMax: number;
  /** An idle line is closed after this; shorter than common servers' own keep-alive. */
  readonly keepAliveMs: number;
  /** Upper bound for a server's `keep-alive: timeout=` hint. */
  readonly keepAliveMsMax: number;
  readonly headBytesMax: number;
  /** Pools (targets) kept; the longest unused idle one goes first. */
  readonly targetsMax: number;
  /** A decoded (compressed) answer's bound. */
  readonly decodedBytesMax: number;
  /** Certificates to trust in addition, PEM. */
  readonly ca: string | undefined;
};

/** A server's keep-alive hint is shortened by this, so that it never closes first. */
const KEEP_ALIVE_MARGIN_MS = 1_500;
/** Above this, head and body are written apart: joining them would cost more. */
const JOINED_BYTES_MAX = 12_288;
const READ_BYTES = 65_536;

/** Who has a line: told what happens on it until the answer is whole or the line is dropped. */
export type Caller = Omit<AnswerSink, 'ended'> & {
  /** The connection is open and the request is on its way. */
  sent(): void;
  ended(): void;
};

export class Line extends Timed implements AnswerSink, Flushed {
  /** Answers on this connection. */
  answered = 0;
  /** Place in the pool's idle list, or -1. */
  idleIndex = -1;
  readonly #lines: Lines;
  readonly #reader: AnswerReader;
  #socket: Socket | undefined = undefined;
  #caller: Caller | undefined = undefined;
  /** A request that leaves at the end of this turn. */
  #pending = '';
  #reusable = true;
  #cut = false;

  constructor(lines: Lines) {
    super();
    this.#lines = lines;
    this.#reader = new AnswerReader(this, lines.settings.headBytesMax);
  }

  /** @param head of the request, as latin1, with its last empty line. */
  send(head: string, body: Uint8Array | undefined, caller: Caller): void {
    this.#caller = caller;
    this.#reusable = true;
    this.#reader.expect();
    if (this.#socket === undefined) this.#open(head, body);
    else this.#write(head, body);
  }

  get keepAliveMs(): number {
    const { keepAliveMs, keepAliveMsMax } = this.#lines.settings;
    const told = this.#reader.keepAliveMs;
    return told === undefined ? keepAliveMs : Math.min(told - KEEP_ALIVE_MARGIN_MS, keepAliveMsMax);
  }

  /** The connection can carry another request. */
  get usable(): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || socket.readableEnded) return false;
    const isSent = this.#pending === '' && socket.writableLength === 0;
    return this.#reusable && isSent && this.keepAliveMs > 0;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** While nobody has it, it does not keep the process. */
  rest(isIdle: boolean): void {
    if (isIdle) this.#socket?.unref();
    else this.#socket?.ref();
  }

  /** Closes the connection at once, also one that is still being made; nobody is told. */
  cut(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#caller = undefined;
    this.#reader.stop();
    this.#socket?.destroy();
  }

  /** Idle for too long. */
  override due(): undefined {
    this.#lines.gone(this);
  }

  started(): void {
    this.#caller?.started();
  }

  head(head: AnswerHead): void {
    this.#caller?.head(head);
  }

  data(bytes: Buffer): void {
    this.#caller?.data(bytes);
  }

  ended(reusable: boolean): void {
    const caller = this.#caller;
    this.#caller = undefined;
    this.#reusable = reusable;
    caller?.ended();
  }

  failed(error: Error): void {
    const caller = this.#caller;
    this.#caller = undefined;
    this.#reader.stop();
    if (caller !== undefined) caller.failed(error);
    else this.#lines.gone(this);
  }

  #open(head: string, body: Uint8Array | undefined): void {
    let isOpen = false;
    this.#lines.connect({
      buffer: this.#lines.buffer,
      read: (bytes) => this.#reader.read(bytes),
      made: (socket) => this.#own(socket),
      opened: (error) => {
        if (this.#cut || isOpen) return;
        isOpen = true;
        if (error !== undefined) this.failed(error);
        else this.#write(head, body);
      },
    });
  }

  #own(socket: Socket): void {
    socket.on('error', (error) => this.#lost(error));
    if (this.#cut) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('end', () => {
      if (this.#caller === undefined) this.#lines.gone(this);
      else this.#reader.end();
    });
    socket.on('close', () => this.#lost(new WireFault('WIRE_CLOSED', 'closed')));
  }

  #lost(error: Error): void {
    if (!this.#cut) this.failed(error);
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (!this.#cut) this.#socket?.write(text, 'latin1');
  }

  #write(head: string, body: Uint8Array | undefined): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#caller?.sent();
    if (body === undefined) socket.write(head, 'latin1');
    else if (body.length <= JOINED_BYTES_MAX) {
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
      this.#pending = head + bytes.toString('latin1');
      atEndOfTurn(this);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }
}

export class Lines {
  readonly target: Target;
  readonly settings: PoolSettings;
  readonly connect: Connect;
  /** What of a head does not change from call to call. */
  readonly form: HeadForm;
  /** Undefined: none stands in between. */
  readonly proxy: HttpProxy | undefined;
  readonly buffer: Buffer;
  readonly #wheel: Wheel;
  readonly #idle: Line[] = [];
  #open = 0;

  constructor(
    target: Target,
    settings: PoolSettings,
    connecting: ConnectorSettings,
    shared: Shared,
  ) {
    this.target = target;
    this.settings = settings;
    const proxy = proxyFor(target, connecting.proxies);
    this.proxy = proxy;
    this.connect =
      proxy === undefined
        ? connectorFor(target, connecting)
        : connectorBy(proxy, target, connecting);
    this.form = headFormOf(target.origin, proxy);
    this.buffer = shared.buffer;
    this.#wheel = shared.wheel;
  }

  get busy(): number {
    return this.#open - this.#idle.length;
  }

  /**
   * The line used last, or a new one; undefined when all are taken. `fresh`: a new one in any case.
   */
  take(fresh: boolean): Line | undefined {
    const idle = fresh ? undefined : this.#idle.pop();
    if (idle !== undefined) {
      idle.idleIndex = -1;
      this.#wheel.disarm(idle);
      idle.rest(false);
      return idle;
    }
    if (this.#open >= this.settings.linesMax) return undefined;
    this.#open += 1;
    return new Line(this);
  }

  /** Gives a line back after a whole answer. */
  give(line: Line): void {
    line.answered += 1;
    if (!line.usable) {
      this.drop(line);
      return;
    }
    line.idleIndex = this.#idle.push(line) - 1;
    line.rest(true);
    this.#wheel.arm(line, this.#wheel.nowMs + line.keepAliveMs);
  }

  /** A line whose call was cut or failed is not used again. */
  drop(line: Line): void {
    this.#open -= 1;
    line.cut();
  }

  /** An idle line lost its connection, or was idle for too long: it leaves. */
  gone(line: Line): void {
    if (line.idleIndex < 0) return;
    const last = this.#idle.pop();
    if (last !== undefined && last !== line) {
      this.#idle[line.idleIndex] = last;
      last.idleIndex = line.idleIndex;
    }
    line.idleIndex = -1;
    this.#wheel.disarm(line);
    this.drop(line);
  }

  close(): void {
    for (const line of this.#idle.splice(0)) {
      line.idleIndex = -1;
      this.#wheel.disarm(line);
      this.drop(line);
    }
  }
}

/** What the lines of all targets share. */
export type Shared = { readonly wheel: Wheel; readonly buffer: Buffer };

export const sharedBy = (wheel: Wheel): Shared => ({
  wheel,
  buffer: Buffer.allocUnsafeSlow(READ_BYTES),
});
