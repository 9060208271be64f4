// The one dial function: everything that leaves this process over the network goes through here.
//
// It believes nobody. The clearance is asked again at the moment of dialling (`border.ts`), the
// credential's origin must be the place's, the path and the headers must not be able to name
// another host, and the addresses behind the name are judged in the connector, where nothing can
// slip between the check and the socket. Redirects are never followed.
//
// What it promises a sink: `head`, then `chunk`s, then exactly one of `end` or `fault`; nothing
// after an abort; never a call from inside `dial` itself. What it never does: retry (except on a
// kept-alive line that its peer had closed while idle), log, or let a header or a byte of a body
// into a fault.
import {
  assert,
  type Clock,
  type DialRequest,
  type DialSink,
  type Timers,
  type Upstream,
} from '@signalbox/contract';
import { createClock } from '../clock.ts';
import { Wheel } from '../wheel.ts';
import { type Blocked, bordered, type OnBlocked, refuse } from './border.ts';
import { type Lookup, resolveBySystem, trusting } from './connect.ts';
import { type Around, Conversation } from './conversation.ts';
import { type PoolSettings, sharedBy } from './lines.ts';
import type { Proxies } from './proxy.ts';
import { headText, wrongWith } from './request.ts';
import { keysFor, signed } from './signing.ts';
import { Targets } from './targets.ts';

export const POOL_SETTINGS: PoolSettings = {
  linesMax: 10_000,
  keepAliveMs: 4_000,
  keepAliveMsMax: 60_000,
  headBytesMax: 65_536,
  targetsMax: 1_024,
  decodedBytesMax: 134_217_728,
  ca: undefined,
};

export type UpstreamSettings = {
  /** Resolves names; the system's resolver unless a test says otherwise. */
  readonly lookup?: Lookup;
  readonly clock?: Clock;
  readonly poolSettings?: Partial<PoolSettings>;
  /** What stands between this node and the public network; none unless given. */
  readonly proxies?: Proxies | undefined;
  readonly onBlocked: OnBlocked;
  /**
   * A sink threw while it was told the end: a bug, which nobody up the stack could catch. Thrown on
   * unless given.
   */
  readonly onBug?: (error: unknown) => void;
};

export type OpenUpstream = Upstream & {
  /** Closes idle lines; busy ones end with their calls. */
  close(): void;
  /** Calls on the wire now. */
  busy(): number;
};

export function createUpstream(settings: UpstreamSettings): OpenUpstream {
  const pool: PoolSettings = { ...POOL_SETTINGS, ...settings.poolSettings };
  const lookup = settings.lookup ?? resolveBySystem;
  const clock = settings.clock ?? createClock();
  const wheel = new Wheel(clock);
  const { proxies } = settings;
  const connecting = { lookup, trust: trusting(pool.ca), proxies };
  const targets = new Targets(pool, connecting, sharedBy(wheel));
  const around: Around = {
    wheel,
    decodedBytesMax: pool.decodedBytesMax,
    onDenied: (reason, request) => block('address', reason, request),
    onBug: settings.onBug ?? throwLater,
  };

  function block(kind: Blocked['kind'], reason: string, request: DialRequest): void {
    const { name, origin } = request.place;
    settings.onBlocked({ kind, place: name, origin, reason }, request);
  }

  function dial(request: DialRequest, sink: DialSink): () => void {
    const { place } = request;
    const wrong = wrongWith(request);
    if (wrong !== undefined) {
      if (wrong === 'credential of another origin') block('credential', wrong, request);
      return refuse(sink, 'malformed', `${place.name}: ${wrong}`);
    }
    assert(arePositive(request.timers), 'every timer of a dial is more than zero');
    const keys = keysFor(request);
    if (keys === undefined) return send(request, sink);
    const ready = signed(request, keys, clock.now());
    return whenSigned(ready, sink, (made) => send(made, sink), place.name);
  }

  function send(request: DialRequest, sink: DialSink): () => void {
    const { place } = request;
    const lines = targets.linesTo(place);
    if (lines === 'origin') {
      block('address', lines, request);
      return refuse(sink, 'address_denied', `${place.name}: origin not in canonical form`);
    }
    if (lines === 'full') return refuse(sink, 'connect_failed', `${place.name}: too many targets`);
    const head = headText(request, lines.form);
    if (head === undefined) return refuse(sink, 'malformed', `${place.name}: credential value`);
    const conversation = new Conversation(request, head, sink, { lines, around });
    if (!conversation.start()) return refuse(sink, 'connect_failed', `${place.name}: no free line`);
    return () => conversation.abort();
  }

  const border = bordered({ dial }, settings.onBlocked);
  return { dial: border.dial, close: () => targets.close(), busy: () => targets.busy() };
}

/** A signature takes a turn of the loop: whoever aborts before it never opens a line. */
function whenSigned(
  ready: Promise<DialRequest | undefined>,
  sink: DialSink,
  send: (made: DialRequest) => () => void,
  place: string,
): () => void {
  let isGone = false;
  let abort = (): void => {
    isGone = true;
  };
  const go = (made: DialRequest | undefined): void => {
    if (isGone) return;
    const why = made === undefined ? 'no region to sign for' : wrongWith(made);
    const cannot = made === undefined || why !== undefined;
    abort = cannot ? refuse(sink, 'malformed', `${place}: ${why}`) : send(made);
  };
  const failed = (): void => {
    if (!isGone) abort = refuse(sink, 'malformed', `${place}: its keys sign nothing`);
  };
  ready.then(go, failed);
  return () => abort();
}

const arePositive = ({ connectMs, headMs, idleMs, totalMs }: Timers): boolean =>
  connectMs > 0 && headMs > 0 && idleMs > 0 && totalMs > 0;

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
