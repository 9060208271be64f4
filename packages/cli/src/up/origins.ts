// Where people reach a server: the names that the admin API and the console answer to. A browser
// that was told another name for this address was told it by somebody else.
import { networkInterfaces } from 'node:os';
import { isLoopback } from '@signalbox/documents';

export type Bound = { readonly host: string; readonly port: number };

/**
 * The first is the one that is shown. @param stated where people come by way of a proxy in front;
 * on a laptop that variable may as well name another gateway, so there it is not what is shown.
 */
export function originsOf({ host, port }: Bound, stated: string | undefined): readonly string[] {
  const local = ['127.0.0.1', 'localhost', '[::1]'];
  const own = isLoopback(host) ? [] : isEvery(host) ? interfaces() : [inUrl(host)];
  const names = isLoopback(host) || isEvery(host) ? [...local, ...own] : own;
  const shown = isLoopback(host) && !isEvery(host) ? [inUrl(host)] : [];
  const all = [...shown, ...names].map((name) => new URL(`http://${name}:${port}`).origin);
  const first = stated !== undefined && URL.canParse(stated) ? [new URL(stated).origin] : [];
  return [...new Set(isLoopback(host) ? [...all, ...first] : [...first, ...all])];
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
