// A database that is the only place where something is kept: private to its owner, and never thrown
// away because it cannot be read.
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const FILE_MODE = 0o600;
const VERSION = 1;

/**
 * @param path `:memory:` or a file, made when it is missing. Throws what SQLite throws, and for a
 * file of another version.
 */
export function openKept(path: string, tables: string): DatabaseSync {
  if (path !== ':memory:') {
    closeSync(openSync(path, 'a', FILE_MODE));
    chmodSync(path, FILE_MODE);
  }
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version === 0) {
      database.exec(`BEGIN; ${tables} PRAGMA user_version = ${VERSION}; COMMIT;`);
    } else if (version !== VERSION) {
      throw new Error(`${path} is of version ${version}, this program reads ${VERSION}`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
