// Telephone numbers (ITU-T E.164 and the ways they are written at home), walked by hand.
import { COUNTRY_CODE } from './forms.table.ts';
import { isDigit, isWord, READS_AS } from './text.ts';

const PLUS = 0x2b;
const OPEN = 0x28;
const CLOSE = 0x29;
const BLANK = 0x20;
const DASH = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const DIGITS_MIN = 7;
const DIGITS_MAX = 15;
const GROUPS_MAX = 8;

export type Phone = {
  start: number;
  end: number;
  digits: string;
  /** Lengths of the groups of digits: `3-3-4`. */
  lengths: string;
  plus: boolean;
  /** It begins with an area code in brackets. */
  bracket: boolean;
  points: boolean;
  /** Dashes or points between all groups. */
  dashes: boolean;
};

/** The longest number that begins with the digit at `at`; undefined when it is none. */
export function phoneAt(text: string, at: number): Phone | undefined {
  let start = at;
  const before = text.charCodeAt(at - 1);
  const bracket = before === OPEN && closesSoon(text, at);
  if (bracket) start -= 1;
  const sign = bracket && text.charCodeAt(start - 1) === BLANK ? start - 2 : start - 1;
  const plus = text.charCodeAt(sign) === PLUS && !isDigit(text.charCodeAt(sign - 1));
  if (plus) start = sign;
  else if (isWord(before) || before === PLUS) return undefined;
  return walk(text, at, { start, plus, bracket });
}

const AREA_MAX = 5;
/** An area code in brackets, not a list of numbers. */
function closesSoon(text: string, at: number): boolean {
  let end = at;
  while (end - at <= AREA_MAX && isDigit(text.charCodeAt(end))) end += 1;
  return text.charCodeAt(end) === CLOSE;
}

type Begun = Pick<Phone, 'start' | 'plus' | 'bracket'>;

function walk(text: string, from: number, begun: Begun): Phone | undefined {
  const { bracket } = begun;
  let digits = '';
  let lengths = '';
  let points = false;
  let blanks = false;
  let dash = false;
  let open = bracket;
  let bracketed = bracket;
  let at = from;
  let end = from;
  for (let group = 0; group < GROUPS_MAX; group += 1) {
    const first = at;
    while (isDigit(text.charCodeAt(at))) at += 1;
    if (at === first || digits.length + at - first > DIGITS_MAX) break;
    if (isWord(text.charCodeAt(at)) && !isExtension(text, at)) break;
    digits += text.slice(first, at);
    lengths += `${lengths === '' ? '' : '-'}${at - first}`;
    end = at;
    const next = joined(text, at, open, bracketed);
    if (next < 0) break;
    const separator = READS_AS[text.charCodeAt(at)];
    if (separator === POINT) points = true;
    else if (separator === BLANK) blanks = true;
    else if (separator === DASH) dash = true;
    for (let i = at; i < next; i += 1) {
      const code = text.charCodeAt(i);
      if (code === OPEN) {
        open = true;
        bracketed = true;
      }
      if (code === CLOSE) open = false;
    }
    at = next;
  }
  if (digits.length < DIGITS_MIN) return undefined;
  if (points && dash) return undefined;
  const dashes = !blanks && (dash || points);
  return { ...begun, end: extended(text, end), digits, lengths, points, dashes };
}

/** Where the next group begins, past at most three separators, or -1. */
function joined(text: string, from: number, open: boolean, bracketed: boolean): number {
  let at = from;
  let closed = !open;
  for (let i = 0; i < 3; i += 1) {
    const code = READS_AS[text.charCodeAt(at)] ?? 0;
    if (code === CLOSE && !closed) closed = true;
    else if (code === OPEN && closed && !bracketed) closed = false;
    else if (code === BLANK || code === DASH || code === POINT || code === SLASH) {
      const next = READS_AS[text.charCodeAt(at + 1)] ?? 0;
      if (next === code) return -1;
    } else break;
    at += 1;
  }
  return at > from && isDigit(text.charCodeAt(at)) ? at : -1;
}

const isExtension = (text: string, at: number): boolean =>
  (text.charCodeAt(at) | 32) === 0x78 && isDigit(text.charCodeAt(at + 1));

function extended(text: string, end: number): number {
  if (!isExtension(text, end)) return end;
  let at = end + 1;
  while (at < end + 7 && isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

const NANP = /^1?[2-9]\d{2}[2-9]\d{6}$/;
const GROUPED_NANP = /^(?:1-)?3-(?:3-4|7)$/;

/** How sure the number is one without a word beside it; 0 when only a word can tell. */
export function phoneSure(phone: Phone): number {
  const { digits, lengths, plus, bracket, points, dashes } = phone;
  const groups = lengths.split('-').length;
  if (plus) return digits.length >= 8 && COUNTRY_CODE.test(digits) ? 0.9 : 0;
  if (NANP.test(digits) && GROUPED_NANP.test(lengths) && (dashes || bracket)) return 0.8;
  if (bracket && digits.length >= 8 && digits.length <= 12) return 0.75;
  if (
    /^00[1-9]/.test(digits) &&
    groups > 1 &&
    COUNTRY_CODE.test(digits.slice(2)) &&
    digits.length > 10
  ) {
    return 0.75;
  }
  const trunk = /^0[1-9]/.test(digits) && digits.length >= 9 && digits.length <= 12;
  if (!trunk || groups < 2 || (points && groups < 4)) return 0;
  if (Number.parseInt(lengths, 10) > 5) return 0;
  return groups > 5 || /(^|-)1(-|$)/.test(lengths.slice(2)) ? 0 : 0.7;
}

/** Ends of the ranges of numbers of 32 bits. */
const LIMITS = new Set(['2147483647', '2147483648', '4294967295', '4294967296']);

/** A shape that some country writes its numbers in; enough in a record, not in prose. */
export function isPhoneLike({ digits, lengths, points }: Phone): boolean {
  if (/^(\d)\1+$/.test(digits) || digits.length > 12 || LIMITS.has(digits)) return false;
  if (/^(4-2-2|2-2-4|2-2-2|1-1-4|1-1-2)$/.test(lengths)) return false;
  const groups = lengths.split('-').length;
  if (points && groups < 3) return false;
  if (groups === 1) return /^(0[1-9]\d{7,9}|[6-9]\d{8,9}|[2-5]\d{9})$/.test(digits);
  return digits.length >= 7 && groups <= 6 && !/^(4-4-4|4-4-4-4)$/.test(lengths);
}
