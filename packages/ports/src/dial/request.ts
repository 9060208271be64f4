// What may be put on the wire. The dial function believes nobody: a path that could name another
// host, a header that would change the framing, the host or the encoding, and a credential of
// another origin are refused before a socket opens.
import type { DialRequest } from '@signalbox/contract';
import type { HttpProxy } from './proxy.ts';

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

/** What every request to a target has. */
export type HeadForm = {
  /** Before the path. */
  readonly start: string;
  /** Lines after the first one. */
  readonly lines: string;
};

/**
 * A proxy without a tunnel is told the whole URL and its own credentials (RFC 9112, 3.2.2); over a
 * tunnel it sees nothing of the request.
 */
export function headFormOf(origin: string, proxy: HttpProxy | undefined): HeadForm {
  const lines = `host: ${new URL(origin).host}\r\nconnection: keep-alive\r\n${IDENTITY}`;
  if (proxy === undefined || origin.startsWith('https:')) return { start: '', lines };
  return { start: origin, lines: lines + proxyLines(proxy) };
}

const IDENTITY = 'accept-encoding: identity\r\n';

/** The credentials of a proxy, for the proxy. */
export const proxyLines = ({ authorization }: HttpProxy): string =>
  authorization === undefined ? '' : `proxy-authorization: ${authorization.reveal()}\r\n`;

/**
 * The head of a request that `wrongWith` has nothing against, as latin1. The credential's value is
 * revealed here and nowhere else. Undefined: it could break out of its line.
 */
export function headText(request: DialRequest, form: HeadForm): string | undefined {
  const { method, path, headers, credential, body } = request;
  let text = `${method} ${form.start}${path} HTTP/1.1\r\n${form.lines}`;
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  if (credential !== undefined) {
    const value = credential.prefix + credential.value.reveal();
    if (!VALUE.test(value)) return undefined;
    text += `${credential.header}: ${value}\r\n`;
  }
  const isLong = body !== undefined || method === 'POST';
  return isLong ? `${text}content-length: ${body?.length ?? 0}\r\n\r\n` : `${text}\r\n`;
}
