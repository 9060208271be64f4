// When to ask a second place while the first has not said a word: after as long as nineteen of
// twenty calls of that size take for their first token, and only while hedges are few ("The Tail
// at Scale"; Finagle's backup requests; gRPC's hedging with pushback). The first good answer is
// taken, the other call is let go of and paid for. Whether a call may be asked twice at all is not
// decided here. Times are on the monotonic clock.
import { Latencies } from './latencies.ts';

/** Later than this share of calls. */
export const HEDGE_QUANTILE = 0.95;
/** Fewer first tokens than this in the last minute say too little. */
export const SAMPLES_MIN = 50;
export const DELAY_MS_MIN = 50;
/** One hedge for so many calls: 5 %. */
export const CALLS_PER_HEDGE = 20;
/** Hedges that may be saved up for a bad moment. */
const SAVED_MAX = 20;
/** After a limit was met nobody is asked twice for this long, where the limit says nothing else. */
export const PUSHBACK_MS = 10_000;

/** A long prompt takes longer to its first token: it is compared with its like. In tokens. */
const SIZES: readonly number[] = [256, 2_048, 8_192, 32_768];

/** Of one line: how long its first tokens take, and how many of its calls were hedged. */
export class Hedging {
  readonly #sizes: (Latencies | undefined)[] = [];
  #saved = 0;
  #stoppedUntil = 0;

  /** A call goes out: a twentieth of a hedge is saved. */
  began(): void {
    this.#saved = Math.min(SAVED_MAX * CALLS_PER_HEDGE, this.#saved + 1);
  }

  /**
   * A first token came. Of a call that a hedge overtook, and that was let go of, so much is known:
   * it took longer than this. Without it the slow ones would be forgotten, and hedges come sooner
   * and sooner.
   */
  took(ms: number, inputTokens: number, isStream: boolean, now: number): void {
    const size = sizeOf(inputTokens, isStream);
    const known = this.#sizes[size] ?? new Latencies(HEDGE_QUANTILE);
    this.#sizes[size] = known;
    known.took(ms, now);
  }

  /** How long to wait before a second place is asked; undefined: nobody can tell. */
  delayMs(inputTokens: number, isStream: boolean, now: number): number | undefined {
    const known = this.#sizes[sizeOf(inputTokens, isStream)];
    if (known === undefined || known.samples(now) < SAMPLES_MIN) return undefined;
    const slow = known.quantile(now);
    return slow === undefined ? undefined : Math.max(DELAY_MS_MIN, slow);
  }

  /** Takes one hedge from what was saved; false: there is none. */
  take(now: number): boolean {
    if (this.#saved < CALLS_PER_HEDGE || now < this.#stoppedUntil) return false;
    this.#saved -= CALLS_PER_HEDGE;
    return true;
  }

  /** The other side limits: asking it twice makes that worse. */
  pushedBack(now: number, forMs: number = PUSHBACK_MS): void {
    this.#stoppedUntil = Math.max(this.#stoppedUntil, now + forMs);
  }
}

/** Streams and answers in one piece are apart, too. */
function sizeOf(inputTokens: number, isStream: boolean): number {
  let size = isStream ? 0 : SIZES.length + 1;
  for (const bound of SIZES) {
    if (inputTokens < bound) break;
    size += 1;
  }
  return size;
}
