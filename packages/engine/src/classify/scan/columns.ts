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
const SMALL_N = 0x6e;
const BACKSLASH = 0x5c;
const DELIMITERS = ['\t', '|', ';', ','];

export type Heading = {
  readonly groups: GroupSet | undefined;
  /** There is a heading or a key, whatever it says. */
  readonly there: boolean;
};

const NONE: Heading = { groups: undefined, there: false };
const NAMED: Heading = { groups: undefined, there: true };

/** Segments of HL7 version 2 that are about one person. */
const SEGMENT = /^(?:PID|NK1|IN1|GT1)\|/;
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
  #delimiter = '';
  #cells = 0;
  #quote = '';
  /** The words of the cells of the table's first line. */
  #top: readonly GroupSet[] = [];
  #topDelimiter = '';
  #statement = -1;
  #names: readonly GroupSet[] = [];

  begin(page: Page): void {
    this.#page = page;
    this.#at = 0;
    this.#startLine(0);
    this.#topDelimiter = '';
    this.#statement = -1;
  }

  of(start: number): Heading {
    const page = this.#page;
    if (page === undefined) return NONE;
    const key = keyBefore(page.text, start);
    if (key !== undefined) return key === '' || EMPTY_KEY.test(key) ? NONE : NAMED;
    return (page.hasValues ? this.#sql(page, start) : undefined) ?? this.#table(page, start);
  }

  #startLine(at: number): void {
    this.#line = at;
    this.#delimiter = '';
    this.#cells = 0;
    this.#quote = '';
  }

  /** Follows lines and cells up to `start`. */
  #follow(page: Page, start: number): void {
    const { text } = page;
    for (; this.#at < start; this.#at += 1) {
      const code = text.charCodeAt(this.#at);
      if (isLineEnd(text, this.#at, code)) {
        this.#endLine(page);
        this.#startLine(this.#at + 1);
      } else if (this.#delimiter !== '') this.#cell(text[this.#at] ?? '');
      else if (code === 0x2c || code === 0x3b || code === 0x7c || code === 9) {
        this.#delimiter =
          this.#topDelimiter === '' ? strongest(text, this.#line) : this.#topDelimiter;
        this.#cell(text[this.#at] ?? '');
      }
    }
  }

  #cell(one: string): void {
    if (this.#quote !== '') {
      if (one === this.#quote) this.#quote = '';
    } else if (one === '"') this.#quote = one;
    else if (one === this.#delimiter) this.#cells += 1;
  }

  /** A line with delimiters begins a table or goes on with one; another ends it. */
  #endLine(page: Page): void {
    if (this.#delimiter === '' || this.#at - this.#line > LINE_MAX) {
      this.#topDelimiter = '';
      return;
    }
    if (this.#topDelimiter === this.#delimiter) return;
    this.#topDelimiter = this.#delimiter;
    this.#top = cellsOf(page, this.#line, this.#delimiter);
  }

  #table(page: Page, start: number): Heading {
    this.#follow(page, start);
    if (start - this.#line > LINE_MAX) return NONE;
    if (SEGMENT.test(page.text.slice(this.#line, this.#line + 4))) return OF_A_PERSON;
    if (this.#topDelimiter === '' || this.#topDelimiter !== this.#delimiter) return NONE;
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
      this.#names = open < 0 ? [] : cellsOf(page, from, ',');
    }
    const from = Math.max(end, start - ROW_MAX);
    const row = text.slice(from, start).lastIndexOf('(');
    if (row < 0) return undefined;
    const groups = this.#names[commas(text, from + row + 1, start)];
    return groups === undefined ? undefined : { groups, there: true };
  }
}

const isLineEnd = (text: string, at: number, code: number): boolean =>
  code === NEWLINE || (code === SMALL_N && text.charCodeAt(at - 1) === BACKSLASH);

/** The last `VALUES` before `start`, among the words near it. */
function valuesBefore(page: Page, start: number): number {
  const first = hitsFrom(page, start);
  for (let hit = first - 1; hit >= 0 && hit > first - 16; hit -= 1) {
    if (page.wordOf(hit)?.groups.includes(VALUES) === true) return hit;
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

/** The delimiter that says most about the line that begins at `from`. */
function strongest(text: string, from: number): string {
  const line = text.slice(from, from + LINE_MAX).split('\n', 1)[0] ?? '';
  return DELIMITERS.find((one) => line.includes(one)) ?? '';
}

/** The words of each cell of the line or the list that begins at `from`. */
function cellsOf(page: Page, from: number, delimiter: string): readonly GroupSet[] {
  const { text } = page;
  const cells: GroupSet[] = [];
  let start = from;
  for (let at = from; at < text.length && at - from < HEADING_MAX; at += 1) {
    const one = text[at];
    const ends = one === ')' || isLineEnd(text, at, text.charCodeAt(at));
    if (one !== delimiter && !ends) continue;
    cells.push(groupsIn(page, start, at));
    start = at + 1;
    if (ends || cells.length === CELLS_MAX) break;
  }
  return cells;
}

function groupsIn(page: Page, start: number, end: number): GroupSet {
  const groups: number[] = [];
  for (let hit = hitsFrom(page, start); hit < page.hits; hit += 1) {
    if ((page.hitStart[hit] ?? 0) >= end) break;
    groups.push(...(page.wordOf(hit)?.groups ?? []));
  }
  return setOf([...new Set(groups)]);
}

/** The name before `:` or `=` before the value; undefined when none stands there. */
function keyBefore(text: string, start: number): string | undefined {
  let at = start - 1;
  while (at >= 0 && start - at < 6 && isAround(text.charCodeAt(at))) at -= 1;
  const sign = text.charCodeAt(at);
  if (sign !== 0x3a && sign !== 0x3d) return undefined;
  at -= 1;
  while (at >= 0 && start - at < KEY_MAX && isAround(text.charCodeAt(at))) at -= 1;
  const end = at + 1;
  while (at >= 0 && end - at < KEY_MAX && isKeyPart(text.charCodeAt(at))) at -= 1;
  return text.slice(at + 1, end);
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
