// What may be put on the wire. The dial function believes nobody: a path that could name another
// host, a header that would change the framing, the host or the encoding, and a credential of
// another origin are refused before a socket opens.
import type { DialRequest } from '@signalbox/contract';

/** Set by the connection itself, or by nobody. */
const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const PATH_BYTES_MAX = 8_192;
const HEADERS_MAX = 100;

/** Printable ASCII without space, `"`, `#`, `<`, `>`, `\`, `^`, `` ` ``, `{`, `|`, `}`. */
const PATH = /^\/(?!\/)[!$-;=?-[\]_a-z~]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,128}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A segment of one or two dots, before the query. */
const DOTS = /^[^?]*\/\.\.?(?:[/?]|$)/;

/** Undefined, or the rule that the request breaks; names no value. */
export function wrongWith(request: DialRequest): string | undefined {
  const { path } = request;
  if (path.length > PATH_BYTES_MAX || !PATH.test(path) || DOTS.test(path)) return 'path';
  if (request.headers.length > HEADERS_MAX) return 'too many headers';
  const credential = request.credential;
  for (const [name, value] of request.headers) {
    if (OURS.has(name) || !NAME.test(name)) return 'header name';
    if (!VALUE.test(value)) return 'header value';
    if (name === credential?.header) return 'header of the credential';
  }
  if (credential === undefined) return undefined;
  if (credential.origin !== request.place.origin) return 'credential of another origin';
  if (OURS.has(credential.header) || !NAME.test(credential.header)) return 'credential header';
  return VALUE.test(credential.prefix) ? undefined : 'credential prefix';
}

/**
 * Names and values in turn, as undici takes them. The credential's value is revealed here and
 * nowhere else.
 */
export function wireHeaders(request: DialRequest): string[] {
  const flat: string[] = ['accept-encoding', 'identity'];
  for (const [name, value] of request.headers) flat.push(name, value);
  const credential = request.credential;
  if (credential !== undefined) {
    flat.push(credential.header, credential.prefix + credential.value.reveal());
  }
  return flat;
}
