/**
 * Time, chance, network, disk and environment come through a port. Pure packages have none of
 * them at all; packages that compose servers take them from the ports they are given. Where code
 * may wait is part of the same promise: a decision of the engine is synchronous.
 */
import type { House, SourceFile, Violation } from '../house.ts';
import { isMark, isWord } from '../imports.ts';
import type { Token } from '../tokens.ts';

const PURE = new Set(['contract', 'documents', 'dialect', 'config', 'trust', 'sync', 'engine']);
const FREE = new Set(['ports', 'sim', 'console', 'world', 'cli']);
const FREE_FILES =
  /(^|[/-])main\.ts$|^packages\/(trust\/src\/node|edge\/src\/runtime|client\/src\/platform)\.ts$/;

/** What serves HTTP and composes may name shapes and paths, but opens nothing by itself. */
const HARMLESS_MODULES = new Set([
  ...['node:assert', 'node:assert/strict', 'node:async_hooks', 'node:buffer', 'node:events'],
  ...['node:path', 'node:stream', 'node:string_decoder', 'node:url', 'node:util'],
]);

const ENGINE = 'packages/engine/src/';
const MAY_WAIT =
  /^packages\/engine\/src\/((line|finish|preview|rounds|audit|second-stage)\.|dispatch|schedule)/;

type Call = {
  /** Words and marks in a row; the first stands alone or after `globalThis.`. */
  readonly row: readonly string[];
  readonly instead: string;
  /** Only in pure packages; elsewhere it is a plain type of the runtime. */
  readonly pureOnly?: true;
};

const TIME = 'take the time from the Clock port: now() or monotonic()';
const TIMER = 'wait with Clock.after()';
const CHANCE = 'draw from the Random port: bytes()';

const CALLS: readonly Call[] = [
  { row: ['Date', '.', 'now'], instead: TIME },
  { row: ['new', 'Date', '(', ')'], instead: TIME },
  { row: ['new', 'Date', ';'], instead: TIME },
  { row: ['Date', '('], instead: TIME },
  { row: ['performance', '.'], instead: TIME },
  { row: ['process', '.', 'hrtime'], instead: TIME },
  { row: ['Math', '.', 'random'], instead: CHANCE },
  {
    row: ['crypto', '.'],
    instead: 'use the Keys or Random port, or the functions passed to trust',
  },
  { row: ['setTimeout', '('], instead: TIMER },
  { row: ['setInterval', '('], instead: TIMER },
  { row: ['setImmediate', '('], instead: TIMER },
  { row: ['process', '.'], instead: 'read the environment once, in main, and pass the value in' },
  { row: ['process', '['], instead: 'read the environment once, in main, and pass the value in' },
  { row: ['fetch', '('], instead: 'dial with the Upstream port' },
  { row: ['console', '.'], instead: 'log with the Sink port' },
  { row: ['Buffer'], instead: 'use Uint8Array with TextEncoder and TextDecoder', pureOnly: true },
];

const INEXACT = new Set([
  ...['exp', 'expm1', 'log', 'log10', 'log1p', 'log2', 'pow', 'cbrt', 'hypot'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh'],
]);

export function effects(house: House): readonly Violation[] {
  return sources(house).flatMap((file) => {
    const isPure = PURE.has(file.folder ?? '');
    const calls = CALLS.filter((call) => isPure || call.pureOnly !== true);
    return [...modules(file, isPure), ...bannedCalls(file, calls)];
  });
}

/** Decisions agree to the bit between machines, so they use tables instead of these functions. */
export function inexact(house: House): readonly Violation[] {
  return sources(house)
    .filter((file) => file.path.startsWith(ENGINE))
    .flatMap((file) =>
      file.tokens.flatMap((token, at) => {
        const name = file.tokens[at + 2]?.text ?? '';
        const isCall = isWord(token, 'Math') && isMark(file.tokens[at + 1], '.');
        if (!isCall || !INEXACT.has(name)) return [];
        const what = `calls Math.${name}, which differs between machines in the last bit`;
        return [report(file, token.line, 'inexact', what, 'use a table')];
      }),
    );
}

export function waiting(house: House): readonly Violation[] {
  return sources(house)
    .filter((file) => file.path.startsWith(ENGINE) && !MAY_WAIT.test(file.path))
    .flatMap((file) =>
      file.tokens.flatMap((token, at) => {
        const isName = isMark(file.tokens[at - 1], '.') || isMark(file.tokens[at + 1], ':');
        if (isName || !(isWord(token, 'async') || isWord(token, 'await'))) return [];
        const instead = 'decide synchronously; only the line, the queue and dispatch wait';
        return [report(file, token.line, 'waiting', `says ${token.text}`, instead)];
      }),
    );
}

function sources(house: House): readonly SourceFile[] {
  return [...house.files.values()].filter(
    ({ folder, isTest, path }) =>
      folder !== undefined && !FREE.has(folder) && !isTest && !FREE_FILES.test(path),
  );
}

function modules(file: SourceFile, isPure: boolean): readonly Violation[] {
  return file.imports.flatMap(({ specifier, line, typesOnly }) => {
    const allowed = isPure ? false : typesOnly || HARMLESS_MODULES.has(specifier);
    if (!specifier.startsWith('node:') || allowed) return [];
    const instead = `${specifier} belongs to packages/ports: take what you need from a port`;
    return [report(file, line, 'effects', `imports ${specifier}`, instead)];
  });
}

function bannedCalls(file: SourceFile, calls: readonly Call[]): readonly Violation[] {
  const { tokens } = file;
  return tokens.flatMap((token, at) => {
    const call = calls.find(({ row }) => matches(tokens, at, row));
    if (token.kind !== 'word' || call === undefined || isOwnName(tokens, at)) return [];
    const what = `uses ${call.row
      .join('')
      .replace('new', 'new ')
      .replace(/[.([;]$/, '')}`;
    return [report(file, token.line, 'effects', what, call.instead)];
  });
}

function matches(tokens: readonly Token[], at: number, row: readonly string[]): boolean {
  return row.every((text, index) => {
    const token = tokens[at + index];
    return token?.text === text && (token.kind === 'word' || token.kind === 'mark');
  });
}

/** A property, a method or a parameter may have such a name: it is not the global. */
function isOwnName(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (isMark(before, '.') || isMark(before, '?.')) return !isWord(tokens[at - 2], 'globalThis');
  if (isWord(before, 'new')) return isWord(tokens[at], 'Date');
  return isWord(before, 'function') || isMember(tokens, at) || isDeclaredHere(tokens, at);
}

/** `fetch(id: string): Answer` and `fetch(id) { ... }` in a type, a class or a record. */
function isMember(tokens: readonly Token[], at: number): boolean {
  if (!isMark(tokens[at + 1], '(')) return false;
  let depth = 0;
  for (let index = at + 1; index < tokens.length; index += 1) {
    if (isMark(tokens[index], '(')) depth += 1;
    if (isMark(tokens[index], ')')) depth -= 1;
    if (depth === 0) return isMark(tokens[index + 1], '{') || isMark(tokens[index + 1], ':');
  }
  return false;
}

/** `const process = ...`, `import { fetch }` and `(crypto: Crypto)` name something else. */
function isDeclaredHere(tokens: readonly Token[], at: number): boolean {
  const name = tokens[at]?.text;
  return tokens.some((token, index) => {
    if (token.kind !== 'word' || token.text !== name) return false;
    const before = tokens[index - 1];
    const binds = ['const', 'let', 'function'].some((word) => isWord(before, word));
    const isParameter = isMark(before, '(') || isMark(before, ',');
    return binds || (isParameter && isMark(tokens[index + 1], ':'));
  });
}

function report(
  file: SourceFile,
  line: number,
  rule: string,
  what: string,
  instead: string,
): Violation {
  return { path: file.path, line, rule, what, instead };
}
