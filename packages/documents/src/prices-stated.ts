// Prices as an operator's configuration states them, for the book. Whatever the configuration says
// wins over the shipped list, a price of zero too: there it is a statement, not a gap.
import type { EndpointDocument } from './endpoint.ts';
import type { ModelAtEndpoint, ModelDocument } from './model.ts';
import { completeRates, type Price } from './prices.ts';
import type { StatedPrice } from './prices-book.ts';
import { parseUsdPerMillion, parseUsdPerRequest } from './prices-decimal.ts';
import { amortisedPrice } from './prices-local.ts';
import type { PriceDocument, PriceNumbers } from './pricing.ts';

/** What states prices at an endpoint. */
type Endpoint = Pick<EndpointDocument, 'name' | 'price' | 'amortised'> & {
  readonly models: ReadonlyMap<string, Pick<ModelAtEndpoint, 'upstream' | 'price'>>;
};

/** The parts of a configuration that state prices; a whole one fits. */
export type PriceStatements = {
  readonly prices: readonly PriceDocument[];
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly models: ReadonlyMap<string, Pick<ModelDocument, 'name' | 'price'>>;
};

/**
 * @param digest of the documents they stand in. With `whose` it becomes the version that records
 * show: everybody's prices, or those of one tenant's contract.
 */
export function statedPrices(
  from: PriceStatements,
  digest: string,
  whose: 'configuration' | 'contract' = 'configuration',
): readonly StatedPrice[] {
  const version = `${whose}:${digest}`;
  const stated: StatedPrice[] = [];
  for (const endpoint of from.endpoints.values()) stated.push(...atEndpoint(endpoint, version));
  for (const { name, price } of from.models.values()) {
    if (price === undefined) continue;
    const about = { kind: 'model-anywhere', model: name } as const;
    stated.push({ about, fromMs: 0, price: priceOfNumbers(price, version, undefined) });
  }
  for (const document of from.prices) stated.push(ofDocument(document, version));
  return stated;
}

/**
 * A price from numbers in dollars. Input and output belong together: one without the other is
 * incomplete and the price unknown, unless the call itself is priced. An embedding model's output
 * is 0, and has to be stated as that.
 */
export function priceOfNumbers(
  numbers: PriceNumbers,
  version: string,
  from: string | undefined,
): Price {
  const unknown: Price = { kind: 'unknown', why: 'incomplete', version };
  const perCall = numbers.requestUsd !== undefined;
  const input = read(numbers.inputPerMillionUsd, perCall ? 0n : undefined);
  const output = read(numbers.outputPerMillionUsd, perCall ? 0n : undefined);
  if (input === undefined || output === undefined) return unknown;
  const cachedInput = read(numbers.cachedInputPerMillionUsd, input);
  const cacheWrite = read(numbers.cacheWritePerMillionUsd, input);
  const request = perCall ? parseUsdPerRequest(numbers.requestUsd) : 0n;
  if (cachedInput === undefined || cacheWrite === undefined || request === undefined) {
    return unknown;
  }
  const rates = completeRates({ input, output, cachedInput, cacheWrite, request });
  if (Object.values(rates).every((rate) => rate === 0n)) {
    return { kind: 'known-zero', from, version };
  }
  return { kind: 'known', rates, steps: [], services: new Map(), omits: [], from, version };
}

function read(text: string | undefined, unstated: bigint | undefined): bigint | undefined {
  return text === undefined ? unstated : parseUsdPerMillion(text);
}

function atEndpoint(endpoint: Endpoint, version: string): readonly StatedPrice[] {
  const stated: StatedPrice[] = [];
  const { name, price, amortised } = endpoint;
  if (price !== undefined) {
    const about = { kind: 'endpoint', endpoint: name } as const;
    stated.push({ about, fromMs: 0, price: priceOfNumbers(price, version, undefined) });
  }
  if (amortised !== undefined) {
    const about = { kind: 'hardware', endpoint: name } as const;
    stated.push({ about, fromMs: 0, price: amortisedPrice(amortised, version) });
  }
  for (const model of endpoint.models.values()) {
    if (model.price === undefined) continue;
    const about = { kind: 'model-at-endpoint', endpoint: name, model: model.upstream } as const;
    stated.push({ about, fromMs: 0, price: priceOfNumbers(model.price, version, undefined) });
  }
  return stated;
}

function ofDocument(document: PriceDocument, version: string): StatedPrice {
  const { endpoint, model, fromMs } = document;
  const from = new Date(fromMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const price = priceOfNumbers(document, version, from);
  if (endpoint === undefined) return { about: { kind: 'model', model }, fromMs, price };
  return { about: { kind: 'model-at-endpoint', endpoint, model }, fromMs, price };
}
