// The connector: the only place where a socket towards an upstream opens. It wraps undici's own,
// because a custom `lookup` alone is never asked for IP literals. Names are resolved here, every
// answer is judged, and exactly the judged answers are dialled, so a second answer of the name
// server (rebinding) is never seen. When the socket is open its real peer is judged once more.
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import connectorOf from 'undici/lib/core/connect.js';
import { type AddressBreach, breachOf, type Target } from './guard.ts';

/** Resolves a name to all its addresses. */
export type Lookup = (
  hostname: string,
  then: (error: Error | null, addresses: readonly Resolved[]) => void,
) => void;
export type Resolved = { readonly address: string; readonly family: 4 | 6 };

/** Thrown into undici's hands and recognised when it comes back. */
export class AddressDenied extends Error {
  override readonly name = 'AddressDenied';
  readonly code = 'SIGNALBOX_ADDRESS_DENIED';
  readonly breach: AddressBreach;
  constructor(breach: AddressBreach) {
    super(`address denied: ${breach}`);
    this.breach = breach;
  }
}

export type Connector = buildConnector.connector;

export type ConnectorSettings = {
  readonly lookup: Lookup;
  /** What certificates are believed; made once, because reading all roots takes its time. */
  readonly trust: () => SecureContext;
  /** TLS sessions kept for resumption. */
  readonly sessionsMax: number;
};

/** @param ca certificates to believe in addition to the well-known ones, PEM. */
export function trusting(ca: string | undefined): () => SecureContext {
  let made: SecureContext | undefined;
  return () => {
    made ??= createSecureContext(ca === undefined ? {} : { ca: [...rootCertificates, ca] });
    return made;
  };
}

export const resolveBySystem: Lookup = (hostname, then) => {
  systemLookup(hostname, { all: true, order: 'verbatim' }, (error, found) => {
    if (error !== null) then(error, []);
    else
      then(
        null,
        found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })),
      );
  });
};

/**
 * `onSocket` gets every socket as soon as it exists, also before it is connected: that is how a
 * dial is aborted early.
 */
export function connectorFor(
  target: Target,
  settings: ConnectorSettings,
): (onSocket: (socket: Socket) => void) => Connector {
  const connect = connectorOf({
    allowH2: false,
    timeout: 0,
    maxCachedSessions: settings.sessionsMax,
    lookup: judgedLookup(target, settings.lookup),
    ...(target.origin.startsWith('https:') ? { secureContext: settings.trust() } : {}),
  });
  return (onSocket) => (options, callback) => {
    if (isIP(options.hostname) !== 0) {
      const breach = breachOf(target.allowed, [options.hostname]);
      if (breach !== undefined) {
        queueMicrotask(() => callback(new AddressDenied(breach), null));
        return;
      }
    }
    const socket: unknown = connect(options, judgedPeer(target, callback));
    // undici's connector returns the socket it makes, which its types leave out
    onSocket(socket as Socket);
  };
}

function judgedLookup(target: Target, lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, (error, found) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const breach = breachOf(
        target.allowed,
        found.map(({ address }) => address),
      );
      if (breach !== undefined) {
        callback(new AddressDenied(breach), []);
        return;
      }
      const [first] = found;
      if (options.all === true) callback(null, [...found]);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

/** The far end, asked again: what was dialled is what was judged. */
function judgedPeer(target: Target, callback: buildConnector.Callback): buildConnector.Callback {
  return (...outcome) => {
    const [error, socket] = outcome;
    if (error !== null) {
      callback(error, null);
      return;
    }
    const breach = breachOf(target.allowed, [socket.remoteAddress ?? '']);
    if (breach === undefined) {
      callback(null, socket);
      return;
    }
    socket.destroy();
    callback(new AddressDenied(breach), null);
  };
}
