// Idempotency keys in use, per tenant and key, in memory and bounded. While the first call runs, a
// second one is refused; another body under the same key is refused for a day; after the first has
// ended the same body is a new call that names the old one. Answers are not stored.
import {
  type Call,
  type Clock,
  type Keys,
  no,
  type Question,
  type Refusal,
  type RequestId,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import type { Admitted, Identity } from '../tenant/tenant.ts';

export const REMEMBERED_MAX = 100_000;
export const KEPT_MS = 86_400_000;
const RETRY_AFTER_MS = 1_000;
const DIGEST_BYTES = 16;

type Ended = Call & Partial<Identity>;

type Known = {
  readonly request: RequestId;
  readonly body: string;
  readonly until: number;
  running: boolean;
};

export interface Idempotency {
  /** @returns the call that this one repeats, or undefined for a first one. */
  begin(call: Admitted, question: Question, keys: Keys): Result<RequestId | undefined, Refusal>;
  /** The call that began under a key has ended; nothing happens for others. */
  end(call: Ended): void;
}

export function idempotency(clock: Clock): Idempotency {
  const known = new Map<string, Known>();
  const nameOf = (call: Ended): string =>
    `${call.tenant?.name}\n${call.key?.name}\n${call.head.idempotencyKey}`;
  return {
    begin(call, question, keys) {
      if (call.head.idempotencyKey === undefined) return yes(undefined);
      const name = nameOf(call);
      const body = keys.digest('idempotency', question.bytes, DIGEST_BYTES);
      const before = known.get(name);
      const now = clock.now();
      const live = before !== undefined && (before.running || before.until > now);
      if (live && before.body !== body) return no(conflict('had another body', undefined));
      if (live && before.running) return no(conflict('is running', RETRY_AFTER_MS));
      known.delete(name);
      if (known.size >= REMEMBERED_MAX) forgetOldest(known);
      known.set(name, { request: call.id, body, until: now + KEPT_MS, running: true });
      return yes(live ? before.request : undefined);
    },
    end(call) {
      if (call.head.idempotencyKey === undefined) return;
      const one = known.get(nameOf(call));
      if (one?.request === call.id) one.running = false;
    },
  };
}

function conflict(why: string, retryAfterMs: number | undefined): Refusal {
  const message = `A call with this idempotency key ${why}.`;
  const more = { param: 'idempotency-key' };
  return refusal(
    'idempotency_conflict',
    message,
    retryAfterMs === undefined ? more : { ...more, retryAfterMs },
  );
}

/** Map keeps the order of insertion: the first is the oldest. */
function forgetOldest(known: Map<string, Known>): void {
  const oldest = known.keys().next();
  if (oldest.done !== true) known.delete(oldest.value);
}
