// Dates of birth: a whole date that a word of birth stands beside, or that stands in a record of a
// person.
import { isDay, number } from './checks.ts';
import { MONTH_BEFORE, NAMED_DATE } from './forms.table.ts';
import { isDigit, isLetter, isWord } from './text.ts';

export type Dated = {
  /** Where a month begins that stands before the day. */
  readonly start?: number;
  readonly end: number;
  readonly year: number;
};

const ASIAN = /(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]/y;

/** The whole date that begins at `start`, or undefined. */
export function dateAt(text: string, start: number): Dated | undefined {
  const first = digitsEnd(text, start);
  const length = first - start;
  if (length === 3 || length > 4) return undefined;
  const after = text.charCodeAt(first);
  if (after === DASH || after === SLASH || after === POINT) {
    const numeric = numericAt(text, start, first);
    if (numeric !== undefined) return numeric;
  }
  if (length <= 2) return namedAt(text, start, first) ?? monthFirst(text, start);
  return after === 0x5e74 || after === 0xb144 ? asianAt(text, start) : undefined;
}

const DASH = 0x2d;
const SLASH = 0x2f;
const POINT = 0x2e;

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at)) && at - from < 5) at += 1;
  return at;
}

/** `2 May 1984`: asked only where a letter follows soon. */
function namedAt(text: string, start: number, first: number): Dated | undefined {
  const near = isMonthPart(text.charCodeAt(first)) || isMonthPart(text.charCodeAt(first + 1));
  if (!near && !isMonthPart(text.charCodeAt(first + 2))) return undefined;
  NAMED_DATE.lastIndex = start;
  const named = NAMED_DATE.exec(text);
  return named === null ? undefined : { end: NAMED_DATE.lastIndex, year: Number(named[2]) };
}

/** Latin and Devanagari. */
const isMonthPart = (code: number): boolean =>
  isLetter(code) || (code >= 0xc0 && code < 0x250) || (code >= 0x900 && code < 0x980);

const YEAR_AFTER = /\d{1,2}(?:st|nd|rd|th)?,? (\d{4})(?!\d)/y;
const MONTH_MAX = 12;

/** `May 2, 1984`: asked only where a letter, or its point, stands before. */
function monthFirst(text: string, start: number): Dated | undefined {
  const before = text.charCodeAt(start - 2);
  if (text[start - 1] !== ' ' || !(isLetter(before) || before === POINT)) return undefined;
  YEAR_AFTER.lastIndex = start;
  const year = YEAR_AFTER.exec(text);
  if (year === null) return undefined;
  const from = Math.max(0, start - MONTH_MAX);
  const month = MONTH_BEFORE.exec(text.slice(from, start));
  if (month === null) return undefined;
  return { start: from + month.index, end: YEAR_AFTER.lastIndex, year: Number(year[1]) };
}

function asianAt(text: string, start: number): Dated | undefined {
  ASIAN.lastIndex = start;
  const asian = ASIAN.exec(text);
  if (asian === null || !isDay(Number(asian[2]), Number(asian[3]))) return undefined;
  return { end: ASIAN.lastIndex, year: Number(asian[1]) };
}

/** Three numbers between two separators of one kind; `2. 5. 1984` too. */
function numericAt(text: string, start: number, first: number): Dated | undefined {
  const separator = text.charCodeAt(first);
  const second = afterSeparator(text, first, separator);
  const secondEnd = digitsEnd(text, second);
  if (secondEnd === second || secondEnd - second > 2) return undefined;
  if (text.charCodeAt(secondEnd) !== separator) return undefined;
  const third = afterSeparator(text, secondEnd, separator);
  const end = digitsEnd(text, third);
  const length = end - third;
  if (length === 0 || length === 3 || length > 4) return undefined;
  const after = text.charCodeAt(end);
  if (isWord(after) && after !== 0x54) return undefined;
  if (after === separator && isDigit(text.charCodeAt(end + 1))) return undefined;
  const a = number(text, start, first);
  const b = number(text, second, secondEnd);
  const c = number(text, third, end);
  if (first - start === 4) return isDay(b, c) ? { end, year: a } : undefined;
  const year = length === 4 ? c : length === 2 ? (c > 30 ? 1900 + c : 2000 + c) : 0;
  return year > 0 && (isDay(b, a) || isDay(a, b)) ? { end, year } : undefined;
}

const afterSeparator = (text: string, at: number, separator: number): number =>
  separator === POINT && text.charCodeAt(at + 1) === 0x20 ? at + 2 : at + 1;

/** Years somebody alive may be born in, by documents of our days. */
export const isBirthYear = (year: number): boolean => year >= 1900 && year <= 2026;
