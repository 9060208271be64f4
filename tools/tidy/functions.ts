/** Finds the functions of a file and how long they are, from its tokens. */
import { isMark, isWord } from './imports.ts';
import type { Token } from './tokens.ts';

export type FunctionSpan = {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
};

const NOT_A_NAME = new Set([
  ...['if', 'for', 'while', 'switch', 'catch', 'with', 'return', 'typeof', 'function', 'await'],
  ...['new', 'super', 'import', 'void', 'delete', 'throw', 'yield', 'in', 'of', 'case', 'else'],
]);

/** A brace after one of these belongs to a type, not to a body. */
const IN_TYPE = new Set([':', '|', '&', '=>', '<', ',', '(', '[', '?', '=']);

export function findFunctions(tokens: readonly Token[]): readonly FunctionSpan[] {
  const closes = pairBrackets(tokens);
  return tokens.flatMap((token, at) => {
    const body = bodyOf(tokens, closes, at);
    const close = body === undefined ? undefined : tokens[closes.get(body) ?? -1];
    if (close === undefined) return [];
    const name = nameOf(tokens, at);
    return [{ name, line: token.line, lines: close.line - token.line + 1 }];
  });
}

/** Index of the bracket that opens the body, when a function begins at `at`. */
function bodyOf(
  tokens: readonly Token[],
  closes: ReadonlyMap<number, number>,
  at: number,
): number | undefined {
  const token = tokens[at];
  if (isMark(token, '=>')) {
    const isBody = isMark(tokens[at + 1], '{') || isMark(tokens[at + 1], '(');
    return isBody ? at + 1 : undefined;
  }
  if (isWord(token, 'function')) {
    const open = tokens.findIndex((other, index) => index > at && isMark(other, '('));
    return afterParameters(tokens, closes, closes.get(open));
  }
  const isMethod =
    token?.kind === 'word' && !NOT_A_NAME.has(token.text) && startsMember(tokens, at);
  if (!isMethod || !isMark(tokens[at + 1], '(')) return undefined;
  return afterParameters(tokens, closes, closes.get(at + 1));
}

function startsMember(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before?.kind === 'word') return /^(async|get|set|static|override|private)$/.test(before.text);
  return before?.kind === 'mark' && /^[{};,*\]]$/.test(before.text);
}

function afterParameters(
  tokens: readonly Token[],
  closes: ReadonlyMap<number, number>,
  close: number | undefined,
): number | undefined {
  if (close === undefined) return undefined;
  if (isMark(tokens[close + 1], '{')) return close + 1;
  if (!isMark(tokens[close + 1], ':')) return undefined;
  for (let at = close + 2; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind !== 'mark') continue;
    const isType = IN_TYPE.has(tokens[at - 1]?.text ?? '');
    if (token.text === '{' && !isType) return at;
    if (/^[;,)}\]]$/.test(token.text)) return undefined;
    at = closes.get(at) ?? at;
  }
  return undefined;
}

function nameOf(tokens: readonly Token[], at: number): string {
  if (isWord(tokens[at], 'function')) {
    const next = isMark(tokens[at + 1], '*') ? tokens[at + 2] : tokens[at + 1];
    return next?.kind === 'word' ? next.text : 'a function';
  }
  return isMark(tokens[at], '=>') ? 'an arrow function' : (tokens[at]?.text ?? 'a function');
}

/** For every opening bracket its closing one. */
function pairBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const closes = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'mark') return;
    if (/^[([{]$/.test(token.text)) open.push(at);
    if (!/^[)\]}]$/.test(token.text)) return;
    const begin = open.pop();
    if (begin !== undefined) closes.set(begin, at);
  });
  return closes;
}
