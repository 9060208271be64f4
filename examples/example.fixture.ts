// What the tests of the examples share: a gateway as `npm start` runs it, in an empty folder and on
// a free port, and programs run the way a reader runs them.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'packages/cli/bin/signalbox.mjs');
const START_MS_MAX = 60_000;
const RUN_MS_MAX = 60_000;
const LOOK_MS = 20;

export type Gateway = {
  readonly url: string;
  /** The demo key; empty where the configuration names keys. */
  readonly key: string;
  readonly folder: string;
  /** For programs that speak to it. */
  readonly environment: Readonly<Record<string, string>>;
};

export type StartOptions = {
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
};

export async function startGateway(
  context: TestContext,
  options: StartOptions = {},
): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-example-'));
  const words = ['up', '--json', '--port', '0', '--no-discovery', ...(options.words ?? [])];
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd: folder,
    env: { ...plainEnvironment(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  context.after(async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, pause(START_MS_MAX, undefined, { ref: false })]);
    rmSync(folder, { recursive: true, force: true });
  });
  const { url, key } = await firstLine(child);
  const environment = {
    SIGNALBOX_URL: url,
    SIGNALBOX_KEY: key,
    SIGNALBOX_DATA: join(folder, '.signalbox'),
  };
  return { url, key, folder, environment };
}

async function firstLine(child: ChildProcess): Promise<{ url: string; key: string }> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    out += piece;
  });
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    err += piece;
  });
  const end = performance.now() + START_MS_MAX;
  while (!out.includes('\n')) {
    if (child.exitCode !== null || performance.now() > end) {
      throw new Error(`the gateway did not start: ${err}`);
    }
    await pause(LOOK_MS);
  }
  const document: unknown = JSON.parse(out.slice(0, out.indexOf('\n')));
  const read = (name: string): string => String(Reflect.get(Object(document), name) ?? '');
  return { url: read('url'), key: read('key') };
}

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The values of `x-signalbox-` headers, by the rest of their names. */
  readonly said: (name: string) => string | null;
};

/** One question, as any client asks it. */
export async function ask(
  { url, key }: Pick<Gateway, 'url' | 'key'>,
  more: {
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...more.headers,
    },
    body: JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: 'hello' }],
      ...more.body,
    }),
  });
  const { status, headers } = response;
  const said = (name: string): string | null => headers.get(`x-signalbox-${name}`);
  return { status, headers, text: await response.text(), said };
}

/** Asks the admin API, with the key that lies in the gateway's data folder. */
export async function askAdmin(
  { url, folder }: Gateway,
  path: string,
  body?: object,
): Promise<unknown> {
  const key = readFileSync(join(folder, '.signalbox/admin.key'), 'utf8').trim();
  const response = await fetch(`${url}/admin/v1/${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Runs a program with this Node; returns what it printed. */
export async function runProgram(
  program: URL,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  return runNode([fileURLToPath(program)], environment);
}

/** Runs `signalbox WORDS`. */
export function signalbox(
  gateway: Gateway,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = gateway.environment,
): Promise<string> {
  return runNode([BIN, ...words], environment);
}

async function runNode(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: ROOT,
    env: { ...plainEnvironment(), ...environment },
    timeout: RUN_MS_MAX,
  });
  return stdout;
}

/** Nothing of what the reader's own shell says about Signalbox or providers. */
function plainEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^SIGNALBOX_|_API_KEY$/.test(name));
  return Object.fromEntries(kept);
}
