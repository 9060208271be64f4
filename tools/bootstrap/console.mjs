/**
 * Builds the web console when its output is not that of its sources. The digest of the sources
 * decides, not their times: a checkout of an older commit counts as a change too.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './lock.mjs';
import { runQuietly } from './progress.mjs';

const CONSOLE = 'packages/console';
const STAMP = '.cache/console-sources';
const SKIPPED = new Set(['dist', 'node_modules']);

/**
 * @param {string} root
 * @param {string} node path of a new enough Node
 * @returns {Promise<boolean>} whether the output is that of the sources now
 */
export async function ensureConsole(root, node) {
  if (!existsSync(join(root, CONSOLE, 'index.html'))) return true;
  if (isBuilt(root)) return true;
  return alone(root, 'building', async () => isBuilt(root) || (await build(root, node)));
}

/** @param {string} root */
function isBuilt(root) {
  const built = existsSync(join(root, CONSOLE, 'dist/index.html'));
  return built && readStamp(root) === digestSources(root);
}

/**
 * @param {string} root
 * @param {string} node
 */
async function build(root, node) {
  const digest = digestSources(root);
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', CONSOLE, '--logLevel', 'warn'];
  if (!(await runQuietly('building the console', node, args, root))) return false;
  writeFileSync(join(root, STAMP), digest);
  return true;
}

/**
 * @param {string} root
 * @returns {string}
 */
export function digestSources(root) {
  const hash = createHash('sha256');
  // The lock file stands for the version of the build tool.
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const path of listFiles(join(root, CONSOLE))) {
    hash.update(`\0${path}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function listFiles(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** @param {string} root */
function readStamp(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}
