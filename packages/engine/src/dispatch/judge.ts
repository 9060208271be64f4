// Is this answer the answer? Deterministic and cheap: status, an error inside a 200, a body that is
// none. Evidence about quality joins here with the cascade. `relay`: the caller's own mistake as
// the upstream words it; no other place would say otherwise.
import { type Clock, type Fault, fault } from '@signalbox/contract';
import { readUpstreamError, retryAfterOf, type ServerKind } from '@signalbox/dialect';
import type { Withheld } from './attempt.ts';

export type Judgement = { readonly kind: 'accept' } | { readonly kind: 'relay' } | Next;

type Next = {
  readonly kind: 'next';
  readonly fault: Fault;
  /** What it asks for, in headers or in words. */
  readonly retryAfterMs: number | undefined;
  /** What is paid for is used up there: waiting alone does not help. */
  readonly isSpent: boolean;
};

/** Statuses that speak of the request itself. */
const CALLERS_MISTAKE = new Set([400, 404, 405, 409, 413, 415, 422]);

export function judgeAnswer(answer: Withheld, kind: ServerKind, clock: Clock): Judgement {
  const { status } = answer;
  const next = (
    code: Fault['code'],
    detail: string,
    retry: Fault['retry'] = 'other',
  ): Judgement => ({
    kind: 'next',
    fault: fault(code, 'upstream', retry, detail),
    ...asked(answer, kind, clock.now()),
  });
  if (status >= 300 && status < 400) return next('redirected', `status ${status}`);
  if (CALLERS_MISTAKE.has(status)) return { kind: 'relay' };
  if (status >= 300) return next('status', `status ${status}`, status >= 500 ? 'same' : 'other');
  if (answer.kind === 'stream') {
    const { error, malformed, finished } = answer.reader.facts();
    if (error) return next('body_error', 'an error event came first');
    if (malformed) return next('malformed', 'an event is not JSON');
    const isCutOff = answer.isOver && finished === false;
    return isCutOff ? next('closed_early', 'no reason to end') : { kind: 'accept' };
  }
  if (answer.facts.error) return next('body_error', 'an error inside a 200');
  if (answer.facts.malformed) return next('malformed', 'the answer is not JSON');
  return { kind: 'accept' };
}

function asked(
  answer: Withheld,
  kind: ServerKind,
  nowMs: number,
): Pick<Next, 'retryAfterMs' | 'isSpent'> {
  const { status, headers } = answer;
  const told = retryAfterOf(kind, headers, nowMs);
  if (answer.kind === 'stream' || status < 400) return { retryAfterMs: told, isSpent: false };
  const error = readUpstreamError(kind, { status, headers, body: answer.body, nowMs });
  const retryAfterMs = told ?? error.retryAfterMs;
  return { retryAfterMs, isSpent: error.kind === 'quota' && retryAfterMs === undefined };
}
