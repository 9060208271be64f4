// JSON as bytes: finds where the fields of an object stand without making an object of them, so
// that a gateway can change one field and leave every other byte as it came. One pass, no
// recursion, bounded depth. What is checked: structure, literals, numbers, escaped quotes; not
// checked: control characters and escapes inside strings, and UTF-8 (whoever parses the body
// refuses those). A caller that passes a `Buffer` gets its fast byte search.

export type ValueKind = 'string' | 'number' | 'object' | 'array' | 'true' | 'false' | 'null';

/**
 * A field of an object: offsets are byte offsets, ends are exclusive, the key's span lies inside
 * its quotes.
 */
export type Field = {
  readonly key: string;
  /** The key as written held an escape. */
  readonly escaped: boolean;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly kind: ValueKind;
};

export type ObjectReading =
  | {
      readonly kind: 'object';
      readonly start: number;
      readonly end: number;
      readonly fields: readonly Field[];
    }
  | { readonly kind: 'invalid'; readonly at: number; readonly why: string };

/** Deeper nesting than this is refused: no model API needs it. */
export const DEPTH_MAX = 256;
/** More fields than this in one object are refused. */
export const FIELDS_MAX = 4096;
/** More elements than this of one array are not looked at one by one. */
export const ELEMENTS_MAX = 65_536;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const SHORT_STRING = 24;
/** After an escape the next one is looked for so far before the fast search is called. */
const MASKED_NEAR = 64;

/** A byte order mark inside a text is a character like any other, and stays. */
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Thrown and caught inside this file alone: a parser is the one place where leaving from the depth
 * is clearer.
 */
class Malformed extends Error {
  readonly at: number;
  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** Reads the one object that `bytes` must hold, nothing after it but white space. */
export function readObject(bytes: Uint8Array): ObjectReading {
  try {
    const start = skipSpace(bytes, 0);
    if (bytes[start] !== OPEN_OBJECT) throw new Malformed(start, 'expected a JSON object');
    const { fields, end } = fieldsOf(bytes, start);
    const rest = skipSpace(bytes, end);
    if (rest !== bytes.length) throw new Malformed(rest, 'unexpected text after the JSON object');
    return { kind: 'object', start, end, fields };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'invalid', at: error.at, why: error.message };
    throw error;
  }
}

/**
 * Fields of an object inside bytes that were read before; undefined where there is none at `start`,
 * or one with a broken key or too many fields: what is inside was never looked at before.
 */
export function innerFields(bytes: Uint8Array, start: number): readonly Field[] | undefined {
  return bytes[start] === OPEN_OBJECT ? innerObject(bytes, start)?.fields : undefined;
}

function innerObject(
  bytes: Uint8Array,
  start: number,
): { fields: readonly Field[]; end: number } | undefined {
  try {
    return fieldsOf(bytes, start);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** `fields` is undefined for what is not an object. */
export type Element = {
  readonly kind: ValueKind;
  readonly fields: readonly Field[] | undefined;
  readonly start: number;
  readonly end: number;
};

/**
 * Hands out the elements of an array inside bytes that were read before. @returns false when not
 * all of it could be read: a broken key, or more than `ELEMENTS_MAX` elements.
 */
export function innerElements(
  bytes: Uint8Array,
  start: number,
  each: (element: Element) => void,
): boolean {
  if (bytes[start] !== OPEN_ARRAY) return true;
  let at = skipSpace(bytes, start + 1);
  for (let count = 0; bytes[at] !== CLOSE_ARRAY; count += 1) {
    if (count === ELEMENTS_MAX || at >= bytes.length) return false;
    const kind = kindAt(bytes[at]);
    const object = kind === 'object' ? innerObject(bytes, at) : undefined;
    if (kind === 'object' && object === undefined) return false;
    const end = object?.end ?? valueEnd(bytes, at);
    each({ kind, fields: object?.fields, start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return true;
}

/** Of an array inside bytes that were read before. */
export const isEmptyArray = (bytes: Uint8Array, start: number): boolean =>
  bytes[skipSpace(bytes, start + 1)] === CLOSE_ARRAY;

/** The field of that name; where it stands twice the last one counts, as for every parser. */
export function lastField(fields: readonly Field[], key: string): Field | undefined {
  for (let i = fields.length - 1; i >= 0; i -= 1) {
    const field = fields[i];
    if (field?.key === key) return field;
  }
  return undefined;
}

/** The string value of a span that is a JSON string; undefined when its escapes are broken. */
export function stringAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  const inner = text.decode(bytes.subarray(start + 1, end - 1));
  if (!inner.includes('\\')) return inner;
  try {
    const value: unknown = JSON.parse(`"${inner}"`);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined for what is no string, or a broken one. */
export function textOf(bytes: Uint8Array, field: Field | undefined): string | undefined {
  if (field?.kind !== 'string') return undefined;
  return stringAt(bytes, field.valueStart, field.valueEnd);
}

/** @returns undefined for what is no object, or a broken one. */
export function innerOf(bytes: Uint8Array, field: Field | undefined): readonly Field[] | undefined {
  return field?.kind === 'object' ? innerFields(bytes, field.valueStart) : undefined;
}

/** The text of a top-level field of a body; undefined: there is none, or the body is no object. */
export function innerText(bytes: Uint8Array, key: string): string | undefined {
  const reading = readObject(bytes);
  if (reading.kind === 'invalid') return undefined;
  return textOf(bytes, lastField(reading.fields, key));
}

/** A JSON number as a safe integer, else undefined. */
export function integerAt(bytes: Uint8Array, field: Field): number | undefined {
  if (field.kind !== 'number') return undefined;
  const value = Number(text.decode(bytes.subarray(field.valueStart, field.valueEnd)));
  return Number.isSafeInteger(value) ? value : undefined;
}

function fieldsOf(bytes: Uint8Array, start: number): { fields: Field[]; end: number } {
  const fields: Field[] = [];
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_OBJECT) return { fields, end: at + 1 };
  for (;;) {
    if (bytes[at] !== QUOTE) throw new Malformed(at, 'expected a quoted key');
    if (fields.length === FIELDS_MAX) throw new Malformed(at, `more than ${FIELDS_MAX} fields`);
    const keyEnd = stringEnd(bytes, at);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) throw new Malformed(colon, 'expected a colon');
    const valueStart = skipSpace(bytes, colon + 1);
    const end = valueEnd(bytes, valueStart);
    fields.push(field(bytes, at, keyEnd, valueStart, end));
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_OBJECT) return { fields, end: at + 1 };
    if (bytes[at] !== COMMA) throw new Malformed(at, 'expected a comma or a closing brace');
    at = skipSpace(bytes, at + 1);
  }
}

function field(
  bytes: Uint8Array,
  keyQuote: number,
  keyEnd: number,
  valueStart: number,
  end: number,
): Field {
  const raw = keyText(bytes, keyQuote + 1, keyEnd - 1);
  const escaped = raw.includes('\\');
  const key = escaped ? stringAt(bytes, keyQuote, keyEnd) : raw;
  if (key === undefined) throw new Malformed(keyQuote, 'broken escape in a key');
  const kind = kindAt(bytes[valueStart]);
  return { key, escaped, keyStart: keyQuote + 1, valueStart, valueEnd: end, kind };
}

/** Keys are short and plain nearly always: that saves the decoder's fixed cost. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_STRING) return text.decode(bytes.subarray(start, end));
  let key = '';
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) return text.decode(bytes.subarray(start, end));
    key += String.fromCharCode(byte);
  }
  return key;
}

function kindAt(byte: number | undefined): ValueKind {
  if (byte === QUOTE) return 'string';
  if (byte === OPEN_OBJECT) return 'object';
  if (byte === OPEN_ARRAY) return 'array';
  if (byte === 0x74) return 'true';
  if (byte === 0x66) return 'false';
  if (byte === 0x6e) return 'null';
  return 'number';
}

/**
 * The end of the value that starts at `start`; throws Malformed. Walks nested values with a stack
 * of bits.
 */
function valueEnd(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return scalarEnd(bytes, start);
  const isObject: boolean[] = [];
  let at = start;
  for (;;) {
    // Here `at` stands on the first byte of a value.
    const byte = bytes[at];
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (isObject.length === DEPTH_MAX) throw new Malformed(at, `nested deeper than ${DEPTH_MAX}`);
      isObject.push(byte === OPEN_OBJECT);
      at = skipSpace(bytes, at + 1);
      const closes = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
      if (bytes[at] !== closes) {
        if (byte === OPEN_OBJECT) at = afterKey(bytes, at);
        continue;
      }
    } else {
      at = skipSpace(bytes, scalarEnd(bytes, at));
      if (bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1);
        if (isObject[isObject.length - 1] === true) at = afterKey(bytes, at);
        continue;
      }
    }
    // Here `at` stands on what must close the innermost value.
    for (;;) {
      const closes = isObject.pop() === true ? CLOSE_OBJECT : CLOSE_ARRAY;
      if (bytes[at] !== closes) throw new Malformed(at, 'expected a comma or a closing bracket');
      at += 1;
      if (isObject.length === 0) return at;
      at = skipSpace(bytes, at);
      if (bytes[at] === COMMA) break;
    }
    at = skipSpace(bytes, at + 1);
    if (isObject[isObject.length - 1] === true) at = afterKey(bytes, at);
  }
}

/** From the quote of a key to the first byte of its value. */
function afterKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) throw new Malformed(at, 'expected a quoted key');
  const colon = skipSpace(bytes, stringEnd(bytes, at));
  if (bytes[colon] !== COLON) throw new Malformed(colon, 'expected a colon');
  return skipSpace(bytes, colon + 1);
}

function scalarEnd(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === QUOTE) return stringEnd(bytes, at);
  if (byte === 0x74) return literalEnd(bytes, at, 'true');
  if (byte === 0x66) return literalEnd(bytes, at, 'false');
  if (byte === 0x6e) return literalEnd(bytes, at, 'null');
  return numberEnd(bytes, at);
}

/**
 * Where long strings of bytes that are read twice end: a body is looked at once as a whole and once
 * more for its messages, and most of it is in a few strings.
 */
const longEnds = new WeakMap<Uint8Array, Map<number, number>>();
const LONG_STRING = 1_024;

/** `at` stands on the opening quote; the end is after the closing one. */
function stringEnd(bytes: Uint8Array, at: number): number {
  const near = Math.min(bytes.length, at + SHORT_STRING);
  let i = at + 1;
  while (i < near) {
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    i += byte === BACKSLASH ? 2 : 1;
  }
  const known = longEnds.get(bytes)?.get(at);
  if (known !== undefined) return known;
  const end = longStringEnd(bytes, at, i);
  if (end - at < LONG_STRING) return end;
  const ends = longEnds.get(bytes);
  if (ends === undefined) longEnds.set(bytes, new Map([[at, end]]));
  else ends.set(at, end);
  return end;
}

/** `from` stands inside the string, behind what was looked at. */
function longStringEnd(bytes: Uint8Array, at: number, from: number): number {
  let i = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, i);
    if (quote < 0) throw new Malformed(at, 'a string is not closed');
    let back = quote;
    while (back > i && bytes[back - 1] === BACKSLASH) back -= 1;
    if ((quote - back) % 2 === 0) return quote + 1;
    i = quote + 1;
    // A masked quote is seldom alone, and a call of the fast search costs some dozens of bytes.
    let near = Math.min(bytes.length, i + MASKED_NEAR);
    while (i < near) {
      const byte = bytes[i];
      if (byte === QUOTE) return i + 1;
      if (byte === BACKSLASH) near = Math.min(bytes.length, i + MASKED_NEAR);
      i += byte === BACKSLASH ? 2 : 1;
    }
  }
}

function literalEnd(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i += 1) {
    if (bytes[at + i] !== word.charCodeAt(i)) throw new Malformed(at, `expected ${word}`);
  }
  return at + word.length;
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === 0x2d) at += 1;
  const whole = at;
  at = digitsEnd(bytes, at);
  if (at - whole > 1 && bytes[whole] === 0x30) throw new Malformed(start, 'a number begins with 0');
  if (at === whole) throw new Malformed(start, 'expected a value');
  if (bytes[at] === 0x2e) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction);
    if (at === fraction) throw new Malformed(start, 'a number ends with a point');
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at += bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1;
    const power = at;
    at = digitsEnd(bytes, power);
    if (at === power) throw new Malformed(start, 'a number has an empty exponent');
  }
  return at;
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = bytes[at]) {
    at += 1;
  }
  return at;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte <= 0x20; byte = bytes[at]) {
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}
