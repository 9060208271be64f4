// A configuration compiled for the line, with everything it refers to brought along: secrets read,
// prices found, addresses judged.
import type { Keys, Secret } from '@signalbox/contract';
import {
  type Configuration,
  type EndpointDocument,
  findListedRow,
  findPrice,
  type ListIndex,
  type PriceSnapshot,
  priceBook,
  providerOfHost,
  type SecretReference,
  statedPrices,
} from '@signalbox/documents';
import { compileSnapshot, type Reach, type Snapshot } from '@signalbox/engine';

export type CompileInputs = {
  readonly configuration: Configuration;
  /** Digest of the texts. */
  readonly version: string;
  readonly keys: Keys;
  readonly secretOf: (reference: SecretReference) => Secret | undefined;
  /** The shipped list of prices. */
  readonly listed: PriceSnapshot | undefined;
  /** What the shipped list says of models; undefined: nothing. */
  readonly models?: ListIndex | undefined;
  /** Unix milliseconds: prices hold from a day on. */
  readonly at: number;
};

export function compile(inputs: CompileInputs): Snapshot {
  const { configuration, version, keys, secretOf, listed, models, at } = inputs;
  const book = priceBook(listed, statedPrices(configuration, version));
  return compileSnapshot({
    configuration,
    version,
    keys,
    secretOf,
    reachOf,
    at,
    listedRowOf: (endpoint, reach, upstream) =>
      models === undefined
        ? undefined
        : findListedRow(models, providerOf(endpoint, reach), upstream),
    priceOf: (endpoint, reach, upstream) =>
      findPrice(book, {
        provider: providerOf(endpoint, reach),
        model: upstream,
        name: endpoint.models.get(upstream)?.name,
        endpoint: endpoint.name,
        ownHardware: reach !== 'public' && (endpoint.tier ?? 1) < 3,
        at,
      }),
  });
}

/** What is listed holds at the provider itself alone. */
const providerOf = ({ url }: EndpointDocument, reach: Reach): string | undefined =>
  reach === 'public' ? providerOfHost(new URL(url).hostname) : undefined;

const PRIVATE = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fe80:)/;
const INTERNAL = /\.(local|internal|lan|home|svc|intranet)$/;

/**
 * Where an address stands, by its spelling; what a name resolves to is asked when it is dialled.
 */
export function reachOf({ hostname }: URL): Reach {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  if (host === '::1' || /^127\./.test(host)) return 'loopback';
  if (PRIVATE.test(host)) return 'private';
  // A name without a dot is a name of the own network.
  return INTERNAL.test(host) || !/[.:]/.test(host) ? 'private' : 'public';
}
