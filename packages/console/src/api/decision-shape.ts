// One call explained, in the console's words.
import { type Decode, flag, list, maybe, number, object, text, time, words } from './decode.ts';

export type Candidate = {
  readonly endpoint: string;
  readonly model: string;
  readonly tier: number;
  readonly inRoute: boolean;
  readonly why: readonly string[];
  readonly remedies: readonly string[];
};

export type Attempt = {
  readonly endpoint: string;
  readonly tier: number;
  readonly region: string | undefined;
  readonly credential: string | undefined;
  readonly modelAsked: string;
  readonly modelClaimed: string | undefined;
  readonly status: number | undefined;
  readonly firstByteMs: number | undefined;
  readonly durationMs: number;
  readonly outcome: string;
  readonly fault: string | undefined;
};

export type Clearance = {
  readonly ceiling: number;
  /** A tier below it that is not open. */
  readonly shut: number | undefined;
  readonly residency: readonly string[] | undefined;
  readonly retention: string;
  readonly ownOnly: boolean;
};

export type Usage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly source: string;
};

const candidate: Decode<Candidate> = object((read) => ({
  endpoint: read('endpoint', text),
  model: read('model', text),
  tier: read('tier', number),
  inRoute: read('in_route', flag),
  why: read('why', list(text)),
  remedies: read('remedies', list(text)),
}));

const attempt: Decode<Attempt> = object((read) => ({
  endpoint: read('endpoint', text),
  tier: read('tier', number),
  region: read('region', maybe(text)),
  credential: read('credential', maybe(text)),
  modelAsked: read('model_asked', text),
  modelClaimed: read('model_claimed', maybe(text)),
  status: read('status', maybe(number)),
  firstByteMs: read('first_byte_ms', maybe(number)),
  durationMs: read('duration_ms', number),
  outcome: read('outcome', text),
  fault: read('fault', maybe(text)),
}));

const clearance: Decode<Clearance> = object((read) => ({
  ceiling: read('ceiling', number),
  shut: read('shut', maybe(number)),
  residency: read('residency', maybe(list(text))),
  retention: read('retention', text),
  ownOnly: read('own_only', flag),
}));

const usage: Decode<Usage> = object((read) => ({
  inputTokens: read('input_tokens', number),
  outputTokens: read('output_tokens', number),
  cachedInputTokens: read('cached_input_tokens', maybe(number)),
  reasoningTokens: read('reasoning_tokens', maybe(number)),
  source: read('source', text),
}));

export type Who = {
  readonly decision: string;
  readonly request: string;
  readonly at: number;
  readonly tenant: string | undefined;
  readonly key: string | undefined;
  readonly session: string | undefined;
  readonly agent: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly traceId: string | undefined;
  readonly retryOf: string | undefined;
  readonly operation: string;
  readonly stream: boolean;
};

const who: Decode<Who> = object((read) => ({
  decision: read('decision_id', text),
  request: read('request_id', text),
  at: read('at', time),
  tenant: read('tenant', maybe(text)),
  key: read('key', maybe(text)),
  session: read('session', maybe(text)),
  agent: read('agent', maybe(text)),
  tags: read('tags', words),
  traceId: read('trace_id', maybe(text)),
  retryOf: read('retry_of', maybe(text)),
  operation: read('operation', text),
  stream: read('stream', flag),
}));

export type Judged = {
  readonly step: string | undefined;
  readonly stepSource: string;
  readonly stepClass: string | undefined;
  readonly modelRequested: string | undefined;
  readonly label: string | undefined;
  readonly kinds: readonly string[];
  readonly declared: string | undefined;
  readonly difficulty: string | undefined;
  readonly latencyBudgetMs: number | undefined;
  readonly snapshot: string;
  readonly rule: string | undefined;
  readonly clearance: Clearance | undefined;
  readonly candidates: readonly Candidate[];
};

const judged: Decode<Judged> = object((read) => ({
  step: read('step', maybe(text)),
  stepSource: read('step_source', text),
  stepClass: read('step_class', maybe(text)),
  modelRequested: read('model_requested', maybe(text)),
  label: read('label', maybe(text)),
  kinds: read('kinds', list(text)),
  declared: read('declared', maybe(text)),
  difficulty: read('difficulty', maybe(text)),
  latencyBudgetMs: read('latency_budget_ms', maybe(number)),
  snapshot: read('snapshot', text),
  rule: read('rule', maybe(text)),
  clearance: read('clearance', maybe(clearance)),
  candidates: read('candidates', list(candidate)),
}));

export type Outcome = {
  readonly attempts: readonly Attempt[];
  readonly ending: string;
  readonly code: string | undefined;
  readonly status: number;
  readonly usage: Usage | undefined;
  readonly costUsd: string | undefined;
  readonly priceVersion: string | undefined;
  readonly savingsUsd: string | undefined;
  readonly heldMicroUsd: number;
  readonly parkedMs: number;
  readonly queueMs: number;
  readonly bodyMs: number | undefined;
  readonly decideMs: number;
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  readonly requestCommitment: string | undefined;
  readonly responseCommitment: string | undefined;
  readonly summary: string;
  readonly because: readonly string[];
  readonly changes: readonly string[];
};

const outcome: Decode<Outcome> = object((read) => {
  const told = <T>(key: string, one: Decode<T>): T =>
    read(
      'explanation',
      object((of) => of(key, one)),
    );
  return {
    attempts: read('attempts', list(attempt)),
    ending: read('ending', text),
    code: read('code', maybe(text)),
    status: read('status', number),
    usage: read('usage', maybe(usage)),
    costUsd: read('cost_usd', maybe(text)),
    priceVersion: read('price_version', maybe(text)),
    savingsUsd: read('savings_usd', maybe(text)),
    heldMicroUsd: read('held_micro_usd', number),
    parkedMs: read('parked_ms', number),
    queueMs: read('queue_ms', number),
    bodyMs: read('body_ms', maybe(number)),
    decideMs: read('decide_ms', number),
    firstByteMs: read('first_byte_ms', maybe(number)),
    totalMs: read('total_ms', number),
    requestCommitment: read('request_commitment', maybe(text)),
    responseCommitment: read('response_commitment', maybe(text)),
    summary: told('summary', text),
    because: told('because', list(text)),
    changes: told('changes', list(text)),
  };
});

/** `json` is the answer as it came, for who wants to copy it. */
export type Decision = Who & Judged & Outcome & { readonly json: string };

export const decision: Decode<Decision> = (value, path) => ({
  ...who(value, path),
  ...judged(value, path),
  ...outcome(value, path),
  json: JSON.stringify(value, null, 2),
});
