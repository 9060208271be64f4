/**
 * Runs a program whose output matters only when it fails, and says on stderr that it is still
 * running, from the second second on.
 */
import { spawn } from 'node:child_process';

const SILENT_MS = 2_000;
const EVERY_MS = 5_000;
const OUTPUT_BYTES_MAX = 256 * 1024;

/**
 * @param {string} what shown to the user, such as 'building the console'
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} folder
 * @returns {Promise<boolean>} whether it ended well
 */
export function runQuietly(what, command, args, folder) {
  const begin = Date.now();
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const say = () => {
    const seconds = Math.round((Date.now() - begin) / 1000);
    process.stderr.write(`${what}: ${seconds} s\n`);
  };
  let ticker = setTimeout(function tick() {
    say();
    ticker = setTimeout(tick, EVERY_MS);
  }, SILENT_MS);
  let output = '';
  /** @param {Buffer} bytes */
  const keep = (bytes) => {
    output = (output + bytes.toString('utf8')).slice(-OUTPUT_BYTES_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ ended, /** @type {string} */ reason) => {
      clearTimeout(ticker);
      if (!ended) process.stderr.write(`${output}${what} failed: ${reason}\n`);
      resolve(ended);
    };
    child.on('error', (cause) => end(false, cause.message));
    child.on('close', (code, signal) => end(code === 0, `exit ${signal ?? code}`));
  });
}
