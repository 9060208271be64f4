// How often calls may be tried again: in any ten seconds a fifth as often as calls begin, and a
// hundred times on top, so that few calls can always be retried and many that fail together do not
// become many more (Finagle's retry budget: 20 % and 10 a second, kept for 10 s). One for each
// tenant. And whoever retries does so for a caller: when the caller has gone, or the time it gave
// is over, nothing is tried again. Times are on the monotonic clock.

export const RETRY_SHARE = 0.2;
export const RETRIES_PER_SECOND = 10;
export const WINDOW_MS = 10_000;
/** Tenants with a budget of their own; of more, the one that came first begins anew. */
export const TENANTS_MAX = 10_000;
const SLICES = 10;
const SLICE_MS: number = WINDOW_MS / SLICES;
const RESERVE: number = (RETRIES_PER_SECOND * WINDOW_MS) / 1_000;

export class RetryBudget {
  #slice = 0;
  #calls = 0;
  #retries = 0;
  readonly #callsIn: number[] = new Array<number>(SLICES).fill(0);
  readonly #retriesIn: number[] = new Array<number>(SLICES).fill(0);

  /** A call makes its first attempt. */
  began(now: number): void {
    this.#turn(now);
    const at = this.#slice % SLICES;
    this.#calls += 1;
    this.#callsIn[at] = (this.#callsIn[at] ?? 0) + 1;
  }

  /** Takes the right to one more attempt; false: there were too many lately. */
  take(now: number): boolean {
    this.#turn(now);
    if (this.#retries + 1 > this.#calls * RETRY_SHARE + RESERVE) return false;
    const at = this.#slice % SLICES;
    this.#retries += 1;
    this.#retriesIn[at] = (this.#retriesIn[at] ?? 0) + 1;
    return true;
  }

  #turn(now: number): void {
    const slice = Math.floor(now / SLICE_MS);
    if (slice <= this.#slice) return;
    const from = Math.max(this.#slice + 1, slice - SLICES + 1);
    for (let one = from; one <= slice; one += 1) {
      const at = one % SLICES;
      this.#calls -= this.#callsIn[at] ?? 0;
      this.#retries -= this.#retriesIn[at] ?? 0;
      this.#callsIn[at] = 0;
      this.#retriesIn[at] = 0;
    }
    this.#slice = slice;
  }
}

/** The budgets of all tenants. */
export class RetryBudgets {
  readonly #tenants: Map<string, RetryBudget> = new Map();

  of(tenant: string): RetryBudget {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    if (this.#tenants.size >= TENANTS_MAX) this.#forget();
    const budget = new RetryBudget();
    this.#tenants.set(tenant, budget);
    return budget;
  }

  get size(): number {
    return this.#tenants.size;
  }

  #forget(): void {
    const first = this.#tenants.keys().next();
    if (first.done !== true) this.#tenants.delete(first.value);
  }
}
