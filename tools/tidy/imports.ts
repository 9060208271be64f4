/** Finds what a file imports, from its tokens. */
import type { Token } from './tokens.ts';

export type Found = {
  readonly specifier: string;
  readonly line: number;
  /** Nothing of it is left when the types are stripped. */
  readonly typesOnly: boolean;
  /** `path`: not an import, but the name of a file beside this one, such as that of a worker. */
  readonly kind: 'import' | 'call' | 'path';
};

const CLAUSE_TOKENS_MAX = 2_000;
const SOURCE_PATH = /^\.{1,2}\/.*\.(ts|tsx|mjs)$/;

export function findImports(tokens: readonly Token[]): readonly Found[] {
  const found: Found[] = [];
  const used = new Set<Token>();
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || isMark(tokens[at - 1], '.')) return;
    const specifier =
      token.text === 'import'
        ? importedBy(tokens, at)
        : token.text === 'export'
          ? exportedBy(tokens, at)
          : undefined;
    if (specifier === undefined) return;
    used.add(specifier);
    const called = isMark(tokens[at + 1], '(');
    found.push({
      specifier: specifier.text,
      line: token.line,
      typesOnly: called ? isWord(tokens[at - 1], 'typeof') : isWord(tokens[at + 1], 'type'),
      kind: called ? 'call' : 'import',
    });
  });
  for (const token of tokens) {
    if (token.kind === 'string' && !used.has(token) && SOURCE_PATH.test(token.text)) {
      found.push({ specifier: token.text, line: token.line, typesOnly: false, kind: 'path' });
    }
  }
  return found;
}

function importedBy(tokens: readonly Token[], at: number): Token | undefined {
  const next = tokens[at + 1];
  if (next?.kind === 'string') return next;
  if (isMark(next, '(')) return tokens[at + 2]?.kind === 'string' ? tokens[at + 2] : undefined;
  if (isMark(next, '.')) return undefined;
  return afterFrom(tokens, at + 1);
}

/** Only `export * from` and `export { } from`: an exported declaration names no module. */
function exportedBy(tokens: readonly Token[], at: number): Token | undefined {
  const first = isWord(tokens[at + 1], 'type') ? at + 2 : at + 1;
  if (isMark(tokens[first], '*')) return afterFrom(tokens, first);
  if (!isMark(tokens[first], '{')) return undefined;
  const close = tokens.findIndex((token, index) => index > first && isMark(token, '}'));
  if (close === -1 || !isWord(tokens[close + 1], 'from')) return undefined;
  return afterFrom(tokens, close);
}

function afterFrom(tokens: readonly Token[], begin: number): Token | undefined {
  const end = Math.min(tokens.length, begin + CLAUSE_TOKENS_MAX);
  for (let at = begin; at < end; at += 1) {
    const token = tokens[at];
    if (isMark(token, ';')) return undefined;
    if (token?.kind === 'string') return isWord(tokens[at - 1], 'from') ? token : undefined;
  }
  return undefined;
}

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

export function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}
