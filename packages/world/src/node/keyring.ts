// The keys of tenants in a world: the real envelope with keys drawn from the seed. The files of the
// real keyring are not in here; they have tests of their own.
import type { Random, TenantName } from '@signalbox/contract';
import type { Keyring, Sealer } from '@signalbox/ports';
import { KEY_BYTES, openContent, SEAL_NONCE_BYTES, sealContent } from '@signalbox/trust';
import { nodeCipher } from '@signalbox/trust/node';
import type { Chance } from '../chance.ts';

export type Sealers = Pick<Keyring, 'sealer'>;

export function worldKeyring(chance: Chance): Sealers {
  const keys = new Map<TenantName, Uint8Array>();
  const random: Random = { bytes: (count) => chance.bytes(count) };
  return {
    async sealer(tenant) {
      const key = keys.get(tenant) ?? random.bytes(KEY_BYTES);
      keys.set(tenant, key);
      return sealerWith(tenant, key, random);
    },
  };
}

function sealerWith(tenant: TenantName, key: Uint8Array, random: Random): Sealer {
  const dataKey = { version: 1, key };
  return {
    seal: (purpose, bytes) => {
      const content = { bytes, nonce: random.bytes(SEAL_NONCE_BYTES) };
      return sealContent(nodeCipher, dataKey, { tenant, purpose }, content);
    },
    open: (purpose, sealed) => openContent(nodeCipher, dataKey, { tenant, purpose }, sealed),
  };
}
