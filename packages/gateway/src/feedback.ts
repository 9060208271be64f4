// `POST /v1/feedback`: how good the answer of a call was, said by a key of the same tenant. It goes
// to the journal, where a router may learn from it, for that tenant alone. Said twice it counts
// once; of each tier the last word holds.
import {
  type DecisionId,
  isDecisionId,
  type KeyName,
  no,
  type Ports,
  type Refusal,
  type Result,
  refusal,
  requestOf,
  type TenantName,
  type Tier,
  yes,
} from '@signalbox/contract';
import type { Identity } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import { readBody } from './body.ts';
import type { Known } from './decision.ts';
import { json, type Pages } from './page.ts';
import type { Word } from './recent-feedback.ts';

const BODY_BYTES_MAX = 4_096;
const BODY_MS_MAX = 10_000;
const AGAIN_AFTER_MS = 60_000;
const FIELDS: ReadonlySet<string> = new Set(['decision', 'ok', 'score', 'tier', 'by']);

type Said = {
  readonly decision: DecisionId;
  /** 0 to 1. */
  readonly score: number;
  /** Undefined: of the answer that the caller had. */
  readonly tier: Tier | undefined;
  readonly by: 'caller' | 'device';
};

export async function takeFeedback(
  exchange: Exchange,
  { tenant, key }: Identity,
  pages: Pages,
): Promise<void> {
  const { house, records, recentFeedback } = pages;
  if (!key.scopes.has('call')) return pages.refuse(exchange, NO_CALLS);
  const body = await readBody(exchange, BODY_BYTES_MAX, BODY_MS_MAX);
  if (!body.ok) return pages.refuse(exchange, body.refusal);
  const said = readFeedback(body.value);
  if (!said.ok) return pages.refuse(exchange, said.refusal);
  const { decision, score, by } = said.value;
  const known = await records.byDecision(tenant.name, decision);
  if (known === undefined) return pages.refuse(exchange, UNKNOWN);
  const tier = said.value.tier ?? tierOf(known);
  if (tier === undefined) return pages.refuse(exchange, UNANSWERED);
  const isStored = known.feedback.some(
    (one) => one.tier === tier && one.by === by && one.score === score,
  );
  const word: Word = { tier, by, score };
  const told = recentFeedback.say(decision, word, isStored);
  if (told === 'too-often') return pages.refuse(exchange, TOO_OFTEN);
  let isSafe = told === 'stored';
  try {
    if (told === 'new') append(house.ports, decision, word, { tenant: tenant.name, key: key.name });
    // No call waits for this: what is said to be taken is on the disk.
    if (!isSafe) isSafe = await new Promise<boolean>((done) => house.ports.store.durable(done));
  } finally {
    if (told === 'new' && !isSafe) recentFeedback.forget(decision, word);
  }
  if (!isSafe) {
    return pages.refuse(exchange, refusal('journal_unavailable', 'It could not be written.'));
  }
  return json(exchange, 200, { object: 'feedback', decision, tier, score, by });
}

function append(
  { store, clock }: Ports,
  decision: DecisionId,
  { tier, by, score }: Word,
  { tenant, key }: { readonly tenant: TenantName; readonly key: KeyName },
): void {
  store.append({
    ...{ kind: 'feedback', at: clock.now(), tenant, call: requestOf(decision) },
    body: { decision, key, tier, score, ...(by === 'device' ? { by } : {}) },
  });
}

/** Where the answer came from that the caller had. */
function tierOf({ record }: Known): Tier | undefined {
  if (record.ending !== 'answered') return undefined;
  return record.attempts.findLast(({ outcome }) => outcome === 'answered')?.tier;
}

function readFeedback(bytes: Uint8Array): Result<Said, Refusal> {
  const body = parsed(bytes);
  if (body === undefined) return wrong('The body is no JSON object.', 'body');
  if (Object.keys(body).some((name) => !FIELDS.has(name))) {
    return wrong('The body has a field that is not known here.', 'body');
  }
  const { decision, ok, score, tier, by = 'caller' } = body;
  if (typeof decision !== 'string' || !isDecisionId(decision)) {
    return wrong('`decision` must be the id of a decision of yours, `dec_…`.', 'decision');
  }
  if ((ok === undefined) === (score === undefined)) {
    return wrong('Say either `ok`, true or false, or `score`, from 0 to 1.', 'score');
  }
  if (ok !== undefined && typeof ok !== 'boolean') return wrong('`ok` is true or false.', 'ok');
  if (score !== undefined && !isShare(score)) {
    return wrong('`score` is a number from 0 (useless) to 1 (as good as it gets).', 'score');
  }
  if (tier !== undefined && tier !== 1 && tier !== 2 && tier !== 3) {
    return wrong('`tier` is 1, 2 or 3; without it the answer is meant that you had.', 'tier');
  }
  if (by !== 'caller' && by !== 'device') {
    return wrong('`by` is `caller`, or `device` for how sure one was of its own answer.', 'by');
  }
  if (by === 'device' && tier === undefined) {
    return wrong('A device says with `tier` which tier its own answer is of.', 'tier');
  }
  return yes({ decision, tier, by, score: isShare(score) ? score : ok === true ? 1 : 0 });
}

const isShare = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1;

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

const HINT =
  'Send {"decision": "dec_…", "ok": true}; the answer had it in `x-signalbox-decision-id`.';
const wrong = (message: string, param: string): Result<never, Refusal> =>
  no(refusal('body_invalid', message, { param, hint: HINT }));

const UNKNOWN = refusal('decision_unknown', 'No decision of yours has this id.');
const NO_CALLS = refusal(
  'not_entitled',
  'This key may not say how good answers were: it lacks the scope `call`.',
);
const UNANSWERED = refusal('body_invalid', 'That call had no whole answer.', {
  param: 'decision',
  hint: 'Say with `tier` which tier you mean, if you know how good its answer is.',
});
const TOO_OFTEN = refusal('rate_limited', 'What is said of this decision was changed too often.', {
  retryAfterMs: AGAIN_AFTER_MS,
});
