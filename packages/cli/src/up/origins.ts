// Where people reach a server: the names that the admin API and the console answer to. A browser
// that was told another name for this address was told it by somebody else.
import { networkInterfaces } from 'node:os';
import { isLoopback } from '@signalbox/documents';

export type Bound = {
  readonly host: string;
  readonly port: number;
  /** What its certificate is for; undefined: it speaks plain HTTP. */
  readonly names?: readonly string[] | undefined;
};

/**
 * The first is the one that is shown. @param stated where people come by way of a proxy in front;
 * on a laptop that variable may as well name another gateway, so there it is not what is shown.
 * With a certificate, what it is for comes before what nobody would believe.
 */
export function originsOf(
  { host, port, names: certified }: Bound,
  stated: string | undefined,
): readonly string[] {
  const local = ['127.0.0.1', 'localhost', '[::1]'];
  const own = isLoopback(host) ? [] : isEvery(host) ? interfaces() : [inUrl(host)];
  const names = isLoopback(host) || isEvery(host) ? [...local, ...own] : own;
  const shown = isLoopback(host) && !isEvery(host) ? [inUrl(host)] : [];
  const scheme = certified === undefined ? 'http' : 'https';
  const all = byTrust([...shown, ...names], certified).map(
    (name) => new URL(`${scheme}://${name}:${port}`).origin,
  );
  const first = stated !== undefined && URL.canParse(stated) ? [new URL(stated).origin] : [];
  return [...new Set(isLoopback(host) ? [...all, ...first] : [...first, ...all])];
}

function byTrust(
  names: readonly string[],
  certified: readonly string[] | undefined,
): readonly string[] {
  if (certified === undefined) return names;
  const known = names.filter((name) => certified.includes(name));
  const others = certified.filter((name) => !name.includes('*'));
  return [...known, ...others, ...names];
}

const isEvery = (host: string): boolean => host === '0.0.0.0' || host === '::';

function interfaces(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ scopeid }) => scopeid === undefined || scopeid === 0)
    .map(({ address }) => inUrl(address));
}

const inUrl = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
