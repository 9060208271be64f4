/**
 * Installs what package-lock.json names, when it is not installed yet.
 *
 * A checkout gives every file the same time, and people run npm themselves, so times decide
 * nothing here. A stamp holds the digest of the lock file that was installed; without a matching
 * stamp, npm's own list of what it installed is compared with the lock file, entry by entry.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findNode } from '../../packages/cli/bin/find-node.mjs';
import { alone } from './lock.mjs';
import { runQuietly } from './progress.mjs';

const STAMP = 'node_modules/.signalbox-installed';
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * @param {string} root
 * @returns {Promise<boolean>} whether everything is installed now
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return true;
  // Somebody else may have installed while we waited for them.
  return alone(root, 'installing', async () => isInstalled(root) || (await install(root)));
}

/**
 * @param {string} root
 * @returns {boolean}
 */
export function isInstalled(root) {
  const lock = readText(join(root, 'package-lock.json'));
  if (lock === undefined || !existsSync(join(root, 'node_modules'))) return false;
  if (findNode(root) === undefined) return false;
  const stamp = stampOf(lock);
  if (readText(join(root, STAMP)) === stamp) return true;
  const installed = readText(join(root, INSTALLED));
  if (installed === undefined || !matches(lock, installed)) return false;
  writeFileSync(join(root, STAMP), stamp);
  return true;
}

/**
 * Whether npm's list of what it installed is what the lock file asks for. Optional packages of
 * other platforms are missing from the list, and that is right.
 *
 * @param {string} lock
 * @param {string} installed
 * @returns {boolean}
 */
export function matches(lock, installed) {
  const wanted = packagesOf(lock);
  const present = packagesOf(installed);
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') || entry.link === true) continue;
    const found = present[path];
    if (found === undefined ? entry.optional !== true : found.version !== entry.version)
      return false;
  }
  return Object.keys(present).every((path) => wanted[path] !== undefined);
}

/** @param {string} root */
async function install(root) {
  const npm = npmCommand();
  // Without --include an inherited NODE_ENV=production or omit=optional would leave out the
  // compiler or the packaged Node.
  const flags = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit'];
  const begin = Date.now();
  const ended = await runQuietly(
    'installing packages from the registry (once)',
    npm.command,
    [...npm.args, 'ci', ...flags, '--no-fund', '--loglevel=error'],
    root,
  );
  if (!ended) return false;
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  process.stderr.write(`installed packages from the registry in ${seconds} s\n`);
  writeFileSync(join(root, STAMP), stampOf(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  return true;
}

/** The npm that runs us, so that a machine with several uses the one that was typed. */
export function npmCommand() {
  const running = process.env['npm_execpath'];
  if (running !== undefined && basename(running) === 'npm-cli.js' && existsSync(running)) {
    return { command: process.execPath, args: [running] };
  }
  return { command: 'npm', args: [] };
}

/** @param {string} lock */
function stampOf(lock) {
  const digest = createHash('sha256').update(lock).digest('hex');
  return `${digest} ${process.platform}-${process.arch}\n`;
}

/**
 * @param {string} text
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }>}
 */
function packagesOf(text) {
  return JSON.parse(text).packages ?? {};
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
