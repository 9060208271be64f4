// The connector: the only place where a socket towards an upstream opens. Literal addresses are
// judged first, because `lookup` is never asked for them. Names are resolved here, every answer is
// judged, and exactly the judged answers are dialled, so a second answer of the name server
// (rebinding) is never seen. When the socket is open its real peer is judged once more.
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, connect as openPlain, type Socket } from 'node:net';
import {
  createSecureContext,
  connect as openSecure,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import { type AddressBreach, breachOf, type Target } from './guard.ts';

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
};

export type Connecting = {
  /** What is read lands here, whoever's it is: one turn after the other. */
  readonly buffer: Buffer;
  /** The bytes are valid during the call. */
  readonly read: (bytes: Buffer) => void;
  /** Once: it is open, or may not be. What fails otherwise is an error of the socket. */
  readonly opened: (denied: AddressDenied | undefined) => void;
};
/** Undefined: no socket was made. */
export type Connect = (connecting: Connecting) => Socket | undefined;

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

export function connectorFor(target: Target, settings: ConnectorSettings): Connect {
  const { hostname: host, allowed } = target;
  const { protocol, port } = new URL(target.origin);
  const isSecure = protocol === 'https:';
  const isLiteral = isIP(host) !== 0;
  const to = {
    host,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    lookup: judgedLookup(target, settings.lookup),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  };
  let session: Buffer | undefined;
  return ({ buffer, read, opened }) => {
    const breach = isLiteral ? breachOf(allowed, [host]) : undefined;
    if (breach !== undefined) {
      queueMicrotask(() => opened(new AddressDenied(breach)));
      return undefined;
    }
    const callback = (count: number): boolean => {
      read(buffer.subarray(0, count));
      return true;
    };
    const options = { ...to, onread: { buffer, callback } };
    const socket = isSecure
      ? openSecure({
          ...options,
          servername: isLiteral ? '' : host,
          secureContext: settings.trust(),
          ALPNProtocols: ['http/1.1'],
          ...(session === undefined ? {} : { session }),
        }).on('session', (fresh: Buffer) => {
          session = fresh;
        })
      : openPlain(options);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => opened(deniedPeer(target, socket)));
    return socket;
  };
}

/** The kernel looks after a silent connection from then on. */
const PROBE_AFTER_MS = 60_000;

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
