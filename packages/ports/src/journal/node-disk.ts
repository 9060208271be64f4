// The real disk. Files are private to their owner (0600, folders 0700); errors become `DiskFault`,
// so that nobody above compares system error codes.
import fs from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Disk, DiskFault, type DiskFaultKind, type DiskFile } from './disk.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const LOCK_FILE = 'lock';

export function nodeDisk(): Disk {
  return {
    makeFolder: (path) => told(mkdir(path, { recursive: true, mode: FOLDER_MODE }).then(nothing)),
    lock: async (folder) => lockFolder(folder),
    list: (folder) => told(listFolder(folder)),
    open: openFile,
    rename: (from, to) => told(rename(from, to)),
    remove: (path) => told(rm(path)),
    syncFolder: async (path) => {
      const fd = await opened(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      try {
        await called((done) => fs.fsync(fd, done));
      } finally {
        await called((done) => fs.close(fd, done));
      }
    },
  };
}

async function openFile(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile> {
  const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;
  const flags = { create: O_RDWR | O_CREAT | O_EXCL, write: O_RDWR, read: O_RDONLY }[mode];
  const fd = await opened(path, flags);
  return {
    read: (into, position) => readAll(fd, into, position),
    write: (bytes, position) => writeAll(fd, bytes, position),
    datasync: () => called((done) => fs.fdatasync(fd, done)),
    truncate: (bytes) => called((done) => fs.ftruncate(fd, bytes, done)),
    close: () => called((done) => fs.close(fd, done)),
  };
}

function opened(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, FILE_MODE, (error, fd) => (error ? reject(asFault(error)) : resolve(fd)));
  });
}

async function readAll(fd: number, into: Uint8Array, position: number): Promise<number> {
  let have = 0;
  while (have < into.length) {
    const at = have;
    const count = await new Promise<number>((resolve, reject) => {
      fs.read(fd, into, at, into.length - at, position + at, (error, read) =>
        error ? reject(asFault(error)) : resolve(read),
      );
    });
    if (count === 0) return have;
    have += count;
  }
  return have;
}

/** A full disk shows as a short write first and as an error at the next try. */
async function writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const at = done;
    const count = await new Promise<number>((resolve, reject) => {
      fs.write(fd, bytes, at, bytes.length - at, position + at, (error, written) =>
        error ? reject(asFault(error)) : resolve(written),
      );
    });
    if (count === 0) throw new DiskFault('full', 'the disk took no byte');
    done += count;
  }
}

async function listFolder(folder: string): Promise<{ name: string; bytes: number }[]> {
  const names = (await readdir(folder)).sort();
  const facts: { name: string; bytes: number }[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name));
    if (found.isFile()) facts.push({ name, bytes: found.size });
  }
  return facts;
}

/**
 * Node has no flock. SQLite has locks of the kernel, which end with the process however it ends, on
 * every system: a transaction that has begun and never commits. The file's `user_version` tells
 * others who holds it.
 */
function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE');
    nameHolder(database);
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const holder = holderOf(database);
    database.close();
    if (!isBusy(error)) throw asFault(error);
    const who = holder === undefined ? 'another process' : `process ${holder}`;
    throw new DiskFault('locked', `${folder} is in use by ${who}`, holder);
  }
  fs.chmodSync(join(folder, LOCK_FILE), FILE_MODE);
  return () => database.close();
}

/** Ends the transaction. On a full disk the lock holds as well, only its holder stays unnamed. */
function nameHolder(database: DatabaseSync): void {
  try {
    database.exec(`PRAGMA user_version = ${process.pid}`);
    database.exec('COMMIT');
  } catch (error) {
    if (isBusy(error)) throw error;
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

function holderOf(database: DatabaseSync): number | undefined {
  try {
    const pid = database.prepare('PRAGMA user_version').get()?.['user_version'];
    return typeof pid === 'number' && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asFault(error);
  }
}

function called(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(asFault(error)) : resolve()));
  });
}

const KINDS: Readonly<Record<string, DiskFaultKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  ENOENT: 'missing',
  EEXIST: 'exists',
};

function asFault(error: unknown): DiskFault {
  if (error instanceof DiskFault) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new DiskFault(KINDS[code] ?? 'failed', error instanceof Error ? error.message : code);
}

const nothing = (): undefined => undefined;
