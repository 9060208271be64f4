/** Names of files and folders: kebab-case, and saying what is inside. */
import { posix } from 'node:path';
import type { House, Violation } from '../house.ts';

/** Nobody can tell what does not belong into such a file, so everything goes there. */
const EMPTY_WORDS = new Set([
  ...['util', 'utils', 'helper', 'helpers', 'manager', 'managers', 'common', 'misc'],
]);
/** Empty alone, but part of honest names such as `data-plane`. */
const EMPTY_ALONE = new Set(['data', 'process']);
const KEBAB =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|suite|fixture|table|config|d))?\.(ts|tsx|mjs)$/;

export function names(house: House): readonly Violation[] {
  const found: Violation[] = [];
  const told = new Set<string>();
  for (const path of house.files.keys()) {
    const file = posix.basename(path);
    if (!KEBAB.test(file)) found.push(report(path, `${file} is not kebab-case`, 'rename it'));
    const parts = path.split('/');
    parts.forEach((part, depth) => {
      const stem = part.split('.')[0] ?? part;
      const key = parts.slice(0, depth + 1).join('/');
      if (!saysNothing(stem) || told.has(key)) return;
      told.add(key);
      found.push(report(path, `the name "${stem}" says nothing`, 'name the noun or the deed'));
    });
  }
  return found;
}

function saysNothing(stem: string): boolean {
  return EMPTY_ALONE.has(stem) || stem.split('-').some((word) => EMPTY_WORDS.has(word));
}

function report(path: string, what: string, instead: string): Violation {
  return { path, line: 1, rule: 'names', what, instead };
}
