// Tenants and keys by their names, for calls that nobody made: no secret is looked at.
import { tenantName } from '@signalbox/contract';
import type { Configuration, KeyDocument } from '@signalbox/documents';
import type { Snapshot } from '../house.ts';
import { keyFacts } from '../snapshot.ts';
import type { KeyFacts, TenantFacts } from '../tenant/tenant.ts';

const NO_MAC = new Uint8Array(0);

/** All of them, compiled. */
export const tenantsIn = (
  { tenants }: Snapshot,
  configuration: Configuration,
): readonly TenantFacts[] =>
  [...configuration.tenants.keys()].flatMap((name) => tenants.tenants.get(tenantName(name)) ?? []);

/** Those of one tenant. */
export const keysOf = (configuration: Configuration, tenant: string): readonly KeyFacts[] =>
  [...configuration.keys.values()]
    .filter((document) => document.tenant === tenant)
    .map(keyWithoutSecret);

export const keyWithoutSecret = (document: KeyDocument): KeyFacts => keyFacts(document, NO_MAC);
