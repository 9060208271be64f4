/**
 * Cuts TypeScript into tokens, well enough to hold rules over it, not to understand it.
 *
 * The compiler offers no programming interface, and the rules need four things only: words,
 * punctuation, what is a string, and what is a comment. Whether a slash begins a regular
 * expression follows from the token before it. What cannot be told that way (an expression at the
 * start of a statement after a block, text between JSX tags) ends at the line's end, so that a
 * mistake spoils one line and not the rest of the file.
 */
export type TokenKind = 'word' | 'mark' | 'number' | 'string' | 'template' | 'pattern';

export type Token = {
  readonly kind: TokenKind;
  /** As written; of a string without its quotes. */
  readonly text: string;
  readonly line: number;
};

export type Comment = { readonly text: string; readonly line: number };

export type Scan = { readonly tokens: readonly Token[]; readonly comments: readonly Comment[] };

type Reader = {
  readonly text: string;
  readonly tokens: Token[];
  readonly comments: Comment[];
  /** One number for each template that is open: how many braces are open inside its `${`. */
  readonly templates: number[];
  at: number;
  line: number;
};

const MARKS = [
  '>>>=',
  '...',
  '=>',
  '?.',
  '??',
  '**',
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '++',
  '--',
];
const BEFORE_PATTERN = new Set([
  ...['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'delete', 'throw', 'new'],
  ...['await', 'yield', 'instanceof', 'default', 'extends'],
]);

const SPACE = /\s/;
const DIGIT = /\d/;
const WORD_START = /[\p{ID_Start}$_#@]/u;
const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xob][\da-f_]+n?|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?n?)/iy;
const PATTERN = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

export function scan(text: string): Scan {
  const reader: Reader = { text, tokens: [], comments: [], templates: [], at: 0, line: 1 };
  if (text.startsWith('#!')) skipTo(reader, lineEnd(text, 0));
  // Every step moves forward, so the length of the text bounds the loop.
  while (reader.at < text.length) step(reader);
  return { tokens: reader.tokens, comments: reader.comments };
}

function step(reader: Reader): void {
  const { text, at } = reader;
  const letter = text[at] ?? '';
  if (SPACE.test(letter)) skipTo(reader, at + 1);
  else if (text.startsWith('//', at) || text.startsWith('/*', at)) readComment(reader);
  else if (letter === '"' || letter === "'") readString(reader, letter);
  else if (letter === '`' || (letter === '}' && reader.templates.at(-1) === 0))
    readTemplate(reader);
  else if (WORD_START.test(letter)) take(reader, 'word', match(WORD, text, at) ?? letter);
  else if (DIGIT.test(letter)) take(reader, 'number', match(NUMBER, text, at) ?? letter);
  else if (letter === '/' && patternMayBegin(reader.tokens.at(-1))) readPattern(reader);
  else readMark(reader, letter);
}

function readPattern(reader: Reader): void {
  const pattern = match(PATTERN, reader.text, reader.at);
  take(reader, pattern === undefined ? 'mark' : 'pattern', pattern ?? '/');
}

function readMark(reader: Reader, letter: string): void {
  const depth = reader.templates.length - 1;
  const open = reader.templates[depth];
  if (open !== undefined && letter === '{') reader.templates[depth] = open + 1;
  if (open !== undefined && letter === '}') reader.templates[depth] = open - 1;
  const mark = MARKS.find((candidate) => reader.text.startsWith(candidate, reader.at));
  take(reader, 'mark', mark ?? letter);
}

function readComment(reader: Reader): void {
  const { text, at, line } = reader;
  const found = text[at + 1] === '/' ? lineEnd(text, at) : text.indexOf('*/', at + 2) + 2;
  const end = found <= 1 ? text.length : found;
  reader.comments.push({ text: text.slice(at, end), line });
  skipTo(reader, end);
}

function readString(reader: Reader, quote: string): void {
  const { text, at, line } = reader;
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== '\n') {
    end += text[end] === '\\' ? 2 : 1;
  }
  reader.tokens.push({ kind: 'string', text: text.slice(at + 1, end), line });
  skipTo(reader, text[end] === quote ? end + 1 : end);
}

/** One stretch of a template: up to its end, or up to the next `${`, where code begins. */
function readTemplate(reader: Reader): void {
  const { text, at, line } = reader;
  if (text[at] === '}') reader.templates.pop();
  let end = at + 1;
  while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) {
    end += text[end] === '\\' ? 2 : 1;
  }
  reader.tokens.push({ kind: 'template', text: text.slice(at + 1, end), line });
  if (text[end] === '$') reader.templates.push(0);
  skipTo(reader, text[end] === '$' ? end + 2 : end + 1);
}

function patternMayBegin(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return BEFORE_PATTERN.has(before.text);
  // After code in a template comes a stretch of the template, never an operand's end.
  return before.kind === 'template' || (before.kind === 'mark' && !/^[)\]}]$/.test(before.text));
}

function take(reader: Reader, kind: TokenKind, text: string): void {
  reader.tokens.push({ kind, text, line: reader.line });
  skipTo(reader, reader.at + text.length);
}

function skipTo(reader: Reader, end: number): void {
  for (let at = reader.at; at < end; at += 1) {
    if (reader.text.charCodeAt(at) === 10) reader.line += 1;
  }
  reader.at = end;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}
