/**
 * Proves packages by using them as a stranger does: installed into an empty folder, every library
 * loads and type-checks, and the command starts a server that becomes ready and stops when asked.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { npmCommand } from '../bootstrap/install.mjs';
import { runQuietly } from '../bootstrap/progress.mjs';
import { freePort } from '../free-port.ts';

const run = promisify(execFile);

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const POLL_MS = 100;
const LOG_LINES_SHOWN = 40;

export type Proof = {
  readonly root: string;
  /** Empty, and away from the repository: nothing may be found by walking up. */
  readonly folder: string;
  readonly tarballs: readonly string[];
  readonly names: readonly string[];
};

export async function prove(proof: Proof): Promise<void> {
  await install(proof);
  say('installed into an empty folder');
  await loadLibraries(proof);
  say('every library loads and type-checks');
  const version = await askVersion(proof.folder);
  say(`signalbox --version says ${version}`);
  if (!existsSync(join(proof.folder, 'node_modules/@signalbox/console/dist/index.html'))) {
    throw new Error('the console is not in its package: dist/index.html is missing');
  }
  await startServer(proof.folder);
  say('signalbox up became ready and stopped when asked');
}

async function install({ folder, tarballs }: Proof): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  const npm = npmCommand();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const args = [...npm.args, 'install', ...flags, ...tarballs];
  const ended = await runQuietly('installing the packages', npm.command, args, folder);
  if (!ended) throw new Error('the packages cannot be installed');
}

async function loadLibraries({ root, folder, names }: Proof): Promise<void> {
  const libraries = names.filter((name) => name !== 'signalbox');
  const load = join(folder, 'load.mjs');
  writeFileSync(load, libraries.map((name) => `await import('${name}');\n`).join(''));
  await attempt(run(process.execPath, [load], { cwd: folder }));

  const lines = libraries.map((name, at) => `import * as p${at} from '${name}';\n`);
  const used = libraries.map((_, at) => `p${at}`).join(', ');
  writeFileSync(
    join(folder, 'use.ts'),
    `${lines.join('')}export const all: unknown = [${used}];\n`,
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--lib', 'es2024,dom'];
  const module = ['--module', 'nodenext', '--target', 'es2024', '--types', ''];
  await attempt(run(process.execPath, [tsc, ...options, ...module, 'use.ts'], { cwd: folder }));
}

async function askVersion(folder: string): Promise<string> {
  const { stdout } = await attempt(run(commandIn(folder), ['--version'], { cwd: folder }));
  const manifest: unknown = JSON.parse(
    readFileSync(join(folder, 'node_modules/signalbox/package.json'), 'utf8'),
  );
  const expected = manifest instanceof Object && 'version' in manifest ? manifest.version : '';
  const printed = stdout.trim();
  if (!printed.includes(String(expected))) {
    throw new Error(`signalbox --version printed ${JSON.stringify(printed)}, not ${expected}`);
  }
  return printed;
}

async function startServer(folder: string): Promise<void> {
  const port = await freePort();
  const env = {
    ...process.env,
    SIGNALBOX_DATA: join(folder, 'server-state'),
    SIGNALBOX_HOST: '127.0.0.1',
    SIGNALBOX_PORT: String(port),
  };
  const server = spawn(commandIn(folder), ['up'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  server.stdout.on('data', (bytes: Buffer) => (log += bytes.toString('utf8')));
  server.stderr.on('data', (bytes: Buffer) => (log += bytes.toString('utf8')));
  const ended = once(server, 'exit');
  try {
    await waitUntilReady(`http://127.0.0.1:${port}/readyz`, () => server.exitCode);
    server.kill('SIGTERM');
    const code = await Promise.race([ended, pause(STOP_MS_MAX, undefined, { ref: false })]);
    if (code === undefined) throw new Error(`it did not stop within ${STOP_MS_MAX} ms`);
    if (code[0] !== 0) throw new Error(`it stopped with ${code[0] ?? code[1]}`);
  } catch (cause) {
    const shown = log.split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    throw new Error(`signalbox up: ${messageOf(cause)}\n${shown}`, { cause });
  } finally {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGKILL');
  }
}

async function waitUntilReady(url: string, exitCode: () => number | null): Promise<void> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (performance.now() < deadlineMs) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200) return;
    const code = exitCode();
    if (code !== null) throw new Error(`it ended with ${code} before it was ready`);
    await pause(POLL_MS);
  }
  throw new Error(`it was not ready within ${READY_MS_MAX} ms`);
}

function commandIn(folder: string): string {
  return join(folder, 'node_modules/.bin/signalbox');
}

/** A program that failed says why on its streams, not in the error's message. */
async function attempt<T>(running: Promise<T>): Promise<T> {
  return running.catch((cause: unknown) => {
    const said = cause instanceof Object ? { stdout: '', stderr: '', ...cause } : undefined;
    const parts = [messageOf(cause), said?.stdout ?? '', said?.stderr ?? ''];
    throw new Error(parts.filter((part) => part !== '').join('\n'), { cause });
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
