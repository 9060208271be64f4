// The committed price list: `prices.snapshot.json`, written by the catalog tool and never by hand.
// Each line is one effective-dated row; history is only ever added to, so what a call cost last
// year can still be computed after a source has dropped the model. It is read whole before it is
// used: a list that is wrong anywhere is not a list.
import type { Omitted, UnknownWhy } from './prices.ts';

export const SNAPSHOT_VERSION = 1;

/** Integer pico-USD per token, `request` per call; what is absent was not stated. */
export type SnapshotRates = {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly cacheWriteHour?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly request?: number | undefined;
};
export type SnapshotStep = SnapshotRates & { readonly above: number };
export type SnapshotTariff = SnapshotRates & {
  readonly steps?: readonly SnapshotStep[] | undefined;
};

type RowHead = {
  readonly provider: string;
  readonly model: string;
  /** The day the price was first seen, `YYYY-MM-DD`. */
  readonly from: string;
};

/** Source, or `both`, -> the fields it stated. */
export type Provenance = { readonly [source: string]: string };

export type KnownRow = RowHead &
  SnapshotTariff & {
    readonly kind?: undefined;
    readonly services?: { readonly [service: string]: SnapshotTariff } | undefined;
    readonly omits?: readonly Omitted[] | undefined;
    readonly by: Provenance;
  };
export type ZeroRow = RowHead & { readonly kind: 'known-zero'; readonly by: Provenance };
export type UnknownRow = RowHead & { readonly kind: 'unknown'; readonly why: ListedUnknown };
export type ListedUnknown = Extract<UnknownWhy, 'unpriced' | 'zero-unconfirmed' | 'implausible'>;

/** One line of the list. A row without a `kind` is a known price. */
export type PriceRow = KnownRow | ZeroRow | UnknownRow;

export type SnapshotSource = {
  readonly name: string;
  readonly licence: string;
  readonly date: string;
  readonly sha256: string;
};

/** Two statements about one field, each a source and USD per million tokens. */
export type Disagreement = {
  readonly provider: string;
  readonly model: string;
  readonly field: string;
  readonly taken: string;
  readonly left: string;
};

/** A source's number that was finer than a pico-USD. */
export type Rounded = {
  readonly provider: string;
  readonly model: string;
  readonly field: string;
  readonly text: string;
  readonly taken: number;
};

/** A source's number that cannot be meant, in USD per million tokens; it was left out. */
export type Doubt = {
  readonly provider: string;
  readonly model: string;
  readonly field: string;
  readonly left: string;
};

export type PriceSnapshot = {
  readonly version: typeof SNAPSHOT_VERSION;
  /** SHA-256 over the lines of `prices`, lower-case hexadecimal. */
  readonly digest: string;
  /** The day of the newest source. */
  readonly date: string;
  readonly sources: readonly SnapshotSource[];
  readonly disagreements: readonly Disagreement[];
  readonly rounded: readonly Rounded[];
  readonly doubts: readonly Doubt[];
  readonly prices: readonly PriceRow[];
};
