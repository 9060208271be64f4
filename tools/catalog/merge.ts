// Two sources become one row a model.
//
// One source is taken whole, so that no price is patched together from two: LiteLLM's, which is
// dated, counts by token and has steps and service levels; for OpenRouter models.dev's, which reads
// OpenRouter's own list. The other source fills gaps only where both agree on input and output.
// Every disagreement is kept.
//
// Zero is believed when both sources say it, or when the offer is called free; one source's zero is
// as likely a gap. Against a price, zero loses. What cannot be meant is left out first
// (`doubts.ts`).
import type {
  Disagreement,
  Doubt,
  KnownRow,
  PriceRow,
  Provenance,
  Rounded,
  SnapshotRates,
  SnapshotStep,
  SnapshotTariff,
} from '../../packages/documents/src/prices-snapshot.ts';
import { usdPerMillion } from './dollars.ts';
import { isAbsurd, leaveOutDoubtful } from './doubts.ts';
import {
  RATE_FIELDS,
  type Reading,
  type SourceName,
  type Stated,
  type StatedTariff,
  type Statement,
} from './statement.ts';

export type Merged = {
  readonly rows: readonly PriceRow[];
  readonly disagreements: readonly Disagreement[];
  readonly rounded: readonly Rounded[];
  readonly doubts: readonly Doubt[];
};

const PREFERRED: SourceName = 'litellm';
const PREFERRED_BY_PROVIDER: Readonly<Record<string, SourceName>> = { openrouter: 'models.dev' };
const CALLED_FREE = /[:-]free$/i;

/** @param day the rows are first seen on. */
export function mergeReadings(readings: readonly Reading[], day: string): Merged {
  const disagreements: Disagreement[] = [];
  const rounded: Rounded[] = [];
  const doubts: Doubt[] = [];
  const rows: PriceRow[] = [];
  const others = new Set(readings.flatMap((reading) => [...reading.others]));
  const grouped = new Map<string, Statement[]>();
  for (const reading of readings) {
    for (const statement of reading.statements) leaveOutDoubtful(statement, doubts);
    for (const statement of withoutDoubles(reading.statements, disagreements)) {
      const name = `${statement.provider} ${statement.model}`;
      const group = grouped.get(name);
      if (group !== undefined) group.push(statement);
      else if (!others.has(name)) grouped.set(name, [statement]);
    }
  }
  for (const group of grouped.values()) {
    const row = rowOf(group, day, disagreements, rounded);
    if (row !== undefined) rows.push(row);
  }
  return {
    rows: rows.sort(byName),
    disagreements: disagreements.sort(byName),
    rounded: rounded.sort(byName),
    doubts: doubts.sort(byName),
  };
}

/** Orders by code unit, not by a locale, so that the file is the same wherever it is written. */
export function byName(
  a: { readonly provider: string; readonly model: string },
  b: { readonly provider: string; readonly model: string },
): number {
  const left = `${a.provider}\n${a.model}`;
  const right = `${b.provider}\n${b.model}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One source may list a model twice, under two of its keys: the higher price is taken. */
function withoutDoubles(
  statements: readonly Statement[],
  disagreements: Disagreement[],
): readonly Statement[] {
  const kept = new Map<string, Statement>();
  for (const statement of statements) {
    const name = `${statement.provider} ${statement.model}`;
    const held = kept.get(name);
    if (held === undefined) {
      kept.set(name, statement);
      continue;
    }
    const higher = sumOf(statement) > sumOf(held) ? statement : held;
    compare(higher, higher === held ? statement : held, disagreements);
    kept.set(name, higher);
  }
  return [...kept.values()];
}

function sumOf({ rates }: Statement): number {
  return (rates.input ?? 0) + (rates.output ?? 0);
}

function rowOf(
  group: readonly Statement[],
  day: string,
  disagreements: Disagreement[],
  rounded: Rounded[],
): PriceRow | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const head = { provider: first.provider, model: first.model, from: day };
  const prefer = PREFERRED_BY_PROVIDER[first.provider] ?? PREFERRED;
  const known = group.filter((statement) => standing(statement) === 'known');
  const taken = known.find(({ source }) => source === prefer) ?? known[0];
  const other = group.find((statement) => statement !== taken);
  if (taken === undefined) return withoutPrice(group, head);
  if (other !== undefined) compare(taken, other, disagreements);
  for (const [field, { text, taken: pico }] of taken.rounded) {
    rounded.push({ provider: head.provider, model: head.model, field, text, taken: pico });
  }
  return knownRow(head, taken, other);
}

/**
 * `half-zero`: one of input and output is free, which no offer is that is not an embedding or
 * priced by the call.
 */
type Standing = 'known' | 'zero' | 'half-zero' | 'absurd' | 'silent';

function standing(statement: Statement): Standing {
  const { rates, embedding } = statement;
  const output = rates.output ?? (embedding ? 0 : undefined);
  if (rates.input === undefined || output === undefined) return 'silent';
  if (isAbsurd(statement)) return 'absurd';
  if (rates.request !== undefined) return 'known';
  if (rates.input === 0) return output === 0 ? 'zero' : 'half-zero';
  return output === 0 && !embedding ? 'half-zero' : 'known';
}

type Head = { readonly provider: string; readonly model: string; readonly from: string };

function withoutPrice(group: readonly Statement[], head: Head): PriceRow | undefined {
  const zero = group.filter((statement) => standing(statement) === 'zero');
  if (zero.length > 1 || (zero.length === 1 && CALLED_FREE.test(head.model))) {
    const by = Object.fromEntries([
      [zero.length > 1 ? 'both' : (zero[0]?.source ?? ''), 'input output'],
    ]);
    return { ...head, kind: 'known-zero', by };
  }
  const standings = new Set(group.map(standing));
  if (standings.has('absurd')) return { ...head, kind: 'unknown', why: 'implausible' };
  if (standings.has('zero') || standings.has('half-zero')) {
    return { ...head, kind: 'unknown', why: 'zero-unconfirmed' };
  }
  const priced = group.some(({ source }) => source === PREFERRED);
  return priced ? { ...head, kind: 'unknown', why: 'unpriced' } : undefined;
}

function knownRow(head: Head, taken: Statement, other: Statement | undefined): KnownRow {
  const agree =
    other?.rates.input === taken.rates.input && other?.rates.output === taken.rates.output;
  const filler = agree && other !== undefined ? other.rates : {};
  const filled: StatedTariff = { rates: { ...filler, ...taken.rates }, steps: taken.steps };
  const services = [...taken.services].flatMap(([service, tariff]) =>
    isPriced(tariff.rates) ? [[service, tariffOf(tariff)] as const] : [],
  );
  const omits = new Set([...taken.omits, ...(agree ? (other?.omits ?? []) : [])]);
  return {
    ...head,
    ...tariffOf(filled),
    ...(services.length > 0 ? { services: Object.fromEntries(services) } : {}),
    ...(omits.size > 0 ? { omits: [...omits].sort() } : {}),
    by: provenance(filled, taken, other),
  };
}

function isPriced(rates: Stated): boolean {
  return rates.input !== undefined && rates.output !== undefined;
}

function tariffOf({ rates, steps }: StatedTariff): SnapshotTariff {
  const base = ratesOf(rates, rates);
  const listed: SnapshotStep[] = [...steps]
    .sort(([a], [b]) => a - b)
    .map(([above, stepRates]) => ({ above, ...ratesOf(stepRates, rates) }));
  return { ...base, ...(listed.length > 0 ? { steps: listed } : {}) };
}

/**
 * Input and output of a step that are not stated are those of the base; an embedding's output is 0.
 */
function ratesOf(rates: Stated, base: Stated): SnapshotRates {
  const input = rates.input ?? base.input ?? 0;
  const output = rates.output ?? base.output ?? 0;
  const { cachedInput, cacheWrite, cacheWriteHour, reasoning, request } = rates;
  return {
    input,
    output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...(cacheWriteHour === undefined ? {} : { cacheWriteHour }),
    ...(reasoning === undefined || reasoning === output ? {} : { reasoning }),
    ...(request === undefined ? {} : { request }),
  };
}

function provenance(
  filled: StatedTariff,
  taken: Statement,
  other: Statement | undefined,
): Provenance {
  const fields = new Map<string, string[]>();
  for (const field of RATE_FIELDS) {
    const rate = filled.rates[field];
    if (rate === undefined) continue;
    const both = taken.rates[field] === rate && other?.rates[field] === rate;
    const alone = taken.rates[field] === undefined ? other?.source : taken.source;
    add(fields, both ? 'both' : (alone ?? taken.source), field);
  }
  if (taken.steps.size > 0) {
    const both = other !== undefined && sameSteps(taken, other);
    add(fields, both ? 'both' : taken.source, 'steps');
  }
  if (taken.services.size > 0) add(fields, taken.source, 'services');
  return Object.fromEntries([...fields].map(([source, names]) => [source, names.join(' ')]));
}

function add(fields: Map<string, string[]>, source: string, field: string): void {
  const names = fields.get(source);
  if (names === undefined) fields.set(source, [field]);
  else names.push(field);
}

const COMPARED = ['input', 'output', 'cachedInput', 'cacheWrite', 'reasoning'] as const;

function compare(taken: Statement, other: Statement, disagreements: Disagreement[]): void {
  const { provider, model } = taken;
  const differ = (field: string, a: number | undefined, b: number | undefined): void => {
    const say = (source: string, pico: number | undefined) =>
      `${source} ${pico === undefined ? 'none' : usdPerMillion(pico)}`;
    disagreements.push({
      provider,
      model,
      field,
      taken: say(taken.source, a),
      left: say(other.source, b),
    });
  };
  for (const field of COMPARED) {
    const a = taken.rates[field];
    const b = other.rates[field];
    if (a !== undefined && b !== undefined && a !== b) differ(field, a, b);
  }
  if (standing(other) !== 'known') return;
  const marks = new Set([...taken.steps.keys(), ...other.steps.keys()]);
  for (const above of [...marks].sort((a, b) => a - b)) {
    const a = taken.steps.get(above)?.input;
    const b = other.steps.get(above)?.input;
    if (a !== b) differ(`input above ${above}`, a, b);
  }
}

function sameSteps(a: StatedTariff, b: StatedTariff): boolean {
  if (a.steps.size !== b.steps.size) return false;
  return [...a.steps].every(([above, rates]) => {
    const others = b.steps.get(above);
    return others?.input === rates.input && others?.output === rates.output;
  });
}
