// Where one text of a message ends and the next begins: `"},{"type":"text","text":"`. Whoever reads
// the message joins its texts, so a value may be cut there. Around such seams the texts are joined
// as they will be read; the rest of them has been read already.
import type { Undone } from './disguise.ts';
import { isDigit, isWord } from './text.ts';

/** What is read on either side of a seam: the longest value, and the words beside it. */
const AROUND = 96;
/** How near to a seam a value that goes over it has a digit or an at-sign. */
const NEAR = 40;
const AT_SIGN = 0x40;
const BLANKS_MAX = 32;
const WORD_MAX = 24;
const NESTED_MAX = 96;
/** `type`, `cache_control` and `annotations` may stand behind a text. */
const FIELDS_MAX = 3;
const TEXT = '"text"';

/** Places of closing quotes, and of what stands behind the next opening one. */
export type Seams = { readonly from: readonly number[]; readonly to: readonly number[] };

/** The seams of a text in order that a value may go over, or undefined. */
export function seamsIn(text: string): Seams | undefined {
  const from: number[] = [];
  const to: number[] = [];
  for (let at = text.indexOf(TEXT); at >= 0; at = text.indexOf(TEXT, at + TEXT.length)) {
    const closes = closesAt(text, at);
    const opens = closes < 0 ? -1 : opensAt(text, at + TEXT.length);
    if (opens < 0) continue;
    if (!holdsAnchor(text, closes - NEAR, closes) && !holdsAnchor(text, opens, opens + NEAR)) {
      continue;
    }
    from.push(closes);
    to.push(opens);
  }
  return from.length === 0 ? undefined : { from, to };
}

/** A digit or an at-sign: what no value is without. */
function holdsAnchor(text: string, start: number, end: number): boolean {
  for (let at = Math.max(0, start); at < end && at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code) || code === AT_SIGN) return true;
  }
  return false;
}

/** What stands around the seams, without them; a line ends between two that lie apart. */
export function joinedAt(text: string, { from, to }: Seams): Undone {
  let joined = '';
  const origins = new Int32Array(text.length + 1);
  const take = (start: number, end: number): void => {
    const begun = joined.length;
    joined += text.slice(start, end);
    for (let at = start; at < end; at += 1) origins[begun + at - start] = at;
  };
  let past = 0;
  from.forEach((closes, seam) => {
    if (closes - AROUND > past) {
      origins[joined.length] = past;
      joined += '\n';
      past = closes - AROUND;
    }
    take(past, closes);
    const opens = to[seam] ?? closes;
    past = Math.min(from[seam + 1] ?? text.length, opens + AROUND);
    take(opens, past);
  });
  return { text: joined, from: origins };
}

/** Behind the key `"text"`: where its string begins, or -1. */
function opensAt(text: string, from: number): number {
  const colon = blanksEnd(text, from);
  if (text[colon] !== ':') return -1;
  const quote = blanksEnd(text, colon + 1);
  return text[quote] === '"' ? quote + 1 : -1;
}

/** The closing quote of the text that stands in the object before that of the key, or -1. */
function closesAt(text: string, key: number): number {
  let at = blanksBefore(text, key);
  if (text[at - 1] === ',') at = fieldBefore(text, at - 1);
  if (text[at - 1] !== '{') return -1;
  at = blanksBefore(text, at - 1);
  if (text[at - 1] !== ',') return -1;
  at = blanksBefore(text, at - 1);
  if (text[at - 1] !== '}') return -1;
  at = blanksBefore(text, at - 1);
  for (let fields = 0; fields < FIELDS_MAX; fields += 1) {
    const before = fieldBefore(text, at);
    if (before < 0 || text[before - 1] !== ',' || isText(text, before, at)) break;
    at = blanksBefore(text, before - 1);
  }
  return text[at - 1] === '"' ? at - 1 : -1;
}

/** The field between `from` and `to` is the text itself, and not what stands behind it. */
const isText = (text: string, from: number, to: number): boolean =>
  text.slice(from, to).trimStart().startsWith(TEXT);

/** Where a short field that ends at `end` begins, and the blanks before it; or -1. */
function fieldBefore(text: string, end: number): number {
  let at = blanksBefore(text, end);
  const close = text[at - 1];
  if (close === '"') at = quotedBefore(text, at);
  else if (close === '}' || close === ']') at = nestedBefore(text, at);
  else return -1;
  if (at < 0) return -1;
  at = blanksBefore(text, at);
  if (text[at - 1] !== ':') return -1;
  at = quotedBefore(text, blanksBefore(text, at - 1));
  return at < 0 ? -1 : blanksBefore(text, at);
}

/** The opening quote of a word in quotes that ends at `end`, or -1. */
function quotedBefore(text: string, end: number): number {
  if (text[end - 1] !== '"') return -1;
  let at = end - 1;
  while (end - at < WORD_MAX && (isWord(text.charCodeAt(at - 1)) || text[at - 1] === '_')) at -= 1;
  return text[at - 1] === '"' ? at - 1 : -1;
}

/** The bracket that opens what closes at `end`, with none inside, or -1. */
function nestedBefore(text: string, end: number): number {
  const open = text[end - 1] === '}' ? '{' : '[';
  for (let at = end - 2; at >= 0 && end - at < NESTED_MAX; at -= 1) {
    if (text[at] === open) return at;
    if (text[at] === '}' || text[at] === ']') return -1;
  }
  return -1;
}

const isBlank = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function blanksEnd(text: string, from: number): number {
  let at = from;
  while (at - from < BLANKS_MAX && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the blanks before `end` begin. */
function blanksBefore(text: string, end: number): number {
  let at = end;
  while (end - at < BLANKS_MAX && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}
