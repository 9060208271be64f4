// What a call costs.
//
// A price is one of three things, and the difference is the point: *known*, *known to be zero*, or
// *unknown*. A gateway that books an unlisted model at zero lets a budget never fire; one that
// books it at the price of another model lies. So unknown stays unknown until somebody states a
// price, and zero counts only where it was really stated.
//
// Rates are integer pico-USD (10^-12 USD) per token. A call is summed in bigint and rounded once,
// half to even, to nano-USD; no binary fraction appears anywhere. The cost of one call therefore
// depends on its counts alone: streamed or not, here or on another machine, it is the same to the
// last digit.
//
// Promise: `costNanoUsd` never throws, whatever an upstream reported: what cannot be counted has an
// unknown cost. Limits: it prices tokens and calls. What a provider charges besides (audio tokens
// at a rate of their own, images, web searches, a surcharge by region) is named in `omits`, so a
// reader can tell a full price from a partial one.
import type { Cost } from '@signalbox/contract';
import { divideHalfEven } from './prices-decimal.ts';

/** Integer pico-USD per token; `request` per call. */
export type Rates = {
  readonly input: bigint;
  readonly output: bigint;
  /** Input read from the provider's cache. Where none was stated: `input`. */
  readonly cachedInput: bigint;
  /** Input written to the provider's cache for its usual time. Where none was stated: `input`. */
  readonly cacheWrite: bigint;
  /** The same for an hour. Where none was stated: `cacheWrite`. */
  readonly cacheWriteHour: bigint;
  /** Where none was stated: `output`. */
  readonly reasoning: bigint;
  readonly request: bigint;
};

/**
 * A call with more than `above` input tokens is priced by these rates as a whole, not only beyond
 * the step.
 */
export type Step = { readonly above: number; readonly rates: Rates };

/** What a provider charges besides tokens and calls. */
export type Omitted = 'audio' | 'image' | 'video' | 'search' | 'citation' | 'region';

export type Tariff = {
  readonly rates: Rates;
  /** By rising `above`. */
  readonly steps: readonly Step[];
};

export type KnownPrice = Tariff & {
  readonly kind: 'known';
  /** Prices of other service levels (`priority`, `flex`, `batch`), as far as they are listed. */
  readonly services: ReadonlyMap<string, Tariff>;
  readonly omits: readonly Omitted[];
  /** The day it holds from, `YYYY-MM-DD` in UTC; undefined: no day was stated. */
  readonly from: string | undefined;
  /**
   * Where it comes from: `catalog:`, `configuration:`, `contract:` or `default:` and a digest or
   * version.
   */
  readonly version: string;
};

export type ZeroPrice = {
  readonly kind: 'known-zero';
  readonly from: string | undefined;
  readonly version: string;
};

export type UnknownWhy =
  /** No row for this model. */
  | 'not-listed'
  /** Listed, but without a price per token. */
  | 'unpriced'
  /** Listed as free by one source only, and not as a free offer: as likely a gap as a gift. */
  | 'zero-unconfirmed'
  /** Listed at a price that cannot be meant: a slip of a thousand. */
  | 'implausible'
  /** The operator stated a part of it, or a number that cannot be read. */
  | 'incomplete'
  /** The model's price is known, but not for the service level that the call used. */
  | 'service-not-listed';

export type UnknownPrice = {
  readonly kind: 'unknown';
  readonly why: UnknownWhy;
  /** Of the book that did not know. */
  readonly version: string;
};

export type Price = KnownPrice | ZeroPrice | UnknownPrice;

/**
 * Counts of one call. The parts are *inside* the totals: cached and cache-write tokens are part of
 * `inputTokens`, the hour's writes part of `cacheWriteTokens`, reasoning tokens part of
 * `outputTokens`. OpenAI reports them so; for an upstream that reports them beside the totals,
 * whoever reads its usage adds them up first. Should a part still exceed its total, the part
 * counts: a cost is never smaller than the sum of its parts.
 */
export type PricedUsage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly cacheWriteHourTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
};

const UNKNOWN: Cost = Object.freeze({ kind: 'unknown' });
const PICO_PER_NANO = 1000n;

/**
 * The cost of one call, rounded once. On the path of every call: about a tenth of a microsecond.
 */
export function costNanoUsd(price: Price, usage: PricedUsage): Cost {
  if (price.kind === 'unknown') return UNKNOWN;
  if (price.kind === 'known-zero') {
    return { kind: 'known', nanoUsd: 0n, priceVersion: price.version };
  }
  const picoUsd = sumPicoUsd(price, usage);
  if (picoUsd === undefined) return UNKNOWN;
  const nanoUsd = divideHalfEven(picoUsd, PICO_PER_NANO);
  return { kind: 'known', nanoUsd, priceVersion: price.version };
}

/** Words of providers for the service level that the plain price is of. */
const PLAIN_SERVICES: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'standard',
  'standard_only',
]);

/**
 * The price at another service level, as the upstream's answer names it (`service_tier`). A level
 * that is not listed has an unknown price: the plain one would be wrong by a factor of two, either
 * way.
 */
export function priceOfService(price: Price, service: string | undefined): Price {
  if (service === undefined || PLAIN_SERVICES.has(service) || price.kind !== 'known') return price;
  const tariff = price.services.get(service);
  if (tariff === undefined) {
    return { kind: 'unknown', why: 'service-not-listed', version: price.version };
  }
  return { ...price, ...tariff };
}

/** Rates as somebody stated them, in pico-USD; what is absent was not stated. */
export type StatedRates = {
  readonly input: number | bigint;
  readonly output: number | bigint;
  readonly cachedInput?: number | bigint | undefined;
  readonly cacheWrite?: number | bigint | undefined;
  readonly cacheWriteHour?: number | bigint | undefined;
  readonly reasoning?: number | bigint | undefined;
  readonly request?: number | bigint | undefined;
};

/** Fills in what was not stated, by the rules written at `Rates`. */
export function completeRates(stated: StatedRates): Rates {
  const input = BigInt(stated.input);
  const output = BigInt(stated.output);
  const cacheWrite = BigInt(stated.cacheWrite ?? input);
  return {
    input,
    output,
    cachedInput: BigInt(stated.cachedInput ?? input),
    cacheWrite,
    cacheWriteHour: BigInt(stated.cacheWriteHour ?? cacheWrite),
    reasoning: BigInt(stated.reasoning ?? output),
    request: BigInt(stated.request ?? 0n),
  };
}

function sumPicoUsd(tariff: Tariff, usage: PricedUsage): bigint | undefined {
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const writtenHour = usage.cacheWriteHourTokens ?? 0;
  const reasoned = usage.reasoningTokens ?? 0;
  const { inputTokens, outputTokens } = usage;
  if (!(isCount(inputTokens) && isCount(outputTokens) && isCount(cached))) return undefined;
  if (!(isCount(written) && isCount(writtenHour) && isCount(reasoned))) return undefined;
  const writtenShort = above(written, writtenHour);
  const fresh = above(inputTokens, cached + writtenShort + writtenHour);
  const spoken = above(outputTokens, reasoned);
  const rates = ratesFor(tariff, fresh + cached + writtenShort + writtenHour);
  let picoUsd = rates.request;
  if (fresh !== 0) picoUsd += rates.input * BigInt(fresh);
  if (spoken !== 0) picoUsd += rates.output * BigInt(spoken);
  if (cached !== 0) picoUsd += rates.cachedInput * BigInt(cached);
  if (writtenShort !== 0) picoUsd += rates.cacheWrite * BigInt(writtenShort);
  if (writtenHour !== 0) picoUsd += rates.cacheWriteHour * BigInt(writtenHour);
  if (reasoned !== 0) picoUsd += rates.reasoning * BigInt(reasoned);
  return picoUsd;
}

function ratesFor(tariff: Tariff, inputTokens: number): Rates {
  let rates = tariff.rates;
  for (const step of tariff.steps) {
    if (inputTokens <= step.above) break;
    rates = step.rates;
  }
  return rates;
}

/** More tokens than this are no count but a mistake; below it, sums of a few counts are exact. */
const TOKENS_MAX = 1e12;

function isCount(tokens: number): boolean {
  return Number.isInteger(tokens) && tokens >= 0 && tokens <= TOKENS_MAX;
}

function above(total: number, part: number): number {
  return total > part ? total - part : 0;
}
