// A model version that is rolled out like a flag: to whole tenants, to rings, and to a share of the
// sessions. A session falls always on the same side, so that one piece of work has one model, and
// it stays there while the share grows.
import type { RegistryDocument, RolloutDocument } from '@signalbox/documents';
import type { TenantFacts } from '../tenant/tenant.ts';

export type Whose = {
  readonly tenant: TenantFacts;
  /** Undefined: before there is a call. */
  readonly session: string | undefined;
};

/** What answers instead of the model; undefined: the model itself. */
export function insteadOf(
  model: string,
  { rollouts }: RegistryDocument,
  whose: Whose,
): string | undefined {
  for (const [name, rollout] of rollouts) {
    if (rollout.model === model && has(name, rollout, whose)) return rollout.to;
  }
  return undefined;
}

function has(name: string, rollout: RolloutDocument, { tenant, session }: Whose): boolean {
  const { enabled, percent, rings, tenants } = rollout;
  if (!enabled) return false;
  if (tenants.includes(tenant.name)) return true;
  if (tenant.ring !== undefined && rings.includes(tenant.ring)) return true;
  return session !== undefined && shareOf(`${name} ${session}`) < percent * A_PERCENT;
}

const SHARES = 10_000;
const A_PERCENT = SHARES / 100;

/** 0 to 9,999, evenly: FNV-1a over the characters, stirred as in MurmurHash3. */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % SHARES;
}
