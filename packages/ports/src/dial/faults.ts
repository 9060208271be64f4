// What went wrong on the wire, in our words. The decision is made by stage and by error code, never
// by message text, and the detail carries the place's name, the code and sizes: no header, no byte
// of a body.
import { type Fault, type FaultCode, fault } from '@signalbox/contract';
import { AddressDenied } from './connect.ts';
import { ProxyFault } from './tunnel.ts';

/** How far a dial has come. */
export type Stage = 'connect' | 'head' | 'body';

/**
 * Codes after which a line that had answered before may simply have been closed by its idle peer.
 */
const CLOSED: ReadonlySet<string> = new Set(['WIRE_CLOSED', 'ECONNRESET', 'EPIPE', 'ECONNABORTED']);

const BY_CODE: ReadonlyMap<string, FaultCode> = new Map([
  ['WIRE_TOO_LARGE', 'too_large'],
  ['WIRE_MALFORMED', 'malformed'],
]);

/** Of the certificate, by the words of OpenSSL's verification and of Node's own. */
const CERTIFICATES: readonly (readonly [codes: RegExp, FaultCode])[] = [
  [/^ERR_TLS_CERT_ALTNAME/, 'certificate_name'],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, 'certificate_expired'],
  // The server's alert: a certificate that it names is ours, refused or missing, not its own.
  [/^ERR_SSL_/, 'tls_failed'],
  [/CERT|SELF_SIGNED|ISSUER|^INVALID_(?:CA|PURPOSE)$|VERIFY/, 'certificate_untrusted'],
  [/^(?:ERR_TLS_|EPROTO$)/, 'tls_failed'],
];

const unconnected = (code: string): FaultCode =>
  CERTIFICATES.find(([codes]) => codes.test(code))?.[1] ?? 'connect_failed';

export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return typeof error.code === 'string' ? error.code : 'unknown';
}

export const isClosed = (error: unknown): boolean => CLOSED.has(codeOf(error));

export function faultOfError(error: unknown, stage: Stage, placeName: string): Fault {
  if (error instanceof AddressDenied) {
    return fault('address_denied', 'ourselves', 'other', `${placeName}: ${error.breach} address`);
  }
  if (error instanceof ProxyFault) {
    const why = `${placeName}: ${error.message} (${error.code})`;
    return fault('connect_failed', 'upstream', 'other', why);
  }
  const code = codeOf(error);
  const detail = `${placeName}: ${code} at ${stage}`;
  const known = BY_CODE.get(code);
  if (known !== undefined) return fault(known, 'upstream', 'other', detail);
  if (stage === 'connect') return fault(unconnected(code), 'upstream', 'other', detail);
  if (CLOSED.has(code)) return fault('closed_early', 'upstream', 'other', detail);
  return fault('internal', 'ourselves', 'other', detail);
}

const TIMEOUTS = {
  connect: 'connect_timeout',
  head: 'head_timeout',
  body: 'idle_timeout',
} as const;

export function timeoutAt(stage: Stage, total: boolean, placeName: string): Fault {
  const code = total ? 'total_timeout' : TIMEOUTS[stage];
  return fault(code, 'upstream', 'other', `${placeName}: silent at ${stage}`);
}
