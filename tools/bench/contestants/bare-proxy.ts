import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { announce } from '../announce.ts';

/**
 * The bare proxy: `node:http` in front, undici's `dispatch` behind, bytes in between. It reads no
 * body, checks no key and keeps no record. It is written with the same care as a product would be
 * (back-pressure, an upstream that is let go when the client leaves), since leaving those out
 * would make a floor that nobody can stand on.
 */

const upstreamUrl = process.argv[2];
if (upstreamUrl === undefined) throw new Error('usage: bare-proxy.ts UPSTREAM_URL');
const connectionsMax = 16_384;
const pool = new Pool(upstreamUrl, { connections: connectionsMax, pipelining: 1 });

function forward(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => dispatch(request, response, pieces));
}

function dispatch(request: IncomingMessage, response: ServerResponse, pieces: Buffer[]): void {
  const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  const options: Dispatcher.DispatchOptions = {
    method: 'POST',
    path: request.url ?? '/',
    headers: {
      'content-type': request.headers['content-type'] ?? 'application/json',
      authorization: request.headers.authorization ?? '',
    },
    body: body ?? null,
  };
  let leave = (): void => {};
  response.on('close', () => {
    if (!response.writableFinished) leave();
  });
  pool.dispatch(options, {
    onRequestStart: (controller) => {
      leave = () => controller.abort(new Error('the client left'));
      response.on('drain', () => controller.resume());
    },
    onResponseStart: (_controller, status, headers) => {
      const kept: Record<string, string> = {};
      for (const name of ['content-type', 'content-length']) {
        const value = headers[name];
        if (typeof value === 'string') kept[name] = value;
      }
      response.writeHead(status, kept);
    },
    onResponseData: (controller, chunk) => {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd: () => response.end(),
    onResponseError: () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    },
  });
}

const server = createServer(forward);
server.listen(0, '127.0.0.1', 4_096, () => announce(server));
