// Faults before a connection stood: nothing of a call was sent. In words for operators; a caller is
// told `connect_failed`, whichever it was.
import type { FaultCode } from '@signalbox/contract';

export type FaultWords = { readonly says: string; readonly hint: string };

const UNCONNECTED: ReadonlyMap<string, FaultWords> = new Map(
  Object.entries({
    connect_failed: {
      says: 'refuses connections, or its name is not known',
      hint: 'look at host and port, and whether the server runs',
    },
    connect_timeout: {
      says: 'takes no connection in time',
      hint: 'look at host, port and firewalls',
    },
    tls_failed: {
      says: 'does not speak TLS, or refuses the handshake',
      hint: 'if it speaks plain HTTP, begin its URL with http://; the gateway has no certificate to show to a server that asks for one',
    },
    certificate_untrusted: {
      says: 'shows a certificate of an authority that is not trusted here',
      hint: 'name the authority’s certificate in NODE_EXTRA_CA_CERTS and start the gateway again',
    },
    certificate_expired: {
      says: 'shows a certificate that is out of date',
      hint: 'renew it there, and look at the clock of this machine',
    },
    certificate_name: {
      says: 'shows a certificate for another host name',
      hint: 'use the name in its URL that the certificate is for',
    },
  } satisfies Partial<Record<FaultCode, FaultWords>>),
);

/** For operators; undefined: a connection stood. */
export const unconnectedWords = (code: string): FaultWords | undefined => UNCONNECTED.get(code);
