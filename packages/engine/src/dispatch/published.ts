// The limits that a vendor publishes, kept from our side: so many requests and so many tokens a
// minute, of which a share is used, so that another node or a retry does not run into them. One
// number a limit (the generic cell rate algorithm of ATM): when the next call would be due if
// calls came evenly. In no minute does more go out than the share, however the calls come. Times
// are on the monotonic clock.

/** The share of the published limits that is used where the documents say nothing else. */
export const RATE_LIMIT_BUFFER = 0.8;
const MINUTE_MS = 60_000;
/** A tenth of a minute's worth may go out at once; the rest comes evenly. */
const BURST_SHARE = 0.1;

export type PublishedLimits = {
  readonly requestsPerMinuteMax: number | undefined;
  readonly tokensPerMinuteMax: number | undefined;
};

export class Published {
  readonly #requests: Rate | undefined;
  readonly #tokens: Rate | undefined;

  constructor(limits: PublishedLimits, buffer: number = RATE_LIMIT_BUFFER) {
    this.#requests = rateOf(limits.requestsPerMinuteMax, buffer);
    this.#tokens = rateOf(limits.tokensPerMinuteMax, buffer);
  }

  /** Milliseconds until a call of so many tokens may go out; 0: now. */
  waitMs(tokens: number, now: number): number {
    return Math.max(this.#requests?.waitMs(1, now) ?? 0, this.#tokens?.waitMs(tokens, now) ?? 0);
  }

  /** A call of about so many tokens goes out. */
  take(tokens: number, now: number): void {
    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
  }

  /** It was so many more than thought, or fewer. */
  correct(moreTokens: number): void {
    this.#tokens?.correct(moreTokens);
  }
}

const rateOf = (perMinute: number | undefined, buffer: number): Rate | undefined =>
  perMinute === undefined ? undefined : new Rate(perMinute * buffer);

class Rate {
  readonly #eachMs: number;
  readonly #burstMs: number;
  /** When the next one would be due. */
  #due = 0;

  constructor(perMinute: number) {
    // Burst and even flow together stay within what a minute may have.
    const burst = Math.max(1, perMinute * BURST_SHARE);
    const flow = Math.max(perMinute - burst, perMinute / 2);
    this.#eachMs = MINUTE_MS / flow;
    this.#burstMs = burst * this.#eachMs;
  }

  /** What is larger than a whole burst goes out when nothing went before it. */
  waitMs(count: number, now: number): number {
    const room = Math.max(0, this.#burstMs - count * this.#eachMs);
    return Math.max(0, this.#due - now - room);
  }

  take(count: number, now: number): void {
    this.#due = Math.max(this.#due, now) + count * this.#eachMs;
  }

  correct(more: number): void {
    this.#due += more * this.#eachMs;
  }
}
