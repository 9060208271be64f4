// How many audits may run at once: one of a tenant, and few on the node; none while it stops.
import type { TenantName } from '@signalbox/contract';

const AT_ONCE_MAX = 4;

type Leaver = (stops: boolean) => void;

export class AuditPlaces {
  /** Those that run, and what each does when it is cut off. */
  readonly #tenants = new Map<TenantName, Leaver[]>();
  #isClosed = false;
  #isEnded = false;
  #waiting: (() => void)[] = [];

  /** Whoever is let in leaves again. */
  enter(tenant: TenantName): boolean {
    if (this.#isClosed) return false;
    if (this.#tenants.size >= AT_ONCE_MAX || this.#tenants.has(tenant)) return false;
    this.#tenants.set(tenant, []);
    return true;
  }

  leave(tenant: TenantName): void {
    this.#tenants.delete(tenant);
    if (this.#tenants.size === 0) for (const done of this.#waiting.splice(0)) done();
  }

  /** Of one that was let in: what it does when it is cut off. */
  onEnd(tenant: TenantName, then: Leaver): void {
    if (this.#isEnded) then(true);
    else this.#tenants.get(tenant)?.push(then);
  }

  /** Nobody is let in any more; those that run go on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Those that run are cut off. Resolves as soon as all of them have left. */
  end(): Promise<void> {
    this.close();
    this.#isEnded = true;
    for (const leavers of this.#tenants.values()) for (const then of leavers.splice(0)) then(true);
    if (this.#tenants.size === 0) return Promise.resolve();
    return new Promise((done) => void this.#waiting.push(done));
  }
}
