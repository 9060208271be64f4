// A gateway and a local server to call, and timers that are turned by hand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { Client } from './client.ts';
import { type ChatRequest, type ClientOptions, createClient } from './index.ts';
import { type Platform, RUNTIME } from './platform.ts';

export type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

export type Handler = (asked: Asked, response: ServerResponse) => void;

export type Served = {
  readonly url: string;
  readonly port: number;
  /** Calls of `/v1/...`, in order; probes are counted apart. */
  readonly asked: Asked[];
  probes: number;
  answer: Handler;
  /** Of `/healthz`. */
  health: Handler;
  close(): Promise<void>;
};

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
export const completion = (text: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
});
export const EXPLAINED = {
  'x-signalbox-decision-id': 'dec_1',
  'x-signalbox-tier': '2',
  'x-signalbox-endpoint': 'dgx',
  'x-signalbox-model': 'large',
  'x-signalbox-cost-usd': '0.001200',
};
export const refused = (code: string, more: object = {}): object => ({
  error: {
    type: 'x',
    code,
    message: `It is ${code}.`,
    hint: 'Do so.',
    request_id: 'req_1',
    ...more,
  },
});

/** Answers `said` to every call. */
export async function serve(context: TestContext, said: string, port = 0): Promise<Served> {
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const asked = { path, headers, body: Buffer.concat(pieces).toString() };
      if (path === '/healthz') {
        served.probes += 1;
        served.health(asked, response);
        return;
      }
      served.asked.push(asked);
      served.answer(asked, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  context.after(close);
  const served: Served = {
    url: `http://127.0.0.1:${own}`,
    port: own,
    asked: [],
    probes: 0,
    answer: (_, response) => json(response, 200, completion(said), EXPLAINED),
    health: (_, response) => json(response, 200, { status: 'alive' }),
    close,
  };
  return served;
}

export type Hands = {
  readonly platform: Platform;
  /** Waits that run, in milliseconds. */
  readonly waits: () => readonly number[];
  /** Ends the only wait of so many milliseconds, and what follows from it. */
  readonly turn: (ms: number) => Promise<void>;
  chance: number;
};

/** Real sockets, no real time. */
export function hands(): Hands {
  const timers = new Set<{ readonly ms: number; readonly then: () => void }>();
  const own: Hands = {
    chance: 1,
    waits: () => [...timers].map(({ ms }) => ms),
    turn: async (ms) => {
      const due = [...timers].filter((timer) => timer.ms === ms);
      if (due.length !== 1) throw new Error(`waits of ${ms}: ${due.length} of ${own.waits()}`);
      for (const timer of due) {
        timers.delete(timer);
        timer.then();
      }
    },
    platform: {
      fetch: RUNTIME.fetch,
      chance: () => own.chance,
      after: (ms, then) => {
        const timer = { ms, then };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    },
  };
  return own;
}

/** Waits for something that real sockets bring about. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it never happened: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function clientOf(
  context: TestContext,
  gateway: Pick<Served, 'url'>,
  more: Partial<ClientOptions> & { readonly to?: Pick<Served, 'url'> } = {},
): Client {
  const { to, ...options } = more;
  const client = createClient({
    gatewayUrl: gateway.url,
    key: 'sbx_secret',
    ...(to === undefined ? {} : { local: { url: `${to.url}/v1`, model: 'tiny' } }),
    ...options,
  });
  context.after(() => client.close());
  return client;
}

export const HELLO: ChatRequest & { readonly stream?: false } = {
  model: 'auto',
  messages: [{ role: 'user', content: 'hello' }],
};
