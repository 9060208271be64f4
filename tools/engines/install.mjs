/**
 * `npm run engines`: installs the engine of the embedded model server beside this file.
 *
 * node-llama-cpp lists a binary for every platform and graphics card as an optional dependency, so
 * a plain install is 725 MB. What is needed here is the library and the one binary for this
 * machine's processor, 85 MB. npm has no switch for "this optional dependency alone", so the lock
 * file is staged with that one entry made a plain dependency, and `npm ci` installs from it: every
 * version and digest still comes from the committed lock file. Nothing runs at install time.
 *
 * The folder is swapped in whole once npm has ended well, and stamped once the tiny model has
 * spoken through it; without the stamp the next run installs again. With it, this takes
 * milliseconds.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, missingNodeMessage } from '../../packages/cli/bin/find-node.mjs';
import { npmCommand } from '../bootstrap/install.mjs';
import { runQuietly } from '../bootstrap/progress.mjs';
import { stageFiles } from './stage.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(HERE, 'node_modules');
const STAMP = join(MODULES, '.signalbox-verified');
const STAGES = join(ROOT, '.cache/engines');

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * The package that carries the binary, by platform and processor.
 * @type {Record<string, string>}
 */
const BINARIES = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
};

const FLAGS = ['--ignore-scripts', '--omit=optional', '--omit=dev', '--no-audit', '--no-fund'];

process.exitCode = await main();

/** @returns {Promise<number>} the exit status */
async function main() {
  const begin = Date.now();
  const platform = `${process.platform}-${process.arch}`;
  const binary = BINARIES[platform];
  if (binary === undefined || !hasGlibc()) {
    const known = Object.keys(BINARIES).join(', ');
    return fail(EXIT_USAGE, `no engine for ${platform} here; there is one for ${known} (glibc)`);
  }
  const node = findNode(ROOT);
  if (node === undefined) return fail(EXIT_USAGE, missingNodeMessage());
  const lock = readFileSync(join(HERE, 'package-lock.json'), 'utf8');
  const stamp = `${createHash('sha256').update(lock).digest('hex')} ${binary}\n`;
  if (readText(STAMP) === stamp) {
    process.stdout.write(`engines: ${binary} is installed in tools/engines\n`);
    return 0;
  }
  if (!(await install(lock, binary))) return EXIT_FAILED;
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  const megabytes = Math.round(bytesUnder(MODULES) / 1e6);
  process.stdout.write(`engines: installed ${binary}, ${megabytes} MB in ${seconds} s\n`);
  if (!(await verify(node))) return EXIT_FAILED;
  writeFileSync(STAMP, stamp);
  return 0;
}

/**
 * @param {string} lock the text of the lock file
 * @param {string} binary
 * @returns {Promise<boolean>}
 */
async function install(lock, binary) {
  mkdirSync(STAGES, { recursive: true });
  const stage = mkdtempSync(join(STAGES, 'stage-'));
  try {
    const manifest = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
    const staged = stageFiles(manifest, JSON.parse(lock), binary);
    if (!staged.pinned)
      process.stderr.write(
        `engines: ${binary} has no digest in the lock file, npm trusts the registry\n`,
      );
    writeFileSync(join(stage, 'package.json'), JSON.stringify(staged.manifest));
    writeFileSync(join(stage, 'package-lock.json'), JSON.stringify(staged.lock));
    cpSync(join(ROOT, '.npmrc'), join(stage, '.npmrc'));
    const npm = npmCommand();
    const what = 'installing the engine from the registry (once)';
    const ended = await runQuietly(what, npm.command, [...npm.args, 'ci', ...FLAGS], stage);
    if (!ended) return false;
    rmSync(MODULES, { recursive: true, force: true });
    renameSync(join(stage, 'node_modules'), MODULES);
    return true;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** @param {string} node */
async function verify(node) {
  const folder = mkdtempSync(join(STAGES, 'verify-'));
  const model = join(folder, 'tiny.gguf');
  try {
    const made = await runQuietly(
      'making the tiny model',
      node,
      [join(ROOT, 'tools/tiny-model/main.ts'), model],
      ROOT,
    );
    if (!made) return false;
    const begin = Date.now();
    const spoke = await runQuietly(
      'loading the tiny model',
      node,
      [join(HERE, 'verify.mjs'), model],
      HERE,
    );
    if (!spoke) return false;
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    process.stdout.write(`engines: the tiny model loaded and spoke in ${seconds} s\n`);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The binaries for Linux are linked against glibc; on musl they would fail with a riddle. */
function hasGlibc() {
  if (process.platform !== 'linux') return true;
  const report = process.report.getReport();
  return typeof report === 'object' && 'glibcVersionRuntime' in Object(report['header']);
}

/**
 * @param {string} folder
 * @returns {number}
 */
function bytesUnder(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/**
 * @param {number} status
 * @param {string} message
 */
function fail(status, message) {
  process.stderr.write(`engines: ${message}\n`);
  return status;
}

/** @param {string} path */
function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
