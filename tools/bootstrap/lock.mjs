/**
 * One at a time: two commands in two terminals on a fresh clone must not install, or build, into
 * the same folder at once. The lock is a folder, since making one either succeeds or fails; it
 * names its holder, so that one whose holder was killed is taken over at once.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const WAIT_MS_MAX = 15 * 60_000;
const POLL_MS = 200;
/** A holder that has not said its name yet was perhaps killed in between. */
const NAMELESS_MS_MAX = 5_000;

/**
 * Runs `work` while no other process does anything under this lock.
 *
 * @template T
 * @param {string} root
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(root, name, work) {
  const folder = join(root, '.cache', name);
  mkdirSync(join(root, '.cache'), { recursive: true });
  await take(folder);
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function take(folder) {
  const deadlineMs = Date.now() + WAIT_MS_MAX;
  let told = false;
  while (Date.now() < deadlineMs) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'holder'), String(process.pid));
      return;
    } catch {
      if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
      else if (!told) process.stderr.write(`waiting for another command (${folder})\n`);
      told = true;
      await pause(POLL_MS);
    }
  }
  throw new Error(`another command holds ${folder}; remove it if none is running`);
}

/** @param {string} folder */
function isAbandoned(folder) {
  try {
    const holder = readFileSync(join(folder, 'holder'), 'utf8');
    return !isAlive(Number(holder));
  } catch {
    return isOlderThan(folder, NAMELESS_MS_MAX);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Somebody else's process is alive all the same.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}

/**
 * @param {string} path
 * @param {number} ms
 */
function isOlderThan(path, ms) {
  try {
    return Date.now() - statSync(path).mtimeMs > ms;
  } catch {
    return false;
  }
}
