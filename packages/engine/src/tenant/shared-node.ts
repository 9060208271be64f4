// A sovereign tenant's content stays with what is its own, and that begins where it is read: a node
// that others share takes none of it unless the tenant's document says so.
import { type Refusal, refusal } from '@signalbox/contract';
import { type NodeDocument, staysAway, type TenantDocument } from '@signalbox/documents';

/** Why the node takes no call of the tenant, made once for all of them; undefined: it does. */
export function turnedAway(tenant: TenantDocument, node: NodeDocument): Refusal | undefined {
  if (!staysAway(tenant, node)) return undefined;
  const message =
    `The tenant \`${tenant.name}\` is sovereign, and this node, \`${node.name}\` of tier ` +
    `${node.tier}, is shared: it takes none of its content. Nothing of the body was read.`;
  const hint =
    'Call a node of its own: one of tier 1, or one whose `node.network` it names under ' +
    `\`own.networks\`. To let shared nodes take it, write \`shared_nodes: allow\` at ` +
    `\`tenants.${tenant.name}\`.`;
  return refusal('policy_denied', message, { hint });
}
