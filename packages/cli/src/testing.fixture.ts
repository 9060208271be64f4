// What the tests of the command line share: folders that go away, a command line without a process,
// and one in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readSettings } from '@signalbox/config';
import { run } from './run.ts';
import { openServer, type Server, type ServerOptions } from './up/server.ts';

const BIN = fileURLToPath(new URL('../bin/signalbox.mjs', import.meta.url));
const WAIT_MS_MAX = 60_000;
const LOOK_MS = 20;

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty folder, gone after the test. */
export function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Ended = { readonly exit: number; readonly out: string; readonly err: string };

/** Runs a command line in this process, as if it were typed in the folder. */
export async function typed(
  folder: string,
  words: readonly string[],
  environment: Environment = {},
): Promise<Ended> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const read = (stream: PassThrough): (() => string) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    return () => text;
  };
  const [out, err] = [read(stdout), read(stderr)];
  // The streams of a process, as far as a command looks at them. brand: minted for the test
  const streams = { stdin, stdout, stderr } as unknown as Pick<
    NodeJS.Process,
    'stdin' | 'stdout' | 'stderr'
  >;
  const exit = await run(words, { ...streams, environment, folder });
  await pause(0);
  return { exit, out: out(), err: err() };
}

/** What a command printed as JSON. */
export function parsed(ended: Ended): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(ended.out);
  if (typeof value !== 'object' || value === null) throw new TypeError('no object was printed');
  return { ...value };
}

/** A server in this process, on any port, with its data in `.signalbox` of the folder. */
export async function serverIn(
  context: TestContext,
  folder: string,
  more: Partial<ServerOptions> & { readonly config?: string } = {},
): Promise<Server> {
  const { config, ...options } = more;
  const environment = { ...options.environment };
  const flags = {
    port: '0',
    data: join(folder, '.signalbox'),
    ...(config === undefined ? {} : { config }),
    ...options.flags,
  };
  const server = await openServer({
    role: 'all',
    discovers: false,
    ...options,
    folder,
    environment,
    flags,
    settings: readSettings({ environment, flags }),
  });
  context.after(() => server.stop());
  return server;
}

export type Up = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: string;
  readonly document: Readonly<Record<string, unknown>>;
  out(): string;
  err(): string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
};

/** `signalbox up --json` in a process of its own, ready to serve. */
export async function upIn(
  context: TestContext,
  folder: string,
  more: { readonly words?: readonly string[]; readonly environment?: Environment } = {},
): Promise<Up> {
  const words = ['up', '--json', '--port', '0', '--no-discovery', ...(more.words ?? [])];
  const started = start(context, folder, words, more.environment);
  await until(() => started.out().includes('\n') || started.child.exitCode !== null);
  const [line = ''] = started.out().split('\n');
  if (!line.startsWith('{')) throw new Error(`it did not start: ${line}${started.err()}`);
  const document: Readonly<Record<string, unknown>> = { ...JSON.parse(line) };
  return { ...started, document, url: String(document['url']), key: String(document['key']) };
}

export type Started = Pick<Up, 'child' | 'out' | 'err' | 'ended'>;

export function start(
  context: TestContext,
  folder: string,
  words: readonly string[],
  environment: Environment = {},
): Started {
  const outer = Object.entries(process.env).filter(([name]) => !/^SIGNALBOX_|_API_KEY$/.test(name));
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd: folder,
    env: { ...Object.fromEntries(outer), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    texts.out += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    texts.err += piece;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  context.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, out: () => texts.out, err: () => texts.err, ended };
}

/** Waits for a condition of a real server, with a bound. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come about in time');
    await pause(LOOK_MS);
  }
}

/** One call of a model, as any client makes it. */
export async function call(
  url: string,
  key: string,
  more: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...more.headers,
    },
    body: JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: 'Say hello.' }],
      ...more.body,
    }),
  });
}
