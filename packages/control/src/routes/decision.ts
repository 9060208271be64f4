// One call explained: its record in the words of the API, every candidate with the gates that
// refused it, and what would change the outcome.
import { isDecisionId, no, refusal, yes } from '@signalbox/contract';
import { EVERY_TENANT, type StoredRecord } from '@signalbox/ports';
import { z } from 'zod';
import { explain, explainCandidate } from '../explain/explain.ts';
import { type ReadAttempt, type ReadRecord, readRecord } from '../explain/record.ts';
import type { ControlOptions } from '../options.ts';
import { getRoute, NO_QUERY, type Route } from './route.ts';
import { dollars, dollarsOrNull, isoTime, micro, microOrNull, time } from './rows.ts';

const text = z.string();
const maybe = z.string().nullable();
const count = z.number().nullable();
const ms = z.number();

const money = {
  cost_micro_usd: micro,
  cost_usd: dollars,
  price_version: maybe,
  savings_micro_usd: micro,
  savings_usd: dollars,
  held_micro_usd: z.int(),
};

const decisionSchema = z.strictObject({
  decision_id: text,
  request_id: text,
  at: time,
  tenant: maybe,
  key: maybe,
  session: maybe,
  agent: maybe,
  tags: z.record(text, text),
  trace_id: maybe,
  retry_of: maybe,
  operation: text,
  stream: z.boolean(),
  step: maybe,
  step_source: text.describe('How the step was known.'),
  step_class: maybe.describe('Of the model `auto` alone.'),
  routed: z
    .strictObject({
      by: text.describe('`learned`, `step`, `session`, `words` or `mode`.'),
      router: maybe.describe('The learned router that was asked.'),
      gain: count.describe('What the stronger tier gains, -1 to 1.'),
      error: count.describe('Standard error of the gain.'),
      abstained: maybe.describe('Why the learned router said nothing.'),
      cache: z
        .strictObject({
          tier: z.number().describe('It was passed over, with those below it.'),
          failures: z
            .number()
            .describe('Answers in a row to such calls that were not good enough.'),
          explored: z.boolean().describe('It was tried all the same.'),
        })
        .nullable()
        .describe('What came of such calls before; null: nothing that would matter.'),
      closed: maybe.describe('Tier 3 was closed to it: `share` is used up, or after an `alarm`.'),
      lowered: maybe.describe('What it was taken for before that.'),
      turn: z
        .strictObject({
          kept: z.boolean().describe('Its session stays with its model.'),
          why: text.describe('`tool`, `cache`, `needs-more`, `saves`, `step`, `share`, ...'),
          from: text.describe('The model of the step before.'),
        })
        .nullable()
        .describe('Whether its session stayed where it was; null: there was nothing to decide.'),
    })
    .nullable()
    .describe('Who said which tier suits a call of the model `auto`.'),
  model_requested: maybe,
  label: maybe,
  kinds: z.array(text),
  declared: maybe.describe('What the caller declared, where it was less: it was ignored.'),
  second_stage: z
    .strictObject({
      outcome: text.describe('`read` when the whole text was.'),
      types: z.array(text).describe('What was found: `name`, `address`.'),
      endpoint: maybe,
      model: maybe,
      windows: z.int().describe('Pieces of the text that were read.'),
      took_ms: z.number(),
    })
    .nullable()
    .describe('What a local model said of the text; null: nobody was asked.'),
  difficulty: maybe,
  latency_budget_ms: count,
  latency: z
    .object({
      device_ms: z.number().describe('Kept for local answers of this call and of those after it.'),
      network_ms: z.number(),
      tool_ms: z.number(),
      cloud_ms: z.number().describe('How long the better answer was waited for.'),
      left_ms: z
        .number()
        .nullable()
        .describe('Of what the caller stated when the call had ended; below 0: too late.'),
    })
    .nullable()
    .describe('How the latency budget was split, where a local answer stood by for its end.'),
  snapshot: text,
  rule: maybe.describe('Name of the rule that spoke, with its file and line.'),
  clearance: z
    .strictObject({
      ceiling: z.int(),
      shut: count.describe('A tier below it that is not open.'),
      residency: z.array(text).nullable(),
      retention: text,
      own_only: z.boolean(),
    })
    .nullable(),
  consent: maybe.describe('The one that the call named.'),
  consent_use: maybe.describe('`applied`, `unneeded` or `refused`.'),
  candidates: z.array(
    z.strictObject({
      endpoint: text,
      model: text,
      tier: z.int(),
      in_route: z.boolean(),
      gates: z.array(text),
      why: z.array(text).describe('The gates in words.'),
      remedies: z.array(text).describe('What would open each.'),
    }),
  ),
  attempts: z.array(
    z.strictObject({
      endpoint: text,
      tier: z.int(),
      region: maybe,
      legal_entity: maybe,
      own: z.boolean().describe('It was the own place of the tenant.'),
      credential: maybe.describe('Its name, never its value.'),
      model_asked: text,
      model_claimed: maybe,
      status: count,
      first_byte_ms: count,
      duration_ms: ms,
      outcome: text,
      fault: maybe,
      role: maybe.describe('`hedge` or `late`: begun beside another attempt.'),
      rejected: maybe.describe('Which check its answer did not pass, and where.'),
      undecided: maybe.describe('Which check could not say.'),
      confidence: count.describe('How sure its answer was, 0 to 1; null: nobody asked.'),
      threshold: z
        .strictObject({
          least: z.number().describe('What it had to reach; above 1: nothing stays.'),
          by: text.describe('`configured`, or by audits `certified` or `broken`.'),
          labels: z.int().describe('How many audits are known.'),
          chance: count.describe('How likely such an answer is to do, as audits have shown.'),
        })
        .nullable()
        .describe('Where a policy promises a loss.'),
      rewritten: z
        .array(z.string())
        .nullable()
        .describe("What of the request was said in the model's manner, such as `system=user`."),
    }),
  ),
  ending: text,
  code: maybe,
  status: z.int(),
  fallback: z.boolean(),
  usage: z
    .strictObject({
      input_tokens: z.int(),
      output_tokens: z.int(),
      cached_input_tokens: count,
      reasoning_tokens: count,
      source: text,
    })
    .nullable(),
  ...money,
  parked_ms: ms,
  queue_ms: ms,
  body_ms: ms.nullable(),
  decide_ms: ms,
  upstream_ms: ms,
  first_byte_ms: count,
  total_ms: ms,
  request_commitment: maybe,
  response_commitment: maybe,
  feedback: z
    .array(z.strictObject({ tier: z.int(), score: z.number(), by: text, key: text, at: time }))
    .describe('What callers, or a device of its own answer, said of tiers, 0 to 1; the last word.'),
  explanation: z.strictObject({ summary: text, because: z.array(text), changes: z.array(text) }),
});

export function decisionRoute({ readings }: ControlOptions): Route {
  return getRoute({
    path: '/admin/v1/decisions/{name}',
    summary: 'The record of a call, every candidate in words, and what would change it',
    query: NO_QUERY,
    answer: decisionSchema,
    forTenants: true,
    async serve(_query, { name }, { visitor: { tenant } }) {
      const unknown = no(refusal('decision_unknown', 'No decision has this id.'));
      if (!isDecisionId(name)) return unknown;
      const stored = await readings.requestByDecision(tenant ?? EVERY_TENANT, name);
      if (stored === undefined) return unknown;
      const { recordJson } = stored;
      const record = recordJson === undefined ? undefined : readRecord(recordJson);
      return record === undefined
        ? no(RECORD_GONE)
        : yes({ status: 200, body: { ...documentOf(record), feedback: feedbackOf(stored) } });
    },
  });
}

const RECORD_GONE = refusal('decision_unknown', 'The record of this decision is no longer kept.', {
  hint: 'Its row and its sums remain; `journal.keep` says how long records are kept.',
});

function documentOf(record: ReadRecord): object {
  return {
    ...whoOf(record),
    ...judgedOf(record),
    candidates: record.candidates.map(explainCandidate),
    attempts: record.attempts.map(attemptOf),
    ending: record.ending,
    code: record.code ?? null,
    status: record.status,
    fallback: record.fallback,
    ...spentOf(record),
    parked_ms: record.parkedMs,
    queue_ms: record.queueMs,
    body_ms: record.bodyMs ?? null,
    decide_ms: record.decideMs,
    upstream_ms: record.upstreamMs,
    first_byte_ms: record.firstByteMs ?? null,
    total_ms: record.totalMs,
    request_commitment: record.requestCommitment ?? null,
    response_commitment: record.responseCommitment ?? null,
    explanation: explain(record),
  };
}

const feedbackOf = ({ feedback = [] }: StoredRecord): readonly object[] =>
  feedback.map((one) => ({ ...one, at: isoTime(one.at) }));

function whoOf(record: ReadRecord): object {
  return {
    decision_id: record.decision,
    request_id: record.request,
    at: isoTime(record.at),
    tenant: record.tenant ?? null,
    key: record.key ?? null,
    session: record.session ?? null,
    agent: record.agent ?? null,
    tags: record.tags,
    trace_id: record.traceId ?? null,
    retry_of: record.retryOf ?? null,
    operation: record.operation,
    stream: record.stream,
  };
}

function routedOf({ routed }: ReadRecord): object | null {
  if (routed === undefined) return null;
  const { by, router = null, gain = null, error = null, abstained = null } = routed;
  const cache = routed.cache === undefined ? null : { explored: false, ...routed.cache };
  const { closed = null, lowered = null, turn = null } = routed;
  return { by, router, gain, error, abstained, cache, closed, lowered, turn };
}

function splitOf({ latencySplit, latencyBudgetMs, totalMs }: ReadRecord): object | null {
  if (latencySplit === undefined) return null;
  const { deviceMs, networkMs, toolMs, cloudMs } = latencySplit;
  const left = latencyBudgetMs === undefined ? null : latencyBudgetMs - totalMs;
  return {
    ...{ device_ms: deviceMs, network_ms: networkMs, tool_ms: toolMs, cloud_ms: cloudMs },
    left_ms: left,
  };
}

function secondStageOf({ secondStage }: ReadRecord): object | null {
  if (secondStage === undefined) return null;
  const { tookMs, endpoint = null, model = null, ...told } = secondStage;
  return { ...told, endpoint, model, took_ms: tookMs };
}

function judgedOf(record: ReadRecord): object {
  const { clearance } = record;
  return {
    step: record.step ?? null,
    step_source: record.stepSource,
    step_class: record.stepClass ?? null,
    routed: routedOf(record),
    model_requested: record.modelRequested ?? null,
    label: record.label ?? null,
    kinds: record.kinds,
    declared: record.declared ?? null,
    second_stage: secondStageOf(record),
    difficulty: record.difficulty ?? null,
    latency_budget_ms: record.latencyBudgetMs ?? null,
    latency: splitOf(record),
    snapshot: record.snapshot,
    rule: record.rule ?? null,
    clearance:
      clearance === undefined
        ? null
        : {
            ceiling: clearance.ceiling,
            shut: clearance.shut ?? null,
            residency: clearance.residency ?? null,
            retention: clearance.retention,
            own_only: clearance.ownOnly,
          },
    consent: record.consent ?? null,
    consent_use: record.consentUse ?? null,
  };
}

function spentOf(record: ReadRecord): object {
  const { usage } = record;
  return {
    usage:
      usage === undefined
        ? null
        : {
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            cached_input_tokens: usage.cachedInputTokens ?? null,
            reasoning_tokens: usage.reasoningTokens ?? null,
            source: usage.source,
          },
    cost_micro_usd: microOrNull(record.costNanoUsd),
    cost_usd: dollarsOrNull(record.costNanoUsd),
    price_version: record.priceVersion ?? null,
    savings_micro_usd: microOrNull(record.savingsNanoUsd),
    savings_usd: dollarsOrNull(record.savingsNanoUsd),
    held_micro_usd: microOrNull(record.heldNanoUsd),
  };
}

function attemptOf(attempt: ReadAttempt): object {
  return {
    endpoint: attempt.endpoint,
    tier: attempt.tier,
    region: attempt.region ?? null,
    legal_entity: attempt.legalEntity ?? null,
    own: attempt.own ?? false,
    credential: attempt.credential ?? null,
    model_asked: attempt.modelAsked,
    model_claimed: attempt.modelClaimed ?? null,
    status: attempt.status ?? null,
    first_byte_ms: attempt.firstByteMs ?? null,
    duration_ms: attempt.durationMs,
    outcome: attempt.outcome,
    fault: attempt.fault ?? null,
    role: attempt.role ?? null,
    rejected: attempt.rejected ?? null,
    undecided: attempt.undecided ?? null,
    confidence: attempt.confidence ?? null,
    threshold:
      attempt.threshold === undefined
        ? null
        : { ...attempt.threshold, chance: attempt.threshold.chance ?? null },
    rewritten: attempt.rewritten ?? null,
  };
}
