// How many calls a server of one's own takes at once, learnt from how long first tokens take: the
// limit shrinks when they take longer than they used to, and grows while they do not (Gradient2 of
// Netflix's concurrency-limits). The time of the first token, not of the whole answer: how long an
// answer is says nothing of how busy the server is. A load that never lets up becomes what is
// usual, and the limit rises with it: the documents' bound holds in the end.

export const LIMIT_FIRST = 20;
/** One and one more, so that there is something to compare with. */
export const LIMIT_MIN = 2;
export const LIMIT_MAX = 200;
const SMOOTHING = 0.2;
/** Calls that may always wait: room to grow into. */
const QUEUE = 4;
const LONG_SAMPLES = 600;
const WARM_UP_SAMPLES = 10;
const TOLERANCE = 1.5;
const GRADIENT_MIN = 0.5;
/** After a long bad time the average comes back faster. */
const DRIFT_MAX = 2;
const DRIFT_SHARE = 0.95;
const LONG_GAIN: number = 2 / (LONG_SAMPLES + 1);

export class Gradient {
  #limit: number = LIMIT_FIRST;
  #inFlight = 0;
  readonly #max: number;
  readonly #streams: Usual = new Usual();
  /** The first byte of an answer in one piece comes with its last: it is compared with its like. */
  readonly #wholes: Usual = new Usual();

  /** `max`: what the documents allow at most. */
  constructor(max: number = LIMIT_MAX) {
    this.#max = Math.max(LIMIT_MIN, Math.min(LIMIT_MAX, max));
    this.#limit = Math.min(LIMIT_FIRST, this.#max);
  }

  /** Calls that may be out at once; a whole number. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** @returns how many are out now, this one among them. */
  began(): number {
    this.#inFlight += 1;
    return this.#inFlight;
  }

  ended(): void {
    this.#inFlight -= 1;
  }

  /** `inFlight`: how many were out when this one went, itself among them. */
  took(firstTokenMs: number, inFlight: number, isStream: boolean): void {
    const shortMs = Math.max(firstTokenMs, 1);
    const longMs = (isStream ? this.#streams : this.#wholes).took(shortMs);
    // What is not used cannot be judged.
    if (inFlight < this.#limit / 2) return;
    const ratio = (TOLERANCE * longMs) / shortMs;
    const gradient = Math.max(GRADIENT_MIN, Math.min(1, ratio));
    const wanted = this.#limit * gradient + QUEUE;
    const next = this.#limit * (1 - SMOOTHING) + wanted * SMOOTHING;
    this.#limit = Math.max(LIMIT_MIN, Math.min(this.#max, next));
  }
}

/** How long it usually takes: a slow average. */
class Usual {
  #ms = 0;
  #samples = 0;

  took(ms: number): number {
    this.#samples = Math.min(this.#samples + 1, WARM_UP_SAMPLES + 1);
    const gain = this.#samples <= WARM_UP_SAMPLES ? 1 / this.#samples : LONG_GAIN;
    this.#ms += (ms - this.#ms) * gain;
    if (this.#ms / ms > DRIFT_MAX) this.#ms *= DRIFT_SHARE;
    return this.#ms;
  }
}
