// How many audits may run at once: one of a tenant, and few on the node.
import type { TenantName } from '@signalbox/contract';

const AT_ONCE_MAX = 4;

export class AuditPlaces {
  readonly #tenants = new Set<TenantName>();

  /** Whoever is let in leaves again. */
  enter(tenant: TenantName): boolean {
    if (this.#tenants.size >= AT_ONCE_MAX || this.#tenants.has(tenant)) return false;
    this.#tenants.add(tenant);
    return true;
  }

  leave(tenant: TenantName): void {
    this.#tenants.delete(tenant);
  }
}
