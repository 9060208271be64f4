/** Written form of `prices`, and of a price wherever it is stated. */
import { z } from 'zod';
import type { PriceDocument, PriceNumbers } from '../pricing.ts';
import { instantMs, modelName, modelReference, priceEach, pricePerMillion } from './words.ts';

export type PricePart = Omit<PriceDocument, 'origin'>;

const PRICE_FIELDS = {
  input_per_million_usd: pricePerMillion.optional().describe('Dollars per million input tokens.'),
  output_per_million_usd: pricePerMillion.optional().describe('Dollars per million output tokens.'),
  cached_input_per_million_usd: pricePerMillion
    .optional()
    .describe('Dollars per million input tokens read from the upstream cache.'),
  cache_write_per_million_usd: pricePerMillion
    .optional()
    .describe('Dollars per million input tokens written to it.'),
  request_usd: priceEach.optional().describe('Dollars per request.'),
};

type WrittenPrice = { readonly [K in keyof typeof PRICE_FIELDS]?: string | undefined };

export const price: z.ZodType<PriceNumbers> = z.strictObject(PRICE_FIELDS).transform(priceNumbers);

export const pricePart: z.ZodType<PricePart> = z
  .strictObject({
    model: modelReference.describe('Model the price is for.'),
    endpoint: modelName.optional().describe('Only at this endpoint; else everywhere.'),
    from: instantMs.describe('First day or instant (UTC) on which the price holds.'),
    ...PRICE_FIELDS,
  })
  .transform((written) => ({
    model: written.model,
    endpoint: written.endpoint,
    fromMs: written.from,
    ...priceNumbers(written),
  }));

function priceNumbers(written: WrittenPrice): PriceNumbers {
  return {
    inputPerMillionUsd: written.input_per_million_usd,
    outputPerMillionUsd: written.output_per_million_usd,
    cachedInputPerMillionUsd: written.cached_input_per_million_usd,
    cacheWritePerMillionUsd: written.cache_write_per_million_usd,
    requestUsd: written.request_usd,
  };
}
