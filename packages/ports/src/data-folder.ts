// The data folder: what a node keeps between two starts. The first start makes it, private to its
// owner, with a marker that says by which layout its files are read, and four secrets: the pepper
// (keyed hashes), the key-encryption key, the demo tenant's key and the administrator's key.
// Everything else in it belongs to who writes it.
//
// It refuses a folder that others could read or that belongs to somebody else, files of another
// program, a layout that it does not know, and a pepper that is gone while a journal is there: a
// new one would make every key and every digest worthless. Each refusal names the command to run.
// It never prints a secret.
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Random, Secret } from '@signalbox/contract';
import { type DataFolderDocument, migrateDataFolder } from '@signalbox/documents';
import { API_KEY_CHANCE_BYTES, mintApiKey, parseApiKey } from '@signalbox/trust';

const MARKER = 'signalbox.json';
const JOURNAL = 'journal';
const RECORDS = 'records.db';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
const SECRET_BYTES = 32;
/** Of chance in the name of a file that is being written. */
const DRAFT_BYTES = 8;
const FILE_BYTES_MAX = 4_096;
/** What an unfinished first start leaves, and what a mounted disk has by itself. */
const NOT_OCCUPYING = /\.new$|^lost\+found$/;

export type DataFolderOptions = {
  readonly path: string;
  readonly random: Random;
  /** Name and version, for the marker. */
  readonly program: string;
};

export type DataFolder = {
  /** Absolute. */
  readonly path: string;
  readonly journalFolder: string;
  readonly recordsPath: string;
  readonly pepper: Uint8Array;
  readonly kek: Uint8Array;
  readonly demoKey: Secret;
  readonly adminKey: Secret;
  /** True when this start made it. */
  readonly isNew: boolean;
};

/** Why the folder cannot be used, and the command that helps. */
export class DataFolderFault extends Error {
  override readonly name = 'DataFolderFault';
  readonly command: string;
  constructor(message: string, command: string) {
    super(`${message} Run: ${command}`);
    this.command = command;
  }
}

export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = resolve(options.path);
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  await checkFolder(path);
  const { program, random } = options;
  const isNew = await checkLayout({ path, random }, program);
  const secrets = { path, random, journalHeld: await holdsJournal(path) };
  return {
    path,
    journalFolder: join(path, JOURNAL),
    recordsPath: join(path, RECORDS),
    pepper: await secretBytes(secrets, 'pepper'),
    kek: await secretBytes(secrets, 'kek'),
    demoKey: await apiKey(secrets, 'demo'),
    adminKey: await apiKey(secrets, 'admin'),
    isNew,
  };
}

type Place = { readonly path: string; readonly random: Random };
type Secrets = Place & { readonly journalHeld: boolean };

async function checkFolder(path: string): Promise<void> {
  const facts = await stat(path);
  if (!facts.isDirectory()) {
    throw new DataFolderFault(
      `${path} is no folder.`,
      'SIGNALBOX_DATA=./other-folder signalbox up',
    );
  }
  checkOwner(path, facts.uid, 'its journal and keys');
  if ((facts.mode & OTHERS) !== 0) {
    throw new DataFolderFault(
      `${path} holds secrets and is open to others (mode ${octal(facts.mode)}).`,
      `chmod 700 ${quoted(path)}`,
    );
  }
}

function checkOwner(path: string, owner: number, what: string): void {
  const us = process.getuid?.();
  if (us === undefined || owner === us) return;
  throw new DataFolderFault(
    `${path} belongs to user ${owner}, this process runs as ${us}: ${what} would not be private.`,
    `chown -R ${us} ${quoted(path)}`,
  );
}

/** True: the folder was empty and is ours now. */
async function checkLayout(place: Place, program: string): Promise<boolean> {
  const { path } = place;
  const names = await readdir(path);
  const occupied = names.some((name) => !NOT_OCCUPYING.test(name));
  const verdict = migrateDataFolder({ marker: await readMarker(path), occupied, program });
  switch (verdict.kind) {
    case 'current':
      return false;
    case 'fresh':
      await writeMarker(place, verdict.marker);
      return true;
    case 'migrate':
      // No layout is older than the first: a step that is named here needs its deed in this file.
      throw new DataFolderFault(
        `${path} has an older layout, and this program cannot bring it to the present one.`,
        'SIGNALBOX_DATA=./other-folder signalbox up',
      );
    case 'refuse':
      throw new DataFolderFault(`${path}: ${verdict.reason}`, verdict.command);
  }
}

/** Undefined: there is none. A marker that is no JSON is a marker that cannot be read. */
async function readMarker(path: string): Promise<unknown> {
  const text = await readPrivate(join(path, MARKER));
  if (text === undefined) return undefined;
  try {
    const marker: unknown = JSON.parse(text);
    return marker ?? null;
  } catch {
    return null;
  }
}

async function writeMarker(place: Place, marker: DataFolderDocument): Promise<void> {
  await writeNew(place, MARKER, `${JSON.stringify(marker, undefined, 2)}\n`);
}

async function holdsJournal(path: string): Promise<boolean> {
  const names = await readdir(join(path, JOURNAL)).catch(() => []);
  return names.some((name) => name.endsWith('.sbj'));
}

async function secretBytes(secrets: Secrets, name: 'pepper' | 'kek'): Promise<Uint8Array> {
  const file = join(secrets.path, name);
  let text = await readPrivate(file);
  if (text === undefined) {
    if (secrets.journalHeld) {
      throw new DataFolderFault(
        `${file} is missing, and the journal beside it was written with it.`,
        fromBackup(file),
      );
    }
    const hexadecimal = Buffer.from(secrets.random.bytes(SECRET_BYTES)).toString('hex');
    text = await writeNew(secrets, name, `${hexadecimal}\n`);
  }
  const hexadecimal = text.trim();
  if (!/^[0-9a-f]{64}$/.test(hexadecimal)) {
    throw new DataFolderFault(`${file} does not hold 64 hexadecimal digits.`, fromBackup(file));
  }
  return new Uint8Array(Buffer.from(hexadecimal, 'hex'));
}

/** Of a file that only its owner may have made: whoever keeps copies puts one back. */
const fromBackup = (file: string): string =>
  `install -m 600 BACKUP/${basename(file)} ${quoted(file)}`;

/** A key that was removed is made anew: that is how one is replaced by hand. */
async function apiKey(secrets: Secrets, env: 'demo' | 'admin'): Promise<Secret> {
  const file = join(secrets.path, `${env}.key`);
  const text =
    (await readPrivate(file)) ??
    (await writeNew(
      secrets,
      `${env}.key`,
      `${mintApiKey(env, secrets.random.bytes(API_KEY_CHANCE_BYTES))}\n`,
    ));
  if (parseApiKey(text.trim()) === undefined) {
    throw new DataFolderFault(`${file} does not hold a key.`, `rm ${quoted(file)}`);
  }
  return new Secret(text.trim());
}

/** Undefined: there is no such file. Refuses what others could read, and links. */
async function readPrivate(file: string): Promise<string | undefined> {
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
async function writeNew(place: Place, name: string, text: string): Promise<string> {
  const file = join(place.path, name);
  const draft = `${file}.${Buffer.from(place.random.bytes(DRAFT_BYTES)).toString('hex')}.new`;
  const handle = await open(draft, 'wx', FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch(existing);
  await rm(draft, { force: true });
  await syncFolder(place.path);
  return readFile(file, 'utf8');
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

const octal = (mode: number): string => (mode & 0o777).toString(8);
/** For a shell. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
