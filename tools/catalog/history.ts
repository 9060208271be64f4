// A new list on top of the present one. Rows are only added: a changed price gets a row with a new
// day, a model that the sources have dropped keeps its rows, and a price that the sources no longer
// state is not forgotten.
import type {
  KnownRow,
  PriceRow,
  SnapshotRates,
  SnapshotTariff,
} from '../../packages/documents/src/prices-snapshot.ts';
import { byName } from './merge.ts';
import { RATE_FIELDS } from './statement.ts';

export type Change =
  | { readonly kind: 'added'; readonly row: PriceRow }
  | { readonly kind: 'changed'; readonly row: PriceRow; readonly before: PriceRow }
  /** No longer in the sources; its rows stay. */
  | { readonly kind: 'retired'; readonly row: PriceRow }
  /** Still in the sources, without the price it had; the price stays. */
  | { readonly kind: 'unstated'; readonly row: PriceRow };

export type Extended =
  | { readonly ok: true; readonly rows: readonly PriceRow[]; readonly changes: readonly Change[] }
  /** These changed without a later day: one day has one price. */
  | { readonly ok: false; readonly sameDay: readonly PriceRow[] };

export function extendHistory(present: readonly PriceRow[], read: readonly PriceRow[]): Extended {
  const latest = latestRows(present);
  const rows = [...present];
  const changes: Change[] = [];
  const sameDay: PriceRow[] = [];
  const seen = new Set<string>();
  for (const row of read) {
    seen.add(nameOf(row));
    const before = latest.get(nameOf(row));
    if (before !== undefined && samePrice(before, row)) continue;
    if (before !== undefined && row.kind === 'unknown') {
      changes.push({ kind: 'unstated', row: before });
      continue;
    }
    if (before !== undefined && before.from >= row.from) sameDay.push(row);
    changes.push(before === undefined ? { kind: 'added', row } : { kind: 'changed', row, before });
    rows.push(row);
  }
  for (const row of latest.values()) {
    if (!seen.has(nameOf(row))) changes.push({ kind: 'retired', row });
  }
  if (sameDay.length > 0) return { ok: false, sameDay };
  return { ok: true, rows: rows.sort(byNameAndDay), changes };
}

function nameOf(row: PriceRow): string {
  return `${row.provider} ${row.model}`;
}

function latestRows(rows: readonly PriceRow[]): ReadonlyMap<string, PriceRow> {
  const latest = new Map<string, PriceRow>();
  for (const row of rows) {
    const held = latest.get(nameOf(row));
    if (held === undefined || held.from < row.from) latest.set(nameOf(row), row);
  }
  return latest;
}

function byNameAndDay(a: PriceRow, b: PriceRow): number {
  return byName(a, b) || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);
}

/** Whether two rows cost the same; who said it does not matter. */
export function samePrice(a: PriceRow, b: PriceRow): boolean {
  if (a.kind === 'unknown') return b.kind === 'unknown' && a.why === b.why;
  if (a.kind === 'known-zero' || b.kind === 'known-zero') return a.kind === b.kind;
  return b.kind === undefined && sameTerms(a, b);
}

function sameTerms(a: KnownRow, b: KnownRow): boolean {
  const services = Object.keys(a.services ?? {});
  if (services.length !== Object.keys(b.services ?? {}).length) return false;
  if ((a.omits ?? []).join() !== (b.omits ?? []).join() || !sameTariff(a, b)) return false;
  return services.every((service) => {
    const one = a.services?.[service];
    const other = b.services?.[service];
    return one !== undefined && other !== undefined && sameTariff(one, other);
  });
}

function sameTariff(a: SnapshotTariff, b: SnapshotTariff): boolean {
  const steps = a.steps ?? [];
  if (!sameRates(a, b) || steps.length !== (b.steps ?? []).length) return false;
  return steps.every((step, index) => {
    const other = b.steps?.[index];
    return other !== undefined && step.above === other.above && sameRates(step, other);
  });
}

function sameRates(a: SnapshotRates, b: SnapshotRates): boolean {
  return RATE_FIELDS.every((field) => a[field] === b[field]);
}
