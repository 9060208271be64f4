/**
 * Starts the gateway once, unseen, before the first start on a Node, so that every start finds its
 * sources compiled. A process that takes types out of sources loads the program that does it, and
 * weighs 25 MB more for as long as it lives.
 */
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheOf, SERVER_FLAGS } from '../../packages/cli/bin/find-node.mjs';
import { alone } from './lock.mjs';
import { runQuietly } from './progress.mjs';

const STAMP = '.cache/compiled-for';
const UNSEEN = fileURLToPath(new URL('unseen-start.mjs', import.meta.url));

/**
 * A server starts without it too: what fails here is said, and tried again at the next start.
 *
 * @param {string} root
 * @param {string} node path of a new enough Node
 * @returns {Promise<void>}
 */
export async function ensureCompiled(root, node) {
  const cache = compileCacheOf(join(root, 'packages/cli/src/main.ts'));
  if (cache === undefined) return;
  const stamp = stampOf(node);
  const isCompiled = () => existsSync(cache) && readStamp(root) === stamp;
  if (isCompiled()) return;
  await alone(root, 'compiling', async () => {
    if (isCompiled()) return;
    const args = [...SERVER_FLAGS, UNSEEN, cache];
    if (await runQuietly('compiling (once)', node, args, root)) {
      writeFileSync(join(root, STAMP), stamp);
    }
  });
}

/** @param {string} node */
function stampOf(node) {
  const path = realpathSync(node);
  return `${path} ${statSync(path).mtimeMs}\n`;
}

/** @param {string} root */
function readStamp(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}
