// Files of the data folder that nobody but their owner may read, written whole or not at all.
import { constants } from 'node:fs';
import { link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Random } from '@signalbox/contract';

export const FOLDER_MODE = 0o700;
export const OTHERS = 0o077;
const FILE_MODE = 0o600;
/** Of chance in the name of a file that is being written. */
const DRAFT_BYTES = 8;
const FILE_BYTES_MAX = 65_536;

/** A folder, and chance for the names of its drafts. */
export type Place = { readonly path: string; readonly random: Random };

/** Why the folder cannot be used, and the command that helps. */
export class DataFolderFault extends Error {
  override readonly name = 'DataFolderFault';
  readonly command: string;
  constructor(message: string, command: string) {
    super(`${message} Run: ${command}`);
    this.command = command;
  }
}

export function checkOwner(path: string, owner: number, what: string): void {
  const us = process.getuid?.();
  if (us === undefined || owner === us) return;
  throw new DataFolderFault(
    `${path} belongs to user ${owner}, this process runs as ${us}: ${what} would not be private.`,
    `chown -R ${us} ${quoted(path)}`,
  );
}

/** Of a file that only its owner may have made: whoever keeps copies puts one back. */
export const fromBackup = (file: string): string =>
  `install -m 600 BACKUP/${basename(file)} ${quoted(file)}`;

/** Undefined: there is no such file. Refuses what others could read, and links. */
export async function readPrivate(file: string): Promise<string | undefined> {
  const facts = await lstat(file).catch(missing);
  if (facts === undefined) return undefined;
  if (!facts.isFile() || facts.size > FILE_BYTES_MAX) {
    throw new DataFolderFault(`${file} is not the small plain file it was.`, fromBackup(file));
  }
  checkOwner(file, facts.uid, 'what it holds');
  if ((facts.mode & OTHERS) !== 0) {
    throw new DataFolderFault(
      `${file} is open to others (mode ${octal(facts.mode)}).`,
      `chmod 600 ${quoted(file)}`,
    );
  }
  return readFile(file, 'utf8');
}

/**
 * Whole or not at all, and the first of two processes wins: the text is safe under another name
 * before it gets this one. Returns what the file holds.
 */
export async function writeNew(place: Place, name: string, text: string): Promise<string> {
  const file = join(place.path, name);
  const draft = await writeDraft(place, file, text);
  await link(draft, file).catch(existing);
  await rm(draft, { force: true });
  await syncFolder(place.path);
  return readFile(file, 'utf8');
}

/** Whole or not at all; what the file held is gone. */
export async function replacePrivate(place: Place, name: string, text: string): Promise<void> {
  const file = join(place.path, name);
  await rename(await writeDraft(place, file, text), file);
  await syncFolder(place.path);
}

export async function removePrivate(place: Place, name: string): Promise<void> {
  await rm(join(place.path, name), { force: true });
  await syncFolder(place.path);
}

async function writeDraft(place: Place, file: string, text: string): Promise<string> {
  const draft = `${file}.${Buffer.from(place.random.bytes(DRAFT_BYTES)).toString('hex')}.new`;
  const handle = await open(draft, 'wx', FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function missing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function existing(error: unknown): undefined {
  if (codeOf(error) !== 'EEXIST') throw error;
}

export const octal = (mode: number): string => (mode & 0o777).toString(8);
/** For a shell. */
export const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
