// What two catalogs say of one model, field by field: one value with whose word it is, and the
// other's where it differs. The cautious one is taken: the shorter context, the no, the shorter
// list. A wrong yes sends a call where it fails; a wrong no only keeps it away.
import type {
  ListedField,
  ListedRow,
  ListedSource,
  ListedValue,
} from '../../packages/documents/src/listed-models.ts';
import { LISTED_FIELDS } from '../../packages/documents/src/listed-models.ts';

export type Said = Partial<Record<ListedField, ListedValue>>;
export type SaidOf = {
  readonly source: ListedSource;
  readonly provider: string;
  readonly model: string;
  readonly said: Said;
};

export function mergeFacts(all: readonly SaidOf[]): readonly ListedRow[] {
  const grouped = new Map<string, SaidOf[]>();
  for (const one of all) {
    const name = `${one.provider}\n${one.model}`;
    const group = grouped.get(name) ?? [];
    grouped.set(name, group);
    // One source may name a model twice, under two of its keys: the first is taken.
    if (!group.some(({ source }) => source === one.source)) group.push(one);
  }
  const rows = [...grouped.values()].flatMap((group) => rowOf(group));
  return rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ provider, model }: ListedRow): string => `${provider}\n${model}`;

function rowOf(group: readonly SaidOf[]): readonly ListedRow[] {
  const [first, second] = group;
  if (first === undefined) return [];
  const facts: Said = {};
  const by: Partial<Record<ListedSource | 'both', string>> = {};
  const other: Said = {};
  for (const field of LISTED_FIELDS) {
    const a = first.said[field];
    const b = second?.said[field];
    const taken = a === undefined ? b : b === undefined ? a : cautious(a, b);
    if (taken === undefined) continue;
    facts[field] = taken;
    const isBoth = a !== undefined && b !== undefined && isSame(a, b);
    const whose = isBoth ? 'both' : taken === a ? first.source : (second?.source ?? first.source);
    by[whose] = by[whose] === undefined ? field : `${by[whose]} ${field}`;
    if (a === undefined || b === undefined || isBoth) continue;
    other[field] = taken === a ? b : a;
  }
  if (Object.keys(facts).length === 0) return [];
  const { provider, model } = first;
  const rest = Object.keys(other).length === 0 ? {} : { other };
  return [{ provider, model, facts, by, ...rest }];
}

function cautious(a: ListedValue, b: ListedValue): ListedValue {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return b.length < a.length ? b : a;
  return a === false ? a : b;
}

const isSame = (a: ListedValue, b: ListedValue): boolean => JSON.stringify(a) === JSON.stringify(b);
