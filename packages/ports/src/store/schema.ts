// The tables of the projection. They hold nothing that the journal does not: another version is not
// migrated but built again, and a file that SQLite cannot read is thrown away.
import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export const SCHEMA_VERSION = 5;
const FILE_MODE = 0o600;
const BUSY_MS = 2_000;

const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -8000;
  PRAGMA journal_size_limit = 33554432;
  PRAGMA temp_store = MEMORY;
`;

/**
 * A request's record stays in the journal: its row says where. Few indexes, because each costs a
 * page for nearly every call (a session's name is random). `minutes` has one row per latency
 * bucket: their sums are the totals, their counts the percentiles. Tenant `*` there is everybody;
 * '' is nobody known. In `received` and `blocked` a space stands before and after each endpoint, so
 * that one is found in it. `flows` has, beside what places had of calls, one row for each way that
 * calls went as a whole, with no endpoint; '' there is whatever was not stated.
 */
const TABLES = `
  CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    decision TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    tenant TEXT,
    key TEXT,
    session TEXT,
    step TEXT,
    step_source TEXT,
    step_class TEXT,
    routed_by TEXT,
    operation TEXT NOT NULL,
    stream INTEGER NOT NULL,
    model_requested TEXT,
    model TEXT,
    endpoint TEXT,
    tier INTEGER,
    label TEXT,
    ending TEXT NOT NULL,
    code TEXT,
    status INTEGER NOT NULL,
    fallback INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost INTEGER,
    savings INTEGER,
    first_byte_ms REAL,
    total_ms REAL NOT NULL,
    reach TEXT NOT NULL,
    received TEXT,
    blocked TEXT,
    consent TEXT,
    segment INTEGER NOT NULL,
    byte INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX requests_by_tenant ON requests (tenant);
  CREATE TABLE usage (
    tenant TEXT NOT NULL,
    hour INTEGER NOT NULL,
    model TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    tier INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    unknown_cost_calls INTEGER NOT NULL,
    savings INTEGER NOT NULL,
    PRIMARY KEY (tenant, hour, model, endpoint, tier)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX usage_by_hour ON usage (hour);
  CREATE TABLE minutes (
    tenant TEXT NOT NULL,
    minute INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    unknown_cost_calls INTEGER NOT NULL,
    savings INTEGER NOT NULL,
    PRIMARY KEY (tenant, minute, tier, bucket)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX minutes_by_minute ON minutes (minute);
  CREATE TABLE flows (
    tenant TEXT NOT NULL,
    hour INTEGER NOT NULL,
    fate TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    region TEXT NOT NULL,
    entity TEXT NOT NULL,
    tier INTEGER NOT NULL,
    own INTEGER NOT NULL,
    label TEXT NOT NULL,
    consent TEXT NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    uncounted INTEGER NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    PRIMARY KEY (tenant, hour, fate, endpoint, region, entity, tier, own, label, consent)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX flows_by_hour ON flows (hour);
  CREATE TABLE feedback (
    decision TEXT NOT NULL,
    tier INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    at REAL NOT NULL,
    key TEXT NOT NULL,
    score REAL NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (decision, tier, source)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE cursor (
    source TEXT PRIMARY KEY,
    segment INTEGER NOT NULL,
    byte INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export type Opened = {
  readonly database: DatabaseSync;
  /** Why an earlier projection was thrown away. */
  readonly rebuilt: 'version' | 'unreadable' | undefined;
};

/** @param path `:memory:` or a file, made when it is missing. */
export function openDatabase(path: string): Opened {
  if (path === ':memory:') return { database: fresh(path), rebuilt: undefined };
  try {
    const database = opened(path);
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version === SCHEMA_VERSION) return { database, rebuilt: undefined };
    database.close();
    const rebuilt = version === 0 ? undefined : 'version';
    return { database: rebuild(path), rebuilt };
  } catch {
    return { database: rebuild(path), rebuilt: 'unreadable' };
  }
}

function rebuild(path: string): DatabaseSync {
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
  return fresh(path);
}

function fresh(path: string): DatabaseSync {
  const database = opened(path);
  database.exec(`BEGIN; ${TABLES} COMMIT;`);
  return database;
}

function opened(path: string): DatabaseSync {
  // SQLite gives its side files the mode of the main one.
  if (path !== ':memory:') {
    closeSync(openSync(path, 'a', FILE_MODE));
    chmodSync(path, FILE_MODE);
  }
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec(PRAGMAS);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
