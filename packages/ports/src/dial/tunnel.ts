// Connections by way of a proxy: TLS through a tunnel that it opens for the target's name and port
// (CONNECT, RFC 9110 9.3.6), or, for targets without TLS, a connection to the proxy itself, which
// is told the whole URL with every request. The name is judged here first; see `proxy.ts`.
import { isIP, connect as openPlain, type Socket } from 'node:net';
import { connect as openSecure } from 'node:tls';
import {
  AddressDenied,
  type Connect,
  type Connecting,
  type ConnectorSettings,
  KEPT,
  portOf,
  reading,
  securing,
} from './connect.ts';
import { breachOf, type Target } from './guard.ts';
import type { HttpProxy } from './proxy.ts';
import { proxyLines } from './request.ts';

export type ProxyCode = 'PROXY_UNREACHABLE' | 'PROXY_AUTH' | 'PROXY_REFUSED' | 'PROXY_MALFORMED';

/** The way to an upstream failed, not the upstream. Its message is ours, and names no value. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
  readonly code: ProxyCode;
  constructor(code: ProxyCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A no of the proxy, as a fault that says what to do. */
export function proxyAnswered({ variable }: HttpProxy, status: number): ProxyFault {
  if (status === 407) {
    const what = `the proxy of ${variable} wants other credentials`;
    return new ProxyFault('PROXY_AUTH', `${what}: put user and password into its URL`);
  }
  const what = `the proxy of ${variable} opened no way there, status ${status}`;
  return new ProxyFault('PROXY_REFUSED', `${what}: ask who runs it, or name the host in NO_PROXY`);
}

/** Of the answer to CONNECT. */
const HEAD_BYTES_MAX = 16_384;
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)[ \r]/;

export function connectorBy(
  proxy: HttpProxy,
  target: Target,
  settings: ConnectorSettings,
): Connect {
  const secured = securing(target, settings);
  const isSecure = target.origin.startsWith('https:');
  const host = target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname;
  const authority = `${host}:${portOf(target)}`;
  const isLeft = settings.proxies?.resolves === true && !target.isTenants;
  const resolves = isLeft || isIP(target.hostname) !== 0;

  function open(connecting: Connecting): void {
    const { made, opened } = connecting;
    const raw = openTo(proxy, settings, isSecure ? undefined : reading(connecting));
    const failed = (cause: NodeJS.ErrnoException): void => {
      const why = `the proxy of ${proxy.variable} is not reached: ${cause.code ?? 'no connection'}`;
      opened(new ProxyFault('PROXY_UNREACHABLE', why));
    };
    raw.once('error', failed);
    raw.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      raw.off('error', failed);
      if (!isSecure) {
        opened(undefined);
        return;
      }
      askTunnel(raw, { proxy, authority }, (why) => {
        if (why !== undefined) {
          opened(why);
          return;
        }
        const socket = secured({ socket: raw });
        // Node reads into no buffer of ours where it puts TLS over a socket that is there.
        socket.on('data', connecting.read);
        socket.once('secureConnect', () => opened(undefined));
        made(socket);
      });
    });
    made(raw);
  }

  if (resolves) return open;
  return (connecting) => {
    settings.lookup(target.hostname, (error, found) => {
      const breach =
        error === null && found.length > 0
          ? breachOf(
              target.allowed,
              found.map(({ address }) => address),
            )
          : undefined;
      if (error !== null || found.length === 0) connecting.opened(unresolved(proxy, target));
      else if (breach !== undefined) connecting.opened(new AddressDenied(breach));
      else open(connecting);
    });
  };
}

function unresolved({ variable }: HttpProxy, { isTenants }: Target): ProxyFault {
  const what = `the name does not resolve here, so the proxy of ${variable} was not asked for it`;
  const hint = isTenants
    ? 'a name that a tenant brings must resolve here'
    : 'SIGNALBOX_PROXY_RESOLVES=true leaves names to the proxy';
  return new ProxyFault('PROXY_REFUSED', `${what}: ${hint}`);
}

function openTo(
  { host, port, secure }: HttpProxy,
  { trust }: ConnectorSettings,
  onread: ReturnType<typeof reading> | undefined,
): Socket {
  const to = { host, port, ...KEPT, ...(onread === undefined ? {} : { onread }) };
  if (!secure) return openPlain(to);
  const servername = isIP(host) === 0 ? host : '';
  return openSecure({ ...to, servername, secureContext: trust(), ALPNProtocols: ['http/1.1'] });
}

type Asked = { readonly proxy: HttpProxy; readonly authority: string };

/** Calls `then` once: the tunnel stands, or why it does not. */
function askTunnel(
  raw: Socket,
  { proxy, authority }: Asked,
  then: (why: ProxyFault | undefined) => void,
): void {
  let held = '';
  const heard = (bytes: Buffer): void => {
    const before = held.length;
    held += bytes.toString('latin1');
    const end = held.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    if (end < 0 && held.length <= HEAD_BYTES_MAX) return;
    raw.off('data', heard);
    raw.pause();
    then(wrongWith(proxy, held, end));
  };
  raw.on('data', heard);
  const lines = `host: ${authority}\r\n${proxyLines(proxy)}`;
  raw.write(`CONNECT ${authority} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
}

/** Behind a yes comes nothing before our own first byte: a target speaks second. */
function wrongWith(proxy: HttpProxy, text: string, end: number): ProxyFault | undefined {
  const status = Number(STATUS_LINE.exec(text)?.[1] ?? 0);
  const isYes = status >= 200 && status < 300;
  if (status !== 0 && !isYes) return proxyAnswered(proxy, status);
  if (isYes && end >= 0 && text.length === end + HEAD_END.length) return undefined;
  const why = `what answers as the proxy of ${proxy.variable} does not speak HTTP/1.1`;
  return new ProxyFault('PROXY_MALFORMED', why);
}
