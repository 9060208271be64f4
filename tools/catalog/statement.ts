// What one source says about one model, in our words and our unit, before anything is decided.
import type { Omitted } from '../../packages/documents/src/prices.ts';
import { scaleDecimal } from '../../packages/documents/src/prices-decimal.ts';

export type SourceName = 'litellm' | 'models.dev';

export const RATE_FIELDS = [
  'input',
  'output',
  'cachedInput',
  'cacheWrite',
  'cacheWriteHour',
  'reasoning',
  'request',
] as const;
export type RateField = (typeof RATE_FIELDS)[number];

/** Integer pico-USD per token, `request` per call. */
export type Stated = { [Field in RateField]?: number };

export type StatedTariff = {
  readonly rates: Stated;
  /** Input tokens above which the rates hold -> the rates. */
  readonly steps: Map<number, Stated>;
};

export type Statement = StatedTariff & {
  readonly source: SourceName;
  readonly provider: string;
  readonly model: string;
  /** An embedding has no output to pay for. */
  readonly embedding: boolean;
  readonly services: Map<string, StatedTariff>;
  readonly omits: Set<Omitted>;
  readonly rounded: RoundedFields;
};

/** A source's field -> its text, which was finer than a pico-USD, and what became of it. */
export type RoundedFields = Map<string, { readonly text: string; readonly taken: number }>;

export type Reading = {
  readonly statements: readonly Statement[];
  /** `provider model` of what the source lists as something else than text or embeddings. */
  readonly others: ReadonlySet<string>;
  /** The newest day that the source names. */
  readonly date: string | undefined;
  /** Names of price fields that nobody taught us to read. */
  readonly unread: ReadonlySet<string>;
};

export function emptyStatement(
  source: SourceName,
  provider: string,
  model: string,
  embedding: boolean,
): Statement {
  return {
    source,
    provider,
    model,
    embedding,
    rates: {},
    steps: new Map(),
    services: new Map(),
    omits: new Set(),
    rounded: new Map(),
  };
}

const PLACES_USD_TO_PICO = 12;
const PICO_MAX = 1e15;

/**
 * Reads a number of USD, `per` one or a million, into integer pico-USD. Zero in any field but the
 * first two is what sources write for "not stated".
 */
export function state(
  rates: Stated,
  field: RateField,
  text: string,
  more: { readonly per: 1 | 1_000_000; readonly rounded: RoundedFields; readonly at: string },
): void {
  const scaled = scaleDecimal(text, PLACES_USD_TO_PICO - (more.per === 1 ? 0 : 6));
  if (scaled === undefined || scaled.value > BigInt(PICO_MAX)) return;
  if (scaled.value === 0n && field !== 'input' && field !== 'output') return;
  const taken = Number(scaled.value);
  rates[field] = taken;
  if (!scaled.exact) more.rounded.set(more.at, { text, taken });
}

/** The named entry of a map, made when it is missing. */
export function entry<K, V>(map: Map<K, V>, at: K, make: () => V): V {
  const held = map.get(at);
  if (held !== undefined) return held;
  const made = make();
  map.set(at, made);
  return made;
}
