// Credentials where they are used: in addresses, in command lines, in cookies, and in sentences.
// All expressions are sticky or run over a window of bounded length.
import type { Finding } from './finding.ts';
import { isPlaceholder, SAYS, STANDS_FOR, TECHNICAL } from './forms.table.ts';
import { entropy, factsOf } from './strength.ts';
import { isDigit } from './text.ts';

/** How far the rest of a command or a header is looked at, how far a sentence. */
const LINE_MAX = 400;
const SENTENCE_MAX = 64;
const SPOKEN_MAX = 64;
const SPOKEN_MIN = 6;
const SENTENCE_STEP = 24;
const COOKIE_MIN = 16;
/** Letters and digits alone are a password where they are many. */
const RANDOM_MIN = 14;

type Span = { readonly start: number; readonly end: number };

function add(found: Finding[], start: number, end: number, confidence: number): void {
  found.push({ start, end, type: 'secret', kind: 'secret', confidence });
}

const standsForOne = (value: string): boolean => isPlaceholder(value) || STANDS_FOR.test(value);

const IN_URL = /([^\s:@/"'<>]{0,64}):([^\s@/"'<>]{3,128})@[A-Za-z0-9[]/y;

/** `name:password@host`, from behind `://` on. */
export function byUrl(text: string, end: number, found: Finding[]): void {
  IN_URL.lastIndex = end;
  const match = IN_URL.exec(text);
  const value = match?.[2];
  if (value === undefined || standsForOne(value) || value === match?.[1]) return;
  if (/^(?:pass(?:word)?|pw|secret)/i.test(value) || /^(?:\d{1,5}$|\$|.*\$\{)/.test(value)) return;
  // Surer than the address of mail that a password and a host look like.
  add(found, end, IN_URL.lastIndex - 2, 0.97);
}

const PASSWORD_FLAG = /\s-p(["']?)([^\s"']{4,64})/;
const AFTER_FLAG = /\s-p\s?(["']?)([^\s"']{4,64})/;
const USER_FLAG = /\s(?:-u|--user|--proxy-user)[= ](["']?)[^\s:"']{1,64}:([^\s"']{4,64})/;
const REDIS_FLAG = /\s-a\s(["']?)([^\s"']{4,64})/;

const flagOf = (command: string): RegExp => {
  if (command.startsWith('my') || command.startsWith('ma')) return PASSWORD_FLAG;
  if (command.startsWith('ss')) return AFTER_FLAG;
  return command.startsWith('re') ? REDIS_FLAG : USER_FLAG;
};

/** @returns how far the line has been looked at. */
export function byCommand(text: string, { start, end }: Span, found: Finding[]): number {
  const line = lineFrom(text, end);
  const match = flagOf(text.slice(start, end).toLowerCase()).exec(line);
  const value = match?.[2];
  if (match === null || value === undefined || standsForOne(value)) return end + line.length;
  const at = end + match.index + match[0].length - value.length;
  add(found, at, at + value.length, 0.85);
  return at + value.length;
}

const COOKIE_BEGIN = /\\?["'`]?\s?[:=,]\s?\\?["'`]?/y;
const SESSION = /sess|sid$|auth|token|jwt|login|remember/i;

/** The cookies of a header whose name says that they are a session. */
export function byCookie(text: string, end: number, found: Finding[]): number {
  COOKIE_BEGIN.lastIndex = end;
  if (!COOKIE_BEGIN.test(text)) return end;
  const begun = COOKIE_BEGIN.lastIndex;
  const line = lineFrom(text, begun);
  let at = begun;
  for (const pair of line.split(';')) {
    const equals = pair.indexOf('=');
    const value = /^[^\s"'`,\\]*/.exec(pair.slice(equals + 1))?.[0] ?? '';
    const start = at + equals + 1;
    at += pair.length + 1;
    if (equals < 1 || !SESSION.test(pair.slice(0, equals).trim())) continue;
    if (value.length < COOKIE_MIN || standsForOne(value)) continue;
    const { digits, letters, words } = factsOf(value);
    if (words || digits === 0 || letters === 0 || entropy(value) < 3) continue;
    add(found, start, start + value.length, 0.85);
  }
  return begun + line.length;
}

function lineFrom(text: string, from: number): string {
  const window = text.slice(from, from + LINE_MAX);
  const end = window.indexOf('\n');
  return end < 0 ? window : window.slice(0, end);
}

/** Asks, from left to right, whether a digit follows soon: without one there is no password. */
export class Sentences {
  readonly #text: string;
  #digit = -1;
  /** Where the sentence was asked for last, and where it ends. */
  #asked = -SENTENCE_STEP;
  #end = -1;

  constructor(text: string) {
    this.#text = text;
  }

  isNear(from: number): boolean {
    if (this.#digit < from) {
      let at = from;
      while (at < this.#text.length && !isDigit(this.#text.charCodeAt(at))) at += 1;
      this.#digit = at;
    }
    return this.#digit - from < SENTENCE_MAX + SPOKEN_MAX && this.#digit < this.#text.length;
  }

  /** A password that is said behind `end`; words that stand close are asked for as one. */
  read(end: number, found: Finding[]): void {
    if (end <= this.#end && end - this.#asked < SENTENCE_STEP) return;
    this.#asked = end;
    this.#end = bySentence(this.#text, end, found);
  }
}

/** `to`, `on` and nothing at all say less: the value has to look the part. */
const SAYS_LITTLE = /^[\p{L}]{0,8}\s(?:(?:to|on|til)\s)?/u;
/** Up to the quote that ends the message it stands in. */
const VALUE = /^["'“”„«‘’`]?([!#-&(-;=?-~]{6,64})/;
/** `Milano_2023x`: of words with underscores the one that is no name in a program. */
const NAME_AND_YEAR = /^[A-Z][a-z]{2,}_\d{2,}[a-z!?]{0,2}$/;
const CODE = /[(){}[\]<>=`\\/_]|^[$%@#]/;

/**
 * A password that a sentence says; `end` is where the word for it ends.
 *
 * @returns where the sentence ends, or as much of it as is looked at.
 */
function bySentence(text: string, end: number, found: Finding[]): number {
  const said = text.slice(end, end + SENTENCE_MAX + SPOKEN_MAX);
  const before = said.slice(0, SENTENCE_MAX).split(/[\n\r;]|[.!?]\s/, 1)[0] ?? '';
  const plain = SAYS.exec(before);
  // A verb may stand behind the value: `पासवर्ड Garmi@2024 है`.
  if (plain === null || !addSpoken(said, end, plain, false, found)) {
    const little = SAYS_LITTLE.exec(before);
    if (little !== null) addSpoken(said, end, little, true, found);
  }
  return end + before.length;
}

function addSpoken(
  said: string,
  origin: number,
  verb: RegExpExecArray,
  little: boolean,
  found: Finding[],
): boolean {
  const at = verb.index + verb[0].length;
  const match = VALUE.exec(said.slice(at));
  const value = match?.[1]?.replace(/["'`.,:;?]+$/, '') ?? '';
  if (match === null || !isSpoken(value, little)) return false;
  const start = origin + at + match[0].length - (match[1]?.length ?? 0);
  add(found, start, start + value.length, 0.75);
  return true;
}

function isSpoken(value: string, little: boolean): boolean {
  if (value.length < SPOKEN_MIN || standsForOne(value)) return false;
  if (TECHNICAL.test(value)) return false;
  if (!little && NAME_AND_YEAR.test(value)) return true;
  if (CODE.test(value)) return false;
  const { digits, letters, marks, capitals, mixed, words } = factsOf(value);
  if (digits === 0 || letters === 0 || words) return false;
  if (little) {
    if (marks === 0) return value.length >= RANDOM_MIN && digits >= 3 && entropy(value) >= 3.2;
    return mixed && !/^[A-Za-z]+-\d+$/.test(value);
  }
  return capitals < 2 || mixed || marks > 0;
}
