// Which addresses a place may be reached at. A decision belongs to (origin, declared private
// address, tier), and lines are pooled by exactly that, so that what one place was allowed is never
// reused for another.
import type { Place } from '@signalbox/contract';
import { reachOf } from './address.ts';

/**
 * `public`: global addresses only. `either`: the operator declared this very host and port as
 * private. `private`: the same, and it stands on tier 1, where an answer from the public network
 * would carry data out of the house.
 */
export type Allowed = 'public' | 'either' | 'private';

/** Where lines of one pool go. */
export type Target = {
  /** Scheme, host and port as WHATWG URL writes them. */
  readonly origin: string;
  /** A name or an IP address, without brackets. */
  readonly hostname: string;
  readonly allowed: Allowed;
  /** It is one tenant's: then no proxy is believed to know where its name leads. */
  readonly isTenants: boolean;
};

export type AddressBreach = 'origin' | 'private' | 'never' | 'public' | 'mixed' | 'unresolved';

/** Undefined when the origin is not in canonical form: then nobody can say what it names. */
export function targetOf(place: Place): Target | undefined {
  if (!URL.canParse(place.origin)) return undefined;
  const url = new URL(place.origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.origin !== place.origin || url.hostname === '') return undefined;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const allowed = allowedFor(place, url, hostname);
  return { origin: url.origin, hostname, allowed, isTenants: place.tenant !== undefined };
}

function allowedFor(place: Place, url: URL, hostname: string): Allowed {
  if (place.privateAddress === undefined) return 'public';
  const port = url.port === '' ? defaultPort(url) : url.port;
  const declared = place.privateAddress;
  const same = declared === `${hostname}:${port}` || declared === `${url.hostname}:${port}`;
  if (!same) return 'public';
  return place.tier === 1 ? 'private' : 'either';
}

const defaultPort = (url: URL): string => (url.protocol === 'https:' ? '443' : '80');

/**
 * Undefined when every address may be dialled; else why none is. One bad answer condemns all of
 * them.
 */
export function breachOf(
  allowed: Allowed,
  addresses: readonly string[],
): AddressBreach | undefined {
  if (addresses.length === 0) return 'unresolved';
  const reaches = new Set(addresses.map(reachOf));
  if (reaches.has('never')) return 'never';
  if (reaches.size > 1) return 'mixed';
  if (allowed === 'public' && reaches.has('private')) return 'private';
  return allowed === 'private' && reaches.has('public') ? 'public' : undefined;
}
