// A pause that the other side asked for, or that it needs. A limit (429) is no illness: it lasts
// as long as `Retry-After` says, else one second that doubles to a minute. A timeout of a local
// server says that it is cold or busy: it is asked last for a while, never longer than a few
// seconds, and still asked when there is nobody else. Times are on the monotonic clock.

export type CoolDownRules = { readonly firstMs: number; readonly maxMs: number };

export const LIMITED_RULES: CoolDownRules = { firstMs: 1_000, maxMs: 60_000 };
export const BUSY_RULES: CoolDownRules = { firstMs: 1_000, maxMs: 15_000 };
/** Who asks for more than a day is believed for a day. */
export const TOLD_MS_MAX = 86_400_000;
const DOUBLINGS_MAX = 16;

export class CoolDown {
  readonly #rules: CoolDownRules;
  #until = 0;
  #strikes = 0;

  constructor(rules: CoolDownRules) {
    this.#rules = rules;
  }

  /** `toldMs`: how long the other side asked to be left alone. */
  strike(now: number, toldMs?: number): void {
    if (toldMs !== undefined) {
      this.#until = Math.max(this.#until, now + Math.min(Math.max(0, toldMs), TOLD_MS_MAX));
      return;
    }
    // Calls that were out together were refused together: that is one strike.
    if (this.isOn(now)) return;
    this.#strikes = Math.min(this.#strikes + 1, DOUBLINGS_MAX);
    const { firstMs, maxMs } = this.#rules;
    this.#until = now + Math.min(maxMs, firstMs * (1 << (this.#strikes - 1)));
  }

  /** An answer came. What was asked for holds all the same. */
  answered(now: number): void {
    if (this.#strikes > 0 && !this.isOn(now)) this.#strikes = 0;
  }

  isOn(now: number): boolean {
    return this.#until > now;
  }

  waitMs(now: number): number {
    return Math.max(0, this.#until - now);
  }
}
