// TLS for the listener, by Node's `https`. The first byte of a connection says what it will speak:
// a TLS record begins with 22 (RFC 8446, 5.1). Whoever speaks plainly hears so in plain HTTP,
// rather than a connection that ends without a word.
import { X509Certificate } from 'node:crypto';
import type { Server as PlainServer } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Secret } from '@signalbox/contract';
import type { Incoming } from './incoming.ts';
import type { Outgoing } from './served.ts';

export type Certificate = {
  /** PEM: the server's own first, then those that lead to its authority. */
  readonly cert: string;
  /** PEM, without a passphrase. */
  readonly key: Secret;
  /** PEM of the authorities whose certificates a caller must show one of; undefined: none. */
  readonly clientCa: string | undefined;
};

export type HttpServer = PlainServer<typeof Incoming, typeof Outgoing>;
export type HttpsServer = Server<typeof Incoming, typeof Outgoing>;
type HttpOptions = ServerOptions<typeof Incoming, typeof Outgoing>;

export type SecureSettings = {
  /** For its first byte, and then for the handshake. */
  readonly handshakeMs: number;
  /** Holds who has not said a byte yet: whoever closes the server ends them. */
  readonly silent: Set<Socket>;
  /** It speaks plainly. */
  readonly plain: (socket: Socket) => void;
};

const TLS_RECORD = 22;

/**
 * Undefined when a server can show it; else why not, without a word of the key.
 * @param now on the wall's clock, ms.
 */
export function wrongWithCertificate(certificate: Certificate, now: number): string | undefined {
  try {
    const own = new X509Certificate(certificate.cert);
    createSecureContext(contextOf(certificate));
    return own.validToDate.getTime() < now ? `it was valid until ${own.validTo}` : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
      ? 'the key is of another certificate'
      : `certificate and key cannot be read as PEM (${code})`;
  }
}

/** Names and addresses that a certificate is for, the way they stand in URLs. */
export function namesOf({ cert }: Certificate): readonly string[] {
  const parts = (new X509Certificate(cert).subjectAltName ?? '').split(', ');
  return parts.flatMap((part) => {
    const name = /^(?:DNS|IP Address):([A-Za-z0-9.:-]+)$/.exec(part)?.[1];
    return name === undefined
      ? []
      : [isIP(name) === 6 ? new URL(`http://[${name}]`).hostname : name];
  });
}

export function secureServer(
  options: HttpOptions,
  certificate: Certificate,
  { handshakeMs, silent, plain }: SecureSettings,
): HttpsServer {
  const server: HttpsServer = createServer<typeof Incoming, typeof Outgoing>({
    ...options,
    ...contextOf(certificate),
    handshakeTimeout: handshakeMs,
    ALPNProtocols: ['http/1.1'],
    requestCert: certificate.clientCa !== undefined,
    rejectUnauthorized: certificate.clientCa !== undefined,
  });
  const handshakes = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    socket.setTimeout(handshakeMs, () => void socket.destroy());
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    socket.once('readable', () => {
      silent.delete(socket);
      socket.setTimeout(0);
      const first: unknown = socket.read(1);
      if (!(first instanceof Uint8Array)) return;
      socket.unshift(first);
      if (first[0] !== TLS_RECORD) plain(socket);
      else for (const begin of handshakes) begin.call(server, socket);
    });
  });
  return server;
}

/** New connections are shown the new certificate; those that are open go on. */
export function renew(server: HttpsServer, certificate: Certificate): void {
  server.setSecureContext(contextOf(certificate));
}

/** TLS 1.2 at least, with Node's choice of ciphers. */
function contextOf({ cert, key, clientCa }: Certificate): SecureContextOptions {
  return {
    cert,
    key: key.reveal(),
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
}
