// The journal folded into tables. One transaction writes a batch of entries and moves the cursor
// past them, so a batch that comes twice, or a crash between any two steps, changes nothing: what
// the cursor has passed is not read again.
import type { DatabaseSync } from 'node:sqlite';
import type { ReadEntry } from '@signalbox/trust';
import type { EntryName } from '../journal/read.ts';
import { isBefore, type Position } from '../journal/segment.ts';
import { FlowTally, type FlowTotal } from './flow-tally.ts';
import type { RequestSummary } from './records.ts';
import { type FeedbackRow, type Row, rowOf, type SettledRow } from './row.ts';
import { HOUR_MS, MINUTE_MS, type MinuteSum, Tally, type UsageSum } from './tally.ts';

const DAY_MS: number = 24 * HOUR_MS;
/** Charts reach this far back; usage by hour reaches further. */
const MINUTES_KEPT_MS: number = 8 * DAY_MS;
const HOURS_KEPT_MS: number = 400 * DAY_MS;
/** Of the journal's time, between two looks for what is too old. */
const PRUNE_EVERY_MS = HOUR_MS;
/** How many old requests may go for each that comes, so that the table shrinks when it must. */
const PRUNED_PER_NEW = 2;
const PRUNED_MIN = 64;

export type Keep = { readonly days: number; readonly requests: number };

export type Cursor = { readonly position: Position; readonly after: EntryName | undefined };

export type PlacedEntry = { readonly read: ReadEntry; readonly place: Position };

export type Batch = {
  readonly entries: readonly PlacedEntry[];
  /** Where the last of them ends. */
  readonly end: Position;
};

const START: Cursor = { position: { segment: 0, offset: 0 }, after: undefined };

export class Projection {
  readonly #database: DatabaseSync;
  readonly #keep: Keep;
  readonly #statements: Statements;
  #nextId: number;
  #prunedAt = 0;

  constructor(database: DatabaseSync, keep: Keep) {
    this.#database = database;
    this.#keep = keep;
    this.#statements = prepare(database);
    const last = database.prepare('SELECT max(id) AS id FROM requests').get()?.['id'];
    this.#nextId = typeof last === 'number' ? last + 1 : 1;
  }

  /** What has been projected. */
  cursor(): Cursor {
    const row = this.#statements.readCursor.get();
    if (row === undefined) return START;
    const { segment, byte, epoch, seq } = row;
    if (typeof segment !== 'number' || typeof byte !== 'number') return START;
    if (typeof epoch !== 'string' || typeof seq !== 'number') return START;
    return { position: { segment, offset: byte }, after: { epoch, seq } };
  }

  /**
   * Begins at the beginning of what the journal has, for it is not the one that the cursor knows.
   * What is here stays: it may be older than anything the journal still holds. A decision that
   * comes again makes no second row.
   */
  rewind(): void {
    this.#statements.dropCursor.run();
  }

  /** All of the batch or nothing of it, and only what is new; returns the requests among that. */
  apply(batch: Batch): readonly RequestSummary[] {
    const known = this.cursor().position;
    const entries = batch.entries.filter((entry) => !isBefore(entry.place, known));
    const last = entries.at(-1)?.read.head;
    if (last === undefined) return [];
    const rows = entries
      .map((entry) => rowOf(entry.read, entry.place))
      .filter((row) => row !== undefined);
    const firstId = this.#nextId;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const added = this.#write(rows);
      const { segment, offset } = batch.end;
      this.#statements.writeCursor.run(segment, offset, last.epoch, last.seq);
      this.#prune(last.at, PRUNED_MIN + added.length * PRUNED_PER_NEW);
      this.#database.exec('COMMIT');
      return added;
    } catch (error) {
      // A full disk has ended it already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#nextId = firstId;
      throw error;
    }
  }

  #write(rows: readonly Row[]): readonly RequestSummary[] {
    const tally = new Tally();
    const flows = new FlowTally();
    const added: RequestSummary[] = [];
    for (const row of rows) {
      if (row.kind === 'counted') tally.counted(row);
      else if (row.kind === 'feedback') this.#told(row);
      else if (this.#insert(row)) {
        tally.settled(row.summary);
        flows.settled(row);
        added.push(row.summary);
      }
    }
    for (const sum of tally.usage()) this.#statements.addUsage.run(...usageColumns(sum));
    for (const sum of tally.minutes()) this.#statements.addMinute.run(...minuteColumns(sum));
    for (const sum of flows.sums()) this.#statements.addFlow.run(...flowColumns(sum));
    return added;
  }

  #told({ decision, tier, tenant, at, key, score, by }: FeedbackRow): void {
    this.#statements.addFeedback.run(decision, tier, tenant, at, key, score, by);
  }

  /** False: the decision is known already. */
  #insert(row: SettledRow): boolean {
    const id = this.#nextId;
    const { segment, offset } = row.place;
    const columns = requestColumns(row.summary);
    const { changes } = this.#statements.addRequest.run(id, ...columns, segment, offset);
    if (changes === 0) return false;
    this.#nextId = id + 1;
    return true;
  }

  /** Old requests go a few at a time, old sums once an hour of the journal's time. */
  #prune(now: number, prunedMax: number): void {
    const oldest = now - this.#keep.days * DAY_MS;
    const floor = this.#nextId - this.#keep.requests;
    // The eldest alone first: as a rule it may stay, and nothing else is looked at.
    for (const many of [1, prunedMax]) {
      const found = this.#statements.oldRequests.get(many, oldest, floor)?.['id'];
      if (typeof found !== 'number') break;
      this.#statements.dropRequests.run(found);
    }
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    this.#statements.dropMinutes.run(Math.floor((now - MINUTES_KEPT_MS) / MINUTE_MS));
    const oldestHour = Math.floor((now - HOURS_KEPT_MS) / HOUR_MS);
    this.#statements.dropUsage.run(oldestHour);
    this.#statements.dropFlows.run(oldestHour);
    this.#statements.dropFeedback.run(now - this.#keep.days * DAY_MS);
  }
}

type Column = string | number | bigint | null;

function requestColumns(call: RequestSummary): Column[] {
  return [
    call.decision,
    call.at,
    call.tenant ?? null,
    call.key ?? null,
    call.session ?? null,
    call.step ?? null,
    call.stepSource ?? null,
    call.stepClass ?? null,
    call.routedBy ?? null,
    call.operation,
    call.stream ? 1 : 0,
    call.modelRequested ?? null,
    call.model ?? null,
    call.endpoint ?? null,
    call.tier ?? null,
    call.label ?? null,
    call.ending,
    call.code ?? null,
    call.status,
    call.fallback ? 1 : 0,
    call.inputTokens ?? null,
    call.outputTokens ?? null,
    call.costNanoUsd ?? null,
    call.savingsNanoUsd ?? null,
    call.firstByteMs ?? null,
    call.totalMs,
    call.reach,
    spaced(call.received),
    spaced(call.blocked),
    call.consent ?? null,
  ];
}

const spaced = (names: readonly string[]): string | null =>
  names.length === 0 ? null : ` ${names.join(' ')} `;

function usageColumns(sum: UsageSum): Column[] {
  const key = [sum.tenant, sum.hour, sum.model, sum.endpoint, sum.tier];
  const counts = [sum.calls, sum.refused, sum.inputTokens, sum.outputTokens];
  return [...key, ...counts, sum.cost, sum.unknownCostCalls, sum.savings];
}

function minuteColumns(sum: MinuteSum): Column[] {
  const key = [sum.tenant, sum.minute, sum.tier, sum.bucket];
  const counts = [sum.calls, sum.errors, sum.refused, sum.tokens];
  return [...key, ...counts, sum.cost, sum.unknownCostCalls, sum.savings];
}

function flowColumns(sum: FlowTotal): Column[] {
  const where = [sum.endpoint, sum.region, sum.entity, sum.tier, sum.own ? 1 : 0];
  const key = [sum.tenant, sum.hour, sum.fate, ...where, sum.label, sum.consent];
  const counts = [sum.calls, sum.inputTokens, sum.outputTokens, sum.uncounted];
  return [...key, ...counts, sum.first, sum.last];
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  return {
    readCursor: database.prepare(
      "SELECT segment, byte, epoch, seq FROM cursor WHERE source = 'journal'",
    ),
    writeCursor: database.prepare(
      `INSERT INTO cursor (source, segment, byte, epoch, seq) VALUES ('journal', ?, ?, ?, ?)
       ON CONFLICT (source) DO UPDATE SET segment = excluded.segment, byte = excluded.byte,
         epoch = excluded.epoch, seq = excluded.seq`,
    ),
    dropCursor: database.prepare("DELETE FROM cursor WHERE source = 'journal'"),
    addRequest: database.prepare(
      `INSERT INTO requests (id, decision, at, tenant, key, session, step, step_source,
         step_class, routed_by, operation, stream, model_requested, model,
         endpoint, tier, label, ending, code, status, fallback,
         input_tokens, output_tokens, cost, savings, first_byte_ms, total_ms, reach, received,
         blocked, consent, segment, byte)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
         ?, ?, ?, ?, ?)
       ON CONFLICT (decision) DO NOTHING`,
    ),
    addUsage: database.prepare(
      `INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,
         refused = refused + excluded.refused,
         input_tokens = input_tokens + excluded.input_tokens,
         output_tokens = output_tokens + excluded.output_tokens,
         cost = cost + excluded.cost,
         unknown_cost_calls = unknown_cost_calls + excluded.unknown_cost_calls,
         savings = savings + excluded.savings`,
    ),
    addMinute: database.prepare(
      `INSERT INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,
         errors = errors + excluded.errors,
         refused = refused + excluded.refused,
         tokens = tokens + excluded.tokens,
         cost = cost + excluded.cost,
         unknown_cost_calls = unknown_cost_calls + excluded.unknown_cost_calls,
         savings = savings + excluded.savings`,
    ),
    addFlow: database.prepare(
      `INSERT INTO flows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,
         input_tokens = input_tokens + excluded.input_tokens,
         output_tokens = output_tokens + excluded.output_tokens,
         uncounted = uncounted + excluded.uncounted,
         first = min(first, excluded.first),
         last = max(last, excluded.last)`,
    ),
    addFeedback: database.prepare(
      `INSERT INTO feedback (decision, tier, tenant, at, key, score, source)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET at = excluded.at, key = excluded.key, score = excluded.score`,
    ),
    dropFeedback: database.prepare('DELETE FROM feedback WHERE at < ?'),
    /** The youngest of the eldest rows that may go. */
    oldRequests: database.prepare(
      `SELECT max(id) AS id FROM (SELECT id, at FROM requests ORDER BY id LIMIT ?)
       WHERE at < ? OR id < ?`,
    ),
    dropRequests: database.prepare('DELETE FROM requests WHERE id <= ?'),
    dropMinutes: database.prepare('DELETE FROM minutes WHERE minute < ?'),
    dropUsage: database.prepare('DELETE FROM usage WHERE hour < ?'),
    dropFlows: database.prepare('DELETE FROM flows WHERE hour < ?'),
  };
}
