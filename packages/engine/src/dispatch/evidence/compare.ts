// Do two answers to one question say the same? By fixed rules, without a model: calls of tools and
// JSON by what they hold, short answers by their words, sums by the number at their end, all else
// by the words they share (F1 over words, as SQuAD scores answers: arXiv 1606.05250). A long text
// may say the same in other words and count as different: over many calls that is a loss that is
// overstated, never one that is hidden. What it returns holds nothing of either text.
import type { Bodies, StepClass } from '@signalbox/contract';
import type { Answer, Json } from '@signalbox/dialect';
import { canonicalText } from '@signalbox/documents';
import { endsOf } from './evidence.ts';

type Comparison = Bodies['comparison'];

type ComparedBy = Comparison['how'];

export type Compared = {
  /** 0 to 1. */
  readonly agreement: number;
  readonly how: ComparedBy;
  /** The one would have done for the other. */
  readonly same: boolean;
};

/** Of the words of two texts; below it they are taken to say different things. */
const OVERLAP_MIN = 0.5;
const SHORT_WORDS = 8;
/** Of a long answer its beginning and its end are read, so much of each. */
const READ_CHARACTERS_MAX = 16_384;
const LEAVES_MAX = 2_000;
/** Numbers that differ by less are the same. */
const RELATIVE = 1e-6;

const WORDS = /[\p{L}\p{N}]+(?:[.,]\d+)*/gu;
const NUMBERS = /-?\d[\d,]*(?:\.\d+)?/g;

type Said = {
  readonly calls: readonly string[];
  readonly text: string;
  readonly declines: boolean;
};

/** Of answers with several choices the first is compared. */
export function compared(one: Answer, other: Answer, step: StepClass | undefined): Compared {
  const [a, b] = [saidIn(one), saidIn(other)];
  if (a.calls.length > 0 || b.calls.length > 0) return byCalls(a.calls, b.calls);
  if (a.declines !== b.declines) return verdict(0, 'text');
  const [left, right] = [jsonIn(a.text), jsonIn(b.text)];
  if (left !== undefined && right !== undefined) return verdict(leavesShared(left, right), 'json');
  return byWords(a.text, b.text, step);
}

const verdict = (agreement: number, how: ComparedBy, least = 1): Compared => ({
  agreement: Math.round(agreement * 1_000) / 1_000,
  how,
  same: agreement >= least,
});

function saidIn({ answers: [first] }: Answer): Said {
  const parts = first?.parts ?? [];
  const calls = parts.flatMap((part) =>
    part.kind === 'call' ? [`${part.name} ${argumentsOf(part.arguments)}`] : [],
  );
  const texts = parts.map((part) => (part.kind === 'text' ? part.text : ''));
  return {
    calls: calls.sort(),
    text: endsOf(texts.join(''), READ_CHARACTERS_MAX),
    declines: parts.some(({ kind }) => kind === 'refusal'),
  };
}

function argumentsOf(text: string): string {
  const value = jsonIn(text.trim() === '' ? '{}' : text);
  return value === undefined ? text : canonicalText(value);
}

/** Undefined: it is no object or list. */
function jsonIn(text: string): object | undefined {
  const trimmed = unfenced(text.trim());
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const unfenced = (text: string): string =>
  text.startsWith('```') ? text.replace(/^```[a-z]*\s*/i, '').replace(/\s*```$/, '') : text;

function byCalls(a: readonly string[], b: readonly string[]): Compared {
  const left = [...b];
  let shared = 0;
  for (const call of a) {
    const at = left.indexOf(call);
    if (at < 0) continue;
    left.splice(at, 1);
    shared += 1;
  }
  return verdict(shared / Math.max(a.length, b.length), 'tools');
}

/** Share of the values that stand at the same place in both. */
function leavesShared(a: object, b: object): number {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  if (left.size === 0 && right.size === 0) return 1;
  let shared = 0;
  for (const [place, value] of left) if (right.get(place) === value) shared += 1;
  return shared / Math.max(left.size, right.size);
}

function leavesOf(value: object): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const waiting: [string, unknown][] = [['', value]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [place, one] = next;
    if (leaves.size >= LEAVES_MAX) return leaves;
    if (typeof one === 'object' && one !== null) {
      for (const [key, inner] of Object.entries(one)) waiting.push([`${place}/${key}`, inner]);
    } else leaves.set(place, leafOf(one as Json)); // JSON.parse made it
  }
  return leaves;
}

const leafOf = (value: Json): string =>
  typeof value === 'string' ? wordsOf(value).join(' ') : JSON.stringify(value);

function byWords(a: string, b: string, step: StepClass | undefined): Compared {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (short.join(' ') === long.join(' ')) return verdict(1, 'text');
  if (short.length === 0) return verdict(0, 'text');
  const [one, other] = [lastNumber(a), lastNumber(b)];
  const isSum = step === 'reason' || short.length <= SHORT_WORDS;
  if (isSum && one !== undefined && other !== undefined) {
    return verdict(isNear(one, other) ? 1 : 0, 'number');
  }
  if (short.length <= SHORT_WORDS) return verdict(isWithin(short, long) ? 1 : 0, 'text');
  return verdict(overlap(short, long), 'overlap', OVERLAP_MIN);
}

const wordsOf = (text: string): readonly string[] =>
  text.normalize('NFKC').toLowerCase().match(WORDS) ?? [];

function lastNumber(text: string): number | undefined {
  const last = text.match(NUMBERS)?.at(-1);
  const value = last === undefined ? Number.NaN : Number(last.replaceAll(',', ''));
  return Number.isFinite(value) ? value : undefined;
}

const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= RELATIVE * Math.max(1, Math.abs(a), Math.abs(b));

/** In this order, one after the other. */
const isWithin = (short: readonly string[], long: readonly string[]): boolean =>
  ` ${long.join(' ')} `.includes(` ${short.join(' ')} `);

function overlap(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of b) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of a) {
    const left = counts.get(word) ?? 0;
    if (left === 0) continue;
    counts.set(word, left - 1);
    shared += 1;
  }
  return (2 * shared) / (a.length + b.length);
}
