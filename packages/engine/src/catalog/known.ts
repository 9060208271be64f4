// What is known of a model at an endpoint, and from whom. A document goes before a probe, and a
// probe before the shipped list; what was not taken is kept beside it.
import {
  LISTED_FIELDS,
  type ListedField,
  type ListedRow,
  listedOf,
  type ModelCapabilities,
  type ModelFacts,
} from '@signalbox/documents';

/** What documents say. */
export type Stated = {
  readonly contextTokens: number | undefined;
  readonly capabilities: Partial<ModelCapabilities>;
  readonly facts: Partial<ModelFacts>;
};

/** What asking taught. */
export type Learnt = Pick<Stated, 'contextTokens' | 'capabilities'> & {
  /** Of a model that can be given more: what it runs with, or would. */
  readonly contextTokensNow?: number | undefined;
};

export type Known = Stated & { readonly contextTokensNow: number | undefined };

/** The three as one. */
export function known(
  stated: Stated,
  learnt: Learnt | undefined,
  listed: ListedRow | undefined,
): Known {
  const list = listed === undefined ? undefined : listedOf(listed);
  return {
    contextTokens: stated.contextTokens ?? learnt?.contextTokens ?? list?.contextTokens,
    contextTokensNow: learnt?.contextTokensNow,
    capabilities: { ...list?.capabilities, ...learnt?.capabilities, ...stated.capabilities },
    facts: { ...list?.facts, ...stated.facts },
  };
}

export type Said = { readonly from: string; readonly value: string };

/** One field: the first is what holds, the others are what else is said of it. */
export type Provenance = { readonly field: string; readonly said: readonly Said[] };

export function provenanceOf(
  stated: Stated,
  learnt: Learnt | undefined,
  listed: ListedRow | undefined,
): readonly Provenance[] {
  const rows = new Map<string, Said[]>();
  const say = (field: string, from: string, value: unknown): void => {
    if (value === undefined) return;
    const said = rows.get(field) ?? [];
    said.push({ from, value: wordsOf(value) });
    rows.set(field, said);
  };
  for (const [from, source] of [
    ['document', stated],
    ['probe', learnt],
  ] as const) {
    say('context_tokens', from, source?.contextTokens);
    for (const [name, value] of Object.entries(source?.capabilities ?? {})) {
      say(FIELD[name] ?? name, from, value);
    }
  }
  for (const [name, value] of Object.entries(stated.facts)) say(name, 'document', value);
  if (listed !== undefined) sayListed(listed, say);
  return [...rows].map(([field, said]) => ({ field, said }));
}

const FIELD: Readonly<Record<string, string>> = { jsonSchema: 'json' };
const LISTED: Readonly<Partial<Record<ListedField, string>>> = { context: 'context_tokens' };

function sayListed(
  { facts, by, other }: ListedRow,
  say: (field: string, from: string, value: unknown) => void,
): void {
  for (const field of LISTED_FIELDS) {
    const name = LISTED[field] ?? field;
    const whose = Object.entries(by).find(([, fields]) => fields.split(' ').includes(field))?.[0];
    say(name, `list: ${whose === 'both' ? 'both' : (whose ?? 'unknown')}`, facts[field]);
    const rest = whose === 'litellm' ? 'models.dev' : 'litellm';
    say(name, `list: ${rest}`, other?.[field]);
  }
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (value instanceof Map) return [...value].map(([key, one]) => `${key} ${one}`).join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, one]) => `${key} ${one}`)
      .join(', ');
  }
  return String(value);
}
