// For which tenant a key may ask, when it comes, and later in a session that it has opened. The key
// itself is not kept: its id and its hash must still be in the documents, and let in from there.
import type { TenantKey, TenantRole } from '@signalbox/control';
import { type Identity, identify, recognise } from '@signalbox/engine';
import type { NodeParts } from '@signalbox/gateway';
import { parseApiKey } from '@signalbox/trust';

/** As the most that its scopes make it; undefined: it may ask for none. */
export function keyOf(
  { house, keys, clock }: Pick<NodeParts, 'house' | 'keys' | 'clock'>,
  text: string,
  address: string,
): TenantKey | undefined {
  const ports = { keys, clock };
  const found = identify(text, address, house.now().tenants, ports);
  const keyId = parseApiKey(text)?.id;
  if (!found.ok || keyId === undefined) return undefined;
  const role = roleOf(found.value);
  if (role === undefined) return undefined;
  const { name: key, tenant, mac: keyMac } = found.value.key;
  return {
    ...{ tenant, key, role },
    holds(from) {
      const { tenants } = house.now();
      const still = recognise({ tenant, keyId, keyMac }, from, tenants, ports);
      return still.ok && roleOf(still.value) === role;
    },
  };
}

const ROLES = [
  ['admin', 'admin'],
  ['audit', 'auditor'],
  ['finance', 'finance'],
] as const;

const roleOf = ({ key }: Identity): TenantRole | undefined =>
  ROLES.find(([scope]) => key.scopes.has(scope))?.[1];
