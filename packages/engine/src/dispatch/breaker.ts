// Keeps calls away from what fails, and finds out when it is well again without sending it more
// than one call at a time. Closed until too much fails; then open for a while that doubles with
// every further failure; then half open: one call goes out as a probe, and what it meets decides.
// It only ever takes an offer away: nothing here could add one. Times are on the monotonic clock.
//
// The numbers: Envoy's and Finagle's five failures in a row, Finagle's success rate of 80 % over
// 30 s, its revival after 5 to 300 s with equal jitter (half the pause is drawn).

export type BreakerRules = {
  /** So many failures in a row open it. */
  readonly failuresMax: number;
  /** Less than this share of successes opens it too; 0: never. */
  readonly successShareMin: number;
  /** The share is looked at from so many calls in the window on. */
  readonly callsMin: number;
  readonly openMsFirst: number;
  readonly openMsMax: number;
};

const SUCCESS_SHARE_MIN = 0.8;
const CALLS_MIN = 10;
const SHARED: Pick<BreakerRules, 'successShareMin' | 'callsMin'> = {
  successShareMin: SUCCESS_SHARE_MIN,
  callsMin: CALLS_MIN,
};

/** A model at an endpoint, asked with one credential. */
export const LINE_RULES: BreakerRules = {
  ...SHARED,
  failuresMax: 5,
  openMsFirst: 5_000,
  openMsMax: 300_000,
};

/** The same on the caller's device or next to it: there it is back within seconds. */
export const LOCAL_LINE_RULES: BreakerRules = { ...LINE_RULES, openMsMax: 30_000 };

/** A whole endpoint that takes no connections: it is back as soon as it listens. */
export const ENDPOINT_RULES: BreakerRules = {
  ...LINE_RULES,
  successShareMin: 0,
  openMsFirst: 1_000,
  openMsMax: 30_000,
};

/** The right to one call, to be handed back with what the call met. */
export type Pass = number;
/** No call may go out now. */
export const REFUSED: Pass = 0;

/** A probe whose end nobody told is forgotten after this: as long as a call may take. */
export const PROBE_MS_MAX = 600_000;
/** How long to wait for a probe that is out. */
export const PROBE_WAIT_MS = 100;
export const WINDOW_MS = 30_000;
const SLICES = 6;
const SLICE_MS: number = WINDOW_MS / SLICES;
const DOUBLINGS_MAX = 16;
const NONE = -1;

export class Breaker {
  readonly #rules: BreakerRules;
  /** Every change of state begins a new one: what an earlier one let out says nothing any more. */
  #epoch = 1;
  /** Undefined while closed. */
  #openUntil: number | undefined = undefined;
  #probeSince: number | undefined = undefined;
  #closedAt: number | undefined = undefined;
  #openings = 0;
  #failuresInRow = 0;
  readonly #window: Window = new Window();

  constructor(rules: BreakerRules) {
    this.#rules = rules;
  }

  /** Whether `enter` would let a call out. */
  admits(now: number): boolean {
    if (this.#openUntil === undefined) return true;
    return this.#openUntil <= now && !this.#isProbed(now);
  }

  /** Positive: like any call; negative: as the probe. */
  enter(now: number): Pass {
    if (this.#openUntil === undefined) return this.#epoch;
    if (!this.admits(now)) return REFUSED;
    // A probe that was forgotten has no say any more.
    if (this.#probeSince !== undefined) this.#epoch += 1;
    this.#probeSince = now;
    return -this.#epoch;
  }

  succeeded(pass: Pass, now: number): void {
    if (pass === -this.#epoch) {
      this.#begin();
      this.#openUntil = undefined;
      this.#closedAt = now;
    } else if (pass === this.#epoch) {
      this.#failuresInRow = 0;
      this.#window.count(now, false);
    }
  }

  /** `draw` is from 0 to 1, without 1. @returns whether it has opened by this. */
  failed(pass: Pass, now: number, draw: number): boolean {
    if (pass === -this.#epoch) {
      this.#open(now, draw);
      return true;
    }
    if (pass !== this.#epoch) return false;
    this.#failuresInRow += 1;
    this.#window.count(now, true);
    if (!this.#isTooMuch()) return false;
    this.#open(now, draw);
    return true;
  }

  /** The call met nothing that tells of the other side: its caller went away, or it was limited. */
  abandoned(pass: Pass): void {
    if (pass === -this.#epoch) this.#probeSince = undefined;
  }

  /** Others have found it well. */
  prove(now: number): void {
    if (this.#openUntil === undefined) this.#failuresInRow = 0;
    else {
      this.#begin();
      this.#openUntil = undefined;
      this.#closedAt = now;
    }
  }

  /** Others have found it ill. */
  trip(now: number, draw: number): void {
    this.#open(now, draw);
  }

  /** Milliseconds until a call may go out; 0: now. */
  waitMs(now: number): number {
    if (this.admits(now)) return 0;
    return Math.max(PROBE_WAIT_MS, (this.#openUntil ?? now) - now);
  }

  /** Open, or half open. */
  isTripped(): boolean {
    return this.#openUntil !== undefined;
  }

  #isProbed(now: number): boolean {
    return this.#probeSince !== undefined && now - this.#probeSince < PROBE_MS_MAX;
  }

  #isTooMuch(): boolean {
    const { failuresMax, successShareMin, callsMin } = this.#rules;
    if (this.#failuresInRow >= failuresMax) return true;
    const { calls, failures } = this.#window;
    return calls >= callsMin && calls - failures < calls * successShareMin;
  }

  #open(now: number, draw: number): void {
    const closedAt = this.#closedAt;
    const isRelapse = this.#openUntil !== undefined || isRecent(closedAt, now);
    this.#openings = isRelapse ? this.#openings + 1 : 1;
    const { openMsFirst, openMsMax } = this.#rules;
    const doublings = Math.min(this.#openings - 1, DOUBLINGS_MAX);
    const pauseMs = Math.min(openMsMax, openMsFirst * (1 << doublings));
    this.#begin();
    this.#openUntil = now + pauseMs / 2 + (pauseMs / 2) * draw;
  }

  #begin(): void {
    this.#epoch += 1;
    this.#probeSince = undefined;
    this.#failuresInRow = 0;
    this.#window.clear();
  }
}

/** What falls ill again so soon had not recovered: the pauses go on doubling. */
const isRecent = (closedAt: number | undefined, now: number): boolean =>
  closedAt !== undefined && now - closedAt < WINDOW_MS;

/** Calls and failures of the last 30 s, in slices of 5 s. */
class Window {
  calls = 0;
  failures = 0;
  #slice: number = NONE;
  readonly #calls: number[] = new Array<number>(SLICES).fill(0);
  readonly #failures: number[] = new Array<number>(SLICES).fill(0);

  count(now: number, isFailure: boolean): void {
    this.#turn(Math.floor(now / SLICE_MS));
    const at = this.#slice % SLICES;
    this.calls += 1;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    if (!isFailure) return;
    this.failures += 1;
    this.#failures[at] = (this.#failures[at] ?? 0) + 1;
  }

  clear(): void {
    this.calls = 0;
    this.failures = 0;
    this.#calls.fill(0);
    this.#failures.fill(0);
  }

  #turn(slice: number): void {
    if (slice - this.#slice >= SLICES) this.clear();
    else {
      for (let one = this.#slice + 1; one <= slice; one += 1) {
        const at = one % SLICES;
        this.calls -= this.#calls[at] ?? 0;
        this.failures -= this.#failures[at] ?? 0;
        this.#calls[at] = 0;
        this.#failures[at] = 0;
      }
    }
    if (slice > this.#slice) this.#slice = slice;
  }
}
