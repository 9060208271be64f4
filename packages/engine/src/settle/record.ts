// From a call, as far as it came, to its record. Key by key: nothing enters a record because it
// happened to be there.
import type { Call, CallRecord, Code, DecisionId, Ending } from '@signalbox/contract';
import type { Profile } from '../classify/classify.ts';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Route } from '../resolve/resolve.ts';
import type { Permit } from '../schedule/schedule.ts';
import type { Work } from '../session/session.ts';
import type { Identity } from '../tenant/tenant.ts';
import type { Bill } from './bill.ts';

/** A call at any point of the line. */
export type Seen = Call &
  Partial<Identity & Work> & {
    readonly profile?: Profile;
    readonly route?: Route;
    readonly permit?: Permit;
    readonly entry?: number;
    readonly parkedMs?: number;
  };

export type RecordFacts = {
  readonly decision: DecisionId;
  readonly ending: Ending;
  readonly code: Code | undefined;
  readonly status: number;
  readonly billed: Bill;
  readonly outcome: Outcome | undefined;
  readonly totalMs: number;
  readonly requestCommitment: string | undefined;
  readonly responseCommitment: string | undefined;
  readonly snapshot: string;
};

export function recordOf(call: Seen, facts: RecordFacts): CallRecord {
  const { billed, outcome } = facts;
  const queueMs = call.permit?.queueMs ?? 0;
  const startedAt = outcome?.startedAt;
  const decided = startedAt === undefined ? facts.totalMs : startedAt - call.arrived;
  const cost = billed.cost?.kind === 'known' ? billed.cost : undefined;
  return {
    decision: facts.decision,
    request: call.id,
    at: call.at,
    ...who(call),
    operation: call.head.operation,
    stream: call.question?.stream ?? false,
    step: call.step,
    stepSource: call.stepSource ?? 'none',
    modelRequested: call.question?.model,
    ...judged(call),
    snapshot: facts.snapshot,
    ...routed(call),
    attempts: outcome?.attempts ?? [],
    ending: facts.ending,
    code: facts.code,
    status: facts.status,
    fallback: (outcome?.attempts.length ?? 0) > 1,
    parkedMs: rounded(call.parkedMs ?? 0),
    usage: billed.usage,
    costNanoUsd: cost?.nanoUsd.toString(),
    priceVersion: cost?.priceVersion,
    savingsNanoUsd: billed.savingsNanoUsd?.toString(),
    heldNanoUsd: (call.permit?.heldNanoUsd ?? 0n).toString(),
    decideMs: rounded(decided - queueMs - (call.parkedMs ?? 0)),
    queueMs: rounded(queueMs),
    upstreamMs: rounded(outcome?.upstreamMs ?? 0),
    firstByteMs: outcome?.firstByteMs === undefined ? undefined : rounded(outcome.firstByteMs),
    totalMs: rounded(facts.totalMs),
    requestCommitment: facts.requestCommitment,
    responseCommitment: facts.responseCommitment,
    retryOf: call.retryOf,
    tags: call.tags ?? call.head.tags,
    traceId: traceId(call.head.traceparent),
  };
}

type Who = Pick<CallRecord, 'tenant' | 'key' | 'session' | 'agent'>;
const who = (call: Seen): Who => ({
  tenant: call.tenant?.name,
  key: call.key?.name,
  session: call.session,
  agent: call.agent,
});

type Judged = Pick<CallRecord, 'label' | 'kinds' | 'difficulty' | 'latencyBudgetMs'>;
const judged = ({ profile }: Seen): Judged => ({
  label: profile?.label,
  kinds: profile?.kinds ?? [],
  difficulty: profile?.difficulty,
  latencyBudgetMs: profile?.latencyBudgetMs,
});

type Routed = Pick<CallRecord, 'clearance' | 'candidates' | 'rule'>;
function routed({ route }: Seen): Routed {
  const terms = route?.clearance.terms;
  return {
    clearance:
      terms === undefined
        ? undefined
        : {
            ceiling: terms.ceiling,
            residency: terms.residency,
            retention: terms.retention,
            ownOnly: terms.ownOnly,
          },
    candidates: route?.candidates ?? [],
    rule: route?.verdict.rule,
  };
}

/** Microseconds are enough, and keep a record short. */
const rounded = (ms: number): number => Math.max(0, Math.round(ms * 1_000) / 1_000);

const traceId = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1];
