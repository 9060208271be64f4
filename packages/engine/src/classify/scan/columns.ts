// What a table says of a cell: the heading of its column in CSV, Markdown and SQL, or its key.
import { type GroupSet, groupSet, hitsFrom } from './evidence.ts';
import { EMPTY_KEY } from './forms.table.ts';
import type { Page } from './page.ts';
import { isWord } from './text.ts';
import { GROUPS, groupNumber } from './words.ts';

/** How far a line or a statement is looked back over; a longer one has no headings for us. */
const LINE_MAX = 1_024;
/** Lines between a row and its heading, in characters. */
const TABLE_MAX = 4_096;
const HEADING_MAX = 1_024;
const KEY_MAX = 48;

const VALUES = groupNumber('values');
const NEWLINE = 0x0a;

export type Heading = {
  readonly groups: GroupSet | undefined;
  /** There is a heading or a key, whatever it says. */
  readonly there: boolean;
};

const NONE: Heading = { groups: undefined, there: false };

/** Remembers the table it last looked at: rows come one after the other. */
export class Columns {
  #page: Page | undefined;
  #lineStart = -1;
  #heading = -1;

  of(page: Page, start: number): Heading {
    if (page !== this.#page) {
      this.#page = page;
      this.#lineStart = -1;
    }
    const key = keyBefore(page.text, start);
    if (key !== undefined) {
      return { groups: undefined, there: key !== '' && !EMPTY_KEY.test(key) };
    }
    return this.#sql(page, start) ?? this.#table(page, start);
  }

  /** Each page of text is another one, though the object is the same. */
  forget(): void {
    this.#page = undefined;
    this.#lineStart = -1;
  }

  #table(page: Page, start: number): Heading {
    const { text } = page;
    const line = lineStart(text, start, LINE_MAX);
    if (line <= 0) return NONE;
    const delimiter = delimiterOf(text, line, start);
    if (delimiter === '') return NONE;
    const heading = this.#headingOf(text, line, delimiter);
    if (heading < 0) return NONE;
    const cell = cellAt(text, heading, count(text, line, start, delimiter), delimiter);
    return cell === undefined
      ? NONE
      : { groups: groupsIn(page, cell.start, cell.end), there: true };
  }

  /** The first line of the block of lines that have the delimiter. */
  #headingOf(text: string, line: number, delimiter: string): number {
    let at = line;
    let top = -1;
    while (at > 0 && line - at < TABLE_MAX) {
      if (at === this.#lineStart) {
        top = this.#heading;
        break;
      }
      const before = lineStart(text, at - 1, LINE_MAX);
      if (before < 0 || !text.slice(before, at).includes(delimiter)) break;
      top = before;
      at = before;
    }
    this.#lineStart = line;
    this.#heading = top;
    return top;
  }

  /** `(id, mail) VALUES (1, 'a@b.example')`. */
  #sql(page: Page, start: number): Heading | undefined {
    const { text } = page;
    const first = hitsFrom(page, start);
    for (let hit = first - 1; hit >= 0 && hit > first - 24; hit -= 1) {
      const end = page.hitEnd[hit] ?? 0;
      if (start - end > LINE_MAX) return undefined;
      if (page.wordOf(hit)?.groups.includes(VALUES) !== true) continue;
      const close = text.lastIndexOf(')', page.hitStart[hit]);
      const open = text.lastIndexOf('(', close);
      const row = text.lastIndexOf('(', start);
      if (close < 0 || open < 0 || close - open > HEADING_MAX || row < end) return undefined;
      const cell = cellAt(text, open + 1, count(text, row + 1, start, ','), ',');
      if (cell === undefined) return undefined;
      return { groups: groupsIn(page, cell.start, cell.end), there: true };
    }
    return undefined;
  }
}

/** The name before `:` or `=` before the value; undefined when none stands there. */
function keyBefore(text: string, start: number): string | undefined {
  let at = start - 1;
  while (at >= 0 && start - at < 6 && ' "\'\\`+('.includes(text[at] ?? '')) at -= 1;
  const sign = text[at];
  if (sign !== ':' && sign !== '=') return undefined;
  at -= 1;
  while (at >= 0 && ' "\'\\`'.includes(text[at] ?? '~')) at -= 1;
  const end = at + 1;
  while (at >= 0 && end - at < KEY_MAX && isKeyPart(text.charCodeAt(at))) at -= 1;
  return text.slice(at + 1, end);
}

const isKeyPart = (code: number): boolean => isWord(code) || code === 0x5f || code === 0x2d;

/** Start of the line that holds `at`; -1 when it begins too far before. */
function lineStart(text: string, at: number, most: number): number {
  for (let i = at - 1; i >= 0 && at - i <= most; i -= 1) {
    if (text.charCodeAt(i) === NEWLINE) return i + 1;
    if (text[i] === 'n' && text[i - 1] === '\\') return i + 1; // a newline inside JSON
  }
  return at <= most ? 0 : -1;
}

function delimiterOf(text: string, line: number, start: number): string {
  const before = text.slice(line, start);
  for (const one of ['\t', '|', ';', ',']) if (before.includes(one)) return one;
  return '';
}

function count(text: string, from: number, to: number, delimiter: string): number {
  let found = 0;
  let quote = '';
  for (let i = from; i < to; i += 1) {
    const one = text[i] ?? '';
    if (quote !== '') {
      if (one === quote) quote = '';
    } else if (one === '"' || (one === "'" && delimiter === ',')) quote = one;
    else if (one === delimiter) found += 1;
  }
  return found;
}

function cellAt(
  text: string,
  from: number,
  index: number,
  delimiter: string,
): { start: number; end: number } | undefined {
  let start = from;
  let found = 0;
  for (let i = from; i < text.length && i - from < HEADING_MAX; i += 1) {
    const one = text[i];
    const ends = one === '\n' || one === ')' || (one === '\\' && text[i + 1] === 'n');
    if (one !== delimiter && !ends) continue;
    if (found === index) return { start, end: i };
    if (ends) return undefined;
    found += 1;
    start = i + 1;
  }
  return undefined;
}

function groupsIn(page: Page, start: number, end: number): GroupSet {
  const set = groupSet([]);
  for (let hit = hitsFrom(page, start); hit < page.hits; hit += 1) {
    if ((page.hitStart[hit] ?? 0) >= end) break;
    for (const group of page.wordOf(hit)?.groups ?? []) {
      if (group < GROUPS.length) set[group] = 1;
    }
  }
  return set;
}
