// The data plane over HTTP: takes exchanges, sends calls down the line, serves the few pages that
// belong to it. It decides nothing about a call; it reads heads, bounds bodies, and words what the
// line says. What it does not know, it offers to whoever is mounted beside it (the console, the
// admin API), and answers 404 otherwise.
import {
  type Call,
  codeFacts,
  type Operation,
  type Ports,
  type Refusal,
  type RequestId,
  refusal,
  requestId,
} from '@signalbox/contract';
import { errorBody, readQuestion } from '@signalbox/dialect';
import { type House, serve } from '@signalbox/engine';
import { type Exchange, splitTarget, type Target } from '@signalbox/ports';
import { readBody } from './body.ts';
import { readHead } from './head.ts';
import type { Pages } from './page.ts';
import { servePage } from './pages.ts';
import { ELSEWHERE, PATHS, type PathEntry, PREFIXES } from './paths.table.ts';
import { replyOver } from './reply.ts';
import type { Running } from './running.ts';

export type Mounted = (exchange: Exchange, target: Target) => boolean;

export type GatewayOptions = {
  readonly house: House;
  readonly pages: Omit<Pages, 'house' | 'refuse' | 'callFrom'>;
  /** Asked in turn for paths that are not the data plane's. */
  readonly mounted: readonly Mounted[];
  /** Calls on the line: who stops the gateway lets them settle first. */
  readonly running?: Running;
};

export type Gateway = { handle(exchange: Exchange): void };

const CHANCE_BYTES = 10;

export function createGateway(options: GatewayOptions): Gateway {
  const { house } = options;
  const pages: Pages = {
    ...options.pages,
    house,
    refuse: (exchange, no) => refuse(exchange, no, newId(house.ports)),
    callFrom: (exchange, operation) => callFrom(exchange, operation, house),
  };
  const failed = (exchange: Exchange) => (error: unknown) => fail(exchange, error, house.ports);
  const route = (exchange: Exchange): void => {
    const target = splitTarget(exchange.head.target);
    if (target === 'invalid') {
      refuse(exchange, BAD_TARGET, newId(house.ports));
      return;
    }
    const entry = PATHS.get(target.path) ?? prefixed(target.path);
    if (entry === undefined) {
      if (options.mounted.some((take) => take(exchange, target))) return;
      refuse(exchange, unknownPath(target.path), newId(house.ports));
    } else if (!methodFits(exchange, entry)) {
      refuseMethod(exchange, entry, house.ports);
    } else if (entry.kind === 'call') takeCall(exchange, entry.operation, options);
    else servePage(exchange, { entry, target }, pages).catch(failed(exchange));
  };
  return {
    handle(exchange) {
      try {
        route(exchange);
      } catch (error) {
        failed(exchange)(error);
      }
    },
  };
}

/** A bug beside the line: the caller hears of it, and nobody else is disturbed. */
function fail(exchange: Exchange, error: unknown, ports: Ports): void {
  const name = error instanceof Error ? error.name : 'unknown';
  ports.sink.log('error', 'exchange-failed', { error: name });
  try {
    refuse(exchange, refusal('internal', 'A fault of ours.'), newId(ports));
  } catch {
    exchange.destroy();
  }
}

function takeCall(exchange: Exchange, operation: Operation, options: GatewayOptions): void {
  const { house, pages } = options;
  const call = callFrom(exchange, operation, house);
  if (call === undefined) return;
  const { keyText = '', address } = call.head;
  const reply = replyOver(exchange, () =>
    pages.queued.open(call.id, pages.ownerOf(keyText, address)),
  );
  options.running?.enter();
  serve(call, reply, house)
    .catch((error: unknown) => fail(exchange, error, house.ports))
    .finally(() => options.running?.leave());
}

/** Undefined: the head was refused and answered. */
function callFrom(exchange: Exchange, operation: Operation, house: House): Call | undefined {
  const { ports } = house;
  const id = newId(ports);
  const head = readHead(exchange.head, operation, house.now().catalog.forwarded);
  if (!head.ok) {
    refuse(exchange, head.refusal, id);
    return undefined;
  }
  return {
    id,
    at: ports.clock.now(),
    arrived: ports.clock.monotonic(),
    head: head.value,
    body: async (bytesMax) => {
      const body = await readBody(exchange, bytesMax, house.now().bodyMsMax);
      return body.ok ? readQuestion(operation, body.value) : body;
    },
  };
}

/** The id of a request that no call comes of is made the same way. */
export const newId = ({ clock, random }: Pick<Ports, 'clock' | 'random'>): RequestId =>
  requestId(clock.now(), random.bytes(CHANCE_BYTES));

function prefixed(path: string): PathEntry | undefined {
  return PREFIXES.find(([prefix]) => path.startsWith(prefix) && path.length > prefix.length)?.[1];
}

function methodFits({ head }: Exchange, entry: PathEntry): boolean {
  if (entry.kind === 'call') return head.method === 'POST';
  // A queued answer is given once: not to those who ask for its head.
  const headToo = entry.method === 'GET' && entry.page !== 'queued';
  return head.method === entry.method || (head.method === 'HEAD' && headToo);
}

function refuseMethod(exchange: Exchange, entry: PathEntry, ports: Ports): void {
  const allowed = entry.kind === 'call' ? 'POST' : entry.method;
  const message = `This path takes ${allowed}, not ${exchange.head.method.slice(0, 16)}.`;
  refuse(exchange, refusal('method_not_allowed', message), newId(ports), ['allow', allowed]);
}

const BAD_TARGET = refusal('body_invalid', 'The request target is not a plain absolute path.', {
  hint: 'Send the path as documented: one slash between segments, nothing encoded.',
});

function unknownPath(path: string): Refusal {
  const known = ELSEWHERE.find((prefix) => path.startsWith(prefix));
  if (known === undefined) return refusal('route_unknown', 'There is nothing at this path.');
  const message = `No endpoint of this gateway serves \`${known}\`.`;
  return refusal('route_unknown', message);
}

export function refuse(
  exchange: Exchange,
  no: Refusal,
  request: RequestId,
  more: readonly string[] = [],
): void {
  const { status, retry } = codeFacts(no.code);
  const headers = ['content-type', 'application/json', ...more];
  if (retry === 'never') headers.push('x-should-retry', 'false');
  if (no.retryAfterMs !== undefined) headers.push('retry-after-ms', String(no.retryAfterMs));
  exchange.reply(status, headers, errorBody(no, { request, decision: undefined }));
}
