// The words of a condition, by the lexical rules of CEL's language definition.
import { type Span, Wrong } from './syntax.ts';

export type Token = Span & {
  readonly kind: 'name' | 'int' | 'double' | 'string' | 'sign' | 'end';
  /** As written; of a string: what it means. */
  readonly text: string;
};

export const SOURCE_LENGTH_MAX = 4_096;

const SPACE = /[\s\n]+|\/\/[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DOUBLE = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y;
const INT = /0x[0-9a-fA-F]+|\d+/y;
const SIGN = /\|\||&&|==|!=|<=|>=|[<>!+\-*/%?:.,()[\]{}]/y;
const STRING_START = /[rR]?("""|'''|"|')/y;
const OTHER_STRING = /[bB][rR]?["']|[rR][bB]["']/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};
const CODE_ESCAPE =
  /x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})/y;
const CODE_POINT_MAX = 0x10ffff;
const OCTAL = 8;
const HEXADECIMAL = 16;

/** Throws `Wrong`. The last token is `end`. */
export function tokensOf(source: string): readonly Token[] {
  if (source.length > SOURCE_LENGTH_MAX) {
    const span = { at: SOURCE_LENGTH_MAX, end: source.length };
    throw new Wrong(span, `a condition has at most ${SOURCE_LENGTH_MAX} characters`);
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const space = match(SPACE, source, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = next(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at, end: at });
  return tokens;
}

function next(source: string, at: number): Token {
  if (match(OTHER_STRING, source, at) !== undefined) {
    throw new Wrong({ at, end: at + 1 }, 'bytes are not part of this subset', 'write a string');
  }
  const quote = match(STRING_START, source, at);
  if (quote !== undefined) return textToken(source, at, quote);
  const name = match(NAME, source, at);
  if (name !== undefined) return { kind: 'name', text: name, at, end: at + name.length };
  const double = match(DOUBLE, source, at);
  if (double !== undefined) return { kind: 'double', text: double, at, end: at + double.length };
  const int = match(INT, source, at);
  if (int !== undefined) return intToken(source, at, int);
  const sign = match(SIGN, source, at);
  if (sign !== undefined) return { kind: 'sign', text: sign, at, end: at + sign.length };
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const hints: Readonly<Record<string, string>> = {
    '=': 'write `==` to compare',
    '&': 'write `&&`',
    '|': 'write `||`',
  };
  const span = { at, end: at + character.length };
  throw new Wrong(span, `\`${character}\` means nothing here`, hints[character]);
}

function intToken(source: string, at: number, text: string): Token {
  const end = at + text.length;
  if (/[uU]/.test(source.charAt(end))) {
    throw new Wrong({ at, end: end + 1 }, 'unsigned integers are not part of this subset');
  }
  if (/[A-Za-z0-9_]/.test(source.charAt(end))) {
    throw new Wrong({ at, end: end + 1 }, 'a number ends before a letter');
  }
  return { kind: 'int', text, at, end };
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function textToken(source: string, at: number, opening: string): Token {
  const raw = /^[rR]/.test(opening);
  const quote = raw ? opening.slice(1) : opening;
  let value = '';
  let i = at + opening.length;
  while (i < source.length) {
    if (source.startsWith(quote, i)) {
      return { kind: 'string', text: value, at, end: i + quote.length };
    }
    const character = source.charAt(i);
    if (quote.length === 1 && (character === '\n' || character === '\r')) break;
    if (character !== '\\' || raw) {
      value += character;
      i += 1;
      continue;
    }
    const escaped = escapeAt(source, i + 1);
    value += escaped.value;
    i = escaped.end;
  }
  throw new Wrong({ at, end: i }, 'a string is not closed', `end it with ${quote}`);
}

function escapeAt(source: string, at: number): { readonly value: string; readonly end: number } {
  const simple = SIMPLE_ESCAPES[source.charAt(at)];
  if (simple !== undefined) return { value: simple, end: at + 1 };
  CODE_ESCAPE.lastIndex = at;
  const found = CODE_ESCAPE.exec(source);
  const span = { at: at - 1, end: at + 1 };
  if (found === null) throw new Wrong(span, 'an escape that CEL does not know', 'write `\\\\`');
  const [whole, x, bigX, u, bigU, octal] = found;
  const digits = x ?? bigX ?? u ?? bigU;
  const code =
    digits === undefined
      ? Number.parseInt(octal ?? '', OCTAL)
      : Number.parseInt(digits, HEXADECIMAL);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (code > CODE_POINT_MAX || isSurrogate) throw new Wrong(span, 'no such character');
  return { value: String.fromCodePoint(code), end: at + whole.length };
}
