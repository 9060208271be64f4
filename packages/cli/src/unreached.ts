// Why no answer came from an address: in words, and with what to do about it.
export type Unreached = { readonly why: string; readonly hint: string };

const START = 'Start one with `signalbox up`, or name one with --url or SIGNALBOX_URL.';
const SPELLING = 'Look at how the name is spelt in --url or SIGNALBOX_URL.';
const LOOK_AT_LOG = 'Look at its process and at the end of its log (signalbox.log).';
const CERTIFICATE =
  'Name its authority, or its own certificate, in NODE_EXTRA_CA_CERTS, and in SIGNALBOX_URL the ' +
  'name that the certificate is for.';

/** Codes of a certificate that is not believed, or is for another name. */
const UNBELIEVED = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/;

const REFUSED = { why: 'the connection was refused, nothing listens there', hint: START };
const UNKNOWN = { why: 'the name was not found', hint: SPELLING };
const SILENT = { why: 'it did not answer in time', hint: LOOK_AT_LOG };
const CLOSED = { why: 'it closed the connection without an answer', hint: LOOK_AT_LOG };
const NO_WAY = { why: 'no network leads there', hint: START };
const NO_TLS = {
  why: 'it speaks no TLS',
  hint: 'Begin the address with http:// in --url or SIGNALBOX_URL.',
};

/** By the codes of Node's sockets and of undici. */
const BY_CODE: ReadonlyMap<string, Unreached> = new Map([
  ['ECONNREFUSED', REFUSED],
  ['ENOTFOUND', UNKNOWN],
  ['EAI_AGAIN', UNKNOWN],
  ['ETIMEDOUT', SILENT],
  ['UND_ERR_CONNECT_TIMEOUT', SILENT],
  ['UND_ERR_HEADERS_TIMEOUT', SILENT],
  ['UND_ERR_BODY_TIMEOUT', SILENT],
  ['ECONNRESET', CLOSED],
  ['EPIPE', CLOSED],
  ['UND_ERR_SOCKET', CLOSED],
  ['EHOSTUNREACH', NO_WAY],
  ['ENETUNREACH', NO_WAY],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
]);

/** @param fault what `fetch` threw. */
export function unreached(fault: unknown): Unreached {
  if (fault instanceof Error && fault.name === 'TimeoutError') return SILENT;
  const inner = fault instanceof Error ? fault.cause : undefined;
  if (!(inner instanceof Error)) return { why: 'the request could not be sent', hint: START };
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  if (UNBELIEVED.test(code)) {
    return { why: `its certificate is not believed (${code})`, hint: CERTIFICATE };
  }
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  // Without a code it is what `fetch` says of the address itself, like a port that it never dials.
  return { why: code === '' ? inner.message : code, hint: START };
}
