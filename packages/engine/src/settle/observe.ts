// What a call that has ended teaches those who look at the next one. The only way back along the
// line: nothing of it changes this call, and no decision waits for it.
import type { Health } from '../catalog/health.ts';
import type { Outcome } from '../dispatch/dispatch.ts';

export type Learners = { readonly health: Health };

/** Called once for every outcome, before its answer is sent: what it teaches holds from then on. */
export function observe(outcome: Outcome, learners: Learners): void {
  const last = outcome.attempts[outcome.attempts.length - 1];
  if (last === undefined || !isWhole(outcome)) return;
  const firstByteMs = outcome.kind === 'streamed' ? last.firstByteMs : undefined;
  learners.health.answered(last.endpoint, firstByteMs, last.durationMs);
}

/** The caller's own mistake is told fast, and a stream that broke off took no time to tell. */
function isWhole(outcome: Outcome): boolean {
  if (outcome.kind === 'whole') return !outcome.relayed;
  return outcome.kind === 'streamed' && outcome.piped.ending === 'answered';
}
