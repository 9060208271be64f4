// Is this answer the answer? Deterministic and cheap: status, an error inside a 200, a body that is
// none. Evidence about quality joins here with the cascade. `relay`: the caller's own mistake as
// the upstream words it; no other place would say otherwise.
import { type Fault, fault } from '@signalbox/contract';
import { headerOf, type Withheld } from './attempt.ts';

export type Judgement =
  | { readonly kind: 'accept' }
  | { readonly kind: 'relay' }
  | { readonly kind: 'next'; readonly fault: Fault; readonly retryAfterMs: number | undefined };

/** Statuses that speak of the request itself. */
const CALLERS_MISTAKE = new Set([400, 404, 405, 409, 413, 415, 422]);
const RETRY_AFTER_MS_MAX = 86_400_000;

export function judgeAnswer(answer: Withheld): Judgement {
  const { status } = answer;
  const next = (
    code: Fault['code'],
    detail: string,
    retry: Fault['retry'] = 'other',
  ): Judgement => ({
    kind: 'next',
    fault: fault(code, 'upstream', retry, detail),
    retryAfterMs: retryAfterMs(
      headerOf(answer.headers, 'retry-after-ms'),
      headerOf(answer.headers, 'retry-after'),
    ),
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

function retryAfterMs(
  milliseconds: string | undefined,
  seconds: string | undefined,
): number | undefined {
  const value = milliseconds === undefined ? Number(seconds) * 1_000 : Number(milliseconds);
  if (seconds === undefined && milliseconds === undefined) return undefined;
  return Number.isFinite(value) && value >= 0 ? Math.min(value, RETRY_AFTER_MS_MAX) : undefined;
}
