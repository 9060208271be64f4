// The record of a call: the body of its settlement in the journal, and what `/v1/decisions/{id}`
// and the console show. Names, ids, counts and codes; never content, never a found value. Amounts
// are decimal strings of nano-USD.

import type { Dialect, Operation } from './call.ts';
import type { Code } from './codes.table.ts';
import type {
  DecisionId,
  EndpointName,
  KeyName,
  ModelName,
  RequestId,
  SessionId,
  TenantName,
} from './ids.ts';
import type { Usage } from './money.ts';
import type { FaultCode } from './refusal.ts';
import type { SecondStage } from './second-stage.ts';
import type { Label, RecordedClearance, Tier } from './tiers.ts';

/** How a step was known, the most trusted first; the first three were told by the caller. */
export type StepSource =
  | 'header'
  | 'metadata'
  | 'telemetry'
  | 'identity'
  | 'structure'
  | 'words'
  | 'position'
  | 'none';
/** What kind of work a call is of an agent. */
export type StepClass =
  | 'tool_select'
  | 'tool_result_digest'
  | 'extract'
  | 'classify'
  | 'retrieval_summarise'
  | 'rag_answer'
  | 'rewrite'
  | 'code'
  | 'plan'
  | 'reason'
  | 'synthesise'
  | 'judge'
  | 'embed';

/** Who said which tier suits a call of the model `auto`. */
export type RoutedBy = 'learned' | 'step' | 'session' | 'words' | 'mode';
export type RecordedRouting = {
  readonly by: RoutedBy;
  /** Of a learned router: its digest; what the stronger tier gains, and the standard error. */
  readonly router?: string;
  readonly gain?: number;
  readonly error?: number;
  /** Why a learned router said nothing. */
  readonly abstained?: string;
  readonly cache?: RecordedCache;
  /** Why tier 3 is closed to it; `lowered`: what it was taken for before that. */
  readonly closed?: 'share' | 'alarm';
  readonly lowered?: Difficulty;
  readonly turn?: RecordedTurn;
};
/** Milliseconds of what was left when the first attempt began; together not all of it. */
export type RecordedSplit = {
  /** Kept for local answers of this call and of those after it. */
  readonly deviceMs: number;
  readonly networkMs: number;
  readonly toolMs: number;
  /** How long the better answer was waited for. */
  readonly cloudMs: number;
};
type TurnWhy = 'tool' | 'cache' | 'needs-more' | 'saves' | 'step' | 'share' | 'unavailable';
export type RecordedTurn = { readonly kept: boolean; readonly why: TurnWhy; readonly from: string };
/** Such calls failed in a row on a tier; `explored`: this one begins there all the same. */
export type RecordedCache = {
  readonly tier: Tier;
  readonly failures: number;
  readonly explored?: true;
};
export type Difficulty = 'easy' | 'middle' | 'hard';

/**
 * One endpoint and model that resolve looked at. `gates` is the bitmap of what refused it; 0: it
 * stood in the route.
 */
export type RecordedCandidate = {
  readonly endpoint: EndpointName;
  readonly model: ModelName;
  readonly tier: Tier;
  readonly gates: number;
};

/**
 * `overtaken`: another attempt of the same call answered first. `judged-away`: it answered, and the
 * answer did not pass what the policy checks.
 */
export type AttemptOutcome =
  | 'answered'
  | 'failed'
  | 'aborted'
  | 'blocked'
  | 'judged-away'
  | 'overtaken';

export type Attempt = {
  readonly endpoint: EndpointName;
  readonly tier: Tier;
  readonly region: string | undefined;
  /** Who operates the endpoint, as its document said then. */
  readonly legalEntity?: string | undefined;
  /** The place was the tenant's own. */
  readonly own?: true | undefined;
  readonly credential: string | undefined;
  /** What we asked for at the endpoint. */
  readonly modelAsked: string;
  /** What the endpoint says it answered with. */
  readonly modelClaimed: string | undefined;
  readonly status: number | undefined;
  readonly firstByteMs: number | undefined;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly fault: FaultCode | undefined;
  /** Begun beside another one: that took long, or the time was about to run out. */
  readonly role?: 'hedge' | 'late' | undefined;
  /**
   * Of one that was overtaken (its input at least was read) or whose answer was rejected. Part of
   * what the call costs.
   */
  readonly costNanoUsd?: string | undefined;
  /** Of one whose answer was rejected. */
  readonly usage?: Usage | undefined;
  /** Which check its answer did not pass, where, by which keyword. Never a value. */
  readonly rejected?: string | undefined;
  /** How sure its answer was, 0 to 1; where a policy asks. A convention, no probability. */
  readonly confidence?: number | undefined;
  /** What it had to reach, where a loss is promised, from how many audits; how likely it does. */
  readonly threshold?:
    | {
        readonly least: number;
        readonly by: 'configured' | 'certified' | 'broken';
        readonly labels: number;
        readonly chance: number | undefined;
      }
    | undefined;
  /** Which check could not say whether its answer passes. */
  readonly undecided?: string | undefined;
  /** What of the request was said in the model's manner: `system=user`, `turns=-4`. */
  readonly rewritten?: readonly string[] | undefined;
};

export type Ending = 'answered' | 'refused' | 'cut' | 'left' | 'crashed';

/** What a decision was made from beside the other fields of its record, and what came of it. */
export type RecordedDecision = {
  readonly dialect: Dialect;
  readonly inputTokens: number;
  readonly outputTokensMax?: number | undefined;
  readonly answers: number;
  readonly tools: boolean;
  /** Places in `candidates` of the offers, in their order; empty: refused. */
  readonly route: readonly number[];
  /** Places in `candidates` of those that were left alone for the moment. */
  readonly closed: readonly number[];
  /** Of degradation, 1 to 4; absent: 0. */
  readonly level?: number | undefined;
  /** Where its session was, when that was asked. */
  readonly before?: RecordedBefore | undefined;
  /** By place in `candidates`: the most that checks let its answers be worth, 0 to 100. */
  readonly most?: readonly (readonly [at: number, most: number])[] | undefined;
};
export type RecordedBefore = {
  readonly model: string;
  readonly endpoint: string;
  readonly tier: Tier;
  readonly cachedTokens: number;
  readonly ageMs: number;
};

/**
 * What a consent did that a call named. `unneeded`: it lifted nothing. `refused`: the tenant has no
 * such one, or it was not in force or about another subject, and the call was refused.
 */
export type ConsentUse = 'applied' | 'unneeded' | 'refused';

export type CallRecord = {
  readonly decision: DecisionId;
  readonly request: RequestId;
  /** Unix milliseconds of arrival. */
  readonly at: number;
  readonly tenant: TenantName | undefined;
  readonly key: KeyName | undefined;
  readonly session: SessionId | undefined;
  readonly agent: string | undefined;
  readonly operation: Operation;
  readonly stream: boolean;
  /** As the caller told it, else its class. */
  readonly step: string | undefined;
  readonly stepSource: StepSource;
  /** Of the model `auto` alone; absent: not known. */
  readonly stepClass?: StepClass;
  readonly routed?: RecordedRouting;
  readonly modelRequested: string | undefined;
  readonly label: Label | undefined;
  /** What of it stays with the session; absent: all. */
  readonly lasting?: Label | undefined;
  readonly kinds: readonly string[];
  /** What the caller declared, and was ignored: less than the label. Absent: nothing like it. */
  readonly declared?: Label | undefined;
  /** Absent: nobody was asked. */
  readonly secondStage?: SecondStage | undefined;
  readonly difficulty: Difficulty | undefined;
  readonly latencyBudgetMs: number | undefined;
  /** How the time of the call was split; where a local answer stood by for its end. */
  readonly latencySplit?: RecordedSplit | undefined;
  /** Digest of the documents that the decision was made under. */
  readonly snapshot: string;
  readonly clearance: RecordedClearance | undefined;
  /** The one that the call named, by its id or name. Absent: it named none. */
  readonly consent?: string | undefined;
  readonly consentUse?: ConsentUse | undefined;
  readonly candidates: readonly RecordedCandidate[];
  readonly rule: string | undefined;
  /** Absent: the decision cannot be made again from this record. */
  readonly decided?: RecordedDecision | undefined;
  readonly attempts: readonly Attempt[];
  readonly ending: Ending;
  /** The code of a refusal, or of an ending after the first byte. */
  readonly code: Code | undefined;
  readonly status: number;
  readonly fallback: boolean;
  readonly parkedMs: number;
  readonly usage: Usage | undefined;
  /** Undefined: unknown. */
  readonly costNanoUsd: string | undefined;
  readonly priceVersion: string | undefined;
  readonly savingsNanoUsd: string | undefined;
  readonly heldNanoUsd: string;
  /** The part of the cost that was held when the node died in the middle of the call. */
  readonly lostNanoUsd?: string;
  /** Until the body was there and read; records of before it was told have it in `decideMs`. */
  readonly bodyMs?: number;
  readonly decideMs: number;
  readonly queueMs: number;
  readonly upstreamMs: number;
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  /** Keyed hashes of the request's and the response's bytes. */
  readonly requestCommitment: string | undefined;
  readonly responseCommitment: string | undefined;
  readonly retryOf: RequestId | undefined;
  /** It was told 202, and its answer is fetched. */
  readonly queued?: true;
  /**
   * Keyed hashes of ids: what an endpoint holds for its tenant, as its answer told. Files and
   * batches of their operations, responses of every other.
   */
  readonly references?: readonly string[];
  readonly audit?: { readonly of: DecisionId; readonly propensity: number } | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly traceId: string | undefined;
};
