// Groups of letters and digits that single separators hold together: `078-05-1123`,
// `DE36 5059 6706`, `1EG4-TE5-MK73`. Values are looked for among the groups, not in the text.
import { isCapital, isDigit, isHex, isLetter, isWord, READS_AS } from './text.ts';

const GROUPS_MAX = 24;
/** A longer group is a hash or a blob, not an identifier. */
export const GROUP_CHARACTERS_MAX = 40;
/** Letters before the first digits: a country, a series. */
const LETTERS_MAX = 4;
/** A group inside a chain is no longer than this: what is longer stands for itself. */
const INNER_MAX = 19;

const BLANK = 0x20;
const DASH = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;

export class Chain {
  groups = 0;
  readonly start: Int32Array = new Int32Array(GROUPS_MAX + 1);
  readonly end: Int32Array = new Int32Array(GROUPS_MAX + 1);
  /** What stands before each group: 0, or the one separator as it reads. */
  readonly before: Int32Array = new Int32Array(GROUPS_MAX + 1);

  /** @param from start of the first group, which is a word, and `to` its end. */
  read(text: string, from: number, to: number): void {
    this.groups = 0;
    const last = text.length - 1;
    if (from > 0) this.#prepend(text, from);
    this.#push(from, to, this.groups > 0 ? (READS_AS[text.charCodeAt(from - 1)] ?? 0) : 0);
    for (let end = to; this.groups < GROUPS_MAX && end < last; ) {
      const separator = READS_AS[text.charCodeAt(end)] ?? 0;
      if (separator === UNDERSCORE ? !isBetweenDigits(text, end) : !isSeparator(separator)) break;
      if (!isWord(text.charCodeAt(end + 1))) break;
      const at = end + 1;
      end = wordEnd(text, at);
      if (!isGroup(text, at, end)) break;
      this.#push(at, end, separator);
    }
  }

  /** The first character after the last group. */
  get last(): number {
    return this.end[this.groups - 1] ?? 0;
  }

  lengthOf(group: number): number {
    // Within: a group is below `groups`.
    return (this.end[group] as number) - (this.start[group] as number);
  }

  /** `AB 12 34`, `X-5207741N`: one to three letters before the first digits. */
  #prepend(text: string, from: number): void {
    const separator = READS_AS[text.charCodeAt(from - 1)];
    if (separator !== BLANK && separator !== DASH) return;
    let start = from - 1;
    while (start > 0 && from - 1 - start < LETTERS_MAX && isLetter(text.charCodeAt(start - 1))) {
      start -= 1;
    }
    const length = from - 1 - start;
    if (length === 0 || length >= LETTERS_MAX || isWord(text.charCodeAt(start - 1))) return;
    this.#push(start, from - 1, 0);
  }

  #push(start: number, end: number, before: number): void {
    this.start[this.groups] = start;
    this.end[this.groups] = end;
    this.before[this.groups] = before;
    this.groups += 1;
  }
}

/** Some groups run together, in capitals; the text is made when somebody asks for it. */
export class Compact {
  /** More than one group. */
  grouped = false;
  digitsOnly = false;
  #page = '';
  #chain: Chain | undefined;
  #from = 0;
  #to = 0;
  /** A dash before the last group stays: `DDMMYY-SSSS`. */
  #signed = false;
  #text = '';

  of(text: string, chain: Chain, from: number, to: number, signed: boolean): void {
    this.#page = text;
    this.#chain = chain;
    this.#from = from;
    this.#to = to;
    this.#signed = signed;
    this.#text = '';
    this.grouped = to > from;
    this.digitsOnly = !signed && areDigits(text, chain, from, to);
  }

  get text(): string {
    const chain = this.#chain;
    if (this.#text !== '' || chain === undefined) return this.#text;
    let text = '';
    for (let i = this.#from; i <= this.#to; i += 1) {
      if (this.#signed && i === this.#to) text += '-';
      text += this.#page.slice(chain.start[i], chain.end[i]);
    }
    this.#text = this.digitsOnly ? text : text.toUpperCase();
    return this.#text;
  }

  /** Lets go of what it has read. */
  forget(): void {
    this.#page = '';
    this.#text = '';
  }
}

function areDigits(text: string, chain: Chain, from: number, to: number): boolean {
  for (let i = from; i <= to; i += 1) {
    const end = chain.end[i] ?? 0;
    for (let at = chain.start[i] ?? 0; at < end; at += 1) {
      if (!isDigit(text.charCodeAt(at))) return false;
    }
  }
  return true;
}

/** A group without a digit is a check letter or a series in capitals, not a word. */
function isGroup(text: string, from: number, to: number): boolean {
  if (hasDigit(text, from, to)) return to - from <= INNER_MAX;
  if (to - from === 1) return true;
  if (to - from > LETTERS_MAX) return false;
  for (let at = from; at < to; at += 1) if (!isCapital(text.charCodeAt(at))) return false;
  return true;
}

const isSeparator = (code: number): boolean =>
  code === BLANK || code === DASH || code === POINT || code === SLASH || code === COLON;

/** Separators that hold tighter than a blank: what they join is one thing. */
export const isTight = (code: number): boolean =>
  code === DASH || code === POINT || code === COLON || code === UNDERSCORE;

/** `4012_8888`: elsewhere an underscore is a part of a name. */
const isBetweenDigits = (text: string, at: number): boolean =>
  isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1));

export function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isWord(text.charCodeAt(at))) at += 1;
  return at;
}

export function hasDigit(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (isDigit(text.charCodeAt(at))) return true;
  return false;
}

const PAIRS_MIN = 9;

/** `34 30 31 32`: bytes in hexadecimal, one by one. */
export function isPairs(text: string, chain: Chain): boolean {
  if (chain.groups < PAIRS_MIN) return false;
  for (let i = 0; i < chain.groups; i += 1) {
    const start = chain.start[i] ?? 0;
    if (chain.lengthOf(i) !== 2 || !isHex(text.charCodeAt(start))) return false;
    if (!isHex(text.charCodeAt(start + 1))) return false;
  }
  return true;
}

const UUID_LENGTHS = [8, 4, 4, 4, 12];

export function isUuid(text: string, chain: Chain): boolean {
  if (chain.groups < UUID_LENGTHS.length) return false;
  for (let i = 0; i < UUID_LENGTHS.length; i += 1) {
    const start = chain.start[i] ?? 0;
    const end = chain.end[i] ?? 0;
    if (end - start !== UUID_LENGTHS[i] || (i > 0 && chain.before[i] !== 0x2d)) return false;
    for (let at = start; at < end; at += 1) if (!isHex(text.charCodeAt(at))) return false;
  }
  return true;
}

const MIXED_GROUPS = 5;

/** `962.831261`, `1993-2007`: a decimal number, and years. */
export function isNumberOrYears(text: string, chain: Chain, from: number, to: number): boolean {
  if (to - from !== 1) return false;
  const between = chain.before[to];
  if (between === POINT) return areDigits(text, chain, from, to);
  if (between !== DASH || !isYear(text, chain, from) || !isYear(text, chain, to)) return false;
  return areDigits(text, chain, from, to);
}

/** 1900 to 2099. */
function isYear(text: string, chain: Chain, group: number): boolean {
  const at = chain.start[group] ?? 0;
  return chain.lengthOf(group) === 4 && (text.startsWith('19', at) || text.startsWith('20', at));
}

/** `11.444.777/0001-61`, `85.07.30-033.28`: as two countries write theirs. */
export function isMixed(text: string, chain: Chain, from: number, to: number): boolean {
  // `DE 136-695.976`: behind the letters of a country whatever stands between.
  const first = chain.start[from] ?? 0;
  if (to - from === 3 && chain.lengthOf(from) === 2 && isCapital(text.charCodeAt(first)))
    return true;
  if (to - from !== MIXED_GROUPS - 1) return false;
  let written = '';
  for (let i = from + 1; i <= to; i += 1) written += String.fromCharCode(chain.before[i] ?? 0);
  return written === '../-' || written === '..-.';
}
