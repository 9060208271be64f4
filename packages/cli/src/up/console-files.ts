// The files of the built console, read when they are first asked for and kept: they are few and
// small. A path names a file below the folder or nothing.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleFile } from '@signalbox/control';

const FOLDER = fileURLToPath(new URL('../../../console/dist', import.meta.url));
const FILES_MAX = 256;
const FILE_BYTES_MAX = 4 * 1_024 * 1_024;
const ETAG_CHARACTERS = 24;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export function consoleFiles(folder: string = FOLDER): (path: string) => ConsoleFile | undefined {
  const kept = new Map<string, ConsoleFile>();
  return (path) => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const file = readConsoleFile(folder, path);
    if (file !== undefined && kept.size < FILES_MAX) kept.set(path, file);
    return file;
  };
}

function readConsoleFile(folder: string, path: string): ConsoleFile | undefined {
  const type = TYPES[extname(path)];
  const file = normalize(join(folder, path));
  if (type === undefined || !file.startsWith(folder + sep) || !existsSync(file)) return undefined;
  const facts = statSync(file);
  if (!facts.isFile() || facts.size > FILE_BYTES_MAX) return undefined;
  const bytes = readFileSync(file);
  const digest = createHash('sha256').update(bytes).digest('base64url');
  return { type, bytes, etag: `"${digest.slice(0, ETAG_CHARACTERS)}"` };
}
