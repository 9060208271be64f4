/**
 * Casts and `any` are where the compiler stops helping. `any` is never used. A cast is, rarely:
 * where a brand is minted (marked `// brand: why` on its line or above it) or within a small
 * budget for the whole house. `as const` is no cast.
 */
import type { House, SourceFile, Violation } from '../house.ts';
import { isMark, isWord } from '../imports.ts';
import type { Token } from '../tokens.ts';

const LINES_PER_CAST = 1_000;
const BRAND = '// brand:';

export function anyType(house: House): readonly Violation[] {
  return [...house.files.values()].flatMap((file) =>
    file.tokens.flatMap((token, at) => {
      if (!isWord(token, 'any') || !isInType(file.tokens, at)) return [];
      const instead = 'say unknown, and decode it';
      return [{ path: file.path, line: token.line, rule: 'any', what: 'uses any', instead }];
    }),
  );
}

export function casts(house: House): readonly Violation[] {
  const sources = [...house.files.values()].filter((file) => !file.isTest);
  const lines = sources.reduce((sum, file) => sum + file.lines.length, 0);
  const budget = Math.ceil(lines / LINES_PER_CAST);
  const found = sources.flatMap((file) =>
    castLines(file).map((line) => ({ path: file.path, line, rule: 'casts' })),
  );
  if (found.length <= budget) return [];
  const what = `is one of ${found.length} casts; ${lines} lines may have ${budget}`;
  const instead = 'narrow with a guard or a decoder, or mark the minting of a brand';
  return found.map((place) => ({ ...place, what, instead }));
}

function castLines(file: SourceFile): readonly number[] {
  const { tokens } = file;
  const brands = new Set(
    file.comments.filter(({ text }) => text.startsWith(BRAND)).map(({ line }) => line),
  );
  return tokens.flatMap((token, at) => {
    if (!isWord(token, 'as') || !isCast(tokens, at)) return [];
    return brands.has(token.line) || brands.has(token.line - 1) ? [] : [token.line];
  });
}

function isCast(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  if (before === undefined || isWord(after, 'const')) return false;
  // A property or a variable of that name.
  if (before.kind === 'mark' && !/^[)\]}>!]$/.test(before.text)) return false;
  if (after?.kind === 'mark' && !/^[{[(]$/.test(after.text)) return false;
  return !isRenaming(tokens, at);
}

/** `import { a as b }`, `export { a as b }`, `import * as a`. */
function isRenaming(tokens: readonly Token[], at: number): boolean {
  for (let back = at - 1; back >= 0; back -= 1) {
    const token = tokens[back];
    if (isWord(token, 'import') || isWord(token, 'export')) return true;
    if (token?.kind === 'string') continue;
    if (token?.kind !== 'word' && !isMark(token, ',') && !isMark(token, '{')) return false;
  }
  return false;
}

/** `Promise.any`, `any:` as a key, and a word of that name elsewhere are not the type. */
function isInType(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  if (isMark(before, '.') || isMark(before, '?.')) return false;
  // A key or a value of that name.
  if (['.', '?.', '(', ':'].some((mark) => isMark(after, mark))) return false;
  if (isWord(before, 'as') || isWord(before, 'extends')) return true;
  if (before?.kind !== 'mark') return false;
  return /^[:<|&=]$/.test(before.text) || (before.text === ',' && isMark(after, '>'));
}
