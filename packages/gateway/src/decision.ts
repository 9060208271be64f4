// A decision for the caller who made the call: with the scope `explain` the whole record and every
// gate in words, else tier, endpoint and what refused.
import type { CallRecord, DecisionId, RecordedCandidate, TenantName } from '@signalbox/contract';
import { GATE_WORDS, gateNames } from '@signalbox/engine';
import type { StoredFeedback } from '@signalbox/ports';

/** Where records are read from; answers come from a projection, never from the path of a call. */
export type Records = {
  byDecision(tenant: TenantName, decision: DecisionId): Promise<Known | undefined>;
};

export type Known = {
  readonly record: CallRecord;
  /** By tier. */
  readonly feedback: readonly StoredFeedback[];
};

export type CandidateDocument = {
  readonly endpoint: string;
  readonly model: string;
  readonly tier: number;
  readonly gates: readonly string[];
  readonly why: readonly string[];
};

export function decisionDocument({ record, feedback }: Known, explains: boolean): object {
  const last = record.attempts[record.attempts.length - 1];
  const said = feedback.map(({ tier, score, by }) => ({ tier, score, by }));
  if (explains) {
    const candidates = record.candidates.map(candidateDocument);
    return { object: 'decision', ...record, candidates, feedback: said };
  }
  return {
    object: 'decision',
    decision: record.decision,
    request: record.request,
    ending: record.ending,
    code: record.code ?? null,
    tier: last?.tier ?? null,
    endpoint: last?.endpoint ?? null,
    gates: [...new Set(record.candidates.flatMap((one) => gateNames(one.gates)))],
    usage: record.usage ?? null,
    cost_nano_usd: record.costNanoUsd ?? null,
    feedback: said,
  };
}

export function candidateDocument(candidate: RecordedCandidate): CandidateDocument {
  const { endpoint, model, tier } = candidate;
  const gates = gateNames(candidate.gates);
  return { endpoint, model, tier, gates, why: gates.map((gate) => GATE_WORDS[gate]) };
}
