// The HTTP listener: node:http without a framework.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Exchange, exchangeOf } from './exchange.ts';

export type ListenSettings = {
  /** Open connections; more are closed as they come. */
  readonly connectionsMax: number;
  readonly headBytesMax: number;
  /** From the first byte of a request to the end of its head. */
  readonly headMs: number;
  /** An idle connection is closed after this. */
  readonly keepAliveMs: number;
};

export const LISTEN_SETTINGS: ListenSettings = {
  connectionsMax: 20_000,
  headBytesMax: 32_768,
  headMs: 10_000,
  keepAliveMs: 75_000,
};

/** What never reached the handler. */
export type HeadProblem = 'malformed' | 'head-too-large' | 'head-too-slow';

export type RawReply = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly bytes: Uint8Array;
};

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  readonly settings?: Partial<ListenSettings>;
  readonly handler: (exchange: Exchange) => void;
  /** The answer to a request that cannot be understood, in the envelope of the house. */
  readonly refuse: (problem: HeadProblem) => RawReply;
};

export type Listening = {
  readonly host: string;
  readonly port: number;
  /** Takes no new connection, lets open answers end for at most `drainMs`, then cuts them. */
  close(drainMs: number): Promise<void>;
  connections(): number;
};

export function listen(options: ListenOptions): Promise<Listening> {
  const settings: ListenSettings = { ...LISTEN_SETTINGS, ...options.settings };
  const open = new Set<Socket>();
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    options.handler(exchangeOf(req, res));
  };
  const server = createServer({
    noDelay: true,
    requireHostHeader: false,
    maxHeaderSize: settings.headBytesMax,
    headersTimeout: settings.headMs,
    requestTimeout: 0,
    keepAliveTimeout: settings.keepAliveMs,
    connectionsCheckingInterval: Math.min(settings.headMs, 2_000),
  });
  server.maxConnections = settings.connectionsMax;
  server.on('request', handle);
  server.on('checkContinue', handle);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(rawReply(options.refuse(problemOf(error.code))));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('the listener has no address'));
        return;
      }
      resolve({
        host: address.address,
        port: address.port,
        connections: () => open.size,
        close: (drainMs) =>
          new Promise((closed) => {
            const timer = setTimeout(
              () => open.forEach((socket) => void socket.destroy()),
              drainMs,
            );
            server.close(() => {
              clearTimeout(timer);
              closed();
            });
            server.closeIdleConnections();
          }),
      });
    });
  });
}

function problemOf(code: string | undefined): HeadProblem {
  if (code === 'HPE_HEADER_OVERFLOW') return 'head-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'head-too-slow' : 'malformed';
}

function rawReply(reply: RawReply): Buffer {
  const lines = [`HTTP/1.1 ${reply.status} Refused`];
  for (let at = 0; at < reply.headers.length; at += 2) {
    lines.push(`${reply.headers[at]}: ${reply.headers[at + 1]}`);
  }
  lines.push(`content-length: ${reply.bytes.length}`, 'connection: close', '', '');
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), reply.bytes]);
}
