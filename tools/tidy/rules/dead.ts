/**
 * A source file that nothing reaches is dead. Reaching begins at what a package names as public,
 * at commands, at mains and workers; a test proves that a file works, not that anybody needs it.
 */
import { posix } from 'node:path';
import type { House, SourceFile, Violation } from '../house.ts';

const ENTRY = /(^|-)(main|worker)\.(ts|tsx|mjs)$|\.config\.ts$|\.d\.ts$/;

export function dead(house: House): readonly Violation[] {
  const needed = new Set<string>();
  for (const file of house.files.values()) {
    if (file.isTest) continue;
    for (const { target } of file.imports) if (target !== undefined) needed.add(target);
  }
  for (const manifest of house.manifests) {
    for (const path of [...manifest.exports.values(), ...manifest.commands]) needed.add(path);
  }
  return [...house.files.values()]
    .filter((file) => isSource(file) && !needed.has(file.path))
    .map(({ path }) => ({
      path,
      line: 1,
      rule: 'dead',
      what: 'is imported by nothing but tests',
      instead: 'use it or remove it; what serves tests alone is named x.fixture.ts or x.suite.ts',
    }));
}

/** Tools are commands of their own, started by name; packages are not. */
function isSource(file: SourceFile): boolean {
  const inPackage = file.folder !== undefined && file.path.includes('/src/');
  return inPackage && !file.isTest && !ENTRY.test(posix.basename(file.path));
}
