// Prices that one tenant has by its contract: what it is charged by, held by, and compared by,
// instead of what everybody pays. An offering with another price is another object, the same one
// every time, so that what counts by identity goes on.
import {
  findStatedPrice,
  type Price,
  type PriceDocument,
  priceBook,
  statedPrices,
} from '@signalbox/documents';
import type { Catalog, Offering } from '../catalog/catalog.ts';
import type { OwnPrices, TenantFacts } from '../tenant/tenant.ts';

/** @param digest of the documents; with the word `contract` it is the version in records. */
export function ownPrices(
  prices: readonly PriceDocument[],
  digest: string,
  at: number,
): OwnPrices | undefined {
  if (prices.length === 0) return undefined;
  const from = { prices, endpoints: new Map(), models: new Map() };
  return { book: priceBook(undefined, statedPrices(from, digest, 'contract')), at };
}

const repriced = new WeakMap<OwnPrices, WeakMap<Offering, Offering>>();

/** As the tenant has it: the offering itself where its contract says nothing of it. */
export function asPriced(offering: Offering, own: OwnPrices): Offering {
  let made = repriced.get(own);
  if (made === undefined) {
    made = new WeakMap();
    repriced.set(own, made);
  }
  let one = made.get(offering);
  if (one === undefined) {
    const price = ownPriceOf(offering, own);
    one = price === undefined ? offering : { ...offering, price };
    made.set(offering, one);
  }
  return one;
}

/** Undefined: its contract says nothing of it. */
export function ownPriceOf(
  { endpoint, model, upstream }: Offering,
  { book, at }: OwnPrices,
): Price | undefined {
  return findStatedPrice(book, { model: upstream, name: model, endpoint: endpoint.name, at });
}

const frontiers = new WeakMap<
  OwnPrices,
  { readonly of: Catalog; readonly price: Price | undefined }
>();

/** What every call of the tenant would cost without routing. */
export function frontierFor(catalog: Catalog, { ownPrices: own }: TenantFacts): Price | undefined {
  if (own === undefined) return catalog.frontier;
  const known = frontiers.get(own);
  if (known?.of === catalog) return known.price;
  const price = catalog.frontierOf(catalog.offerings.map((one) => asPriced(one, own)));
  frontiers.set(own, { of: catalog, price });
  return price;
}
