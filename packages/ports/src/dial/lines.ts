// Lines: kept-alive connections to one target, each carrying one call at a time. A pool of our own
// instead of undici's: picking an idle line is O(1) beside thousands of busy ones, a line knows
// whether it has answered before (that is what makes a stale one recognisable), and there is no
// hidden queue: when all lines are taken, that is said at once.
import type { Socket } from 'node:net';
import type { Client } from 'undici';
import ClientOfUndici from 'undici/lib/dispatcher/client.js';
import { type ConnectorSettings, connectorFor } from './connect.ts';
import type { Target } from './guard.ts';

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

export class Line {
  readonly client: Client;
  /** Answers on the socket that is open now. */
  answered = 0;
  socket: Socket | undefined = undefined;
  /** The socket was reset by the peer: an answer that ends with the connection is not complete. */
  reset = false;
  /** Place in the pool's idle list, or -1. */
  idleIndex = -1;

  constructor(lines: Lines) {
    this.client = new ClientOfUndici(lines.target.origin, {
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: lines.settings.headBytesMax,
      keepAliveTimeout: lines.settings.keepAliveMs,
      keepAliveMaxTimeout: lines.settings.keepAliveMsMax,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      connect: lines.connector((socket) => this.#opened(socket)),
    });
    this.client.on('disconnect', () => lines.gone(this));
  }

  #opened(socket: Socket): void {
    this.socket = socket;
    this.answered = 0;
    this.reset = false;
    socket.on('error', () => {
      this.reset = true;
    });
  }

  /** Closes the connection at once, also one that is still being made. */
  cut(): void {
    this.socket?.destroy();
    this.client.destroy(null, () => {});
  }
}

export class Lines {
  readonly target: Target;
  readonly settings: PoolSettings;
  readonly connector: ReturnType<typeof connectorFor>;
  readonly #idle: Line[] = [];
  #open = 0;

  constructor(target: Target, settings: PoolSettings, connecting: ConnectorSettings) {
    this.target = target;
    this.settings = settings;
    this.connector = connectorFor(target, connecting);
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
      return idle;
    }
    if (this.#open >= this.settings.linesMax) return undefined;
    this.#open += 1;
    return new Line(this);
  }

  /** Gives a line back after a whole answer. */
  give(line: Line): void {
    line.answered += 1;
    line.idleIndex = this.#idle.push(line) - 1;
  }

  /** A line whose call was cut or failed is not used again. */
  drop(line: Line): void {
    this.#open -= 1;
    line.cut();
  }

  /** An idle line lost its socket: it leaves. A busy one is dropped by its call. */
  gone(line: Line): void {
    if (line.idleIndex < 0) return;
    const last = this.#idle.pop();
    if (last !== undefined && last !== line) {
      this.#idle[line.idleIndex] = last;
      last.idleIndex = line.idleIndex;
    }
    line.idleIndex = -1;
    this.drop(line);
  }

  close(): void {
    for (const line of this.#idle.splice(0)) {
      line.idleIndex = -1;
      this.drop(line);
    }
  }
}
