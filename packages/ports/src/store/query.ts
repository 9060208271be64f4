// Answers from the projection. Every statement is fixed text with parameters; nothing that a caller sends becomes SQL.
// Rows of a tenant are found by the tenant in the statement itself, not by sorting out what was read.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { bigint, type Columns, number, text } from './columns.ts';
import {
  EVERY_TENANT,
  REQUESTS_MAX,
  type RecentPage,
  type RecentQuery,
  type RequestSummary,
  type Scope,
  type StoredRecord,
  USAGE_ROWS_MAX,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from './records.ts';
import { HOUR_MS } from './tally.ts';

/** How many rows a filter may look at before the page ends, full or not. */
const SCANNED_MAX = 20_000;

const SUMMARY = `id, decision, at, tenant, key, session, step, operation, stream, model_requested,
  model, endpoint, tier, label, ending, code, status, fallback, input_tokens, output_tokens, cost,
  savings, first_byte_ms, total_ms`;

const GROUP_COLUMNS: Readonly<Record<UsageGroup, string>> = {
  hour: 'hour',
  day: 'hour / 24',
  model: 'model',
  endpoint: 'endpoint',
  tier: 'tier',
  tenant: 'tenant',
};

export class Queries {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  recent(query: RecentQuery): RecentPage {
    const limit = Math.min(Math.max(1, Math.floor(query.limit)), REQUESTS_MAX);
    const before = this.#idAfter(query);
    if (before === undefined) return { requests: [], next: undefined };
    const requests: RequestSummary[] = [];
    let scanned = 0;
    let last: string | undefined;
    for (const row of this.#rows(query, before)) {
      // One row more than the page shows that there is a next one.
      if (requests.length === limit || scanned === SCANNED_MAX) return { requests, next: last };
      const summary = summaryOf(row);
      scanned += 1;
      last = summary.decision;
      if (matches(query, summary)) requests.push(summary);
    }
    return { requests, next: undefined };
  }

  byDecision(tenant: Scope, decision: string): StoredRecord | undefined {
    const { oneOfAll, one } = this.#statements;
    const row = tenant === EVERY_TENANT ? oneOfAll.get(decision) : one.get(decision, tenant);
    if (row === undefined) return undefined;
    return { summary: summaryOf(row), recordJson: text(row, 'record') ?? '' };
  }

  usage(query: UsageQuery): readonly UsageRow[] {
    const statement = this.#statements.usage[query.by];
    const from = Math.floor(query.from / HOUR_MS);
    const to = Math.ceil(query.to / HOUR_MS);
    const whose = query.tenant === EVERY_TENANT ? null : query.tenant;
    return statement.all(whose, from, to).map((row) => ({
      group: groupText(query.by, row),
      calls: number(row, 'calls') ?? 0,
      refused: number(row, 'refused') ?? 0,
      inputTokens: number(row, 'input_tokens') ?? 0,
      outputTokens: number(row, 'output_tokens') ?? 0,
      costNanoUsd: bigint(row, 'cost') ?? 0n,
      unknownCostCalls: number(row, 'unknown_cost_calls') ?? 0,
      savingsNanoUsd: bigint(row, 'savings') ?? 0n,
    }));
  }

  /** The row that a page begins after; undefined: no such decision within the scope. */
  #idAfter(query: RecentQuery): number | undefined {
    if (query.after === undefined) return Number.MAX_SAFE_INTEGER;
    const { oneOfAll, one } = this.#statements;
    const row =
      query.tenant === EVERY_TENANT
        ? oneOfAll.get(query.after)
        : one.get(query.after, query.tenant);
    return row === undefined ? undefined : number(row, 'id');
  }

  #rows(query: RecentQuery, before: number): Iterable<Columns> {
    const { all, ofSession, ofTenant, ofTenantSession } = this.#statements;
    const { session, tenant } = query;
    if (tenant === EVERY_TENANT) {
      return session === undefined ? all.iterate(before) : ofSession.iterate(session, before);
    }
    return session === undefined
      ? ofTenant.iterate(tenant, before)
      : ofTenantSession.iterate(session, tenant, before);
  }
}

function matches(query: RecentQuery, call: RequestSummary): boolean {
  if (query.tier !== undefined && call.tier !== query.tier) return false;
  if (query.ending !== undefined && call.ending !== query.ending) return false;
  if (query.model === undefined) return true;
  return call.model === query.model || call.modelRequested === query.model;
}

function groupText(by: UsageGroup, row: Columns): string {
  const value = row['grouped'];
  if (typeof value === 'string') return value;
  const count = Number(value);
  if (by === 'tier') return count === 0 ? '' : String(count);
  return new Date(count * (by === 'day' ? 24 : 1) * HOUR_MS).toISOString();
}

function summaryOf(row: Columns): RequestSummary {
  return {
    decision: text(row, 'decision') ?? '',
    at: number(row, 'at') ?? 0,
    tenant: text(row, 'tenant'),
    key: text(row, 'key'),
    session: text(row, 'session'),
    step: text(row, 'step'),
    operation: text(row, 'operation') ?? '',
    stream: number(row, 'stream') === 1,
    modelRequested: text(row, 'model_requested'),
    model: text(row, 'model'),
    endpoint: text(row, 'endpoint'),
    tier: number(row, 'tier'),
    label: text(row, 'label'),
    ending: text(row, 'ending') ?? '',
    code: text(row, 'code'),
    status: number(row, 'status') ?? 0,
    fallback: number(row, 'fallback') === 1,
    inputTokens: number(row, 'input_tokens'),
    outputTokens: number(row, 'output_tokens'),
    costNanoUsd: bigint(row, 'cost'),
    savingsNanoUsd: bigint(row, 'savings'),
    firstByteMs: number(row, 'first_byte_ms'),
    totalMs: number(row, 'total_ms') ?? 0,
  };
}

function prepare(database: DatabaseSync) {
  const ready = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const page = (where: string): StatementSync =>
    ready(`SELECT ${SUMMARY} FROM requests WHERE ${where} ORDER BY id DESC`);
  const single = (where: string): StatementSync =>
    ready(
      `SELECT ${SUMMARY}, record FROM requests JOIN records USING (id) WHERE decision = ?${where}`,
    );
  const sums = (by: UsageGroup): StatementSync =>
    ready(
      `SELECT ${GROUP_COLUMNS[by]} AS grouped, sum(calls) AS calls, sum(refused) AS refused,
         sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost) AS cost,
         sum(unknown_cost_calls) AS unknown_cost_calls, sum(savings) AS savings
       FROM usage WHERE (?1 IS NULL OR tenant = ?1) AND hour >= ?2 AND hour < ?3
       GROUP BY grouped ORDER BY grouped LIMIT ${USAGE_ROWS_MAX}`,
    );
  return {
    all: page('id < ?'),
    ofTenant: page('tenant = ? AND id < ?'),
    ofSession: page('session = ? AND id < ?'),
    ofTenantSession: page('session = ? AND tenant = ? AND id < ?'),
    one: single(' AND tenant = ?'),
    oneOfAll: single(''),
    usage: {
      hour: sums('hour'),
      day: sums('day'),
      model: sums('model'),
      endpoint: sums('endpoint'),
      tier: sums('tier'),
      tenant: sums('tenant'),
    },
  };
}
