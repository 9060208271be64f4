// The connector: the only place where a socket towards an upstream opens. Literal addresses are
// judged first, because `lookup` is never asked for them. Names are resolved here, every answer is
// judged, and exactly the judged answers are dialled, so a second answer of the name server
// (rebinding) is never seen. When the socket is open its real peer is judged once more.
import { lookup as systemLookup } from 'node:dns';
import {
  isIP,
  type LookupFunction,
  type OnReadOpts,
  connect as openPlain,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import {
  type ConnectionOptions,
  createSecureContext,
  getCACertificates,
  connect as openSecure,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { type AddressBreach, breachOf, type Target } from './guard.ts';
import type { Proxies } from './proxy.ts';

/** Resolves a name to all its addresses. */
export type Lookup = (
  hostname: string,
  then: (error: Error | null, addresses: readonly Resolved[]) => void,
) => void;
export type Resolved = { readonly address: string; readonly family: 4 | 6 };

/** Given to Node's hands and recognised when it comes back. */
export class AddressDenied extends Error {
  override readonly name = 'AddressDenied';
  readonly code = 'SIGNALBOX_ADDRESS_DENIED';
  readonly breach: AddressBreach;
  constructor(breach: AddressBreach) {
    super(`address denied: ${breach}`);
    this.breach = breach;
  }
}

export type ConnectorSettings = {
  readonly lookup: Lookup;
  /** What certificates are believed; made once, because reading all roots takes its time. */
  readonly trust: () => SecureContext;
  readonly proxies: Proxies | undefined;
};

export type Connecting = {
  /** What is read lands here, whoever's it is: one turn after the other. */
  readonly buffer: Buffer;
  /** The bytes are valid during the call. */
  readonly read: (bytes: Buffer) => void;
  /** A socket that takes the place of the one before; whose it is listens to it and ends it. */
  readonly made: (socket: Socket) => void;
  /** Once: it is open, or why it may not be. What fails otherwise is an error of the socket. */
  readonly opened: (why: Error | undefined) => void;
};
export type Connect = (connecting: Connecting) => void;

/**
 * @param ca certificates to believe in addition to the well-known ones and to those of
 * `NODE_EXTRA_CA_CERTS`, PEM.
 */
export function trusting(ca: string | undefined): () => SecureContext {
  let made: SecureContext | undefined;
  return () => {
    made ??= createSecureContext(
      ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] },
    );
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

export function connectorFor(target: Target, settings: ConnectorSettings): Connect {
  const { hostname: host, allowed } = target;
  const isSecure = target.origin.startsWith('https:');
  const isLiteral = isIP(host) !== 0;
  const lookup = judgedLookup(target, settings.lookup);
  const to = { host, port: portOf(target), lookup, ...KEPT };
  const secured = securing(target, settings);
  return (connecting) => {
    const { made, opened } = connecting;
    const breach = isLiteral ? breachOf(allowed, [host]) : undefined;
    if (breach !== undefined) {
      queueMicrotask(() => opened(new AddressDenied(breach)));
      return;
    }
    const options = { ...to, onread: reading(connecting) };
    const socket = isSecure ? secured(options) : openPlain(options);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => opened(deniedPeer(target, socket)));
    made(socket);
  };
}

export function portOf({ origin }: Target): number {
  const { protocol, port } = new URL(origin);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** TLS to a target, over a socket of its own or one that is there; sessions are taken up again. */
export function securing(
  { hostname }: Target,
  { trust }: ConnectorSettings,
): (options: ConnectionOptions & { readonly onread?: OnReadOpts }) => TLSSocket {
  let session: Buffer | undefined;
  return (options) =>
    openSecure({
      ...options,
      servername: isIP(hostname) === 0 ? hostname : '',
      host: hostname,
      secureContext: trust(),
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
    }).on('session', (fresh: Buffer) => {
      session = fresh;
    });
}

/** What is read goes into the one buffer, and on in the same turn. */
export function reading({ buffer, read }: Connecting): OnReadOpts {
  return {
    buffer,
    callback: (count) => {
      read(buffer.subarray(0, count));
      return true;
    },
  };
}

/** The kernel looks after a silent connection from then on. */
const PROBE_AFTER_MS = 60_000;
export const KEPT: Pick<TcpNetConnectOpts, 'noDelay' | 'keepAlive' | 'keepAliveInitialDelay'> = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: PROBE_AFTER_MS,
};

/** The far end, asked again: what was dialled is what was judged. */
function deniedPeer(target: Target, socket: Socket): AddressDenied | undefined {
  const breach = breachOf(target.allowed, [socket.remoteAddress ?? '']);
  return breach === undefined ? undefined : new AddressDenied(breach);
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
