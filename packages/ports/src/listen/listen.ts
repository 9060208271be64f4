// The HTTP listener: node:http without a framework, tuned for cost, and strict about what it lets
// in.
//
// A request reaches the handler only with a head that is whole, bounded and unambiguous; everything
// else (two lengths, no host, endless or slow heads) is answered here, in the envelope that the
// composer gives, and never with a hang. What the handler gets is one small exchange. The listener
// knows no path, no key and no dialect.
//
// Bounds: connections, head bytes, head time, idle time; body bytes and body time are the handler's
// with each `readBody`. `close` stops taking connections, lets open answers end for a while, and
// cuts the rest.

import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@signalbox/contract';
import { createClock } from '../clock.ts';
import { Wheel } from '../wheel.ts';
import { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { wrongWithHead } from './head.ts';
import { Incoming } from './incoming.ts';
import { problemOf, type RawReply, type Refuse, refuseConnection, targetIn } from './raw.ts';
import {
  type Certificate,
  type HttpServer,
  type HttpsServer,
  namesOf,
  renew,
  secureServer,
} from './secure.ts';
import { Outgoing, Served, type Surroundings } from './served.ts';
import { DateLine } from './wire.ts';

export type ListenSettings = {
  /** Open connections; more are closed as they come. */
  readonly connectionsMax: number;
  readonly headBytesMax: number;
  /** From the first byte of a request (or the opening of the connection) to the end of its head. */
  readonly headMs: number;
  /** An idle connection is closed after about this. */
  readonly keepAliveMs: number;
};

export const LISTEN_SETTINGS: ListenSettings = {
  connectionsMax: 20_000,
  headBytesMax: 32_768,
  headMs: 10_000,
  keepAliveMs: 75_000,
};

/** Idle connections are looked for this many times within `keepAliveMs`. */
const SWEEPS = 4;
const HEAD_CHECK_MS_MAX = 1_000;
/** What is cut at the end of the drain may say so within this. */
const LAST_WORDS_MS = 250;

export type ListenOptions = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly settings?: Partial<ListenSettings>;
  /** Undefined: plain HTTP. */
  readonly certificate?: Certificate | undefined;
  readonly clock?: Clock;
  /** Called with every request whose head is in order. */
  readonly handler: (exchange: Exchange) => void;
  /**
   * The handler threw: a bug. Its caller is cut off; the error is thrown on unless this is given.
   */
  readonly onBug?: (error: unknown) => void;
  readonly refuse: Refuse;
};

export type Listening = {
  readonly host: string;
  readonly port: number;
  /** What its certificate is for; undefined: it speaks plain HTTP. */
  names(): readonly string[] | undefined;
  /** Shows new connections another certificate; throws when it cannot be used. */
  renew(certificate: Certificate): void;
  /**
   * Takes no new connection, lets open answers end for at most `drainMs`, then cuts them: whoever
   * answers is told (`onLeave`), and has a moment for last words.
   */
  close(drainMs: number): Promise<void>;
  /** Open connections. */
  connections(): number;
  /** Since it listens, and those that are not over. */
  exchanges(): { readonly begun: number; readonly open: number };
};

export async function listen(options: ListenOptions): Promise<Listening> {
  const settings: ListenSettings = { ...LISTEN_SETTINGS, ...options.settings };
  const clock = options.clock ?? createClock();
  const open = new Map<Socket, Connection>();
  const silent = new Set<Socket>();
  const around: Surroundings = {
    wheel: new Wheel(clock),
    date: new DateLine(clock),
    keepAliveLines: keepAliveLines(settings.keepAliveMs),
    draining: false,
    begun: 0,
    onOver: () => void setImmediate(() => server.closeIdleConnections()),
  };
  const server = serverFor({ options, clock }, { settings, open, silent });
  attach(server, open, around, { options, clock });
  await bound(server, options);
  const stopSweeping = sweep(open, clock, settings.keepAliveMs / SWEEPS);
  const { host, port } = addressOf(server);
  let shown = options.certificate;
  return {
    host,
    port,
    connections: () => open.size,
    exchanges: () => ({ begun: around.begun, open: openIn(open) }),
    names: () => (shown === undefined ? undefined : namesOf(shown)),
    renew(certificate) {
      if (!isSecure(server)) return;
      renew(server, certificate);
      shown = certificate;
    },
    close(drainMs) {
      around.draining = true;
      stopSweeping();
      for (const socket of silent) socket.destroy();
      return closed(server, open, clock, drainMs);
    },
  };
}

const isSecure = (server: HttpServer | HttpsServer): server is HttpsServer =>
  'setSecureContext' in server;

function openIn(connections: ReadonlyMap<Socket, Connection>): number {
  let count = 0;
  for (const { open } of connections.values()) count += open.length;
  return count;
}

type Held = {
  readonly settings: ListenSettings;
  readonly open: Map<Socket, Connection>;
  readonly silent: Set<Socket>;
};

function serverFor(
  { options, clock }: Sources,
  { settings, open, silent }: Held,
): HttpServer | HttpsServer {
  const http = {
    IncomingMessage: Incoming,
    ServerResponse: Outgoing,
    noDelay: true,
    requireHostHeader: false,
    maxHeaderSize: settings.headBytesMax,
    headersTimeout: settings.headMs,
    requestTimeout: 0,
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.min(settings.headMs, HEAD_CHECK_MS_MAX),
  };
  const { certificate } = options;
  const server =
    certificate === undefined
      ? createServer(http)
      : secureServer(http, certificate, {
          handshakeMs: settings.headMs,
          silent,
          plain: (socket) => refusePlain(socket, open, { options, clock }),
        });
  server.maxConnections = settings.connectionsMax;
  // Node would drop headers beyond its own count without a word; the head's bytes bound them, and
  // `wrongWithHead`.
  server.maxHeadersCount = 0;
  return server;
}

/** It speaks HTTP where TLS is spoken: it hears which, in words that it understands. */
function refusePlain(
  socket: Socket,
  open: Map<Socket, Connection>,
  { options, clock }: Sources,
): void {
  const connection = new Connection(socket);
  open.set(socket, connection);
  socket.on('close', () => open.delete(socket));
  socket.resume();
  const reply = (): RawReply => options.refuse('not-secure', 'this port speaks TLS', '');
  refuseConnection(connection, reply, (ms, then) => void clock.after(ms, then));
}

function handle(exchange: Exchange, { handler, onBug }: ListenOptions): void {
  try {
    handler(exchange);
  } catch (error) {
    exchange.destroy();
    if (onBug === undefined) throw error;
    onBug(error);
  }
}

function keepAliveLines(ms: number): string {
  return `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(ms / 1000)}\r\n`;
}

/**
 * Node answers errors of a socket while it owns it; after a refusal nobody would, and an unheard
 * error ends the process.
 */
function noted(): void {}

type Sources = { readonly options: ListenOptions; readonly clock: Clock };

function attach(
  server: HttpServer | HttpsServer,
  open: Map<Socket, Connection>,
  around: Surroundings,
  { options, clock }: Sources,
): void {
  type Why = { readonly why: string; readonly target: string };
  const refuse = (connection: Connection, code: string, { why, target }: Why): void => {
    const reply = (): RawReply => options.refuse(problemOf(code), why, target);
    refuseConnection(connection, reply, (ms, then) => void clock.after(ms, then));
  };
  const serve = (req: Incoming, res: Outgoing): void => {
    const connection = open.get(req.socket);
    if (connection === undefined || connection.refused) return;
    const exchange = new Served(req, res, connection, around);
    const wrong = wrongWithHead(exchange.head, req.httpVersionMinor === 1);
    if (wrong === undefined) {
      handle(exchange, options);
      return;
    }
    const reply = options.refuse('malformed', wrong, exchange.head.target);
    exchange.reply(reply.status, reply.headers, reply.bytes);
  };
  server.on(isSecure(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
    const connection = new Connection(socket);
    open.set(socket, connection);
    socket.on('error', noted);
    socket.on('close', () => {
      open.delete(socket);
      connection.closed();
    });
  });
  server.on('request', serve);
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  server.on('connect', (req: Incoming) => {
    const connection = open.get(req.socket);
    if (connection !== undefined)
      refuse(connection, 'CONNECT', { why: 'the method CONNECT', target: '' });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const connection = open.get(socket);
    const code = error.code ?? 'unknown';
    if (connection === undefined || code === 'ECONNRESET' || code === 'EPIPE') socket.destroy();
    else refuse(connection, code, { why: code, target: targetIn(Reflect.get(error, 'rawPacket')) });
  });
}

/**
 * Closes connections that had nothing open at `SWEEPS` sweeps in a row. A timer per connection
 * would cost each request.
 */
function sweep(open: Map<Socket, Connection>, clock: Clock, ms: number): () => void {
  let stop = clock.after(ms, turn);
  function turn(): void {
    for (const connection of open.values()) {
      if (connection.open.length > 0) continue;
      connection.idleSweeps += 1;
      if (connection.idleSweeps > SWEEPS) connection.socket.destroy();
    }
    stop = clock.after(ms, turn);
  }
  return () => stop();
}

function bound(server: HttpServer | HttpsServer, to: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(to.port, to.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: HttpServer | HttpsServer): {
  host: string;
  port: number;
} {
  const address = server.address();
  if (address === null || typeof address === 'string') return { host: '', port: 0 };
  return { host: address.address, port: address.port };
}

function closed(
  server: HttpServer | HttpsServer,
  open: Map<Socket, Connection>,
  clock: Clock,
  drainMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = (): void => {
      for (const socket of open.keys()) socket.destroy();
    };
    let stop = clock.after(drainMs, () => {
      stop = clock.after(LAST_WORDS_MS, cut);
      for (const [socket, connection] of open) if (!connection.stopping()) socket.destroy();
    });
    server.close(() => {
      stop();
      resolve();
    });
    server.closeIdleConnections();
  });
}
