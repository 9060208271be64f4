// Rows of ended calls and their sums as the API says them: snake case, times in ISO 8601, money in
// whole micro-USD beside the exact dollars. What is not known is null, never 0.
import { formatUsd, microUsd } from '@signalbox/contract';
import { type Overview, type OverviewTotals, REACHES, type RequestSummary } from '@signalbox/ports';
import { z } from 'zod';

const text = z.string().nullable();
const count = z.number().nullable();
export const time: z.ZodType<string> = z.iso.datetime();
export const micro: z.ZodType<number | null> = z.int().nullable().describe('Micro-USD.');
export const dollars: z.ZodType<string | null> = z.string().nullable().describe('Exact dollars.');

export const rowSchema: z.ZodType = z.strictObject({
  decision_id: z.string(),
  at: time,
  tenant: text,
  key: text,
  session: text,
  step: text,
  step_source: text.describe('How the step was known.'),
  step_class: text.describe('Of the model `auto` alone.'),
  routed_by: text.describe('Who said which tier suits a call of the model `auto`.'),
  operation: z.string(),
  stream: z.boolean(),
  model_requested: text,
  model: text,
  endpoint: text,
  tier: count,
  label: text,
  ending: z.string(),
  code: text,
  status: z.int(),
  fallback: z.boolean(),
  input_tokens: count,
  output_tokens: count,
  cost_micro_usd: micro,
  cost_usd: dollars,
  savings_micro_usd: micro,
  first_byte_ms: count,
  total_ms: z.number(),
  reach: z.enum(REACHES).describe('How far its data went.'),
  received_by: z.array(z.string()).describe('Endpoints that its data was sent to.'),
  blocked_at: z.array(z.string()).describe('Endpoints where it was stopped, by its clearance.'),
  consent: text.describe('What let it further than its label.'),
});

export function rowOf(call: RequestSummary): object {
  return {
    decision_id: call.decision,
    at: isoTime(call.at),
    tenant: call.tenant ?? null,
    key: call.key ?? null,
    session: call.session ?? null,
    step: call.step ?? null,
    step_source: call.stepSource ?? null,
    step_class: call.stepClass ?? null,
    routed_by: call.routedBy ?? null,
    operation: call.operation,
    stream: call.stream,
    model_requested: call.modelRequested ?? null,
    model: call.model ?? null,
    endpoint: call.endpoint ?? null,
    tier: call.tier ?? null,
    label: call.label ?? null,
    ending: call.ending,
    code: call.code ?? null,
    status: call.status,
    fallback: call.fallback,
    input_tokens: call.inputTokens ?? null,
    output_tokens: call.outputTokens ?? null,
    cost_micro_usd: microOrNull(call.costNanoUsd),
    cost_usd: dollarsOrNull(call.costNanoUsd),
    savings_micro_usd: microOrNull(call.savingsNanoUsd),
    first_byte_ms: call.firstByteMs ?? null,
    total_ms: call.totalMs,
    reach: call.reach,
    received_by: call.received,
    blocked_at: call.blocked,
    consent: call.consent ?? null,
  };
}

const totals = {
  calls: z.int(),
  errors: z.int().describe('Answered with 5xx, cut off, or ended by a crash.'),
  refused: z.int(),
  tokens: z.int(),
  cost_micro_usd: z.int().describe('Of the calls whose cost is known, micro-USD.'),
  unknown_cost_calls: z.int(),
  savings_micro_usd: z.int().describe('Against sending every call to the dearest of tier 3.'),
  p50_ms: count,
  p95_ms: count,
};

export const overviewSchema: z.ZodType = z.strictObject({
  from: time,
  to: time,
  step_ms: z.int(),
  totals: z.strictObject(totals),
  tiers: z.array(
    z.strictObject({
      tier: z.int().describe('0: nothing was attempted.'),
      totals: z.strictObject(totals),
      points: z.array(z.strictObject({ at: time, ...totals })),
    }),
  ),
});

export function overviewOf(overview: Overview): object {
  return {
    from: isoTime(overview.from),
    to: isoTime(overview.to),
    step_ms: overview.stepMs,
    totals: totalsOf(overview.totals),
    tiers: overview.tiers.map((one) => ({
      tier: one.tier,
      totals: totalsOf(one.totals),
      points: one.points.map((point) => ({ at: isoTime(point.at), ...totalsOf(point) })),
    })),
  };
}

function totalsOf(sums: OverviewTotals): object {
  return {
    calls: sums.calls,
    errors: sums.errors,
    refused: sums.refused,
    tokens: sums.tokens,
    cost_micro_usd: microUsd(sums.costNanoUsd),
    unknown_cost_calls: sums.unknownCostCalls,
    savings_micro_usd: microUsd(sums.savingsNanoUsd),
    p50_ms: sums.p50Ms ?? null,
    p95_ms: sums.p95Ms ?? null,
  };
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();
export const microOrNull = (nano: bigint | undefined): number | null =>
  nano === undefined ? null : microUsd(nano);
export const dollarsOrNull = (nano: bigint | undefined): string | null =>
  nano === undefined ? null : formatUsd(nano);
