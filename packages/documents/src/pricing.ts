/**
 * What tokens cost, as the operator states it. The shipped snapshot of list prices is another
 * document.
 */
import type { Origin } from './origin.ts';

/** Decimal strings, because a price like 0.075 has no exact binary form. */
export interface PriceNumbers {
  readonly inputPerMillionUsd: string | undefined;
  readonly outputPerMillionUsd: string | undefined;
  readonly cachedInputPerMillionUsd: string | undefined;
  readonly cacheWritePerMillionUsd: string | undefined;
  readonly requestUsd: string | undefined;
}

export interface PriceDocument extends PriceNumbers {
  readonly model: string;
  /** Absent means at every endpoint. */
  readonly endpoint: string | undefined;
  /** Milliseconds since 1970; the price holds from here on. */
  readonly fromMs: number;
  readonly origin: Origin | undefined;
}

/** What a machine of one's own costs, to be spread over the tokens it makes. */
export interface AmortisedDocument {
  readonly hardwareUsd: string;
  readonly lifeMonths: number;
  readonly watts: number;
  readonly kilowattHourUsd: string;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  /** The share of its life in which the machine really works, above 0 and up to 1. */
  readonly busyShare: number;
}
