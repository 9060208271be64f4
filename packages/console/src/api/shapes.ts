// What the admin API tells, in the console's words.
import { type Decode, flag, list, maybe, number, object, text, time } from './decode.ts';

export type Row = {
  readonly decision: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly tenant: string | undefined;
  readonly session: string | undefined;
  readonly step: string | undefined;
  readonly stepSource: string | undefined;
  readonly stepClass: string | undefined;
  readonly routedBy: string | undefined;
  readonly operation: string;
  readonly stream: boolean;
  readonly modelRequested: string | undefined;
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
  readonly tier: number | undefined;
  /** Endpoints that its data was sent to. */
  readonly receivedBy: readonly string[];
  readonly label: string | undefined;
  readonly ending: string;
  readonly code: string | undefined;
  readonly status: number;
  readonly fallback: boolean;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly costUsd: string | undefined;
  readonly costMicroUsd: number | undefined;
  readonly savingsMicroUsd: number | undefined;
  readonly totalMs: number;
};

export const row: Decode<Row> = object((read) => ({
  decision: read('decision_id', text),
  at: read('at', time),
  tenant: read('tenant', maybe(text)),
  session: read('session', maybe(text)),
  step: read('step', maybe(text)),
  stepSource: read('step_source', maybe(text)),
  stepClass: read('step_class', maybe(text)),
  routedBy: read('routed_by', maybe(text)),
  operation: read('operation', text),
  stream: read('stream', flag),
  modelRequested: read('model_requested', maybe(text)),
  model: read('model', maybe(text)),
  endpoint: read('endpoint', maybe(text)),
  tier: read('tier', maybe(number)),
  receivedBy: read('received_by', list(text)),
  label: read('label', maybe(text)),
  ending: read('ending', text),
  code: read('code', maybe(text)),
  status: read('status', number),
  fallback: read('fallback', flag),
  inputTokens: read('input_tokens', maybe(number)),
  outputTokens: read('output_tokens', maybe(number)),
  costUsd: read('cost_usd', maybe(text)),
  costMicroUsd: read('cost_micro_usd', maybe(number)),
  savingsMicroUsd: read('savings_micro_usd', maybe(number)),
  totalMs: read('total_ms', number),
}));

export type Page = { readonly rows: readonly Row[]; readonly next: string | undefined };

export const page: Decode<Page> = object((read) => ({
  rows: read('data', list(row)),
  next: read('next', maybe(text)),
}));

export type Totals = {
  readonly calls: number;
  readonly errors: number;
  readonly refused: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
  readonly unknownCostCalls: number;
  readonly savingsMicroUsd: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
};

export type Point = Totals & { readonly at: number };
export type TierSums = {
  readonly tier: number;
  readonly totals: Totals;
  readonly points: readonly Point[];
};

export type Overview = {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly totals: Totals;
  readonly tiers: readonly TierSums[];
};

const totals: Decode<Totals> = object((read) => ({
  calls: read('calls', number),
  errors: read('errors', number),
  refused: read('refused', number),
  tokens: read('tokens', number),
  costMicroUsd: read('cost_micro_usd', number),
  unknownCostCalls: read('unknown_cost_calls', number),
  savingsMicroUsd: read('savings_micro_usd', number),
  p50Ms: read('p50_ms', maybe(number)),
  p95Ms: read('p95_ms', maybe(number)),
}));

const point: Decode<Point> = (value, path) => ({
  ...totals(value, path),
  at: object((read) => read('at', time))(value, path),
});

export const overview: Decode<Overview> = object((read) => ({
  from: read('from', time),
  to: read('to', time),
  stepMs: read('step_ms', number),
  totals: read('totals', totals),
  tiers: read(
    'tiers',
    list(
      object((of) => ({
        tier: of('tier', number),
        totals: of('totals', totals),
        points: of('points', list(point)),
      })),
    ),
  ),
}));

export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
  readonly message: string;
  readonly hint: string | undefined;
};

export type EndpointState = {
  readonly name: string;
  readonly kind: string;
  readonly tier: number;
  readonly state: string;
  readonly why: string | undefined;
  readonly models: readonly string[];
};

/** A part of the server: whether it is ready, and why not. */
export type Part = { readonly state: string; readonly why: string | undefined };

const part: Decode<Part> = object((read) => ({
  state: read('state', text),
  why: read('why', maybe(text)),
}));

export type Status = {
  readonly mode: string;
  readonly reasons: readonly string[];
  readonly version: string;
  readonly node: string;
  readonly startedAt: number;
  readonly snapshot: { readonly version: string; readonly since: number };
  readonly problems: readonly Problem[];
  readonly journal: Part;
  readonly records: Part;
  readonly endpoints: readonly EndpointState[];
  readonly firstCall: string | undefined;
};

export const status: Decode<Status> = object((read) => ({
  mode: read('mode', text),
  reasons: read('reasons', list(text)),
  version: read('version', text),
  node: read('node', text),
  startedAt: read('started_at', time),
  snapshot: read(
    'snapshot',
    object((of) => ({ version: of('version', text), since: of('since', time) })),
  ),
  problems: read(
    'problems',
    list(
      object((of) => ({
        file: of('file', text),
        line: of('line', number),
        column: of('column', number),
        excerpt: of('excerpt', text),
        message: of('message', text),
        hint: of('hint', maybe(text)),
      })),
    ),
  ),
  journal: read('journal', part),
  records: read('records', part),
  endpoints: read(
    'endpoints',
    list(
      object((of) => ({
        name: of('name', text),
        kind: of('kind', text),
        tier: of('tier', number),
        state: of('state', text),
        why: of('why', maybe(text)),
        models: of('models', list(text)),
      })),
    ),
  ),
  firstCall: read('first_call', maybe(text)),
}));
