// How long the first token takes at one place, and how many calls are out there: peak EWMA
// (Finagle, linkerd). A slower answer counts at once, a faster one little by little, with a time
// constant of 10 s, so that trouble is seen with its first call. What was not heard of for a while
// is thought better of again, and so is tried again. Times are on the monotonic clock.
import { DECAY, DECAY_STEPS } from './decay.table.ts';

export const DECAY_MS = 10_000;
/** A failure counts as an answer that took this long: what fails fast is not fast. */
export const FAILED_MS = 5_000;
/** Of a place that nobody measured, with a call out already: one is enough to find out. */
const UNKNOWN_MS = 600_000;
/** What takes no time that could be told still has calls that wait. */
const LEAST_MS = 1;
/** What a server told of its queue counts less and less, and nothing after this. */
export const TOLD_MS = 30_000;
const UNMEASURED = -1;

/** What a whole endpoint tells of the calls that it has to do, whoever sent them. */
export class Queue {
  #calls = 0;
  #at = 0;

  /** So many are ahead of the next one; 0: nobody waits there. */
  told(calls: number, now: number): void {
    this.#calls = calls;
    this.#at = now;
  }

  aheadAt(now: number): number {
    if (this.#calls === 0) return 0;
    return Math.max(0, this.#calls * (1 - (now - this.#at) / TOLD_MS));
  }
}

export class Load {
  /** Calls that are out here, until their end. */
  pending = 0;
  readonly #streams: Peak = new Peak();
  /** The first byte of an answer in one piece comes with its last: that is another matter. */
  readonly #wholes: Peak = new Peak();
  readonly #queue: Queue;

  constructor(queue: Queue = new Queue()) {
    this.#queue = queue;
  }

  /** A first token came after `ms`. */
  took(ms: number, now: number, isStream: boolean): void {
    (isStream ? this.#streams : this.#wholes).took(ms, now);
  }

  failed(ms: number, now: number, isStream: boolean): void {
    this.took(Math.max(ms, FAILED_MS), now, isStream);
  }

  /** Whether any answer came from here. */
  isKnown(): boolean {
    return this.#streams.isKnown() || this.#wholes.isKnown();
  }

  /** What another call may expect here, in milliseconds; the lower, the better. */
  score(now: number, isStream: boolean): number {
    const wished = isStream ? this.#streams : this.#wholes;
    const other = isStream ? this.#wholes : this.#streams;
    const ms = wished.isKnown() ? wished.at(now) : other.at(now);
    const ahead = Math.max(this.pending, this.#queue.aheadAt(now));
    if (this.isKnown()) return Math.max(ms, LEAST_MS) * (ahead + 1);
    return ahead === 0 ? 0 : UNKNOWN_MS * ahead;
  }
}

class Peak {
  #ms: number = UNMEASURED;
  #since = 0;

  took(ms: number, now: number): void {
    const kept = this.#ms === UNMEASURED ? 0 : decay(now - this.#since);
    this.#ms = ms >= this.#ms * kept ? ms : this.#ms * kept + ms * (1 - kept);
    this.#since = now;
  }

  isKnown(): boolean {
    return this.#ms !== UNMEASURED;
  }

  at(now: number): number {
    return this.#ms * decay(now - this.#since);
  }
}

/** What is left after so long: e to the minus `ms / DECAY_MS`, between the entries of the table. */
export function decay(ms: number): number {
  const at = (Math.max(0, ms) / DECAY_MS) * DECAY_STEPS;
  const low = Math.floor(at);
  const above = DECAY[low + 1];
  if (above === undefined) return LEAST;
  const below = DECAY[low] ?? 1;
  return below + (above - below) * (at - low);
}

const LEAST = DECAY[DECAY.length - 1] ?? 0;
