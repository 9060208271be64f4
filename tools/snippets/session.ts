/**
 * Runs the `sh` fences of one document, in order, the way a reader does: in one folder, with what
 * earlier fences exported and where they went.
 *
 * The folder is new and looks like the root of the repository (its entries are links), so that
 * `npm start` and paths into `examples` work, and whatever a snippet writes stays out of the
 * checkout. Signalbox listens on a free port there: `4141` in a snippet is replaced by it.
 * A fence `sh background` is a server: it is started, the next fence waits until it is ready, and
 * it is stopped at the end of the document. `sh timeout=SECONDS` allows more than the default.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fence } from './markdown.ts';

export type Session = {
  readonly run: (fence: Fence) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
};

const FENCE_MS = 60_000;
const FENCE_MS_MAX = 600_000;
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const POLL_MS = 100;
const OUTPUT_CHARACTERS_MAX = 4_000;
const PORT_DEFAULT = /\b4141\b/g;
const NOT_LINKED = new Set(['.git', '.signalbox', '.cache']);

type State = {
  readonly folder: string;
  readonly port: number;
  readonly running: { readonly child: ChildProcess; readonly output: () => string }[];
};

export function openSession(root: string, port: number): Session {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-snippets-'));
  for (const name of readdirSync(root)) {
    if (!NOT_LINKED.has(name)) symlinkSync(join(root, name), join(folder, name));
  }
  const state: State = { folder, port, running: [] };
  return {
    run: (fence) => (fence.words.includes('background') ? serve(state, fence) : run(state, fence)),
    close: () => close(state),
  };
}

/** Why the fence failed, or undefined when it ended well. */
async function run(state: State, fence: Fence): Promise<string | undefined> {
  const { child, output } = start(state, fence);
  const msMax = timeoutOf(fence);
  const ended = await Promise.race([once(child, 'close'), pause(msMax, undefined, { ref: false })]);
  if (ended === undefined) {
    stop(child, 'SIGKILL');
    return `did not end within ${msMax / 1000} s\n${output()}`;
  }
  return ended[0] === 0 ? undefined : `ended with ${ended[0] ?? ended[1]}\n${output()}`;
}

async function serve(state: State, fence: Fence): Promise<string | undefined> {
  const server = start(state, fence);
  state.running.push(server);
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (performance.now() < deadlineMs) {
    if (await isReady(state.port)) return undefined;
    const { exitCode } = server.child;
    if (exitCode !== null) return `ended with ${exitCode} before it was ready\n${server.output()}`;
    await pause(POLL_MS);
  }
  return `was not ready within ${READY_MS_MAX / 1000} s\n${server.output()}`;
}

function start({ folder, port }: State, fence: Fence): State['running'][number] {
  // Node's own folder is left as it is on PATH: readers have whatever Node they have.
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNALBOX_'));
  const env = {
    ...Object.fromEntries(outer),
    SIGNALBOX_DATA: join(folder, '.signalbox'),
    SIGNALBOX_PORT: String(port),
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
  };
  const kept = join(folder, '.snippets-shell');
  const text = fence.text.replace(PORT_DEFAULT, String(port));
  const script = join(folder, `.snippet-${fence.line}.sh`);
  writeFileSync(script, shellScript(text, kept, fence.words.includes('background')));
  // A group of its own, so that stopping a server stops what it started.
  const child = spawn('bash', [script], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (bytes: Buffer): void => {
    output = (output + bytes.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { child, output: () => output };
}

/** A server goes on while later fences run, so it leaves nothing to them. */
function shellScript(text: string, kept: string, isServer: boolean): string {
  const keep = `{ export -p; printf "cd %q\\n" "$PWD"; } > "${kept}"`;
  return [
    'set -eu -o pipefail',
    `if [ -f '${kept}' ]; then . '${kept}'; fi`,
    ...(isServer ? [] : [`trap 'code=$?; ${keep}; exit $code' EXIT`]),
    text,
  ].join('\n');
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function close({ folder, running }: State): Promise<void> {
  for (const { child } of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'close');
    stop(child, 'SIGTERM');
    const inTime = await Promise.race([ended, pause(STOP_MS_MAX, undefined, { ref: false })]);
    if (inTime === undefined) stop(child, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
}

function stop(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

function timeoutOf(fence: Fence): number {
  const stated = fence.words.find((word) => word.startsWith('timeout='))?.slice('timeout='.length);
  const ms = stated === undefined ? FENCE_MS : Number(stated) * 1_000;
  if (!(ms > 0 && ms <= FENCE_MS_MAX)) throw new Error(`a fence has timeout=${stated}`);
  return ms;
}
