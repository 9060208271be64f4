// What a table says of a cell: the heading of its column in CSV, Markdown, SQL and HL7, or its key.
// Values are asked for from left to right, so lines and commas are counted once.
import { type GroupSet, groupSet, hitsFrom, setOf } from './evidence.ts';
import { EMPTY_KEY } from './forms.table.ts';
import type { Page } from './page.ts';
import { isWord } from './text.ts';
import { groupNumber } from './words.ts';

/** How far a line is looked back over; in a longer one there are no columns for us. */
const LINE_MAX = 1_024;
/** The same for the values of a statement. */
const ROW_MAX = 400;
const HEADING_MAX = 1_024;
const CELLS_MAX = 64;
const KEY_MAX = 48;

const VALUES = groupNumber('values');
const NEWLINE = 0x0a;
/** HL7 ends its lines with it alone. */
const RETURN = 0x0d;
const TAB = 0x09;
const BAR = 0x7c;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const QUOTE = 0x22;
const CLOSE = 0x29;
const SMALL_N = 0x6e;
const BACKSLASH = 0x5c;
/** No delimiter, no open quote. */
const NONE_YET = 0;

/** Characters that can end a line or a cell: the others are passed over. */
const TELLS = new Uint8Array(128);
for (const code of [NEWLINE, RETURN, TAB, BAR, SEMICOLON, COMMA, QUOTE, BACKSLASH]) TELLS[code] = 1;

export type Heading = {
  readonly groups: GroupSet | undefined;
  /** There is a heading or a key, whatever it says; `keyed` is for `isNamed` to say. */
  readonly there: boolean | 'keyed';
};

const NONE: Heading = { groups: undefined, there: false };
const KEYED: Heading = { groups: undefined, there: 'keyed' };

/** Segments of HL7 version 2 that are about one person. */
const SEGMENT = /^(?:PID|NK1|IN1|GT1)$/;
const SEGMENT_LENGTH = 3;
const OF_A_PERSON: Heading = {
  groups: groupSet(['birth', 'mrn', 'nid', 'ssn', 'nhs', 'phone', 'insurance']),
  there: true,
};

export class Columns {
  #page: Page | undefined;
  /** Everything before has been looked at; the line it lies in, and whether that is near. */
  #at = 0;
  #line = 0;
  /** What separates the cells of this line, and how many stand before `#at`. */
  #delimiter = NONE_YET;
  #cells = 0;
  #isQuoted = false;
  /** The words of the cells of the table's first line, found when a cell asks. */
  #top: readonly GroupSet[] | undefined;
  #topLine = 0;
  #topDelimiter = NONE_YET;
  #statement = -1;
  #names: readonly GroupSet[] = [];
  /** The key before the value that was asked about last. */
  #keyStart = 0;
  #keyEnd = 0;

  begin(page: Page): void {
    this.#page = page;
    this.#at = 0;
    this.#startLine(0);
    this.#topDelimiter = NONE_YET;
    this.#statement = -1;
  }

  of(start: number): Heading {
    const page = this.#page;
    if (page === undefined) return NONE;
    if (this.#findKey(page.text, start)) return KEYED;
    return (page.hasValues ? this.#sql(page, start) : undefined) ?? this.#table(page, start);
  }

  /** The key before the value says more than that there is a value. */
  get isNamed(): boolean {
    if (this.#page === undefined || this.#keyStart === this.#keyEnd) return false;
    return !EMPTY_KEY.test(this.#page.text.slice(this.#keyStart, this.#keyEnd));
  }

  /** The name before `:` or `=` before the value, which may be empty; false without a sign. */
  #findKey(text: string, start: number): boolean {
    let at = start - 1;
    while (at >= 0 && start - at < 6 && isAround(text.charCodeAt(at))) at -= 1;
    if (at < 0) return false;
    const sign = text.charCodeAt(at);
    if (sign !== 0x3a && sign !== 0x3d) return false;
    at -= 1;
    while (at >= 0 && start - at < KEY_MAX && isAround(text.charCodeAt(at))) at -= 1;
    const end = at + 1;
    while (at >= 0 && end - at < KEY_MAX && isKeyPart(text.charCodeAt(at))) at -= 1;
    this.#keyStart = at + 1;
    this.#keyEnd = end;
    return true;
  }

  #startLine(at: number): void {
    this.#line = at;
    this.#delimiter = NONE_YET;
    this.#cells = 0;
    this.#isQuoted = false;
  }

  /** Follows lines and cells up to `start`. */
  #follow(page: Page, start: number): void {
    const { text } = page;
    let at = this.#at;
    while (at < start) {
      const code = text.charCodeAt(at);
      at += 1;
      if (code > 127 || TELLS[code] === 0) continue;
      if (code === BACKSLASH) {
        // `\n` in two characters ends a line too, once both have been reached.
        if (at === start) {
          at -= 1;
          break;
        }
        if (text.charCodeAt(at) !== SMALL_N) continue;
        at += 1;
      } else if (code === RETURN) {
        if (text.charCodeAt(at) === NEWLINE) continue;
      } else if (code !== NEWLINE) {
        this.#mark(text, code);
        continue;
      }
      this.#endLine(at - 1);
      this.#startLine(at);
    }
    if (at > this.#at) this.#at = at;
  }

  /** A delimiter or a quote; the first delimiter of a line says which one it has. */
  #mark(text: string, code: number): void {
    if (this.#delimiter === NONE_YET) {
      if (code === QUOTE) return;
      this.#delimiter =
        this.#topDelimiter === NONE_YET ? strongest(text, this.#line) : this.#topDelimiter;
    }
    if (this.#isQuoted) this.#isQuoted = code !== QUOTE;
    else if (code === QUOTE) this.#isQuoted = true;
    else if (code === this.#delimiter) this.#cells += 1;
  }

  /** A line with delimiters begins a table or goes on with one; another ends it. */
  #endLine(at: number): void {
    if (this.#delimiter === NONE_YET || at - this.#line > LINE_MAX) {
      this.#topDelimiter = NONE_YET;
      return;
    }
    if (this.#topDelimiter === this.#delimiter) return;
    this.#topDelimiter = this.#delimiter;
    this.#topLine = textStart(this.#page?.text ?? '', this.#line, at);
    this.#top = undefined;
  }

  #table(page: Page, start: number): Heading {
    this.#follow(page, start);
    if (start - this.#line > LINE_MAX) return NONE;
    if (isSegment(page.text, this.#line)) return OF_A_PERSON;
    if (this.#topDelimiter === NONE_YET || this.#topDelimiter !== this.#delimiter) return NONE;
    this.#top ??= cellsOf(page, this.#topLine, this.#topDelimiter);
    const groups = this.#top[this.#cells];
    return groups === undefined ? NONE : { groups, there: true };
  }

  /** `(id, mail) VALUES (1, 'a@b.example')`. */
  #sql(page: Page, start: number): Heading | undefined {
    const { text } = page;
    const hit = valuesBefore(page, start);
    if (hit < 0) return undefined;
    const end = page.hitEnd[hit] ?? 0;
    if (this.#statement !== hit) {
      this.#statement = hit;
      const close = text.lastIndexOf(')', end);
      const open =
        end - close > 16
          ? -1
          : text.slice(Math.max(0, close - HEADING_MAX), close).lastIndexOf('(');
      const from = Math.max(0, close - HEADING_MAX) + open + 1;
      this.#names = open < 0 ? [] : cellsOf(page, from, COMMA);
    }
    const from = Math.max(end, start - ROW_MAX);
    const row = text.slice(from, start).lastIndexOf('(');
    if (row < 0) return undefined;
    const groups = this.#names[commas(text, from + row + 1, start)];
    return groups === undefined ? undefined : { groups, there: true };
  }
}

/** A table may begin in the middle of a line, where a text in JSON begins. */
function textStart(text: string, from: number, to: number): number {
  const line = text.slice(from, to);
  for (let at = line.lastIndexOf('":'); at >= 0; at = line.lastIndexOf('":', at - 1)) {
    const quote = line[at + 2] === ' ' ? at + 3 : at + 2;
    if (line[quote] === '"') return from + quote + 1;
    if (at === 0) break;
  }
  return from;
}

const isEscape = (text: string, at: number): boolean =>
  at > 0 && text.charCodeAt(at - 1) === BACKSLASH;

const isLineEnd = (text: string, at: number, code: number): boolean =>
  code === NEWLINE || code === RETURN || (code === SMALL_N && isEscape(text, at));

const isSegment = (text: string, line: number): boolean =>
  text.charCodeAt(line + SEGMENT_LENGTH) === BAR &&
  SEGMENT.test(text.slice(line, line + SEGMENT_LENGTH));

/** The last `VALUES` before `start`, among the words near it. */
function valuesBefore(page: Page, start: number): number {
  const first = hitsFrom(page, start);
  for (let hit = first - 1; hit >= 0 && hit > first - 16; hit -= 1) {
    if (page.groupsOf(hit).includes(VALUES)) return hit;
  }
  return -1;
}

function commas(text: string, from: number, to: number): number {
  let found = 0;
  let quote = '';
  for (let at = from; at < to; at += 1) {
    const one = text[at] ?? '';
    if (quote !== '') {
      if (one === quote) quote = '';
    } else if (one === '"' || one === "'") quote = one;
    else if (one === ',') found += 1;
  }
  return found;
}

/** Of tab, bar, semicolon and comma the first that the line from `from` on has, or none. */
function strongest(text: string, from: number): number {
  const to = Math.min(text.length, from + LINE_MAX);
  let best = NONE_YET;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) break;
    if (code === TAB) return TAB;
    if (code === BAR) best = BAR;
    else if (code === SEMICOLON && best !== BAR) best = SEMICOLON;
    else if (code === COMMA && best === NONE_YET) best = COMMA;
  }
  return best;
}

/** The words of each cell of the line or the list that begins at `from`. */
function cellsOf(page: Page, from: number, delimiter: number): readonly GroupSet[] {
  const { text } = page;
  const cells: GroupSet[] = [];
  let start = from;
  for (let at = from; at < text.length && at - from < HEADING_MAX; at += 1) {
    const code = text.charCodeAt(at);
    const ends = code === CLOSE || isLineEnd(text, at, code);
    if (code !== delimiter && !ends) continue;
    cells.push(groupsIn(page, start, at));
    start = at + 1;
    if (ends || cells.length === CELLS_MAX) break;
  }
  return cells;
}

const NO_WORDS: GroupSet = setOf([]);

function groupsIn(page: Page, start: number, end: number): GroupSet {
  const first = hitsFrom(page, start);
  let past = first;
  while (past < page.hits && (page.hitStart[past] ?? 0) < end) past += 1;
  if (past === first) return NO_WORDS;
  const groups: number[] = [];
  for (let hit = first; hit < past; hit += 1) groups.push(...page.groupsOf(hit));
  return setOf(groups);
}

/** Blank, quotes, backslash, plus, bracket: what stands between a key and its value. */
const isAround = (code: number): boolean =>
  code === 0x20 ||
  code === 0x22 ||
  code === 0x27 ||
  code === BACKSLASH ||
  code === 0x60 ||
  code === 0x2b ||
  code === 0x28;

const isKeyPart = (code: number): boolean => isWord(code) || code === 0x5f || code === 0x2d;
