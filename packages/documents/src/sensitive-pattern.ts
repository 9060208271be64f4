/**
 * A tenant's own patterns of sensitive values. They are a small part of regular expressions, chosen
 * so that a text can be read in one way only: time grows with the text whatever the pattern says.
 * Literals, `\d`, `\w`, classes such as `[A-Z0-9-]`, and after each `?`, `{n}` or `{m,n}`. What may
 * repeat must not be followed by something that could be the same character.
 */

export interface PatternItem {
  /** 1 for every ASCII character that may stand here. */
  readonly set: Uint8Array;
  readonly min: number;
  readonly max: number;
}

export type PatternReading =
  | { readonly ok: true; readonly items: readonly PatternItem[] }
  | { readonly ok: false; readonly why: string; readonly at: number };

const ITEMS_MAX = 64;
const REPEAT_MAX = 64;
const LENGTH_MIN = 4;
const ASCII = 128;
/** Signs that mean something in other expressions, and nothing here unless a `\` precedes them. */
const RESERVED = '.*+()|^$';

export function readSensitivePattern(pattern: string): PatternReading {
  const items: PatternItem[] = [];
  let at = 0;
  while (at < pattern.length) {
    const begun = at;
    const one = setAt(pattern, at);
    if (typeof one === 'string') return { ok: false, why: one, at };
    const times = timesAt(pattern, one.end);
    if (typeof times === 'string') return { ok: false, why: times, at: one.end };
    const before = items.at(-1);
    if (before !== undefined && before.min < before.max && overlap(before.set, one.set)) {
      const why = 'what may repeat is followed by what could be the same character';
      return { ok: false, why, at: begun };
    }
    items.push({ set: one.set, min: times.min, max: times.max });
    if (items.length > ITEMS_MAX) return { ok: false, why: 'it has too many parts', at };
    at = times.end;
  }
  const least = items.reduce((sum, { min }) => sum + min, 0);
  if (least < LENGTH_MIN) {
    return { ok: false, why: `it must match at least ${LENGTH_MIN} characters`, at: 0 };
  }
  // Something optional may leave out all that stands between two neighbours of its neighbours.
  for (let i = 0; i + 2 < items.length; i += 1) {
    if (!isPlain(items, i)) {
      return { ok: false, why: 'two optional parts stand side by side', at: 0 };
    }
  }
  return { ok: true, items };
}

/** Two neighbours that may both vary could share what they match with what follows. */
const isPlain = (items: readonly PatternItem[], at: number): boolean => {
  const [one, next] = [items[at], items[at + 1]];
  return !(one !== undefined && next !== undefined && one.min < one.max && next.min === 0);
};

type SetRead = { readonly set: Uint8Array; readonly end: number };

function setAt(pattern: string, at: number): SetRead | string {
  const mark = pattern[at] ?? '';
  if (mark === '[') return classAt(pattern, at + 1);
  if (mark === '\\') return escapeAt(pattern, at + 1);
  if (RESERVED.includes(mark) || '?{}]'.includes(mark)) {
    return `\`${mark}\` means nothing here; write \`\\${mark}\` for the character`;
  }
  const code = mark.charCodeAt(0);
  return code < ASCII ? { set: setOf([[code, code]]), end: at + 1 } : 'only ASCII can be matched';
}

const DIGITS: readonly [number, number] = [48, 57];
const WORD: readonly (readonly [number, number])[] = [DIGITS, [65, 90], [97, 122], [95, 95]];

function escapeAt(pattern: string, at: number): SetRead | string {
  const mark = pattern[at];
  if (mark === 'd') return { set: setOf([DIGITS]), end: at + 1 };
  if (mark === 'w') return { set: setOf(WORD), end: at + 1 };
  if (mark === undefined || /[A-Za-z0-9]/.test(mark)) return 'only `\\d` and `\\w` are known';
  const code = mark.charCodeAt(0);
  return { set: setOf([[code, code]]), end: at + 1 };
}

function classAt(pattern: string, from: number): SetRead | string {
  const close = pattern.indexOf(']', from);
  const inner = pattern.slice(from, close);
  if (close < 0 || inner === '') return 'a class needs characters and a `]`';
  if (!/^[A-Za-z0-9 _./:#-]+$/.test(inner)) return 'a class holds letters, digits and ` _./:#-`';
  const ranges: [number, number][] = [];
  for (let at = 0; at < inner.length; at += 1) {
    const first = inner.charCodeAt(at);
    if (inner[at + 1] === '-' && at + 2 < inner.length) {
      const last = inner.charCodeAt(at + 2);
      if (last < first) return 'a range of a class runs backwards';
      ranges.push([first, last]);
      at += 2;
    } else ranges.push([first, first]);
  }
  return { set: setOf(ranges), end: close + 1 };
}

function setOf(ranges: readonly (readonly [number, number])[]): Uint8Array {
  const set = new Uint8Array(ASCII);
  for (const [first, last] of ranges) set.fill(1, first, last + 1);
  return set;
}

type Times = { readonly min: number; readonly max: number; readonly end: number };

function timesAt(pattern: string, at: number): Times | string {
  if (pattern[at] === '?') return { min: 0, max: 1, end: at + 1 };
  if (pattern[at] !== '{') return { min: 1, max: 1, end: at };
  const said = /^\{(\d{1,2})(?:,(\d{1,2}))?\}/.exec(pattern.slice(at, at + 8));
  if (said === null) return 'a repetition is `{n}` or `{m,n}`';
  const min = Number(said[1]);
  const max = Number(said[2] ?? said[1]);
  if (max < min || max > REPEAT_MAX || max === 0) {
    return `a repetition goes from the smaller to the larger, at most ${REPEAT_MAX}`;
  }
  return { min, max, end: at + said[0].length };
}

function overlap(one: Uint8Array, other: Uint8Array): boolean {
  for (let code = 0; code < ASCII; code += 1) if (one[code] === 1 && other[code] === 1) return true;
  return false;
}

/** The end of the match that begins at `start`, or -1. Reads each character once. */
export function matchSensitive(items: readonly PatternItem[], text: string, start: number): number {
  let at = start;
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i] as PatternItem; // within: i is
    let times = 0;
    while (times < item.max && item.set[text.charCodeAt(at)] === 1) {
      at += 1;
      times += 1;
    }
    if (times < item.min) return -1;
  }
  return at;
}

/** Two ways to write one value are one value: case, blanks and separators do not count. */
export const plainValue = (value: string): string => value.toLowerCase().replace(/[\s().-]/g, '');
