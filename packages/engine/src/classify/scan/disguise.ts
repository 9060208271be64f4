// What hides a value from a reader of characters but not from a reader: zero-width characters,
// full-width and other digits, look-alike letters, escapes, `[at]` and `[dot]`, letters set apart,
// base64 and hexadecimal. A disguise is undone only around an anchor, in a window of bounded
// length, and every character of the plain text knows where it came from.

import { isDigit, isHex, isLetter, isWord, READS_AS } from './text.ts';

export type Undone = {
  readonly text: string;
  /** For each character of `text`, and one past it: the offset in the text it came from. */
  readonly from: Int32Array;
};

const PIECE = 1_024;

class Writer {
  readonly #codes: number[] = [];
  readonly #from: number[] = [];

  add(code: number, from: number): void {
    this.#codes.push(code);
    this.#from.push(from);
  }

  done(end: number): Undone {
    this.#from.push(end);
    let text = '';
    for (let at = 0; at < this.#codes.length; at += PIECE) {
      text += String.fromCharCode(...this.#codes.slice(at, at + PIECE));
    }
    return { text, from: Int32Array.from(this.#from) };
  }
}

/** Characters that read as others, and escapes, in `[start, end)` of the text. */
export function readable(text: string, start: number, end: number): Undone {
  const writer = new Writer();
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    const escaped =
      code === 0x25 || code === 0x26 || code === 0x5c ? escapeAt(text, at) : undefined;
    if (escaped !== undefined) {
      writer.add(escaped.code, at);
      at = escaped.end;
      continue;
    }
    const as = READS_AS[code] ?? code;
    if (as !== 0) writer.add(as, at);
    at += 1;
  }
  return writer.done(end);
}

/** `%40`, `&#64;`, `&#x40;`, `\u0040`, `\x40`. */
function escapeAt(text: string, at: number): { code: number; end: number } | undefined {
  const mark = text[at];
  if (mark === '%') return hexAt(text, at + 1, 2);
  if (mark === '\\') {
    if (text[at + 1] === 'u') return hexAt(text, at + 2, 4);
    return text[at + 1] === 'x' ? hexAt(text, at + 2, 2) : undefined;
  }
  if (text[at + 1] !== '#') return undefined;
  const hex = (text.charCodeAt(at + 2) | 32) === 0x78;
  let end = at + (hex ? 3 : 2);
  const begun = end;
  const isOne = hex ? isHex : isDigit;
  while (end - begun < 7 && isOne(text.charCodeAt(end))) end += 1;
  const code = Number.parseInt(text.slice(begun, end), hex ? 16 : 10);
  if (end === begun || !(code > 0 && code < 65_536)) return undefined;
  return { code, end: text[end] === ';' ? end + 1 : end };
}

function hexAt(
  text: string,
  from: number,
  length: number,
): { code: number; end: number } | undefined {
  for (let i = 0; i < length; i += 1) if (!isHex(text.charCodeAt(from + i))) return undefined;
  const code = Number.parseInt(text.slice(from, from + length), 16);
  return { code, end: from + length };
}

const AT_WORD = /\s?[[({<]\s?(?:at|@|arroba|chiocciola|bei|ät)\s?[\])}>]\s?|([\s_-])at\1/iy;
const POINT_WORD =
  /\s?[[({<]\s?(?:dot|\.|punkt|punto|point|ponto|punt|kropka|piste)\s?[\])}>]\s?|([\s_-])dot\1/iy;

const SIGN_BEGINS = new Uint8Array(128);
for (const mark of ' [({<_-') SIGN_BEGINS[mark.charCodeAt(0)] = 1;

/** `name [at] host [dot] example` as an address. */
export function addressed(text: string, start: number, end: number): Undone {
  const writer = new Writer();
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    const mark = code < 128 && SIGN_BEGINS[code] === 1;
    const sign = mark ? (wordEndAt(AT_WORD, text, at) ?? -1) : -1;
    const point = mark && sign < 0 ? (wordEndAt(POINT_WORD, text, at) ?? -1) : -1;
    if (sign > 0 || point > 0) {
      writer.add(sign > 0 ? 0x40 : 0x2e, at);
      at = Math.max(sign, point);
    } else {
      writer.add(code, at);
      at += 1;
    }
  }
  return writer.done(end);
}

function wordEndAt(form: RegExp, text: string, at: number): number | undefined {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : undefined;
}

const APART_MIN = 8;
const APART_MAX = 160;
const SEPARATORS = ' .-_*|/·';

/** Characters that one separator sets apart: `4 1 1 1`, `D.E.8.9`. `at` is one of them. */
export function setApart(text: string, at: number, floor: number): Undone | undefined {
  const separator = text[at + 1] ?? '';
  if (separator === '' || !SEPARATORS.includes(separator)) return undefined;
  if (text[at + 3] !== separator && text[at - 1] !== separator) return undefined;
  let start = at;
  while (
    start - 2 >= floor &&
    text[start - 1] === separator &&
    isSingle(text, start - 2, separator)
  ) {
    start -= 2;
  }
  let end = at;
  while (
    end - start < APART_MAX &&
    text[end + 1] === separator &&
    isSingle(text, end + 2, separator)
  ) {
    end += 2;
  }
  while (start < at && !isWord(text.charCodeAt(start)) && !'+('.includes(text[start] ?? ''))
    start += 2;
  if ((end - start) / 2 + 1 < APART_MIN) return undefined;
  if (isWord(text.charCodeAt(end + 1)) || isWord(text.charCodeAt(start - 1))) return undefined;
  const writer = new Writer();
  for (let i = start; i <= end; i += 2) writer.add(text.charCodeAt(i), i);
  return writer.done(end + 1);
}

/** One character between separators; a blank among blanks too, where one stood before. */
function isSingle(text: string, at: number, separator: string): boolean {
  const code = text.charCodeAt(at);
  const inside =
    isWord(code) || (code > 0x20 && code < 0x7f) || (separator === ' ' && code === 0x20);
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at + 1);
  if (separator === ' ' && code === 0x20) return after === 0x20 || before === 0x20;
  // `4.1. .1.1`: a blank that stood between two groups, set apart like the rest.
  if (code === 0x20) return before === after && text[at - 1] === separator;
  return inside && !(isWord(code) && (isWord(after) || (isWord(before) && before !== 0x20)));
}

const BLOB_MIN = 12;
const BLOB_MAX = 4_096;
/** Below this share of printable characters a decoded blob is no text. */
const isPrintable = (code: number): boolean =>
  (code >= 32 && code < 127) || code === 10 || code === 9;

const PAIRS = /^[0-9a-f]{2}(?:[ :-][0-9a-f]{2})+$/i;

/** A token of base64 or hexadecimal digits as the text it spells, or undefined. */
export function unpacked(token: string): string | undefined {
  if (PAIRS.test(token)) return fromHex(token.replace(/[ :-]/g, ''));
  if (token.length < BLOB_MIN || token.length > BLOB_MAX) return undefined;
  if (/^(?:[0-9a-fA-F]{2})+$/.test(token)) {
    const text = fromHex(token);
    if (text !== undefined) return text;
  }
  return fromBase64(token);
}

function fromHex(token: string): string | undefined {
  let text = '';
  for (let i = 0; i < token.length; i += 2) {
    const code = Number.parseInt(token.slice(i, i + 2), 16);
    if (!isPrintable(code)) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

function fromBase64(token: string): string | undefined {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < token.length; i += 1) {
    const value = sextet(token.charCodeAt(i));
    if (value < 0) break;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const code = (held >> bits) & 0xff;
    if (!isPrintable(code)) return undefined;
    text += String.fromCharCode(code);
  }
  return text.length < 6 ? undefined : text;
}

function sextet(code: number): number {
  if (isDigit(code)) return code + 4;
  if (isLetter(code)) return code < 91 ? code - 65 : code - 71;
  if (code === 0x2b || code === 0x2d) return 62;
  return code === 0x2f || code === 0x5f ? 63 : -1;
}

export const isBlobPart = (code: number): boolean =>
  isWord(code) || code === 0x2b || code === 0x2f || code === 0x5f || code === 0x2d;
