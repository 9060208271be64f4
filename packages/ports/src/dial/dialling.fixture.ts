// What the tests of the dial function share: a scripted upstream on a bare socket, and a dial whose
// outcome is collected.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  type Clearance,
  type DialRequest,
  type DialSink,
  type Fault,
  type Flow,
  type Headers,
  type Place,
  tenantName,
  type Upstream,
} from '@signalbox/contract';
import { mintClearance } from '@signalbox/contract/mint';

export type Scripted = {
  readonly port: number;
  readonly origin: string;
  readonly sockets: readonly Socket[];
  /** Requests seen, as text. */
  readonly seen: readonly string[];
  close(): void;
};

/** Calls `answer` with every whole request; `nth` counts from 1 over all connections. */
export async function scripted(
  answer: (socket: Socket, request: string, nth: number) => void,
): Promise<Scripted> {
  const sockets: Socket[] = [];
  const seen: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    let held = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      held += bytes.toString('latin1');
      for (let end = wholeUntil(held); end > 0; end = wholeUntil(held)) {
        const request = held.slice(0, end);
        held = held.slice(end);
        seen.push(request);
        answer(socket, request, seen.length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    sockets,
    seen,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function wholeUntil(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return -1;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  const end = headEnd + 4 + length;
  return text.length >= end ? end : -1;
}

export const clearance: Clearance = mintClearance({
  subject: 'call',
  tenant: tenantName('acme'),
  label: 'public',
  ceiling: 3,
  residency: undefined,
  retention: 'standard',
  ownOnly: false,
});

/** A place on this machine that the operator declared. */
export function placeAt(origin: string, more: Partial<Place> = {}): Place {
  return {
    name: 'test',
    origin,
    tier: 2,
    region: undefined,
    retention: 'standard',
    own: true,
    tenant: undefined,
    privateAddress: new URL(origin).host,
    ...more,
  };
}

export function requestTo(place: Place, more: Partial<DialRequest> = {}): DialRequest {
  return {
    place,
    clearance,
    label: 'public',
    tenant: tenantName('acme'),
    method: 'POST',
    path: '/v1/chat/completions',
    headers: [['content-type', 'application/json']],
    credential: undefined,
    body: Buffer.from('{"model":"m"}'),
    timers: { connectMs: 5_000, headMs: 5_000, idleMs: 5_000, totalMs: 10_000 },
    ...more,
  };
}

export type Outcome = {
  status: number | undefined;
  headers: Headers;
  text: string;
  chunks: number;
  ended: boolean;
  fault: Fault | undefined;
};

export type Dialled = {
  readonly outcome: Outcome;
  readonly flow: () => Flow | undefined;
  readonly abort: () => void;
  /** Resolves with `end` or `fault`. */
  readonly over: Promise<Outcome>;
};

/** Dials and collects; `on` sees every event as it comes. */
export function dial(
  upstream: Upstream,
  request: DialRequest,
  on: Partial<DialSink> = {},
): Dialled {
  const outcome: Outcome = {
    status: undefined,
    headers: [],
    text: '',
    chunks: 0,
    ended: false,
    fault: undefined,
  };
  let flow: Flow | undefined;
  let tell: (outcome: Outcome) => void = () => {};
  const over = new Promise<Outcome>((resolve) => {
    tell = resolve;
  });
  const abort = upstream.dial(request, {
    head(status, headers, given) {
      Object.assign(outcome, { status, headers });
      flow = given;
      on.head?.(status, headers, given);
    },
    chunk(bytes) {
      outcome.text += Buffer.from(bytes).toString('latin1');
      outcome.chunks += 1;
      on.chunk?.(bytes);
    },
    end() {
      outcome.ended = true;
      on.end?.();
      tell(outcome);
    },
    fault(fault) {
      outcome.fault = fault;
      on.fault?.(fault);
      tell(outcome);
    },
  });
  return { outcome, flow: () => flow, abort, over };
}

/** Waits until it holds; fails after a bound. */
export async function until(holds: () => boolean, boundMs = 5_000): Promise<void> {
  const end = performance.now() + boundMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

export const json = (text: string): string =>
  `${JSON_HEAD}content-length: ${text.length}\r\n\r\n${text}`;

export const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

export const framed = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
