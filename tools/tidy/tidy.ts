/**
 * Holds the shape of the house: which package knows which, where time and chance may enter, how
 * long things may get. What is here would otherwise be argued about in every review.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildHouse, type House, type Rule, type Violation } from './house.ts';
import { anyType, casts } from './rules/casts.ts';
import { cycles } from './rules/cycles.ts';
import { dead } from './rules/dead.ts';
import { effects, inexact, waiting } from './rules/effects.ts';
import { floors, undeclared } from './rules/floors.ts';
import { contractSize, limits } from './rules/limits.ts';
import { names } from './rules/names.ts';
import { gates, rooms } from './rules/rooms.ts';

const RULES: readonly Rule[] = [
  ...[floors, undeclared, rooms, gates, cycles, effects, inexact, waiting],
  ...[limits, contractSize, anyType, casts, names, dead],
];

const TOP_FOLDERS = ['packages', 'tools', 'examples'];
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', 'peers']);
const SOURCE = /\.(ts|tsx|mjs)$/;
const MANIFEST = /^(packages\/[^/]+\/|tools\/[^/]+\/)?package\.json$/;
const DEPTH_MAX = 12;

export function tidy(house: House): readonly Violation[] {
  return RULES.flatMap((rule) => rule(house)).sort(
    (a, b) => compare(a.path, b.path) || a.line - b.line || compare(a.rule, b.rule),
  );
}

/** Reads every source and manifest below the root, whether committed yet or not. */
export function readHouse(root: string): House {
  const texts = new Map<string, string>();
  const read = (path: string) => texts.set(path, readFileSync(join(root, path), 'utf8'));
  const walk = (folder: string, depth: number): void => {
    if (depth > DEPTH_MAX) throw new Error(`${folder} is deeper than ${DEPTH_MAX} folders`);
    for (const entry of listFolder(join(root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(path, depth + 1);
      if (entry.isFile() && (SOURCE.test(path) || MANIFEST.test(path))) read(path);
    }
  };
  read('package.json');
  for (const folder of TOP_FOLDERS) walk(folder, 1);
  return buildHouse(texts);
}

export function show({ path, line, rule, what, instead }: Violation): string {
  return `${path}:${line} ${rule}: ${what}. Instead: ${instead}.`;
}

function listFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
