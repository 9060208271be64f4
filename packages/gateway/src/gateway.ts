// The data plane over HTTP: takes exchanges, sends calls down the line, serves the few pages that
// belong to it. It decides nothing about a call; it reads heads, bounds bodies, and words what the
// line says. What it does not know, it offers to whoever is mounted beside it (the console, the
// admin API), and answers 404 otherwise.
import {
  type Call,
  type CallHead,
  type CallTrace,
  codeFacts,
  no,
  type Parked,
  type Ports,
  type Refusal,
  type RequestId,
  refusal,
  requestId,
  yes,
} from '@signalbox/contract';
import {
  arrayReframing,
  errorBodyIn,
  isPassed,
  lineReframing,
  type PassedHead,
  questionIn,
  type Wire,
  wireOf,
} from '@signalbox/dialect';
import { type House, refusalHeaders, serve } from '@signalbox/engine';
import { type Exchange, splitTarget, type Target } from '@signalbox/ports';
import { readBody } from './body.ts';
import { counting } from './counting.ts';
import { readHead, type Speaking } from './head.ts';
import type { KeptFraming } from './kept.ts';
import type { Pages } from './page.ts';
import { servePage } from './pages.ts';
import { passedBody, passedHead } from './passing.ts';
import {
  type CallEntry,
  ELSEWHERE,
  type InPath,
  type Method,
  methodEntry,
  objectEntry,
  PATHS,
  type PathEntry,
  PREFIXES,
  wireOfPath,
} from './paths.table.ts';
import type { Waiting } from './queued.ts';
import { RecentFeedback } from './recent-feedback.ts';
import { reframed } from './reframed.ts';
import { type DeferTo, flat, replyLater, replyOver } from './reply.ts';
import { resumedCall } from './resumed.ts';
import type { Running } from './running.ts';
import { timed, timingSince } from './timed.ts';

export type Mounted = (exchange: Exchange, target: Target) => boolean;

export type GatewayOptions = {
  readonly house: House;
  readonly pages: Omit<Pages, 'house' | 'refuse' | 'callFrom' | 'recentFeedback'>;
  /** Asked in turn for paths that are not the data plane's. */
  readonly mounted: readonly Mounted[];
  /** Calls on the line: who stops the gateway lets them settle first. */
  readonly running?: Running;
  /** Where spans are exported: the trace of a call, by its `traceparent`. */
  readonly trace?: ((traceparent: string | undefined) => CallTrace) | undefined;
};

export type Gateway = { handle(exchange: Exchange): void };

const CHANCE_BYTES = 10;

export function createGateway(options: GatewayOptions): Gateway {
  const { house } = options;
  const { clock } = house.ports;
  const pages: Pages = {
    ...options.pages,
    house,
    recentFeedback: new RecentFeedback(),
    refuse: (exchange, no) => refuse(exchange, no, newId(house.ports)),
    callFrom: (exchange, operation) => {
      const to = { dialect: 'openai', operation } as const;
      const head = readHead(exchange.head, to, house.now().catalog.forwarded);
      if (head.ok) return callOf(exchange, head.value, { options, arrived: clock.monotonic() });
      refuse(exchange, head.refusal, newId(house.ports));
      return undefined;
    },
  };
  const failed = (exchange: Exchange) => (error: unknown) => fail(exchange, error, house.ports);
  const beside = (exchange: Exchange, target: Target | 'invalid', entry?: PathEntry): void => {
    const wire = wireOfPath(exchange.head.target);
    if (target === 'invalid') refuse(exchange, BAD_TARGET, newId(house.ports), { wire });
    else if (entry === undefined) {
      refuse(exchange, unknownPath(target.path), newId(house.ports), { wire });
    } else if (!methodFits(exchange, entry)) refuseMethod(exchange, entry, wire, house.ports);
    else servePage(exchange, { entry, target }, pages).catch(failed(exchange));
  };
  const route = (exchange: Exchange, arrived: number): void => {
    const target = splitTarget(exchange.head.target);
    const entry = target === 'invalid' ? undefined : entryOf(target);
    if (target !== 'invalid' && entry?.kind === 'call' && methodFits(exchange, entry)) {
      const framing = framingOf(entry, target);
      const passed = isPassed(entry.operation) ? passedHead(exchange, entry, target) : undefined;
      takeCall(exchange, entry, { options, arrived, inPath: entry.inPath, passed, framing });
      return;
    }
    const unknown = entry === undefined && target !== 'invalid';
    if (unknown && options.mounted.some((take) => take(exchange, target))) return;
    beside(timed(exchange, arrived, clock), target, entry);
  };
  return {
    handle(exchange) {
      const arrived = clock.monotonic();
      try {
        route(exchange, arrived);
      } catch (error) {
        failed(timed(exchange, arrived, clock))(error);
      }
    },
  };
}

/** A bug beside the line: the caller hears of it, and nobody else is disturbed. */
function fail(exchange: Exchange, error: unknown, ports: Ports): void {
  report(error, ports);
  try {
    refuse(exchange, refusal('internal', 'A fault of ours.'), newId(ports));
  } catch {
    exchange.destroy();
  }
}

function report(error: unknown, ports: Ports): void {
  const name = error instanceof Error ? error.name : 'unknown';
  ports.sink.log('error', 'exchange-failed', { error: name });
}

type Taking = {
  readonly options: GatewayOptions;
  readonly arrived: number;
  readonly inPath?: InPath | undefined;
  readonly passed?: PassedHead | undefined;
  readonly framing?: KeptFraming;
};

function framingOf({ dialect, inPath }: CallEntry, { query }: Target): KeptFraming {
  if (dialect === 'ollama') return 'lines';
  if (inPath?.stream !== true || new URLSearchParams(query).get('alt') === 'sse') return undefined;
  return 'array';
}

function takeCall(given: Exchange, to: Speaking, taking: Taking): void {
  const exchange = to.operation === 'count' ? counting(given, to.dialect, taking.inPath) : given;
  const { options, arrived, framing } = taking;
  const { house } = options;
  const { clock } = house.ports;
  const head = readHead(exchange.head, to, house.now().catalog.forwarded);
  if (!head.ok) {
    const wire = wireOf(to.dialect, to.operation);
    refuse(timed(exchange, arrived, clock), head.refusal, newId(house.ports), { wire });
    return;
  }
  const call = callOf(exchange, head.value, taking);
  const over = replyOver(exchange, deferTo(call, taking));
  const reply = framing === undefined ? over : reframed(over, framingKinds[framing]());
  options.running?.enter();
  serve(call, reply, house)
    .catch((error: unknown) => fail(timed(exchange, arrived, clock), error, house.ports))
    .finally(() => {
      over.finished();
      options.running?.leave(over.cutOff());
    });
}

const framingKinds = { lines: lineReframing, array: arrayReframing } as const;

/** The call and its hold are safe before its caller is told that it waits. */
function deferTo(call: Call, { options, inPath, passed, framing }: Taking): DeferTo {
  const { house, pages } = options;
  return async (parked) => {
    const { id: request, at, head } = call;
    const arrived = { request, at, head, inPath, passed, framing };
    const place = await pages.queued.open(arrived, parked);
    if (!place.ok) return place;
    sayQueued(request, parked, house);
    const isHeld = await new Promise<boolean>((done) => house.ports.store.durable(done));
    if (isHeld) {
      const timing = timingSince(call.arrived, house.ports.clock);
      return yes({ place: place.value, timing });
    }
    place.value.cancel();
    return no(refusal('journal_unavailable', 'The hold of the call could not be written.'));
  };
}

/** Whose it is stands in the journal: no file has to be left that tells it. */
function sayQueued(call: RequestId, { tenant, key }: Parked, { live, ports }: House): void {
  const hold = live.pools.budgets.holdOf(call);
  live.queueOwners.add({ call, tenant, key });
  if (hold === undefined) return;
  const body = { ...hold, queuedBy: key };
  ports.store.append({ kind: 'extend', at: ports.clock.now(), tenant, call, body });
}

/** Calls of an earlier life of the node enter the line again, in their order. */
export function resume(waiting: readonly Waiting[], options: GatewayOptions): void {
  const { house, running } = options;
  for (const one of waiting) {
    const over = replyLater(one.place);
    const { framing } = one.opened.kept;
    const reply = framing === undefined ? over : reframed(over, framingKinds[framing]());
    running?.enter();
    serve(resumedCall(one, options), reply, house)
      .catch((error: unknown) => report(error, house.ports))
      .finally(() => {
        over.finished();
        running?.leave(over.cutOff());
      });
  }
}

function callOf(exchange: Exchange, head: CallHead, taking: Taking): Call {
  const { options, arrived, inPath = NO_PATH, passed } = taking;
  const { house } = options;
  const { ports } = house;
  const { dialect, operation } = head;
  const body: Call['body'] = async (bytesMax) => {
    const ms = house.now().bodyMsMax;
    const read =
      passed !== undefined && isPassed(operation)
        ? await passedBody(exchange, operation, passed, { bytesMax, ms })
        : await readBody(exchange, bytesMax, ms);
    return read.ok ? questionIn(dialect, operation, read.value, { ...inPath, passed }) : read;
  };
  const trace = options.trace?.(head.traceparent);
  return { id: newId(ports), at: ports.clock.now(), arrived, head, body, trace };
}

const NO_PATH: InPath = { model: '', stream: false };

/** The id of a request that no call comes of is made the same way. */
export const newId = ({ clock, random }: Pick<Ports, 'clock' | 'random'>): RequestId =>
  requestId(clock.now(), random.bytes(CHANCE_BYTES));

function entryOf({ path }: Target): PathEntry | undefined {
  const whole = PATHS.get(path) ?? objectEntry(path) ?? methodEntry(path);
  if (whole !== undefined) return whole;
  return PREFIXES.find(([prefix]) => path.startsWith(prefix) && path.length > prefix.length)?.[1];
}

const POST: readonly Method[] = ['POST'];

const methodsOf = (entry: PathEntry): readonly Method[] =>
  entry.kind === 'call' ? (entry.methods ?? POST) : [entry.method];

function methodFits({ head }: Exchange, entry: PathEntry): boolean {
  if (entry.kind === 'call') return methodsOf(entry).some((one) => one === head.method);
  // A queued answer is given once: not to those who ask for its head.
  const headToo = entry.method === 'GET' && entry.page !== 'queued';
  return head.method === entry.method || (head.method === 'HEAD' && headToo);
}

function refuseMethod(exchange: Exchange, entry: PathEntry, wire: Wire, ports: Ports): void {
  const allowed = methodsOf(entry).join(', ');
  const message = `This path takes ${allowed}, not ${exchange.head.method.slice(0, 16)}.`;
  refuse(exchange, refusal('method_not_allowed', message), newId(ports), {
    headers: ['allow', allowed],
    wire,
  });
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

type Telling = { readonly headers?: readonly string[]; readonly wire?: Wire };

export function refuse(
  exchange: Exchange,
  no: Refusal,
  request: RequestId,
  { headers: more = [], wire = 'openai' }: Telling = {},
): void {
  const ids = { request, decision: undefined };
  const headers = [...flat(refusalHeaders(no, ids)), ...more];
  exchange.reply(codeFacts(no.code).status, headers, errorBodyIn(wire, no, ids));
}
