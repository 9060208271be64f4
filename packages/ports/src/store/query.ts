// Answers from the projection. Every statement is fixed text with parameters; nothing that a caller
// sends becomes SQL. Rows of a tenant are found by the tenant in the statement itself, not by
// sorting out what was read.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '../journal/segment.ts';
import { bigint, type Columns, number, text } from './columns.ts';
import {
  EVERY_TENANT,
  NOT_GIVEN,
  REACHES,
  REQUESTS_MAX,
  type RecentPage,
  type RecentQuery,
  type RequestSummary,
  type Scope,
  type StoredFeedback,
  USAGE_ROWS_MAX,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from './records.ts';
import { HOUR_MS } from './tally.ts';

/** How many rows a filter may look at before the page ends, full or not. */
const SCANNED_MAX = 50_000;

const SUMMARY = `id, decision, at, tenant, key, session, step, step_source, step_class,
  routed_by, operation, stream, model_requested,
  model, endpoint, tier, label, ending, code, status, fallback, input_tokens, output_tokens, cost,
  savings, first_byte_ms, total_ms, reach, received, blocked, consent`;

const GROUP_COLUMNS: Readonly<Record<UsageGroup, string>> = {
  hour: 'hour',
  day: 'hour / 24',
  model: 'model',
  endpoint: 'endpoint',
  tier: 'tier',
  tenant: 'tenant',
};

export type PlacedRequest = {
  readonly summary: RequestSummary;
  readonly place: Position;
  readonly feedback: readonly StoredFeedback[];
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
    const { tenant } = query;
    const ofAll = tenant === EVERY_TENANT;
    const { all, ofTenant, horizon, horizonOfTenant } = this.#statements;
    // One row more than the page shows that there is a next one.
    const filter = [...filterOf(query), limit + 1];
    const rows = ofAll ? all.all(before, ...filter) : ofTenant.all(before, ...filter, tenant);
    const requests = rows.slice(0, limit).map(summaryOf);
    if (rows.length > limit) return { requests, next: requests.at(-1)?.decision };
    const last = ofAll ? horizon.get(before) : horizonOfTenant.get(before, tenant);
    return { requests, next: last === undefined ? undefined : text(last, 'decision') };
  }

  byDecision(tenant: Scope, decision: string): PlacedRequest | undefined {
    const { oneOfAll, one } = this.#statements;
    const row = tenant === EVERY_TENANT ? oneOfAll.get(decision) : one.get(decision, tenant);
    if (row === undefined) return undefined;
    const place = { segment: number(row, 'segment') ?? 0, offset: number(row, 'byte') ?? 0 };
    const summary = summaryOf(row);
    const told = this.#statements.feedback.all(decision, summary.tenant ?? '');
    return { summary, place, feedback: told.map(feedbackOf) };
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
}

/** In the order of the statement; null: not asked for. */
function filterOf(query: RecentQuery): (string | number | null)[] {
  const { received, blocked } = query;
  return [
    query.tier ?? null,
    query.ending ?? null,
    query.session ?? null,
    query.model ?? null,
    query.label ?? null,
    query.reach ?? null,
    received === undefined ? null : ` ${received} `,
    blocked === undefined ? null : ` ${blocked} `,
    query.consent ?? null,
    query.from ?? null,
    query.to ?? null,
  ];
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
    stepSource: text(row, 'step_source'),
    stepClass: text(row, 'step_class'),
    routedBy: text(row, 'routed_by'),
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
    reach: REACHES.find((one) => one === text(row, 'reach')) ?? 'unknown',
    received: names(row, 'received'),
    blocked: names(row, 'blocked'),
    consent: text(row, 'consent'),
  };
}

const feedbackOf = (row: Columns): StoredFeedback => ({
  tier: number(row, 'tier') ?? 0,
  score: number(row, 'score') ?? 0,
  by: text(row, 'source') === 'device' ? 'device' : 'caller',
  key: text(row, 'key') ?? '',
  at: number(row, 'at') ?? 0,
});

const names = (row: Columns, name: string): readonly string[] =>
  text(row, name)?.trim().split(' ') ?? [];

function prepare(database: DatabaseSync) {
  const ready = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  // The inner limit bounds what a filter that matches little may look at.
  const page = (where: string): StatementSync =>
    ready(
      `SELECT ${SUMMARY} FROM (
         SELECT * FROM requests WHERE id < ?1${where} ORDER BY id DESC LIMIT ${SCANNED_MAX}
       )
       WHERE (?2 IS NULL OR tier = ?2) AND (?3 IS NULL OR ending = ?3)
         AND (?4 IS NULL OR session = ?4)
         AND (?5 IS NULL OR model = ?5 OR model_requested = ?5)
         AND (?6 IS NULL OR coalesce(label, '${NOT_GIVEN}') = ?6) AND (?7 IS NULL OR reach = ?7)
         AND (?8 IS NULL OR instr(received, ?8) > 0) AND (?9 IS NULL OR instr(blocked, ?9) > 0)
         AND (?10 IS NULL OR coalesce(consent, '${NOT_GIVEN}') = ?10)
         AND (?11 IS NULL OR at >= ?11) AND (?12 IS NULL OR at < ?12)
       LIMIT ?13`,
    );
  const lastScanned = (where: string): StatementSync =>
    ready(
      `SELECT decision FROM requests WHERE id < ?1${where} ORDER BY id DESC
       LIMIT 1 OFFSET ${SCANNED_MAX - 1}`,
    );
  const single = (where: string): StatementSync =>
    ready(`SELECT ${SUMMARY}, segment, byte FROM requests WHERE decision = ?1${where}`);
  const sums = (by: UsageGroup): StatementSync =>
    ready(
      `SELECT ${GROUP_COLUMNS[by]} AS grouped, sum(calls) AS calls, sum(refused) AS refused,
         sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost) AS cost,
         sum(unknown_cost_calls) AS unknown_cost_calls, sum(savings) AS savings
       FROM usage WHERE (?1 IS NULL OR tenant = ?1) AND hour >= ?2 AND hour < ?3
       GROUP BY grouped ORDER BY grouped LIMIT ${USAGE_ROWS_MAX}`,
    );
  return {
    all: page(''),
    ofTenant: page(' AND tenant = ?14'),
    horizon: lastScanned(''),
    horizonOfTenant: lastScanned(' AND tenant = ?2'),
    one: single(' AND tenant = ?2'),
    oneOfAll: single(''),
    feedback: ready(
      `SELECT tier, score, source, key, at FROM feedback WHERE decision = ?1 AND tenant = ?2
       ORDER BY tier, source`,
    ),
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
