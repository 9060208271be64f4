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

/** A number where one was found last; kept, so that looking makes nothing. */
export class Phone {
  start = 0;
  end = 0;
  /** Values of its digits, and how many there are. */
  readonly digit: Uint8Array = new Uint8Array(DIGITS_MAX + 1);
  digits = 0;
  /** Lengths of the groups of digits, four bits each: `0x334` is written 3-3-4. */
  lengths = 0;
  groups = 0;
  firstLength = 0;
  /** A group behind the first is a single digit. */
  hasSingle = false;
  plus = false;
  /** It begins with an area code in brackets. */
  bracket = false;
  points = false;
  /** Dashes or points between all groups. */
  dashes = false;

  /** Takes the longest number that begins with the digit at `at`; false when it is none. */
  read(text: string, at: number): boolean {
    let start = at;
    const before = at > 0 ? text.charCodeAt(at - 1) : 0;
    const bracket = before === OPEN && closesSoon(text, at);
    if (bracket) start -= 1;
    const sign = bracket && text.charCodeAt(start - 1) === BLANK ? start - 2 : start - 1;
    const plus = sign >= 0 && text.charCodeAt(sign) === PLUS && !isDigit(text.charCodeAt(sign - 1));
    if (plus) start = sign;
    else if (isWord(before) || before === PLUS) return false;
    // `0.1121968905`: what stands behind a point is a fraction.
    else if (before === POINT && isDigit(text.charCodeAt(at - 2))) return false;
    this.start = start;
    this.plus = plus;
    this.bracket = bracket;
    return this.#walk(text, at);
  }

  #walk(text: string, from: number): boolean {
    this.#clear();
    let blanks = false;
    let dash = false;
    let open = this.bracket;
    let bracketed = open;
    let at = from;
    let end = from;
    for (let group = 0; group < GROUPS_MAX; group += 1) {
      const first = at;
      while (isDigit(text.charCodeAt(at))) at += 1;
      if (at === first || this.digits + at - first > DIGITS_MAX) break;
      if (isWord(text.charCodeAt(at)) && !isExtension(text, at)) break;
      this.#take(text, first, at);
      end = at;
      const next = joined(text, at, open, bracketed);
      if (next < 0) break;
      const separator = READS_AS[text.charCodeAt(at)];
      if (separator === POINT) this.points = true;
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
    if (this.digits < DIGITS_MIN || (this.points && dash)) return false;
    this.dashes = !blanks && (dash || this.points);
    this.end = extended(text, end);
    return true;
  }

  #clear(): void {
    this.digits = 0;
    this.lengths = 0;
    this.groups = 0;
    this.hasSingle = false;
    this.points = false;
  }

  #take(text: string, from: number, to: number): void {
    const length = to - from;
    if (this.groups === 0) this.firstLength = length;
    else if (length === 1) this.hasSingle = true;
    this.groups += 1;
    this.lengths = (this.lengths << 4) | length;
    for (let at = from; at < to; at += 1) {
      this.digit[this.digits] = text.charCodeAt(at) - 48;
      this.digits += 1;
    }
  }

  /** The digit at `at`, 0 behind the last. */
  at(at: number): number {
    return at < this.digits ? (this.digit[at] as number) : 0; // within: of 16
  }
}

const AREA_MAX = 5;
/** An area code in brackets, not a list of numbers. */
function closesSoon(text: string, at: number): boolean {
  let end = at;
  while (end - at <= AREA_MAX && isDigit(text.charCodeAt(end))) end += 1;
  return text.charCodeAt(end) === CLOSE;
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

/** By the first three digits. */
const HAS_COUNTRY: readonly boolean[] = Array.from({ length: 1_000 }, (_, first) =>
  COUNTRY_CODE.test(String(first).padStart(3, '0')),
);
const hasCountry = (phone: Phone, from: number): boolean =>
  HAS_COUNTRY[phone.at(from) * 100 + phone.at(from + 1) * 10 + phone.at(from + 2)] === true;

/** A number of the North American plan, with or without its country code. */
function isNanp(phone: Phone): boolean {
  const from = phone.digits === 11 && phone.at(0) === 1 ? 1 : 0;
  return phone.digits - from === 10 && phone.at(from) >= 2 && phone.at(from + 3) >= 2;
}
const NANP_LENGTHS: ReadonlySet<number> = new Set([0x334, 0x37, 0x1334, 0x137]);

/** How sure the number is one without a word beside it; 0 when only a word can tell. */
export function phoneSure(phone: Phone): number {
  const { digits, groups, plus, bracket } = phone;
  if (plus) return digits >= 8 && hasCountry(phone, 0) ? 0.9 : 0;
  const held = phone.dashes || bracket;
  if (held && isNanp(phone) && NANP_LENGTHS.has(phone.lengths)) return 0.8;
  if (bracket && digits >= 8 && digits <= 12) return 0.75;
  if (phone.at(0) !== 0) return 0;
  if (phone.at(1) === 0) {
    const abroad = phone.at(2) > 0 && groups > 1 && digits > 10;
    return abroad && hasCountry(phone, 2) ? 0.75 : 0;
  }
  const trunk = digits >= 9 && digits <= 12;
  // `02110-1301` is a ZIP code with its four more.
  if (phone.lengths === 0x54 && phone.dashes) return 0;
  if (!trunk || groups < 2 || (phone.points && groups < 4)) return 0;
  return phone.firstLength > 5 || groups > 5 || phone.hasSingle ? 0 : 0.7;
}

/** Ends of the ranges of numbers of 32 bits. */
const LIMITS: ReadonlySet<number> = new Set([
  2_147_483_647, 2_147_483_648, 4_294_967_295, 4_294_967_296,
]);
/** Lengths of dates, of times, and of cards that go on. */
const OTHERS: ReadonlySet<number> = new Set([0x422, 0x224, 0x222, 0x114, 0x112, 0x444, 0x4444]);

/** A shape that some country writes its numbers in; enough in a record, not in prose. */
export function isPhoneLike(phone: Phone): boolean {
  const { digits, groups, lengths } = phone;
  if (digits > 12 || groups > 6 || (phone.points && groups < 3)) return false;
  if (groups === 1) return isPhoneRun(phone);
  return !OTHERS.has(lengths) && !isOneDigit(phone) && !isLimit(phone);
}

/** `2006-2022`: from one year to another. */
export const isYears = (phone: Phone): boolean =>
  phone.lengths === 0x44 && isCentury(phone, 0) && isCentury(phone, 4);

const isCentury = (phone: Phone, from: number): boolean => {
  const first = phone.at(from) * 10 + phone.at(from + 1);
  return first === 19 || first === 20;
};

/** `0.1121968905`: a number with a point in it. */
export const isFraction = ({ groups, points, plus }: Phone): boolean =>
  groups === 2 && points && !plus;

/** Digits without a separator. */
function isPhoneRun(phone: Phone): boolean {
  const { digits } = phone;
  const first = phone.at(0);
  if (first === 0) return phone.at(1) > 0 && digits >= 9 && digits <= 11;
  if (first === 1 || digits > 10 || digits < (first < 6 ? 10 : 9)) return false;
  return !isOneDigit(phone) && !isLimit(phone);
}

function isOneDigit(phone: Phone): boolean {
  for (let i = 1; i < phone.digits; i += 1) if (phone.at(i) !== phone.at(0)) return false;
  return true;
}

function isLimit(phone: Phone): boolean {
  if (phone.digits !== 10) return false;
  let value = 0;
  for (let i = 0; i < 10; i += 1) value = value * 10 + phone.at(i);
  return LIMITS.has(value);
}
