// What the tests of the embedded model share: the engine if it is installed, and the tiny model.
//
// The engine is installed on demand. Without it its tests are skipped and say what to do; in CI,
// where it is always installed, they run and fail.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedModel, type EmbeddedOptions, startEmbedded } from './models.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/signalbox');

export const ENGINES: string = join(ROOT, 'tools/engines');

const isInstalled = existsSync(join(ENGINES, 'node_modules/node-llama-cpp/package.json'));

/** For the `skip` option of a test. */
export const withoutEngine: string | false =
  isInstalled || process.env['CI'] !== undefined ? false : 'skipped: npm run engines';

/** The path of the tiny model; made once and kept, since its bytes are always the same. */
export function tinyModelPath(): string {
  const path = join(CACHE, 'tiny-1.gguf');
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  // Under another name first: test files run side by side and must never see half of it.
  const draft = `${path}.${process.pid}`;
  execFileSync(process.execPath, [join(ROOT, 'tools/tiny-model/main.ts'), draft]);
  renameSync(draft, path);
  return path;
}

export function startTiny(more: Partial<EmbeddedOptions> = {}): Promise<EmbeddedModel> {
  return startEmbedded({ modelPath: tinyModelPath(), enginePaths: [ENGINES], threads: 1, ...more });
}

export type Post = { readonly status: number; readonly body: unknown; readonly text: string };

export async function post(
  { url, secret }: EmbeddedModel,
  path: string,
  body: unknown,
): Promise<Post> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return { status: response.status, body: isJson ? JSON.parse(text) : undefined, text };
}

/** What is found in a value by steps such as `choices`, 0, `message`. */
export function at(value: unknown, ...steps: readonly (string | number)[]): unknown {
  let here: unknown = value;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.entries(here).find(([key]) => key === String(step))?.[1];
  }
  return here;
}

/** The chunks of a stream, without the closing word. */
export function chunksOf(text: string): readonly unknown[] {
  const lines = text.split('\n').filter((line) => line.startsWith('data: '));
  return lines
    .map((line) => line.slice('data: '.length))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data));
}

/** Asks again and again, with a bound, until the condition holds. */
export async function until(
  what: string,
  msMax: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  const begin = performance.now();
  while (performance.now() - begin < msMax) {
    if (await holds()) return performance.now() - begin;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`not within ${msMax} ms: ${what}`);
}
