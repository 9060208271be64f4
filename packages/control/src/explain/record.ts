// The record of a call as the journal has it, read again from its text. It is our own, yet it comes
// from a disk and perhaps from another version: what does not fit makes no record.
import { z } from 'zod';

export type ReadAttempt = {
  readonly endpoint: string;
  readonly tier: number;
  readonly region?: string | undefined;
  readonly legalEntity?: string | undefined;
  readonly own?: boolean | undefined;
  readonly credential?: string | undefined;
  readonly modelAsked: string;
  readonly modelClaimed?: string | undefined;
  readonly status?: number | undefined;
  readonly firstByteMs?: number | undefined;
  readonly durationMs: number;
  readonly outcome: string;
  readonly fault?: string | undefined;
  readonly role?: string | undefined;
  readonly costNanoUsd?: string | undefined;
  readonly rejected?: string | undefined;
  readonly undecided?: string | undefined;
  readonly confidence?: number | undefined;
  readonly threshold?: ReadThreshold | undefined;
  readonly rewritten?: readonly string[] | undefined;
};

type ReadThreshold = {
  readonly least: number;
  readonly by: string;
  readonly labels: number;
  readonly chance?: number | undefined;
};

export type ReadCandidate = {
  readonly endpoint: string;
  readonly model: string;
  readonly tier: number;
  /** Bitmap of what refused it. */
  readonly gates: number;
};

export type ReadSecondStage = {
  readonly outcome: string;
  readonly types: readonly string[];
  readonly endpoint?: string | undefined;
  readonly model?: string | undefined;
  readonly windows: number;
  readonly tookMs: number;
};

export type ReadClearance = {
  readonly ceiling: number;
  readonly shut?: number | undefined;
  readonly residency?: readonly string[] | undefined;
  readonly retention: string;
  readonly ownOnly: boolean;
};

export type ReadUsage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly source: string;
};

export type ReadRouting = {
  readonly by: string;
  readonly router?: string | undefined;
  readonly gain?: number | undefined;
  readonly error?: number | undefined;
  readonly abstained?: string | undefined;
  readonly cache?: ReadCache | undefined;
  readonly closed?: string | undefined;
  readonly lowered?: string | undefined;
  readonly turn?: ReadTurn | undefined;
};

export type ReadTurn = { readonly kept: boolean; readonly why: string; readonly from: string };

export type ReadCache = {
  readonly tier: number;
  readonly failures: number;
  readonly explored?: boolean | undefined;
};

export type ReadRecord = {
  readonly decision: string;
  readonly request: string;
  readonly at: number;
  readonly tenant?: string | undefined;
  readonly key?: string | undefined;
  readonly session?: string | undefined;
  readonly agent?: string | undefined;
  readonly operation: string;
  readonly stream: boolean;
  readonly step?: string | undefined;
  readonly stepSource: string;
  readonly stepClass?: string | undefined;
  readonly routed?: ReadRouting | undefined;
  readonly modelRequested?: string | undefined;
  readonly label?: string | undefined;
  readonly kinds: readonly string[];
  readonly declared?: string | undefined;
  readonly secondStage?: ReadSecondStage | undefined;
  readonly difficulty?: string | undefined;
  readonly latencyBudgetMs?: number | undefined;
  readonly latencySplit?:
    | Readonly<Record<'deviceMs' | 'networkMs' | 'toolMs' | 'cloudMs', number>>
    | undefined;
  readonly snapshot: string;
  readonly clearance?: ReadClearance | undefined;
  readonly consent?: string | undefined;
  readonly consentUse?: string | undefined;
  readonly candidates: readonly ReadCandidate[];
  readonly rule?: string | undefined;
  readonly attempts: readonly ReadAttempt[];
  readonly ending: string;
  readonly code?: string | undefined;
  readonly status: number;
  readonly fallback: boolean;
  readonly parkedMs: number;
  readonly usage?: ReadUsage | undefined;
  readonly costNanoUsd?: bigint | undefined;
  readonly priceVersion?: string | undefined;
  readonly savingsNanoUsd?: bigint | undefined;
  readonly heldNanoUsd: bigint;
  readonly bodyMs?: number | undefined;
  readonly decideMs: number;
  readonly queueMs: number;
  readonly upstreamMs: number;
  readonly firstByteMs?: number | undefined;
  readonly totalMs: number;
  readonly requestCommitment?: string | undefined;
  readonly responseCommitment?: string | undefined;
  readonly retryOf?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly traceId?: string | undefined;
};

const text = z.string();
const ms = z.number();
const tier = z.int();

const attempt: z.ZodType<ReadAttempt> = z.object({
  endpoint: text,
  tier,
  region: text.optional(),
  legalEntity: text.optional(),
  own: z.boolean().optional(),
  credential: text.optional(),
  modelAsked: text,
  modelClaimed: text.optional(),
  status: z.int().optional(),
  firstByteMs: ms.optional(),
  durationMs: ms,
  outcome: text,
  fault: text.optional(),
  role: text.optional(),
  costNanoUsd: text.optional(),
  rejected: text.optional(),
  undecided: text.optional(),
  confidence: z.number().optional(),
  threshold: z
    .object({
      least: z.number(),
      by: text,
      labels: z.int(),
      chance: z.number().optional(),
    })
    .optional(),
  rewritten: z.array(text).optional(),
});

const record: z.ZodType<ReadRecord> = z.object({
  decision: text,
  request: text,
  at: ms,
  tenant: text.optional(),
  key: text.optional(),
  session: text.optional(),
  agent: text.optional(),
  operation: text,
  stream: z.boolean(),
  step: text.optional(),
  stepSource: text,
  stepClass: text.optional(),
  routed: z
    .object({
      by: text,
      router: text.optional(),
      gain: z.number().optional(),
      error: z.number().optional(),
      abstained: text.optional(),
      cache: z
        .object({ tier: z.number(), failures: z.number(), explored: z.boolean().optional() })
        .optional(),
      closed: text.optional(),
      lowered: text.optional(),
      turn: z.object({ kept: z.boolean(), why: text, from: text }).optional(),
    })
    .optional(),
  modelRequested: text.optional(),
  label: text.optional(),
  kinds: z.array(text),
  declared: text.optional(),
  secondStage: z
    .object({
      outcome: text,
      types: z.array(text),
      endpoint: text.optional(),
      model: text.optional(),
      windows: z.int(),
      tookMs: ms,
    })
    .optional(),
  difficulty: text.optional(),
  latencyBudgetMs: ms.optional(),
  latencySplit: z.object({ deviceMs: ms, networkMs: ms, toolMs: ms, cloudMs: ms }).optional(),
  snapshot: text,
  clearance: z
    .object({
      ceiling: tier,
      shut: tier.optional(),
      residency: z.array(text).optional(),
      retention: text,
      ownOnly: z.boolean(),
    })
    .optional(),
  consent: text.optional(),
  consentUse: text.optional(),
  candidates: z.array(z.object({ endpoint: text, model: text, tier, gates: z.int() })),
  rule: text.optional(),
  attempts: z.array(attempt),
  ending: text,
  code: text.optional(),
  status: z.int(),
  fallback: z.boolean(),
  parkedMs: ms,
  usage: z
    .object({
      inputTokens: z.int(),
      outputTokens: z.int(),
      cachedInputTokens: z.int().optional(),
      reasoningTokens: z.int().optional(),
      source: text,
    })
    .optional(),
  costNanoUsd: nano().optional(),
  priceVersion: text.optional(),
  savingsNanoUsd: nano().optional(),
  heldNanoUsd: nano(),
  bodyMs: ms.optional(),
  decideMs: ms,
  queueMs: ms,
  upstreamMs: ms,
  firstByteMs: ms.optional(),
  totalMs: ms,
  requestCommitment: text.optional(),
  responseCommitment: text.optional(),
  retryOf: text.optional(),
  tags: z.record(z.string(), text),
  traceId: text.optional(),
});

function nano(): z.ZodType<bigint> {
  return z
    .string()
    .regex(/^-?[0-9]{1,30}$/)
    .transform((digits) => BigInt(digits));
}

export function readRecord(json: string): ReadRecord | undefined {
  try {
    const read = record.safeParse(JSON.parse(json));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
