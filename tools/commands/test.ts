/**
 * `npm test`: every test of packages, tools and examples, or those whose path begins with (or
 * holds) one of the given words. What begins with a dash goes to Node's test runner.
 */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { leaveWith, runChild } from '../../packages/cli/bin/find-node.mjs';

const PATTERNS = [
  'packages/*/src/**/*.test.{ts,tsx}',
  'tools/**/*.test.{ts,mjs}',
  'examples/**/*.test.ts',
];
const SKIPPED =
  /(^|\/)(node_modules|dist|fixtures)(\/|$)|^tools\/(engines|bench\/peers)\/node_modules/;
// Their tests leave the process as they found it, and loading the package takes longer than most of
// them: all of a package run in one process. Every other file has a process of its own.
const TOGETHER = [
  'engine',
  'dialect',
  'config',
  'documents',
  'control',
  'sim',
  'contract',
  'trust',
  'client',
];
const TOGETHER_FOLDER = '.cache/tests';
const EXIT_USAGE = 2;

// Many tests start real servers: more files at once than this only makes their waits longer.
const FILES_AT_ONCE_MAX = 4;
const FILES_AT_ONCE_MIN = 3;
const FILE_MS_MAX = 180_000;

const given = process.argv.slice(2);
const flags = given.filter((word) => word.startsWith('-'));
const words = given
  .filter((word) => !word.startsWith('-'))
  .map((word) => word.replace(/^\.\//, ''));

const files = globSync(PATTERNS)
  .filter((path) => !SKIPPED.test(path))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();

if (files.length === 0) {
  process.stderr.write(`no test file matches ${words.join(' ') || PATTERNS.join(' ')}\n`);
  process.exitCode = EXIT_USAGE;
} else {
  const filesAtOnce = Math.min(
    Math.max(availableParallelism(), FILES_AT_ONCE_MIN),
    FILES_AT_ONCE_MAX,
  );
  leaveWith(
    await runChild(process.execPath, [
      '--test',
      '--test-reporter=spec',
      `--test-concurrency=${filesAtOnce}`,
      `--test-timeout=${FILE_MS_MAX}`,
      ...flags,
      ...together(files),
    ]),
  );
}

/** The files to run: for each package of `TOGETHER` one file that imports all of its own. */
function together(all: readonly string[]): readonly string[] {
  mkdirSync(TOGETHER_FOLDER, { recursive: true });
  const ownerOf = (path: string) => TOGETHER.find((name) => path.startsWith(`packages/${name}/`));
  const shared = TOGETHER.flatMap((name) => {
    const own = all.filter((path) => ownerOf(path) === name);
    if (own.length === 0) return [];
    const file = join(TOGETHER_FOLDER, `${name}.mjs`);
    const lines = own.map((path) => `await import('${pathToFileURL(resolve(path)).href}');\n`);
    writeFileSync(file, lines.join(''));
    return [file];
  });
  return [...shared, ...all.filter((path) => ownerOf(path) === undefined)];
}
