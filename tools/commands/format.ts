/** `npm run format [-- PATHS]`: Biome's format and safe fixes, then comments that are too wide. */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { runChild } from '../../packages/cli/bin/find-node.mjs';
import { wrapComments } from '../tidy/wrap.ts';

const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const TOP_FOLDERS = ['packages', 'tools', 'examples'];
const SKIPPED = /(^|\/)(node_modules|dist|fixtures|peers)(\/|$)/;

const given = process.argv.slice(2);
for (const path of sources(given.length > 0 ? given : TOP_FOLDERS)) {
  const text = readFileSync(path, 'utf8');
  const wrapped = wrapComments(text);
  if (wrapped !== text) writeFileSync(path, wrapped);
}
const ended = await runChild(process.execPath, [BIOME, 'check', '--write', ...given]);
process.exitCode = ended.code;

function sources(paths: readonly string[]): readonly string[] {
  return paths
    .flatMap((path) => (isFile(path) ? [path] : globSync(`${path}/**/*.{ts,tsx,mjs}`)))
    .filter((path) => !SKIPPED.test(path) && /\.(ts|tsx|mjs)$/.test(path));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
