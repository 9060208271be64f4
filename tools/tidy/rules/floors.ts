/**
 * Packages are floors: each imports only from lower ones, by package name, and only what it
 * declares. Tests may also import from their own floor; a test is imported by nobody, so nothing
 * can lean on what it leans on.
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { House, Import, Manifest, SourceFile, Violation } from '../house.ts';
import { manifestOf, packageNameOf } from '../house.ts';

const FLOORS: ReadonlyMap<string, number> = new Map([
  ['contract', 0],
  ...['documents', 'dialect', 'trust'].map((name) => [name, 1] as const),
  ...['config', 'sync', 'client', 'engine'].map((name) => [name, 2] as const),
  ['ports', 3],
  ...['sim', 'gateway', 'edge', 'control'].map((name) => [name, 4] as const),
  ...['cli', 'console', 'world'].map((name) => [name, 5] as const),
]);

/** The single process hands out the console's files; it takes their folder and nothing else. */
const SIDEWAYS: ReadonlySet<string> = new Set(['cli console']);

/** The console is bundled: what it imports is inside its output, and nobody installs it. */
const BUNDLED: ReadonlySet<string> = new Set(['console']);

/** Plain JavaScript without a package path, shared by the command and the repository's tools. */
const SHARED_BIN = 'packages/cli/bin/';

export function floors(house: House): readonly Violation[] {
  const found: Violation[] = [];
  for (const manifest of house.manifests) found.push(...declaredUpwards(house, manifest));
  for (const file of house.files.values()) {
    for (const entry of file.imports) {
      const violation = importUpwards(house, file, entry) ?? importAcross(file, entry);
      if (violation !== undefined) found.push(violation);
    }
  }
  return found;
}

export function undeclared(house: House): readonly Violation[] {
  const found: Violation[] = [];
  for (const file of house.files.values()) {
    for (const entry of file.imports) {
      const name = entry.kind === 'path' ? undefined : packageNameOf(entry.specifier);
      if (name === undefined || isDeclared(house, file, name)) continue;
      const manifest = manifestOf(house, file);
      const instead = isBuiltin(name)
        ? `write node:${name}`
        : `add it to ${manifest?.path ?? 'a package.json'}, or do without it`;
      found.push(
        report(file, entry, 'undeclared', `imports ${name} without declaring it`, instead),
      );
    }
  }
  return found;
}

function isDeclared(house: House, file: SourceFile, name: string): boolean {
  const manifest = manifestOf(house, file);
  if (manifest?.name === name || manifest?.runtime.has(name) === true) return true;
  if (file.folder === undefined) {
    return house.manifests.some((candidate) => candidate.name === name || has(candidate, name));
  }
  if (!file.isTest && !BUNDLED.has(file.folder) && file.path.includes('/src/')) return false;
  return has(manifest, name) || has(house.root, name);
}

function has(manifest: Manifest | undefined, name: string): boolean {
  return manifest?.development.has(name) === true || manifest?.runtime.has(name) === true;
}

function declaredUpwards(house: House, manifest: Manifest): readonly Violation[] {
  const { folder } = manifest;
  if (folder === undefined) return [];
  if (!FLOORS.has(folder)) {
    const what = `the package ${folder} has no floor`;
    const instead = 'give it one in tools/tidy/rules/floors.ts and in ARCHITECTURE.md';
    return [{ path: manifest.path, line: 1, rule: 'floors', what, instead }];
  }
  return [...manifest.runtime].flatMap((name) => {
    const other = house.manifests.find((candidate) => candidate.name === name)?.folder;
    if (other === undefined || mayImport(folder, other, false)) return [];
    const what = `${folder} depends on ${other}, which is not on a lower floor`;
    return [{ path: manifest.path, line: 1, rule: 'floors', what, instead: MOVE }];
  });
}

const MOVE = 'move what both need to a lower floor, or pass it in from the composer';

function importUpwards(house: House, file: SourceFile, entry: Import): Violation | undefined {
  const name = packageNameOf(entry.specifier);
  const other = house.manifests.find((candidate) => candidate.name === name)?.folder;
  if (file.folder === undefined || other === undefined) return undefined;
  if (other === file.folder) {
    const what = `${file.folder} imports itself by package name`;
    return file.isTest ? undefined : report(file, entry, 'floors', what, 'import the file by path');
  }
  if (mayImport(file.folder, other, file.isTest)) return undefined;
  const what = `${file.folder} imports ${other}, which is not on a lower floor`;
  return report(file, entry, 'floors', what, MOVE);
}

function mayImport(from: string, to: string, isTest: boolean): boolean {
  if (SIDEWAYS.has(`${from} ${to}`)) return true;
  const own = FLOORS.get(from);
  const other = FLOORS.get(to);
  if (own === undefined || other === undefined) return false;
  return isTest ? other <= own : other < own;
}

/** A path that leaves the package goes around its dependencies and its public names. */
function importAcross(file: SourceFile, entry: Import): Violation | undefined {
  if (!entry.specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(file.path), entry.specifier);
  const home = file.folder === undefined ? undefined : `packages/${file.folder}/`;
  // Tools build and check what is inside a package; examples show what is public.
  if (home === undefined && !file.path.startsWith('examples/')) return undefined;
  const leaves = home === undefined ? path.startsWith('packages/') : !path.startsWith(home);
  if (!leaves || path.startsWith(SHARED_BIN)) return undefined;
  // A test may start a command of another package; it names it by path and imports nothing.
  if (entry.kind === 'path' && (file.isTest || home === undefined)) return undefined;
  const what = `imports ${path}, across the border of a package`;
  return report(file, entry, 'floors', what, 'import the package by name');
}

function report(
  file: SourceFile,
  entry: Import,
  rule: string,
  what: string,
  instead: string,
): Violation {
  return { path: file.path, line: entry.line, rule, what, instead };
}
