// The one dial function: everything that leaves this process over the network goes through here.
//
// It believes nobody. The clearance is asked again at the moment of dialling, the credential's origin must be the place's,
// the path and the headers must not be able to name another host, and the addresses behind the name are judged in the
// connector, where nothing can slip between the check and the socket. Redirects are never followed.
//
// What it promises a sink: `head`, then `chunk`s, then exactly one of `end` or `fault`; nothing after an abort; never
// a call from inside `dial` itself. What it never does: retry (except a kept-alive line that the peer had closed while idle), log,
// or let a header or a byte of a body into a fault.
import {
  type Clock,
  type DialRequest,
  type DialSink,
  type Fault,
  fault,
  type Upstream,
  within,
} from '@signalbox/contract';
import { createClock } from '../clock.ts';
import { Wheel } from '../wheel.ts';
import { type ConnectorSettings, type Lookup, resolveBySystem } from './connect.ts';
import { Conversation } from './conversation.ts';
import { type Allowed, targetOf } from './guard.ts';
import { Lines, type PoolSettings } from './lines.ts';
import { wrongWith } from './request.ts';

export const POOL_SETTINGS: PoolSettings = {
  linesMax: 10_000,
  keepAliveMs: 4_000,
  keepAliveMsMax: 60_000,
  headBytesMax: 65_536,
  targetsMax: 1_024,
  decodedBytesMax: 134_217_728,
  ca: undefined,
};

const TLS_SESSIONS_MAX = 100;

/** What was stopped at the border: for the journal and the metrics. Holds names and reasons, no content. */
export type Blocked = {
  readonly kind: 'clearance' | 'address';
  readonly place: string;
  readonly origin: string;
  readonly reason: string;
};

export type UpstreamSettings = {
  readonly lookup?: Lookup;
  readonly clock?: Clock;
  readonly poolSettings?: Partial<PoolSettings>;
  readonly onBlocked: (blocked: Blocked, request: DialRequest) => void;
};

export type OpenUpstream = Upstream & {
  /** Closes idle lines; busy ones end with their calls. */
  close(): void;
  /** Calls on the wire now. */
  busy(): number;
};

const silent = (): void => {};

export function createUpstream(settings: UpstreamSettings): OpenUpstream {
  const pool: PoolSettings = { ...POOL_SETTINGS, ...settings.poolSettings };
  const wheel = new Wheel(settings.clock ?? createClock());
  const connecting: ConnectorSettings = {
    lookup: settings.lookup ?? resolveBySystem,
    ca: pool.ca,
    sessionsMax: TLS_SESSIONS_MAX,
  };
  const targets = new Map<string, Lines>();

  function linesTo(request: DialRequest): Lines | undefined {
    const { place } = request;
    const target = targetOf(place);
    if (target === undefined) return undefined;
    const key = `${target.origin} ${target.allowed}`;
    const known = targets.get(key);
    if (known !== undefined) return known;
    const lines = new Lines(target, pool, connecting);
    targets.set(key, lines);
    return lines;
  }

  function dial(request: DialRequest, sink: DialSink): () => void {
    const breach = within(request.clearance, request.place);
    if (breach !== undefined) {
      return later(sink, fault('clearance_exceeded', 'ourselves', 'never', breach));
    }
    const wrong = wrongWith(request);
    if (wrong !== undefined) return later(sink, fault('malformed', 'ourselves', 'never', wrong));
    const lines = linesTo(request);
    if (lines === undefined) {
      return later(sink, fault('address_denied', 'ourselves', 'other', 'origin'));
    }
    const conversation = new Conversation(request, sink, lines, wheel);
    if (!conversation.start()) {
      return later(sink, fault('connect_failed', 'ourselves', 'other', 'all lines are taken'));
    }
    return () => conversation.abort();
  }

  return {
    dial,
    close: () => targets.forEach((lines) => void lines.close()),
    busy: () => [...targets.values()].reduce((sum, lines) => sum + lines.busy, 0),
  };
}

/** Told after `dial` has returned, unless aborted before. */
function later(sink: DialSink, why: Fault): () => void {
  let tell: (why: Fault) => void = (told) => sink.fault(told);
  queueMicrotask(() => tell(why));
  return () => {
    tell = silent;
  };
}
