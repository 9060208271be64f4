// The words of the journal: what an entry is, and what its bodies hold. Writing, hashing and
// reading live in `trust` (bytes) and `ports` (disk).
import type { DecisionId, EndpointName, KeyName, RequestId, SessionId, TenantName } from './ids.ts';
import type { Attempt, CallRecord, RecordedCandidate } from './record.ts';
import type { Label, Tier } from './tiers.ts';

export const ENTRY_VERSION = 1;

export type HoldBody = {
  /** Whose budgets it weighs on: a tenant, or `tenant/key`. */
  readonly owners: readonly string[];
  /** Days since 1970, UTC: the window it belongs to, however late it is settled. */
  readonly day: number;
  /** Decimal nano-USD reserved for the call, all in all. */
  readonly estimateNanoUsd: string;
  /** The key that was told to come back for the answer. */
  readonly queuedBy?: KeyName;
};

export type CountBody = {
  readonly code: string;
  readonly key: string | undefined;
  readonly times: number;
};

/**
 * A deed that somebody must be able to ask about later: a blocked egress, an attestation, a change
 * of documents.
 */
export type ActBody = {
  readonly act:
    | 'configuration-changed'
    | 'registry-changed'
    | 'degradation-changed'
    | 'routing-alarm'
    | 'policy-approved'
    | 'policy-promoted'
    | 'policy-rolled-back'
    | 'router-changed'
    | 'parity-drifted'
    | 'document-created'
    | 'document-changed'
    | 'document-removed'
    | 'egress-blocked'
    | 'endpoint-enabled'
    | 'endpoint-drained'
    | 'endpoint-brought'
    | 'endpoint-activated'
    | 'endpoint-removed'
    | 'endpoint-key-changed'
    | 'data-key-rotated'
    | 'endpoint-changed'
    | 'consent-given'
    | 'consent-revoked'
    | 'session-declassified'
    | 'event-redelivered'
    | 'hold-charged';
  readonly by: string;
  readonly what: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
};

/**
 * What a learned router would see of a call: hashes, sealed under a key of the day that is thrown
 * away when its time is over. Apart from the record, so that no reader of records has it.
 */
export type FeaturesBody = {
  /** Base64. */
  readonly sealed: string;
};

/** How good the answer of a tier was, as its caller says. Of one tier and source the last holds. */
export type FeedbackBody = {
  readonly decision: DecisionId;
  readonly key: KeyName;
  readonly tier: Tier;
  /** 0 to 1. */
  readonly score: number;
  /** A device said how sure it was of its own answer; absent: somebody who judged the answer. */
  readonly by?: 'device';
};

type ComparedSide = Pick<RecordedCandidate, 'endpoint' | 'model' | 'tier'> &
  Pick<Attempt, 'durationMs' | 'costNanoUsd'> & { readonly made: string };

/** Two tiers' answers to one call; `made`: the server's name, quantisation, what it claims. */
type ComparisonBody = {
  readonly decision: DecisionId;
  readonly step: string | undefined;
  readonly weak: ComparedSide;
  readonly strong: ComparedSide;
  readonly served: 'weak' | 'strong';
  readonly confidence: number | undefined;
  readonly tokensTold: boolean;
  readonly agreement: number;
  readonly how: 'tools' | 'json' | 'text' | 'number' | 'overlap';
  readonly good: boolean;
  readonly propensity: number;
};

export type FactsBody = {
  readonly digest: string;
  readonly facts: Readonly<Record<string, string>>;
};

export type CheckpointBody = {
  readonly openHolds: readonly (HoldBody & { readonly call: RequestId })[];
  readonly balances: readonly BalanceBody[];
  /** State that endpoints hold for tenants: responses, and files and batches. */
  readonly responses?: readonly HeldBody[];
  readonly objects?: readonly HeldBody[];
  /** What sessions have held. */
  readonly sessions?: readonly SessionBody[];
  /** Whose queued calls are, also those that have ended. */
  readonly queueOwners?: readonly QueueOwnerBody[];
  /** What audits have shown; a row is confidence, good, propensity, time, times, costs. */
  readonly comparisons?: readonly {
    readonly kind: Readonly<Record<'tenant' | 'weak' | 'strong', string>> & {
      readonly step: string | undefined;
      readonly tokensTold: boolean;
    };
    readonly isBroken: boolean;
    readonly rows: readonly (readonly [number, number, number, number, ...number[]])[];
  }[];
};

export type HeldBody = {
  readonly tenant: TenantName;
  /** Keyed hash of its id. */
  readonly name: string;
  /** Undefined: more than one claims to hold it. */
  readonly endpoint: EndpointName | undefined;
  readonly label: Label;
  /** Unix milliseconds when an endpoint last told of it. */
  readonly at: number;
};

export type SessionBody = {
  readonly tenant: TenantName;
  readonly session: SessionId;
  readonly label: Label;
  /** Why, as in a record. */
  readonly kinds: readonly string[];
  /** Unix milliseconds of its last call. */
  readonly at: number;
};

export type QueueOwnerBody = {
  readonly call: RequestId;
  readonly tenant: TenantName;
  readonly key: KeyName;
};

/** Spent in the windows of one day, decimal nano-USD. */
export type BalanceBody = {
  readonly owner: string;
  readonly day: number;
  readonly spentDayNanoUsd: string;
  readonly spentMonthNanoUsd: string;
  readonly spentTotalNanoUsd: string;
};

export type Bodies = {
  readonly hold: HoldBody;
  readonly extend: HoldBody;
  readonly settlement: CallRecord;
  readonly facts: FactsBody;
  readonly count: CountBody;
  readonly act: ActBody;
  /** Undefined: what was to be kept may not be any more. Such a draft becomes no entry. */
  readonly features: FeaturesBody | undefined;
  readonly feedback: FeedbackBody;
  readonly comparison: ComparisonBody;
  readonly checkpoint: CheckpointBody;
};

export type EntryKind = keyof Bodies;

/** What a room hands to the store; node, epoch, sequence, chain and digest are added there. */
export type EntryDraft = {
  readonly [K in EntryKind]: {
    readonly kind: K;
    /** Unix milliseconds. */
    readonly at: number;
    readonly tenant: TenantName | undefined;
    readonly call: RequestId | undefined;
    readonly body: Bodies[K];
    /** The body may be read when the batch is written, not at once: a getter then makes it late. */
    readonly later?: true;
  };
}[EntryKind];

/** The part of an entry that the chain covers; key order on disk is the order here. */
export type EntryHead = {
  readonly v: number;
  readonly kind: string;
  readonly node: string;
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  /** SHA-256, hexadecimal, of the previous entry's head. */
  readonly prev: string;
  readonly tenant: string | undefined;
  readonly call: string | undefined;
  /** Keyed hash of the body's bytes, hexadecimal. */
  readonly bodyDigest: string;
};

/** As read: an unknown kind is kept, so the body is not narrowed here. */
export type Entry = EntryHead & { readonly body: unknown };
