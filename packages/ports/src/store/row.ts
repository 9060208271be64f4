// A settlement as the row that lists, sums and filters read. The journal is our own and checked,
// yet it comes from a disk: every column is read by name and type, and an entry that lacks what a
// row needs makes no row.
import type { ReadEntry } from '@signalbox/trust';
import type { Position } from '../journal/segment.ts';
import { count, field, list, number, string } from './fields.ts';
import { AUDIT, type RequestSummary, type StoredFeedback } from './records.ts';
import { type FlowPlace, type Whereto, wheretoOf } from './whereto.ts';

export type SettledRow = {
  readonly kind: 'settled';
  readonly summary: RequestSummary;
  readonly places: readonly FlowPlace[];
  /** The entry in the journal. */
  readonly place: Position;
};
/** Refusals before a tenant was known, or repeated ones: counted without a record. */
export type CountedRow = {
  readonly kind: 'counted';
  readonly at: number;
  readonly tenant: string | undefined;
  readonly times: number;
};
export type FeedbackRow = StoredFeedback & {
  readonly kind: 'feedback';
  readonly decision: string;
  readonly tenant: string;
};
export type Row = SettledRow | CountedRow | FeedbackRow;

/** Undefined: an entry of a kind that has no row, or one that does not read. */
export function rowOf(read: ReadEntry, place: Position): Row | undefined {
  const { head, bodyText } = read;
  if (bodyText === undefined) return undefined;
  if (head.kind === 'count') return countedRow(head.at, head.tenant, parsed(bodyText));
  if (head.kind === 'feedback') return feedbackRow(head, parsed(bodyText));
  if (head.kind !== 'settlement') return undefined;
  const record = parsed(bodyText);
  const whereto = wheretoOf(record);
  const summary = summaryOf(record, whereto);
  if (summary === undefined) return undefined;
  return { kind: 'settled', summary, places: whereto.places, place };
}

function feedbackRow({ at, tenant }: ReadEntry['head'], body: unknown): FeedbackRow | undefined {
  const decision = string(body, 'decision');
  const tier = count(body, 'tier');
  const key = string(body, 'key');
  const score = number(body, 'score');
  if (decision === undefined || tier === undefined || tenant === undefined) return undefined;
  if (key === undefined || score === undefined) return undefined;
  const by = string(body, 'by') === 'device' ? 'device' : 'caller';
  return { kind: 'feedback', at, tenant, decision, tier, key, score, by };
}

function countedRow(at: number, tenant: string | undefined, body: unknown): Row | undefined {
  const times = count(body, 'times');
  return times === undefined ? undefined : { kind: 'counted', at, tenant, times };
}

/** The summary of a record; undefined: it is none. */
function summaryOf(record: unknown, whereto: Whereto): RequestSummary | undefined {
  const decision = string(record, 'decision');
  const at = number(record, 'at');
  const ending = string(record, 'ending');
  const status = count(record, 'status');
  if (decision === undefined || at === undefined || ending === undefined) return undefined;
  if (status === undefined) return undefined;
  const attempt = attemptShown(record);
  const endpoint = string(attempt, 'endpoint');
  const usage = field(record, 'usage');
  return {
    decision,
    at,
    tenant: string(record, 'tenant'),
    key: string(record, 'key'),
    session: string(record, 'session'),
    step: string(record, 'step'),
    stepSource: string(record, 'stepSource'),
    stepClass: string(record, 'stepClass'),
    routedBy: string(field(record, 'routed'), 'by'),
    operation: field(record, 'audit') === undefined ? (string(record, 'operation') ?? '') : AUDIT,
    stream: field(record, 'stream') === true,
    modelRequested: string(record, 'modelRequested'),
    model: modelShown(record, endpoint) ?? string(attempt, 'modelAsked'),
    endpoint,
    tier: count(attempt, 'tier'),
    label: string(record, 'label'),
    ending,
    code: string(record, 'code'),
    status,
    fallback: field(record, 'fallback') === true,
    inputTokens: count(usage, 'inputTokens'),
    outputTokens: count(usage, 'outputTokens'),
    costNanoUsd: nanoUsd(record, 'costNanoUsd'),
    savingsNanoUsd: nanoUsd(record, 'savingsNanoUsd'),
    firstByteMs: number(record, 'firstByteMs'),
    totalMs: number(record, 'totalMs') ?? 0,
    reach: whereto.reach,
    received: endpointsOf(whereto, 'received'),
    blocked: endpointsOf(whereto, 'blocked'),
    consent: whereto.consent,
  };
}

const endpointsOf = ({ places }: Whereto, fate: FlowPlace['fate']): readonly string[] =>
  places.length === 0 ? NONE : places.filter((one) => one.fate === fate).map((one) => one.endpoint);

const NONE: readonly never[] = [];

/** The attempt that answered, else the last one. */
function attemptShown(record: unknown): unknown {
  const attempts = list(record, 'attempts');
  const answered = attempts.findLast((one: unknown) => field(one, 'outcome') === 'answered');
  return answered ?? attempts.at(-1);
}

/** The model by our name, where the route has it. */
function modelShown(record: unknown, endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  const inRoute = list(record, 'candidates').find(
    (one: unknown) => field(one, 'endpoint') === endpoint && field(one, 'gates') === 0,
  );
  return string(inRoute, 'model');
}

const DECIMAL = /^-?[0-9]{1,15}$/;

/**
 * At most a million dollars a call, so that sums stay within 64 bits; beyond that it is as good as
 * unknown.
 */
function nanoUsd(from: unknown, key: string): bigint | undefined {
  const text = string(from, key);
  return text !== undefined && DECIMAL.test(text) ? BigInt(text) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
