// What has to be told, to whom, and what was told: kept in SQLite, so that a restart loses none of
// it and tells nothing twice without need. What the registry was, the events of what became of it,
// and who is to hear of them change in one transaction: a crash between a change and its events
// leaves the old registry, and the next look finds the change again.
//
// It holds names, digests of fields and the events themselves, never a value of a document.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { openKept } from './open-kept.ts';

/** More of them, and the eldest are forgotten, told or not. */
export const EVENTS_KEPT_MAX = 10_000;
export const DELIVERIES_KEPT_MAX = 10_000;
const PAGE_MAX = 200;

export const OUTCOMES = ['delivered', 'failed', 'blocked', 'given-up', 'gone'] as const;

/** Digest of each field of a document. */
export type FieldDigests = Readonly<Record<string, string>>;

export type KeptEvent = {
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Of the registry; rises by one with every change of it, whatever the number of events. */
  readonly version: number;
  /** Whose it is alone. */
  readonly tenant: string | undefined;
  /** The CloudEvent, as it is sent. */
  readonly body: string;
};

export type Due = {
  readonly event: KeptEvent;
  /** Attempts that were made. */
  readonly tries: number;
  /** Unix milliseconds. */
  readonly notBefore: number;
};

export type Delivery = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly webhook: string;
  readonly event: string;
  /** 1: the first attempt. */
  readonly attempt: number;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly status: number | undefined;
  /** Code of a fault, or the term of the clearance that it breaks. */
  readonly fault: string | undefined;
  readonly ms: number;
};

/** Newest first. */
export type EventsQuery = {
  /** At most 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** What is its own alone; undefined: everything. */
  readonly tenant?: string | undefined;
};

export type DeliveriesQuery = EventsQuery & {
  /** Undefined: to any. */
  readonly webhooks?: readonly string[] | undefined;
  readonly event?: string | undefined;
  readonly outcome?: Delivery['outcome'] | undefined;
};

export type KeptPage<T> = { readonly rows: readonly T[]; readonly next: string | undefined };

/** An event that a webhook has not taken yet. */
export type Waits = Omit<Due, 'event'> & { readonly event: string; readonly webhook: string };

export type Recorded = {
  /** What has become of documents; undefined: gone. */
  readonly known: ReadonlyMap<string, FieldDigests | undefined>;
  readonly events: readonly KeptEvent[];
  /** Who hears of one. */
  readonly hears: (event: KeptEvent) => readonly string[];
};

export class Outbox {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  /** @param path `:memory:` or a file, made when it is missing. */
  constructor(path: string) {
    this.#database = openKept(path, TABLES);
    this.#statements = prepare(this.#database);
  }

  /** Undefined: nothing was ever known. */
  known(): ReadonlyMap<string, FieldDigests> | undefined {
    const rows = this.#statements.known.all();
    // Of an empty registry one row says that it is known to be that.
    if (rows.length === 0) return undefined;
    const documents = rows.filter((row) => text(row, 'key') !== LOOKED);
    return new Map(documents.map((row) => [text(row, 'key'), JSON.parse(text(row, 'fields'))]));
  }

  version(): number {
    return number(this.#statements.version.get() ?? {}, 'version') ?? 0;
  }

  /** All of it or nothing. */
  record({ known, events, hears }: Recorded): void {
    this.#whole(() => {
      this.#statements.learn.run(LOOKED, '{}');
      for (const [key, fields] of known) {
        if (fields === undefined) this.#statements.forget.run(key);
        else this.#statements.learn.run(key, JSON.stringify(fields));
      }
      for (const event of events) {
        const { id, at, version, tenant = null, body } = event;
        this.#statements.addEvent.run(id, at, version, tenant, body);
        for (const webhook of hears(event)) this.#statements.addDue.run(webhook, id, at);
      }
      this.#statements.dropEvents.run(EVENTS_KEPT_MAX);
      this.#statements.dropDue.run();
    });
  }

  /** Those that are there now; of others nothing is due any more. */
  keepOnly(webhooks: ReadonlySet<string>): void {
    const waiting = this.#statements.waiting.all().map((row) => text(row, 'webhook'));
    for (const one of waiting) if (!webhooks.has(one)) this.#statements.leave.run(one);
  }

  /** The eldest that one has not heard of. */
  next(webhook: string): Due | undefined {
    const row = this.#statements.next.get(webhook);
    if (row === undefined) return undefined;
    const [tries, notBefore] = [number(row, 'tries') ?? 0, number(row, 'not_before') ?? 0];
    return { event: eventOf(row), tries, notBefore };
  }

  /** @param again when it is tried once more; undefined: it is over. */
  tried(delivery: Delivery, again: number | undefined): void {
    const { webhook, event, attempt } = delivery;
    this.#whole(() => {
      if (again === undefined) this.#statements.done.run(webhook, event);
      else this.#statements.later.run(attempt, again, webhook, event);
      const { at, outcome, status = null, fault = null, ms } = delivery;
      this.#statements.addDelivery.run(at, webhook, event, attempt, outcome, status, fault, ms);
      this.#statements.dropDeliveries.run(DELIVERIES_KEPT_MAX);
    });
  }

  /**
   * Told once more, whether it was heard of or not; what waits for the same webhooks goes before
   * it, now. False: there is no such event.
   */
  again(event: string, webhooks: readonly string[], at: number): boolean {
    if (this.#statements.one.get(event) === undefined) return false;
    this.#whole(() => {
      for (const webhook of webhooks) {
        this.#statements.dueAgain.run(webhook, event, at);
        this.#statements.hasten.run(at, webhook);
      }
    });
    return true;
  }

  event(id: string): KeptEvent | undefined {
    const row = this.#statements.one.get(id);
    return row === undefined ? undefined : eventOf(row);
  }

  events({ limit, after, tenant }: EventsQuery): KeptPage<KeptEvent> {
    const asked = { after: after ?? null, tenant: tenant ?? null };
    return page(limit, eventOf, (most) => this.#statements.events.all({ ...asked, limit: most }));
  }

  deliveries({ limit, ...query }: DeliveriesQuery): KeptPage<Delivery> {
    const { after, tenant, webhooks, event, outcome } = query;
    const asked = {
      after: after === undefined ? null : Number(after),
      tenant: tenant ?? null,
      webhooks: webhooks === undefined ? null : JSON.stringify(webhooks),
      event: event ?? null,
      outcome: outcome ?? null,
    };
    const { deliveries } = this.#statements;
    return page(limit, deliveryOf, (most) => deliveries.all({ ...asked, limit: most }));
  }

  /** Who has not taken these events yet. */
  waits(events: readonly string[]): readonly Waits[] {
    return this.#statements.waits.all(JSON.stringify(events)).map((row) => ({
      webhook: text(row, 'webhook'),
      event: text(row, 'event'),
      tries: number(row, 'tries') ?? 0,
      notBefore: number(row, 'not_before') ?? 0,
    }));
  }

  close(): void {
    this.#database.close();
  }

  #whole(deed: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      deed();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

const TABLES = `
  CREATE TABLE known (key TEXT PRIMARY KEY, fields TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    version INTEGER NOT NULL,
    tenant TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE due (
    webhook TEXT NOT NULL,
    event TEXT NOT NULL,
    tries INTEGER NOT NULL,
    not_before REAL NOT NULL,
    PRIMARY KEY (webhook, event)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    webhook TEXT NOT NULL,
    event TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    fault TEXT,
    ms REAL NOT NULL
  ) STRICT;
`;

/** No document has this name. */
const LOOKED = '';

type Row = Record<string, SQLOutputValue>;

const text = (row: Row, name: string): string => String(row[name] ?? '');
const number = (row: Row, name: string): number | undefined => {
  const value = row[name];
  return typeof value === 'number' ? value : undefined;
};

const eventOf = (row: Row): KeptEvent => ({
  id: text(row, 'id'),
  at: number(row, 'at') ?? 0,
  version: number(row, 'version') ?? 0,
  tenant: row['tenant'] === null ? undefined : text(row, 'tenant'),
  body: text(row, 'body'),
});

/** One more than is shown is asked for: it says whether there are more. */
function page<T>(
  limit: number,
  of: (row: Row) => T,
  ask: (most: number) => readonly Row[],
): KeptPage<T> {
  const shown = Math.min(limit, PAGE_MAX);
  const all = ask(shown + 1);
  const rows = all.slice(0, shown);
  const last = rows.at(-1);
  const isMore = all.length > shown && last !== undefined;
  return { rows: rows.map(of), next: isMore ? String(last['id']) : undefined };
}

const deliveryOf = (row: Row): Delivery => ({
  at: number(row, 'at') ?? 0,
  webhook: text(row, 'webhook'),
  event: text(row, 'event'),
  attempt: number(row, 'attempt') ?? 0,
  outcome: OUTCOMES.find((one) => one === row['outcome']) ?? 'failed',
  status: number(row, 'status'),
  fault: row['fault'] === null ? undefined : text(row, 'fault'),
  ms: number(row, 'ms') ?? 0,
});

function prepare(database: DatabaseSync) {
  const of = (sql: string) => database.prepare(sql);
  return {
    known: of('SELECT key, fields FROM known'),
    learn: of('INSERT INTO known VALUES (?, ?) ON CONFLICT DO UPDATE SET fields = excluded.fields'),
    forget: of('DELETE FROM known WHERE key = ?'),
    version: of('SELECT max(version) AS version FROM events'),
    addEvent: of('INSERT INTO events (id, at, version, tenant, body) VALUES (?, ?, ?, ?, ?)'),
    addDue: of('INSERT INTO due VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING'),
    dropEvents: of('DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - ?'),
    dropDue: of('DELETE FROM due WHERE event NOT IN (SELECT id FROM events)'),
    dueAgain: of(`INSERT INTO due VALUES (?, ?, 0, ?)
      ON CONFLICT DO UPDATE SET tries = 0, not_before = excluded.not_before`),
    hasten: of('UPDATE due SET not_before = min(not_before, ?) WHERE webhook = ?'),
    waits: of('SELECT * FROM due WHERE event IN (SELECT value FROM json_each(?)) ORDER BY webhook'),
    waiting: of('SELECT DISTINCT webhook FROM due'),
    leave: of('DELETE FROM due WHERE webhook = ?'),
    next: of(`SELECT events.*, tries, not_before FROM due JOIN events ON events.id = due.event
      WHERE webhook = ? ORDER BY seq LIMIT 1`),
    done: of('DELETE FROM due WHERE webhook = ? AND event = ?'),
    later: of('UPDATE due SET tries = ?, not_before = ? WHERE webhook = ? AND event = ?'),
    addDelivery: of(`INSERT INTO deliveries (at, webhook, event, attempt, outcome, status, fault,
      ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    dropDeliveries: of('DELETE FROM deliveries WHERE id <= (SELECT max(id) FROM deliveries) - ?'),
    one: of('SELECT * FROM events WHERE id = ?'),
    events: of(`SELECT * FROM events WHERE ($tenant IS NULL OR tenant = $tenant)
      AND ($after IS NULL OR seq < (SELECT seq FROM events WHERE id = $after))
      ORDER BY seq DESC LIMIT $limit`),
    deliveries: of(`SELECT * FROM deliveries WHERE ($after IS NULL OR id < $after)
      AND ($tenant IS NULL OR event IN (SELECT id FROM events WHERE tenant = $tenant))
      AND ($webhooks IS NULL OR webhook IN (SELECT value FROM json_each($webhooks)))
      AND ($event IS NULL OR event = $event) AND ($outcome IS NULL OR outcome = $outcome)
      ORDER BY id DESC LIMIT $limit`),
  };
}
