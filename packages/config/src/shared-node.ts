/** A sovereign tenant on a node that others share: right as written, and every call is refused. */
import { type Configuration, staysAway } from '@signalbox/documents';
import type { Desk } from './desk.ts';
import { type Notice, noticeAt } from './notice.ts';

const NOTICES_MAX = 1_000;

export function noticesOfSharedNode(
  desk: Desk,
  { tenants, node }: Configuration,
): readonly Notice[] {
  const message =
    `a node of tier ${node.tier} is shared: it refuses every call of this tenant. Serve it from ` +
    'a node of tier 1, name the network of the node (`node.network`) under `own.networks`, or ' +
    'write `shared_nodes: allow`';
  const found: Notice[] = [];
  for (const tenant of tenants.values()) {
    if (!staysAway(tenant, node)) continue;
    if (found.length >= NOTICES_MAX) return found;
    const path = ['tenants', tenant.name, 'topology'];
    found.push(noticeAt(desk.places.find(desk.tree, path), path.join('.'), message));
  }
  return found;
}
