// Whether the gateway is there. A breaker with a probe of its own:
//
//   up --- a call finds it gone ---> away --- /healthz answers ---> trial
//    ^                               ^  |                             |
//    |                               |  +-- it does not: wait twice as long
//    |                               +------- the one call that tries fails
//    +--------------------------------------- it gets an answer
//
// One probe at a time, and in a trial one call at a time; everybody else stays local. Waits double
// and have a random half, so that many callers do not come back as one.
import type { Why } from './errors.ts';
import type { Platform } from './platform.ts';

/** What is known of the gateway. */
export type Status = {
  readonly gateway: 'up' | 'away' | 'trial';
  /** Of the last time that it was not there. */
  readonly why: Why | undefined;
  /** Probes and trials that failed since it was up. */
  readonly failures: number;
};

export type Waits = { readonly firstMs: number; readonly maxMs: number };

/** Doublings beyond this change nothing. */
const DOUBLINGS_MAX = 20;

export class Reach {
  readonly #platform: Platform;
  readonly #probe: () => Promise<boolean>;
  readonly #waits: Waits;
  readonly #changed: (status: Status) => void;
  #state: Status['gateway'] = 'up';
  #why: Why | undefined;
  #failures = 0;
  #isTried = false;
  #isClosed = false;
  #cancel: (() => void) | undefined;
  #probing: Promise<boolean> | undefined;

  constructor(
    platform: Platform,
    probe: () => Promise<boolean>,
    { waits, changed }: { readonly waits: Waits; readonly changed: (status: Status) => void },
  ) {
    this.#platform = platform;
    this.#probe = probe;
    this.#waits = waits;
    this.#changed = changed;
  }

  status(): Status {
    return { gateway: this.#state, why: this.#why, failures: this.#failures };
  }

  /** May this call ask the gateway? In a trial the first one that asks may, until it is told. */
  may(): boolean {
    if (this.#state === 'up') return true;
    if (this.#state === 'away' || this.#isTried) return false;
    this.#isTried = true;
    return true;
  }

  /** It answered, be it a no. */
  answered(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#failures = 0;
    this.#isTried = false;
    if (this.#state !== 'up') this.#turn('up');
  }

  gone(why: Why): void {
    this.#why = why;
    this.#isTried = false;
    if (this.#state === 'away') return;
    this.#failures += 1;
    this.#turn('away');
    this.#wait();
  }

  /** The call ended without telling anything: its caller gave up. */
  untold(): void {
    this.#isTried = false;
  }

  /** Is it there right now? Everybody who asks at once shares one probe. */
  look(): Promise<boolean> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #turn(state: Status['gateway']): void {
    this.#state = state;
    this.#changed(this.status());
  }

  #wait(): void {
    if (this.#isClosed) return;
    const doublings = Math.min(this.#failures - 1, DOUBLINGS_MAX);
    const longest = Math.min(this.#waits.firstMs * 2 ** doublings, this.#waits.maxMs);
    const ms = longest / 2 + (this.#platform.chance() * longest) / 2;
    this.#cancel = this.#platform.after(ms, () => void this.#lookAgain());
  }

  async #lookAgain(): Promise<void> {
    this.#cancel = undefined;
    const isThere = await this.look();
    if (this.#state !== 'away' || this.#isClosed) return;
    if (isThere) this.#turn('trial');
    else {
      this.#failures += 1;
      this.#wait();
    }
  }
}
