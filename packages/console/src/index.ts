// Where the built console is, and its files as whoever serves them wants them. Everything else in
// this package runs in a browser.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type BuiltFile = {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Quoted, as the header says it. */
  readonly etag: string;
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const FILES_MAX = 256;
const ETAG_CHARACTERS = 22;

/** The folder of the built console; it ends with a slash. */
export const consoleFolder = (): URL => new URL('../dist/', import.meta.url);

/**
 * All files of the built console, by their path beginning with `/`; read once, since they are few
 * and small. Undefined: the console has not been built.
 */
export function readConsole(
  folder: URL = consoleFolder(),
): ((path: string) => BuiltFile | undefined) | undefined {
  const root = fileURLToPath(folder);
  const files = new Map<string, BuiltFile>();
  let names: readonly string[];
  try {
    names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  } catch {
    return undefined;
  }
  for (const name of names.slice(0, FILES_MAX)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(root, name));
    const digest = createHash('sha256').update(bytes).digest('base64url');
    const etag = `"${digest.slice(0, ETAG_CHARACTERS)}"`;
    files.set(`/${name.replaceAll('\\', '/')}`, { type, bytes, etag });
  }
  return files.has('/index.html') ? (path) => files.get(path) : undefined;
}
