// The proxy between this node and the public network, as the environment names it. Only what lies
// in the public network goes through one: an address that an operator declared as private, and
// what `NO_PROXY` names, is dialled as ever.
//
// Whom the proxy connects to is out of sight from here, so the guard comes before it: an address is
// judged as text, and a name is resolved and judged here before the proxy is asked for it by name.
// In networks where only the proxy can resolve, the operator may leave that to it for endpoints of
// its own; then names that are inner by their form are still refused, and the rest is what the
// proxy lets through. What a tenant brings is resolved here in any case.
import { BlockList, isIP } from 'node:net';
import { Secret } from '@signalbox/contract';
import { SettingFault } from '../setting-fault.ts';
import { reachOf } from './address.ts';
import type { Target } from './guard.ts';

export type HttpProxy = {
  /** The variable that names it, for messages. */
  readonly variable: string;
  /** It is spoken to over TLS. */
  readonly secure: boolean;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of `proxy-authorization`; sent to the proxy alone. */
  readonly authorization: Secret | undefined;
};

export type Proxies = {
  readonly http: HttpProxy | undefined;
  readonly https: HttpProxy | undefined;
  /** The proxy resolves names; unless said, this node does, and judges the addresses. */
  readonly resolves: boolean;
  readonly passedBy: (hostname: string, port: number) => boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, each in lower case first, as other programs
 * do, and `SIGNALBOX_PROXY_RESOLVES`. Undefined: no proxy.
 */
export function proxiesFrom(environment: Environment): Proxies | undefined {
  const https = proxyOf('HTTPS_PROXY', environment);
  const http = proxyOf('HTTP_PROXY', environment);
  if (https === undefined && http === undefined) return undefined;
  const [variable, text] = stated('NO_PROXY', environment);
  const resolves = isYes('SIGNALBOX_PROXY_RESOLVES', environment);
  return { http, https, resolves, passedBy: exceptions(variable, text) };
}

/** The proxy that calls to a target go through. */
export function proxyFor(target: Target, proxies: Proxies | undefined): HttpProxy | undefined {
  if (proxies === undefined || target.allowed !== 'public') return undefined;
  const { protocol, port } = new URL(target.origin);
  const isSecure = protocol === 'https:';
  const proxy = isSecure ? proxies.https : proxies.http;
  if (proxy === undefined) return undefined;
  const host = target.hostname;
  // Not for a proxy to try: dialled from here, the guard refuses it.
  if (isIP(host) === 0 ? isInner(host) : reachOf(host) !== 'public') return undefined;
  return proxies.passedBy(host, port === '' ? (isSecure ? 443 : 80) : Number(port))
    ? undefined
    : proxy;
}

/** Names that mean something only inside a network (RFC 6761, RFC 6762 appendix G, RFC 8375). */
const INNER = /^[^.]*$|\.(?:localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

export const isInner = (hostname: string): boolean => INNER.test(withoutDot(hostname));

const withoutDot = (hostname: string): string => hostname.toLowerCase().replace(/\.$/, '');

function stated(name: string, environment: Environment): readonly [string, string] {
  for (const variable of [name.toLowerCase(), name]) {
    const text = environment[variable]?.trim() ?? '';
    if (text !== '') return [variable, text];
  }
  return [name, ''];
}

function isYes(variable: string, environment: Environment): boolean {
  const text = environment[variable]?.trim() ?? '';
  if (text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw new SettingFault(`${variable} is neither \`true\` nor \`false\`; write one of them.`);
}

const WRITE = 'write it in the way of http://USER:PASSWORD@proxy.example:3128';

function proxyOf(name: string, environment: Environment): HttpProxy | undefined {
  const [variable, text] = stated(name, environment);
  if (text === '') return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) throw new SettingFault(`${variable} is no URL; ${WRITE}.`);
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(whole);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new SettingFault(`${variable} names a ${protocol} proxy, not an HTTP one; ${WRITE}.`);
  }
  if (hostname === '' || pathname !== '/' || search + hash !== '') {
    throw new SettingFault(`${variable} has more than a host and a port; ${WRITE}.`);
  }
  const secure = protocol === 'https:';
  return {
    variable,
    secure,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    authorization: username + password === '' ? undefined : basic(variable, username, password),
  };
}

/** RFC 7617. */
function basic(variable: string, username: string, password: string): Secret {
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
  } catch {
    throw new SettingFault(`${variable} has a stray % in its user or password; write it as %25.`);
  }
}

type Exception = { readonly port: number | undefined; readonly holds: (host: string) => boolean };

const EXCEPTIONS_MAX = 1_000;

/**
 * Who is reached without the proxy: `*` is everybody, `example.com` (also `.example.com` and
 * `*.example.com`) that name and all below it, an address or a network in CIDR whatever is written
 * as an address there; each with or without `:port`. Names are not resolved for this.
 */
function exceptions(variable: string, text: string): Proxies['passedBy'] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length > EXCEPTIONS_MAX) {
    throw new SettingFault(`${variable} has more than ${EXCEPTIONS_MAX} parts; use networks.`);
  }
  const all = parts.map((part) => {
    const found = exceptionOf(part);
    if (found !== undefined) return found;
    const hint = '`*`, a name, an address or a network such as 10.0.0.0/8, maybe with `:port`';
    throw new SettingFault(`${variable}: \`${part}\` is none of ${hint}.`);
  });
  return (hostname, port) => {
    const host = withoutDot(hostname);
    return all.some((one) => (one.port === undefined || one.port === port) && one.holds(host));
  };
}

const NAME = /^(?:\*?\.)?((?:[a-z0-9_-]+\.)*[a-z0-9_-]+)\.?$/i;

function exceptionOf(part: string): Exception | undefined {
  if (part === '*') return { port: undefined, holds: () => true };
  const whole = networkOf(part);
  if (whole !== undefined) return { port: undefined, holds: whole };
  const [, before = part, digits] = /^(.+):(\d{1,5})$/.exec(part) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  if (before === '*') return { port, holds: () => true };
  const network = networkOf(before.replace(/^\[(.+)\]$/, '$1'));
  if (network !== undefined) return { port, holds: network };
  const name = NAME.exec(before)?.[1]?.toLowerCase();
  // What is made of digits was meant as an address.
  if (name === undefined || /^[\d.]+$/.test(name)) return undefined;
  return { port, holds: (host) => host === name || host.endsWith(`.${name}`) };
}

/** Undefined: neither an address nor a network. */
function networkOf(text: string): Exception['holds'] | undefined {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const bitsMax = version === 4 ? 32 : 128;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, bits === undefined ? bitsMax : Number(bits), family);
  return (host) => {
    const found = isIP(host);
    return found !== 0 && list.check(host, found === 4 ? 'ipv4' : 'ipv6');
  };
}
