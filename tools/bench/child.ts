import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Starting and ending the processes that a benchmark measures. All run on the Node that runs the
 * benchmark.
 */

export interface Child {
  readonly pid: number;
  /** Ends it politely, then firmly. */
  close(): Promise<void>;
  /** The last lines it wrote, for the message of a failure. */
  tail(): string;
}

/** With the handle of its process, for those who must notice that it ended. */
export interface Started extends Child {
  readonly handle: ChildProcess;
}

export interface Announced extends Child {
  readonly url: string;
}

export interface ChildRequest {
  readonly command?: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

const startMsMax = 30_000;
const politeMs = 8_000;
const tailBytesMax = 1_024;

export function startChild(request: ChildRequest): Started {
  const handle = spawn(request.command ?? process.execPath, request.arguments, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...request.environment },
    ...(request.folder === undefined ? {} : { cwd: request.folder }),
  });
  let tail = '';
  const keep = (bytes: Buffer): void => {
    tail = (tail + bytes.toString()).slice(-tailBytesMax);
  };
  handle.stdout?.on('data', keep);
  handle.stderr?.on('data', keep);
  handle.on('error', (error) => {
    tail += error.message;
  });
  return { handle, pid: handle.pid ?? -1, close: () => end(handle), tail: () => tail };
}

/** A child of our own that prints `{"port": N}` when it listens. */
export async function startAnnounced(
  path: string,
  extra: {
    readonly words?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Announced> {
  const { words = [], environment = {} } = extra;
  const child = startChild({ arguments: [path, ...words], environment });
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no port from ${path}`)), startMsMax);
    let text = '';
    child.handle.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const found = /"port":(\d+)/.exec(text)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(Number(found));
    });
    child.handle.on('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${path} ended: ${child.tail()}`));
    });
  });
  return { pid: child.pid, close: child.close, tail: child.tail, url: `http://127.0.0.1:${port}` };
}

/** Asks until the answer has this status; fails with what the child said. */
export async function waitForStatus(
  ask: () => Promise<number>,
  expected: number,
  child: Started,
): Promise<void> {
  const endAtMs = performance.now() + startMsMax;
  let last = 'no answer';
  while (performance.now() < endAtMs) {
    if (child.handle.exitCode !== null) throw new Error(`ended at start: ${child.tail()}`);
    try {
      const status = await ask();
      if (status === expected) return;
      last = `status ${status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(50);
  }
  throw new Error(`not ready in ${startMsMax} ms (${last}): ${child.tail()}`);
}

/**
 * A port that was free a moment ago, for servers that cannot choose one themselves and say which.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return;
      server.close(() => resolve(address.port));
    });
  });
}

async function end(handle: ChildProcess): Promise<void> {
  if (handle.exitCode !== null || handle.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => handle.once('exit', () => resolve()));
  handle.kill('SIGTERM');
  const firmly = setTimeout(() => handle.kill('SIGKILL'), politeMs);
  await gone;
  clearTimeout(firmly);
}
