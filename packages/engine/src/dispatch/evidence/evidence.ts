// What an answer shows of how sure its model was, before anybody else reads it: numbers, never a
// text. Gates that are plain to see first, then the log-probabilities of its tokens, then the words
// of its text. What a model says of its own certainty is kept, and never raises anything.
// Source of the features: quantiles of token log-probabilities without the tokens of the format
// (arXiv 2404.10136), words of doubt (arXiv 2505.23854).
import type { Answer, Ask, Json, TokenLogprob } from '@signalbox/dialect';
import { HEDGES, REFUSALS } from './words.table.ts';

/** Of the tokens that say something. Natural logarithms, 0 and below. */
export type TokenEvidence = {
  readonly tokens: number;
  readonly mean: number;
  readonly lowest: number;
  readonly tenth: number;
  /** Mean distance to the next best token; undefined where no alternatives were told. */
  readonly margin: number | undefined;
};

export type Evidence = {
  readonly characters: number;
  /** It says nothing, calls nothing, and does not decline either. */
  readonly empty: boolean;
  /** Undefined: the upstream told none. */
  readonly logprobs: TokenEvidence | undefined;
  /** Words of doubt, by a hundred words. */
  readonly hedges: number;
  /** It begins as models begin that decline. */
  readonly declines: boolean;
  /** Share of its groups of four words that stood there before, 0 to 1. */
  readonly repetition: number;
  /** Sums that are written out, and how many of them are wrong. */
  readonly sums: number;
  readonly sumsWrong: number;
  /** Share of its numbers that the request does not hold; undefined: it has none, or no context. */
  readonly ungrounded: number | undefined;
  /** It ended at a bound that its caller has not set. */
  readonly cutOff: boolean;
  /** A `confidence` in an answer that is JSON, 0 to 1. */
  readonly stated: number | undefined;
};

/** Of a long answer the first part is read, and as much from its end. */
const READ_CHARACTERS_MAX = 4_096;
/** A request shorter than this holds no source to answer from. */
const SOURCE_CHARACTERS_MIN = 400;
const GROUP_WORDS = 4;
const LOW_SHARE = 0.1;

const WORDS = /[\p{L}\p{N}']+/gu;
const NUMBERS = /\d+(?:[.,]\d+)*/g;
/** Every quantity is bounded, so that no text makes it slow. */
const NUMBER = String.raw`\d{1,12}(?:\.\d{1,6})?`;
const SUMS: RegExp = new RegExp(
  `(-?${NUMBER}) {0,2}([-+*x×/÷]) {0,2}(${NUMBER}) {0,2}= {0,2}(-?${NUMBER})`,
  'g',
);
/** Blanks, quotes, brackets and separators: the format, not what is said. */
const FORMAT = /^[\s"'{}[\](),:;`*#_<>/\\-]*$/;

type Choice = Answer['answers'][number];
const EMPTY: Choice = { parts: [], logprobs: [], stop: undefined };

/** One that is empty where an answer has none. */
export const choicesOf = ({ answers }: Answer): readonly Choice[] =>
  answers.length === 0 ? [EMPTY] : answers;

const HELD: ReadonlySet<Choice['parts'][number]['kind']> = new Set([
  ...(['call', 'media', 'opaque', 'refusal'] as const),
]);

export const isEmpty = ({ parts }: Choice): boolean =>
  parts.every((part) => (part.kind === 'text' ? part.text.trim() === '' : !HELD.has(part.kind)));

/** @param ask undefined: the request cannot be read, and nothing is held against it. */
export function evidenceOf(answer: Answer, ask: Ask | undefined): readonly Evidence[] {
  const source = ask === undefined ? undefined : sourceOf(ask);
  return choicesOf(answer).map((choice) => {
    const text = choice.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const read = endsOf(text, READ_CHARACTERS_MAX);
    const words = read.toLowerCase().match(WORDS) ?? [];
    return {
      characters: text.length,
      empty: isEmpty(choice),
      logprobs: tokensOf(choice.logprobs),
      hedges: words.length === 0 ? 0 : (100 * count(read, HEDGES)) / Math.max(words.length, 20),
      declines: REFUSALS.test(read.slice(0, 200)),
      repetition: repeated(words),
      ...sumsIn(read),
      ungrounded: source === undefined ? undefined : ungrounded(read, source),
      cutOff: choice.stop === 'length' && ask?.outputTokensMax === undefined,
      stated: statedIn(text),
    };
  });
}

/** @param most characters from each end. */
export const endsOf = (text: string, most: number): string =>
  text.length <= 2 * most ? text : `${text.slice(0, most)} ${text.slice(-most)}`;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function tokensOf(all: readonly TokenLogprob[]): TokenEvidence | undefined {
  const told = all.filter(({ token, logprob }) => !FORMAT.test(token) && Number.isFinite(logprob));
  if (told.length === 0) return undefined;
  const sorted = Float64Array.from(told, ({ logprob }) => Math.min(0, logprob)).sort();
  const margins = told.flatMap(({ token, logprob, top }) => {
    const other = top.find((one) => one.token !== token);
    return other === undefined ? [] : [Math.max(0, logprob - other.logprob)];
  });
  return {
    tokens: told.length,
    mean: mean(sorted),
    lowest: sorted[0] ?? 0,
    tenth: sorted[Math.floor(LOW_SHARE * (sorted.length - 1))] ?? 0,
    margin: margins.length === 0 ? undefined : mean(margins),
  };
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return values.length === 0 ? 0 : sum / values.length;
};

function repeated(words: readonly string[]): number {
  const groups = words.length - GROUP_WORDS + 1;
  if (groups < 2 * GROUP_WORDS) return 0;
  const seen = new Set<string>();
  for (let at = 0; at < groups; at += 1) seen.add(words.slice(at, at + GROUP_WORDS).join(' '));
  return 1 - seen.size / groups;
}

function sumsIn(text: string): Pick<Evidence, 'sums' | 'sumsWrong'> {
  let sums = 0;
  let sumsWrong = 0;
  for (const [, left, sign, right, told] of text
    .replaceAll(/(?<=\d),(?=\d{3})/g, '')
    .matchAll(SUMS)) {
    const result = resultOf(Number(left), sign ?? '', Number(right));
    if (result === undefined) continue;
    sums += 1;
    const decimals = told?.split('.')[1]?.length ?? 0;
    // As precise as it was written: 1/3 = 0.33 is right.
    if (Math.abs(result - Number(told)) > 0.5 * 10 ** -decimals + 1e-9) sumsWrong += 1;
  }
  return { sums, sumsWrong };
}

function resultOf(left: number, sign: string, right: number): number | undefined {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*' || sign === 'x' || sign === '×') return left * right;
  return right === 0 ? undefined : left / right;
}

/** Undefined: too little to answer from. */
function sourceOf(ask: Ask): ReadonlySet<string> | undefined {
  let length = 0;
  const numbers = new Set<string>();
  const read = (text: string): void => {
    length += text.length;
    for (const number of text.match(NUMBERS) ?? []) numbers.add(plain(number));
  };
  for (const turn of ask.turns) {
    for (const part of turn.parts)
      if ('text' in part && typeof part.text === 'string') read(part.text);
  }
  return length < SOURCE_CHARACTERS_MIN ? undefined : numbers;
}

/** Numbers of one digit are counts and lists. */
function ungrounded(text: string, source: ReadonlySet<string>): number | undefined {
  const numbers = (text.match(NUMBERS) ?? []).map(plain).filter((one) => one.length > 1);
  if (numbers.length === 0) return undefined;
  return numbers.filter((one) => !source.has(one)).length / numbers.length;
}

const plain = (number: string): string => number.replaceAll(/[.,](?=\d{3}(?:\D|$))/g, '');

function statedIn(text: string): number | undefined {
  if (!text.trimStart().startsWith('{') || !text.includes('"confidence"')) return undefined;
  try {
    const value: Json = JSON.parse(text);
    const told = value !== null && typeof value === 'object' ? Reflect.get(value, 'confidence') : 0;
    return typeof told === 'number' && told >= 0 && told <= 1 ? told : undefined;
  } catch {
    return undefined;
  }
}
