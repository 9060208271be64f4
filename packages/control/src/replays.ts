// Changes that are sent twice happen once: under an idempotency key the first answer is told again.
// Bounded in number and time, in memory; what is shown once is not kept.
import { type Clock, type Keys, type Refusal, refusal } from '@signalbox/contract';
import type { Answer } from './routes/route.ts';

export const REPLAYS_MAX = 1_000;
export const REPLAY_MS: number = 24 * 60 * 60_000;
const KEY = /^[!-~]{1,255}$/;
const DIGEST_BYTES = 16;

type Replay = {
  readonly print: string;
  readonly until: number;
  /** Undefined: the first is still running. */
  answer: Answer | undefined;
};

export type Turn =
  | { readonly kind: 'first'; done(answer: Answer | undefined): void }
  | { readonly kind: 'again'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export class Replays {
  readonly #clock: Clock;
  readonly #keys: Keys;
  readonly #known = new Map<string, Replay>();

  constructor(clock: Clock, keys: Keys) {
    this.#clock = clock;
    this.#keys = keys;
  }

  /**
   * @param what method, path and body: the same key for something else is a mistake.
   * @param whose keys of one tenant are nothing to another; empty: the operator's.
   */
  begin(key: string, what: string, whose: string): Turn {
    if (!KEY.test(key)) return { kind: 'refused', refusal: BAD_KEY };
    const now = this.#clock.now();
    const id = this.#keys.digest('admin-replay', `${whose}\n${key}`, DIGEST_BYTES);
    const print = this.#keys.digest('admin-replay', what, DIGEST_BYTES);
    const known = this.#known.get(id);
    if (known !== undefined && known.until > now) {
      if (known.print !== print) return { kind: 'refused', refusal: OTHER_BODY };
      if (known.answer === undefined) return { kind: 'refused', refusal: RUNNING };
      return { kind: 'again', answer: known.answer };
    }
    this.#makeRoom(now);
    const replay: Replay = { print, until: now + REPLAY_MS, answer: undefined };
    this.#known.delete(id);
    this.#known.set(id, replay);
    return {
      kind: 'first',
      done: (answer) => {
        // What failed may be tried again under the same key.
        if (answer === undefined) this.#known.delete(id);
        else replay.answer = repeatable(answer);
      },
    };
  }

  #makeRoom(now: number): void {
    for (const [id, one] of this.#known) {
      if (one.until > now && this.#known.size < REPLAYS_MAX) break;
      this.#known.delete(id);
    }
  }
}

const repeatable = ({ status, body, again, headers = [] }: Answer): Answer => ({
  status,
  body: again ?? body,
  headers,
});

const BAD_KEY = refusal('body_invalid', 'An idempotency key has 1 to 255 printable characters.', {
  param: 'idempotency-key',
});
const OTHER_BODY = refusal(
  'idempotency_conflict',
  'This idempotency key was used for another request.',
  { param: 'idempotency-key', hint: 'Use a new key for a new request.' },
);
const RUNNING = refusal(
  'idempotency_conflict',
  'The first request with this key is still running.',
  {
    param: 'idempotency-key',
    retryAfterMs: 1_000,
  },
);
