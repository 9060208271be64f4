// How many requests the calls of one tenant may make, and how many tokens they may use, in any
// minute. Tokens are reserved as they may be at most, and counted as they were in the end. Kept on
// one node, in memory, of tenants whose plan sets a limit alone: a start begins with nothing used.
import type { Clock, RequestId, TenantName } from '@signalbox/contract';

export type RateLimits = {
  readonly requestsPerMinuteMax?: number | undefined;
  readonly tokensPerMinuteMax?: number | undefined;
};

export type Exceeded = {
  readonly what: 'requests' | 'tokens';
  readonly max: number;
  /** Until it fits; undefined: it never does. */
  readonly waitMs: number | undefined;
};

const SECOND_MS = 1_000;
/** One more than a minute has: the oldest may be there in part. */
const SECONDS = 61;

type Used = { readonly requests: Minute; readonly tokens: Minute };
type Reserved = { readonly used: Used; readonly second: number; readonly tokens: number };

export class Rates {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #used = new Map<TenantName, Used>();
  readonly #reserved = new Map<RequestId, Reserved>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Undefined: the call is counted, once, however often it asks. */
  take(
    call: RequestId,
    tenant: TenantName,
    { limits, tokens }: { readonly limits: RateLimits; readonly tokens: number },
  ): Exceeded | undefined {
    const { requestsPerMinuteMax: requestsMax, tokensPerMinuteMax: tokensMax } = limits;
    if (requestsMax === undefined && tokensMax === undefined) return undefined;
    if (this.#reserved.has(call)) return undefined;
    const used = this.#used.get(tenant) ?? { requests: new Minute(), tokens: new Minute() };
    this.#used.set(tenant, used);
    const now = this.#clock.monotonic();
    const over =
      exceeded('requests', used.requests.waitMs(1, requestsMax, now), requestsMax) ??
      exceeded('tokens', used.tokens.waitMs(tokens, tokensMax, now), tokensMax);
    if (over !== undefined) return over;
    const second = Math.floor(now / SECOND_MS);
    used.requests.add(1, second);
    used.tokens.add(tokens, second);
    this.#reserved.set(call, { used, second, tokens });
    return undefined;
  }

  /** It was refused before anybody was asked: it counts for nothing. */
  cancel(call: RequestId): void {
    const reserved = this.#reserved.get(call);
    reserved?.used.requests.add(-1, reserved.second);
    this.end(call, 0);
  }

  /** @param tokens that it used; undefined: nobody knows, and what was reserved stays. */
  end(call: RequestId, tokens: number | undefined): void {
    const reserved = this.#reserved.get(call);
    this.#reserved.delete(call);
    if (reserved === undefined || tokens === undefined) return;
    reserved.used.tokens.add(tokens - reserved.tokens, reserved.second);
  }
}

const exceeded = (
  what: Exceeded['what'],
  waitMs: number | undefined,
  max: number | undefined,
): Exceeded | undefined => (waitMs === 0 || max === undefined ? undefined : { what, max, waitMs });

/** What was used in each of the last seconds. */
class Minute {
  readonly #seconds = new Float64Array(SECONDS);
  #newest = 0;

  /** 0: it fits now; undefined: it never does. */
  waitMs(amount: number, max: number | undefined, now: number): number | undefined {
    if (max === undefined) return 0;
    if (amount > max) return undefined;
    this.#turn(Math.floor(now / SECOND_MS));
    let used = this.#seconds.reduce((sum, one) => sum + one, 0);
    if (used + amount <= max) return 0;
    for (let oldest = this.#newest - SECONDS + 1; oldest <= this.#newest; oldest += 1) {
      used -= this.#seconds[at(oldest)] ?? 0;
      if (used + amount <= max) return (oldest + SECONDS) * SECOND_MS - now;
    }
    return SECONDS * SECOND_MS;
  }

  /** What is over a minute ago changes nothing any more. */
  add(amount: number, second: number): void {
    this.#turn(second);
    if (second <= this.#newest - SECONDS) return;
    const place = at(second);
    this.#seconds[place] = (this.#seconds[place] ?? 0) + amount;
  }

  #turn(second: number): void {
    if (second - this.#newest >= SECONDS) this.#seconds.fill(0);
    else for (let one = this.#newest + 1; one <= second; one += 1) this.#seconds[at(one)] = 0;
    this.#newest = Math.max(this.#newest, second);
  }
}

const at = (second: number): number => ((second % SECONDS) + SECONDS) % SECONDS;
