// The price book: what the operator states, over what the shipped list says, over a default for
// one's own hardware.
//
// The most particular statement wins, and among statements about the same thing the one that took
// effect last:
//   1. the operator, about a model at an endpoint
//   2. the operator, about a model wherever it runs
//   3. the operator, about an endpoint
//   4. what the endpoint's own hardware costs (`amortised`)
//   5. the operator, about the model as such (`models`)
//   6. the shipped list, by provider
//   7. the documented default, for one's own hardware only
// Where none of them speaks the price is unknown. No model is ever priced like another one that is
// called alike.
import { completeRates, type KnownPrice, type Price, type Step, type Tariff } from './prices.ts';
import { defaultAmortisedPrice } from './prices-local.ts';
import { listedModel } from './prices-providers.table.ts';
import type { KnownRow, PriceRow, PriceSnapshot, SnapshotTariff } from './prices-snapshot.ts';

/** What a statement of the operator is about. */
export type Subject =
  | { readonly kind: 'model-at-endpoint'; readonly endpoint: string; readonly model: string }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'endpoint'; readonly endpoint: string }
  | { readonly kind: 'hardware'; readonly endpoint: string }
  | { readonly kind: 'model-anywhere'; readonly model: string };

export type StatedPrice = {
  readonly about: Subject;
  /** Unix milliseconds; it holds from here on. */
  readonly fromMs: number;
  readonly price: Price;
};

export type PriceQuery = {
  /** As the list calls it; undefined: no list holds there. */
  readonly provider?: string | undefined;
  /** The name that the upstream knows. */
  readonly model: string;
  /** Our own name for it, where it is another one. */
  readonly name?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Whether the tokens are made on hardware that the operator or the tenant pays for. */
  readonly ownHardware?: boolean | undefined;
  /** Unix milliseconds. */
  readonly at: number;
};

type Dated = { readonly fromMs: number; readonly price: () => Price };

export type PriceBook = {
  /** Of the shipped list; statements carry versions of their own. */
  readonly version: string;
  readonly stated: ReadonlyMap<string, readonly Dated[]>;
  readonly listed: ReadonlyMap<string, ReadonlyMap<string, readonly Dated[]>>;
};

/** Without a list every price is what the operator states, or unknown. */
export const NO_LIST_VERSION = 'catalog:none';
const DIGEST_CHARACTERS = 12;

/** Builds the index: about two milliseconds for the shipped list, once per change of a document. */
export function priceBook(
  snapshot: PriceSnapshot | undefined,
  stated: readonly StatedPrice[],
): PriceBook {
  const version =
    snapshot === undefined
      ? NO_LIST_VERSION
      : `catalog:${snapshot.digest.slice(0, DIGEST_CHARACTERS)}`;
  return {
    version,
    stated: indexStated(stated),
    listed: indexRows(snapshot?.prices ?? [], version),
  };
}

/** The price that holds for a model at a time. Cheap enough for the path of a call. */
export function findPrice(book: PriceBook, query: PriceQuery): Price {
  const stated = findStatedPrice(book, query);
  return (
    stated ??
    findListed(book, query) ??
    (query.ownHardware === true
      ? OWN_HARDWARE
      : { kind: 'unknown', why: 'not-listed', version: book.version })
  );
}

/** What is stated of it; undefined: nothing is. */
export const findStatedPrice = (book: PriceBook, query: PriceQuery): Price | undefined =>
  book.stated.size === 0 ? undefined : findStated(book, query);

const OWN_HARDWARE = defaultAmortisedPrice();

function findStated(book: PriceBook, query: PriceQuery): Price | undefined {
  const { endpoint, model } = query;
  const ours = query.name ?? model;
  const holds = (kind: Subject['kind'], at: string, of: string): Price | undefined =>
    latest(book.stated.get(key(kind, at, of)), query.at);
  if (endpoint !== undefined) {
    const here =
      holds('model-at-endpoint', endpoint, ours) ?? holds('model-at-endpoint', endpoint, model);
    if (here !== undefined) return here;
  }
  const named = holds('model', '', ours) ?? holds('model', '', model);
  if (named !== undefined) return named;
  if (endpoint !== undefined) {
    const there = holds('endpoint', endpoint, '') ?? holds('hardware', endpoint, '');
    if (there !== undefined) return there;
  }
  return holds('model-anywhere', '', ours) ?? holds('model-anywhere', '', model);
}

/**
 * Nothing is known of the time before a model's first row, so the first row holds there too: a
 * clock that is behind must not make a listed model unknown.
 */
function findListed(book: PriceBook, query: PriceQuery): Price | undefined {
  if (query.provider === undefined) return undefined;
  const rows = book.listed.get(query.provider)?.get(listedModel(query.model));
  return latest(rows, query.at) ?? rows?.[0]?.price();
}

function latest(rows: readonly Dated[] | undefined, at: number): Price | undefined {
  if (rows === undefined) return undefined;
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (row !== undefined && row.fromMs <= at) return row.price();
  }
  return undefined;
}

/** No name holds a line break, so no two subjects share a key. */
function key(kind: Subject['kind'], endpoint: string, model: string): string {
  return `${kind}\n${endpoint}\n${model}`;
}

function indexStated(stated: readonly StatedPrice[]): ReadonlyMap<string, readonly Dated[]> {
  const index = new Map<string, Dated[]>();
  for (const { about, fromMs, price } of stated) {
    const endpoint = 'endpoint' in about ? about.endpoint : '';
    const model = 'model' in about ? about.model : '';
    add(index, key(about.kind, endpoint, model), { fromMs, price: () => price });
  }
  for (const rows of index.values()) rows.sort(byDay);
  return index;
}

function indexRows(rows: readonly PriceRow[], version: string): PriceBook['listed'] {
  const index = new Map<string, Map<string, Dated[]>>();
  const days = new Map<string, number>();
  for (const row of rows) {
    const models = index.get(row.provider) ?? new Map<string, Dated[]>();
    index.set(row.provider, models);
    const fromMs = days.get(row.from) ?? Date.parse(`${row.from}T00:00:00Z`);
    days.set(row.from, fromMs);
    add(models, row.model, { fromMs, price: once(() => priceOfRow(row, version)) });
  }
  for (const models of index.values()) for (const dated of models.values()) dated.sort(byDay);
  return index;
}

/**
 * A gateway asks for a handful of two thousand rows: each is made when it is first asked for, and
 * kept.
 */
function once(make: () => Price): () => Price {
  let made: Price | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function add(index: Map<string, Dated[]>, at: string, dated: Dated): void {
  const rows = index.get(at);
  if (rows === undefined) index.set(at, [dated]);
  else rows.push(dated);
}

/** Stable: of two statements with the same day the later one in the document holds. */
function byDay(a: Dated, b: Dated): number {
  return a.fromMs - b.fromMs;
}

const NO_SERVICES: KnownPrice['services'] = new Map();
const NO_STEPS: readonly Step[] = [];
const NO_OMITS: KnownPrice['omits'] = [];

function priceOfRow(row: PriceRow, version: string): Price {
  if (row.kind === 'unknown') return { kind: 'unknown', why: row.why, version };
  if (row.kind === 'known-zero') return { kind: 'known-zero', from: row.from, version };
  return {
    kind: 'known',
    ...tariffOf(row),
    services: servicesOf(row),
    omits: row.omits ?? NO_OMITS,
    from: row.from,
    version,
  };
}

function servicesOf(row: KnownRow): KnownPrice['services'] {
  if (row.services === undefined) return NO_SERVICES;
  const services = Object.entries(row.services);
  return new Map(services.map(([service, tariff]) => [service, tariffOf(tariff)]));
}

function tariffOf(stated: SnapshotTariff): Tariff {
  const steps = stated.steps?.map((step) => ({ above: step.above, rates: completeRates(step) }));
  return { rates: completeRates(stated), steps: steps ?? NO_STEPS };
}
