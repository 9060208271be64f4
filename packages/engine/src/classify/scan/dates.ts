// Dates of birth: a whole date that a word of birth stands beside, or that stands in a record of a
// person.
import { isDay } from './checks.ts';
import { NAMED_DATE } from './forms.table.ts';
import { isDigit, isLetter, isWord } from './text.ts';

export type Dated = { readonly end: number; readonly year: number };

const ASIAN = /(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]/y;
const NUMERIC_MAX = 12;

/** The whole date that begins at `start`, or undefined. */
export function dateAt(text: string, start: number): Dated | undefined {
  const numeric = numericAt(text, start);
  if (numeric !== undefined) return numeric;
  const after = text.charCodeAt(start + 1);
  if (isLetter(text.charCodeAt(start + 3)) || isLetter(text.charCodeAt(start + 4)) || after < 64) {
    NAMED_DATE.lastIndex = start;
    const named = NAMED_DATE.exec(text);
    if (named !== null) return { end: NAMED_DATE.lastIndex, year: Number(named[2]) };
  }
  const sign = text.charCodeAt(start + 4);
  if (sign !== 0x5e74 && sign !== 0xb144) return undefined;
  ASIAN.lastIndex = start;
  const asian = ASIAN.exec(text);
  if (asian === null || !isDay(Number(asian[2]), Number(asian[3]))) return undefined;
  return { end: ASIAN.lastIndex, year: Number(asian[1]) };
}

function numericAt(text: string, start: number): Dated | undefined {
  const parts: number[] = [];
  const lengths: number[] = [];
  let separator = -1;
  let at = start;
  while (parts.length < 3 && at - start < NUMERIC_MAX) {
    const begun = at;
    let value = 0;
    while (isDigit(text.charCodeAt(at)) && at - begun < 5) {
      value = value * 10 + text.charCodeAt(at) - 48;
      at += 1;
    }
    if (at === begun || at - begun > 4) return undefined;
    parts.push(value);
    lengths.push(at - begun);
    if (parts.length === 3) break;
    const code = text.charCodeAt(at);
    if (code !== 0x2d && code !== 0x2f && code !== 0x2e) return undefined;
    if (separator >= 0 && code !== separator) return undefined;
    separator = code;
    at += 1;
    if (code === 0x2e && text.charCodeAt(at) === 0x20) at += 1; // 2. 5. 1984
  }
  if (isWord(text.charCodeAt(at)) && text.charCodeAt(at) !== 0x54) return undefined;
  if (text.charCodeAt(at) === separator && isDigit(text.charCodeAt(at + 1))) return undefined;
  const [a = 0, b = 0, c = 0] = parts;
  if (lengths[0] === 4 && isDay(b, c)) return { end: at, year: a };
  const year = lengths[2] === 4 ? c : lengths[2] === 2 ? (c > 30 ? 1900 + c : 2000 + c) : 0;
  return year > 0 && (isDay(b, a) || isDay(a, b)) ? { end: at, year } : undefined;
}

/** Years somebody alive may be born in, by documents of our days. */
export const isBirthYear = (year: number): boolean => year >= 1900 && year <= 2026;
