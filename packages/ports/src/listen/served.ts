// An exchange on node:http. The common case writes to the socket itself: one string for a whole
// answer, one string for a turn of a stream, framed here; Node's response object then only keeps
// the order of things (keep-alive, the next request). Everything uncommon (HEAD, HTTP/1.0,
// pipelining, closing) goes through Node's response as it is.

import { ServerResponse } from 'node:http';
import { assert } from '@signalbox/contract';
import { atEndOfTurn } from '../turn.ts';
import type { Wheel } from '../wheel.ts';
import { type BodyRead, Reading } from './body.ts';
import type { Connection, Open } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { type Head, ReceivedHead } from './head.ts';
import type { Incoming } from './incoming.ts';
import { CutOff, LINGER_MS, PASSED_BYTES_MAX, Passing } from './passing.ts';
import { asLatin1, cleaned, type DateLine, headLines, statusLine } from './wire.ts';

/** What all exchanges of a listener share. */
export type Surroundings = {
  readonly wheel: Wheel;
  readonly date: DateLine;
  /** The lines that tell that, and how long, an idle connection is kept. */
  readonly keepAliveLines: string;
  draining: boolean;
  /** Exchanges, since it listens. */
  begun: number;
  /** Called when an exchange is over while draining. */
  onOver(): void;
};

/**
 * Node keeps these two to itself. Were they renamed, `_header` would not be null at first: then the
 * plain way is taken.
 */
export class Outgoing extends ServerResponse<Incoming> {
  declare _header: string | null;
  declare _headerSent: boolean;
}

/** Above this, text and bytes are written apart: joining them would cost more. */
const JOINED_BYTES_MAX = 12_288;
/** Frames held back within one turn. */
const PENDING_BYTES_MAX = 65_536;
/** A handler that goes on writing to a caller that does not read is stopped here. */
const UNREAD_BYTES_MAX = 33_554_432;
const UNKNOWN_BYTES = -1;
const EMPTY = new Uint8Array(0);

export class Served implements Exchange, Open {
  readonly head: Head;
  readonly #req: Incoming;
  readonly #res: Outgoing;
  readonly #connection: Connection;
  readonly #around: Surroundings;
  #reading: Reading | undefined = undefined;
  #state: 'unanswered' | 'streaming' | 'over' = 'unanswered';
  /** Framed here and written to the socket, or left to Node. */
  #framed = false;
  #waitsToContinue: boolean;
  #gone = false;
  #pending = '';
  #flushComes = false;
  #behind = false;
  #onLeave: ((stops: boolean) => void)[] = [];
  #onDrain: (() => void) | undefined = undefined;

  constructor(req: Incoming, res: Outgoing, connection: Connection, around: Surroundings) {
    this.#req = req;
    this.#res = res;
    this.#connection = connection;
    this.#around = around;
    this.head = new ReceivedHead(req, connection.address);
    this.#waitsToContinue = this.head.header('expect') !== undefined;
    connection.enter(this);
    around.begun += 1;
  }

  get receiving(): boolean {
    return this.#state === 'unanswered' && !this.#req.complete;
  }

  readBody(bytesMax: number, ms: number): Promise<BodyRead> {
    assert(this.#reading === undefined, 'a body is read once');
    if (this.#gone) return Promise.resolve('left');
    const declared = this.#bodyBytes();
    if (declared === 0) return Promise.resolve(EMPTY);
    if (declared > bytesMax) return Promise.resolve('too-large');
    if (this.#waitsToContinue) {
      this.#waitsToContinue = false;
      this.#res.writeContinue();
    }
    return new Promise((resolve) => {
      this.#reading = new Reading(this.#around.wheel, { bytesMax, declared }, resolve);
      this.#reading.start(this.#req, ms);
    });
  }

  reply(status: number, headers: readonly string[], bytes: Uint8Array): void {
    if (this.#gone) return;
    assert(this.#state === 'unanswered', 'one answer an exchange');
    const rest = this.#bodyRest();
    if (rest !== 'large' && this.#canFrame(status)) this.#replyFramed(status, headers, bytes);
    else this.#replyPlain(status, headers, bytes, rest === 'large');
    if (rest !== 'none') this.#letPass(rest === 'large');
    this.#over();
  }

  begin(status: number, headers: readonly string[]): void {
    if (this.#gone) return;
    assert(this.#state === 'unanswered', 'one answer an exchange');
    this.#state = 'streaming';
    const rest = this.#bodyRest();
    this.#framed = rest !== 'large' && this.#canFrame(status);
    if (this.#framed) {
      this.#pending = this.#headText(status, headers, 'transfer-encoding: chunked\r\n');
      this.#flushSoon();
      return;
    }
    if (this.#around.draining || rest === 'large') this.#res.shouldKeepAlive = false;
    this.#res.writeHead(status, cleaned(headers));
    this.#res.flushHeaders();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#gone || bytes.length === 0) return !this.#behind;
    assert(this.#state === 'streaming', 'a stream is begun before it is written');
    if (!this.#framed) return this.#writePlain(bytes);
    if (bytes.length > JOINED_BYTES_MAX) {
      this.#writeLarge(bytes);
      return !this.#behind;
    }
    this.#pending += `${bytes.length.toString(16)}\r\n${asLatin1(bytes)}\r\n`;
    if (this.#pending.length > PENDING_BYTES_MAX) this.#flush();
    else this.#flushSoon();
    return !this.#behind;
  }

  onDrain(then: () => void): void {
    this.#onDrain = then;
  }

  end(trailers: readonly string[] = []): void {
    if (this.#gone) return;
    assert(this.#state === 'streaming', 'a stream is begun before it is ended');
    const wanted = trailers.length > 0 && /\btrailers\b/.test(this.head.header('te') ?? '');
    if (this.#framed) {
      this.#pending += `0\r\n${wanted ? headLines(trailers) : ''}\r\n`;
      this.#flushSoon();
    } else {
      if (wanted) this.#res.addTrailers(pairsOf(trailers));
      this.#res.end();
    }
    this.#over();
  }

  destroy(): void {
    if (this.#gone || this.#state === 'over') return;
    this.#flush();
    this.#state = 'over';
    this.#leave();
    this.#gone = true;
    const { socket } = this.#connection;
    if (socket.writableLength === 0) {
      socket.destroy();
      return;
    }
    socket.destroySoon();
    this.#around.wheel.arm(new CutOff(socket), this.#around.wheel.nowMs + LINGER_MS);
  }

  onLeave(then: (stops: boolean) => void): void {
    if (this.#gone) queueMicrotask(() => then(false));
    else if (this.#state !== 'over') this.#onLeave.push(then);
  }

  left(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#pending = '';
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#reading?.settle('left');
    for (const then of this.#onLeave.splice(0)) then(false);
  }

  stopping(): void {
    for (const then of this.#onLeave.splice(0)) then(true);
  }

  #replyFramed(status: number, headers: readonly string[], bytes: Uint8Array): void {
    const { socket } = this.#connection;
    const text = this.#headText(status, headers, `content-length: ${bytes.length}\r\n`);
    this.#framed = true;
    if (bytes.length <= JOINED_BYTES_MAX) {
      this.#pending = text + asLatin1(bytes);
      this.#flushSoon();
    } else {
      socket.cork();
      socket.write(text, 'latin1');
      socket.write(bytes);
      socket.uncork();
    }
  }

  /**
   * @param closing the caller is still sending: the answer is given now, the connection ends later.
   */
  #replyPlain(
    status: number,
    headers: readonly string[],
    bytes: Uint8Array,
    closing: boolean,
  ): void {
    const res = this.#res;
    if (closing || this.#around.draining) res.shouldKeepAlive = false;
    const bodied = status !== 204 && status !== 304;
    const length = bodied ? ['content-length', String(bytes.length)] : [];
    res.writeHead(status, [...cleaned(headers), ...length]);
    if (!closing) {
      res.end(bodied ? bytes : undefined);
      return;
    }
    res.flushHeaders();
    if (bodied && bytes.length > 0) res.write(bytes);
  }

  #letPass(closing: boolean): void {
    const finish = closing
      ? () => void this.#res.end()
      : () => void this.#connection.socket.destroy();
    const passing = new Passing(this.#around.wheel, finish, closing);
    this.#reading?.settle('left');
    this.#req.handTo(passing);
  }

  #canFrame(status: number): boolean {
    if (status < 200 || status === 204 || status === 304) return false;
    const res = this.#res;
    if (this.#around.draining || this.#waitsToContinue || this.head.method === 'HEAD') return false;
    if (res._header !== null || !res.shouldKeepAlive || this.#req.httpVersionMinor !== 1) {
      return false;
    }
    return res.socket === this.#connection.socket;
  }

  #headText(status: number, headers: readonly string[], framing: string): string {
    const { date, keepAliveLines } = this.#around;
    const rest = `${framing}${date.line}${keepAliveLines}\r\n`;
    const text = statusLine(status) + headLines(headers) + rest;
    this.#res._header = text;
    this.#res._headerSent = true;
    return text;
  }

  #writePlain(bytes: Uint8Array): boolean {
    if (!this.#res.write(Buffer.from(bytes)) && !this.#behind) {
      this.#behind = true;
      this.#res.once('drain', () => this.#caughtUp());
    }
    return !this.#behind;
  }

  #writeLarge(bytes: Uint8Array): void {
    const { socket } = this.#connection;
    socket.cork();
    this.#pending += `${bytes.length.toString(16)}\r\n`;
    this.#flush();
    if (!socket.write(Buffer.from(bytes))) this.#fellBehind();
    this.#pending = '\r\n';
    this.#flush();
    socket.uncork();
  }

  #flushSoon(): void {
    if (this.#flushComes) return;
    this.#flushComes = true;
    atEndOfTurn(this);
  }

  /** Everything framed in this turn leaves in one write; with the last of it, the exchange. */
  flush(): void {
    if (!this.#flushComes) return;
    this.#flushComes = false;
    if (this.#gone) return;
    this.#flush();
    if (this.#state === 'over') this.#close();
  }

  #flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    if (!this.#connection.socket.write(text, 'latin1')) this.#fellBehind();
  }

  #fellBehind(): void {
    const { socket } = this.#connection;
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
    if (this.#behind) return;
    this.#behind = true;
    socket.once('drain', () => this.#caughtUp());
  }

  #caughtUp(): void {
    this.#behind = false;
    if (!this.#gone) this.#onDrain?.();
  }

  /** 0: no body; -1: length unknown. */
  #bodyBytes(): number {
    if (this.head.header('transfer-encoding') !== undefined) return UNKNOWN_BYTES;
    return Number(this.head.header('content-length') ?? 0);
  }

  /** What the caller has still to send. */
  #bodyRest(): 'none' | 'small' | 'large' {
    if (this.#req.complete) return 'none';
    const declared = this.#bodyBytes();
    if (declared === 0) return 'none';
    return declared === UNKNOWN_BYTES || declared > PASSED_BYTES_MAX ? 'large' : 'small';
  }

  #over(): void {
    this.#state = 'over';
    if (!this.#flushComes) this.#close();
  }

  #close(): void {
    if (this.#framed) this.#res.end();
    this.#leave();
  }

  #leave(): void {
    this.#connection.leave(this);
    if (this.#around.draining) this.#around.onOver();
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return pairs;
}
