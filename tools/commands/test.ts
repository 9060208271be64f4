/**
 * `npm test`: every test of packages, tools and examples, or those whose path begins with (or
 * holds) one of the given words. What begins with a dash goes to Node's test runner.
 */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { leaveWith, runChild } from '../../packages/cli/bin/find-node.mjs';

const PATTERNS = [
  'packages/*/src/**/*.test.{ts,tsx}',
  'tools/**/*.test.{ts,mjs}',
  'examples/**/*.test.ts',
];
const SKIPPED =
  /(^|\/)(node_modules|dist|fixtures)(\/|$)|^tools\/(engines|bench\/peers)\/node_modules/;
// A process loads the packages once for all of its files, which takes longer than most tests. Each
// file is a suite of its own there, with its hooks.
const FILES_A_PROCESS = 10;
// Worlds, browsers and their pages take long and want a process for each: they begin first.
const APART = ['packages/world/', 'packages/console/'];
const PROCESSES_FOLDER = '.cache/tests';
const EXIT_USAGE = 2;

// Many tests start real servers: more files at once than this only makes their waits longer.
const FILES_AT_ONCE_MAX = 4;
const FILES_AT_ONCE_MIN = 3;
const PROCESS_MS_MAX = 300_000;

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
      `--test-timeout=${PROCESS_MS_MAX}`,
      ...flags,
      ...processesOf(files),
    ]),
  );
}

/** What to run: files of one package by tens, each ten a file that imports them. */
function processesOf(all: readonly string[]): readonly string[] {
  mkdirSync(PROCESSES_FOLDER, { recursive: true });
  const apart = APART.flatMap((folder) => all.filter((path) => path.startsWith(folder)));
  const byOwner = Map.groupBy(
    all.filter((path) => !apart.includes(path)),
    ownerOf,
  );
  const together = [...byOwner].flatMap(([owner, own]) => {
    const count = Math.ceil(own.length / FILES_A_PROCESS);
    // Dealt out: neighbours are alike, also in how long they take.
    return Array.from({ length: count }, (_, turn) =>
      written(
        `${owner}-${turn + 1}`,
        own.filter((_path, at) => at % count === turn),
      ),
    );
  });
  return [...apart, ...together];
}

/** `gateway` of `packages/gateway/src/...`, `tools` of `tools/...`. */
function ownerOf(path: string): string {
  const [folder, name] = path.split(sep);
  return (folder === 'packages' ? name : folder) ?? path;
}

function written(name: string, own: readonly string[]): string {
  const file = join(PROCESSES_FOLDER, `${name}.mjs`);
  const suites = own.map((path) => {
    const { href } = pathToFileURL(resolve(path));
    return `describe(${JSON.stringify(path)}, () => import(${JSON.stringify(href)}));\n`;
  });
  writeFileSync(file, `import { describe } from 'node:test';\n\n${suites.join('')}`);
  return file;
}
