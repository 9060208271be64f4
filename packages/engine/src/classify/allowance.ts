// How much of a model's time the calls of one tenant may take for being read: so many at once, and
// so many texts a minute. Counted on one node, in memory, of tenants that ask for it alone.
import type { Clock, TenantName } from '@signalbox/contract';

const MINUTE_MS = 60_000;

type Used = { atOnce: number; minute: number; texts: number };

export class Allowance {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #used = new Map<TenantName, Used>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** A call begins to be read; whoever is let in leaves again. */
  enter(tenant: TenantName, most: number): boolean {
    const used = this.#used.get(tenant) ?? { atOnce: 0, minute: 0, texts: 0 };
    if (used.atOnce >= most) return false;
    used.atOnce += 1;
    this.#used.set(tenant, used);
    return true;
  }

  /** One text of a call that was let in. */
  take(tenant: TenantName, perMinute: number): boolean {
    const used = this.#used.get(tenant);
    if (used === undefined) return false;
    const minute = Math.floor(this.#clock.monotonic() / MINUTE_MS);
    if (used.minute !== minute) Object.assign(used, { minute, texts: 0 });
    if (used.texts >= perMinute) return false;
    used.texts += 1;
    return true;
  }

  leave(tenant: TenantName): void {
    const used = this.#used.get(tenant);
    if (used !== undefined) used.atOnce -= 1;
  }
}
