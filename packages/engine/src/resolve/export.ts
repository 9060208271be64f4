// How far what is told about a call may go: its spans, never further than the call itself. The
// collector is the operator's: near to a node that is the tenant's own device it is on that device,
// otherwise it stands on a private network at best.
import {
  type Breach,
  type CallRecord,
  type Clearance,
  type Place,
  type TenantName,
  type Tier,
  within,
} from '@signalbox/contract';
import type { NodeFacts, Reach } from '../catalog/catalog.ts';
import type { TenantFacts } from '../tenant/tenant.ts';
import { clear } from './clear.ts';

/** Where an operator collects. */
export type Collector = { readonly url: URL; readonly reach: Reach };

export type Exported =
  | { readonly ok: true; readonly clearance: Clearance; readonly place: Place }
  | { readonly ok: false; readonly breach: Breach };

export function exportOf(
  { label, clearance: bound }: Pick<CallRecord, 'label' | 'clearance'>,
  tenant: TenantFacts,
  collector: Collector,
  node: NodeFacts,
): Exported {
  const clearance = clear('export', {
    tenant: boundAs(tenant, bound),
    label: label ?? tenant.defaultLabel,
    tierMax: bound?.ceiling,
  });
  const place = placeOf(collector, node);
  const breach = within(clearance, place);
  return breach === undefined ? { ok: true, clearance, place } : { ok: false, breach };
}

/** Who is told of what becomes of the registry. */
export type Webhook = Collector & {
  readonly name: string;
  readonly tenant: TenantName | undefined;
  readonly region: string | undefined;
};

/** News names documents and holds no content: public, and bound by whose it is all the same. */
export const NEWS_LABEL = 'public';

/** @param tenant whose news it is; the node itself, where it is nobody's. */
export function newsOf(tenant: TenantFacts, webhook: Webhook, node: NodeFacts): Exported {
  const clearance = clear('event', { tenant, label: NEWS_LABEL, tierMax: undefined });
  const { name, region, tenant: theirs } = webhook;
  const place = {
    ...placeOf(webhook, node),
    name: `webhook/${name}`,
    region,
    tenant: theirs,
    ...(theirs === undefined ? {} : { own: true }),
  };
  const breach = within(clearance, place);
  return breach === undefined ? { ok: true, clearance, place } : { ok: false, breach };
}

/** What bound the call binds its spans, whatever the documents say since. */
function boundAs(tenant: TenantFacts, bound: CallRecord['clearance']): TenantFacts {
  if (bound === undefined) return tenant;
  const { ownOnly, retention, residency } = bound;
  return {
    ...tenant,
    topology: ownOnly ? 'sovereign' : tenant.topology,
    retention: retention === 'zero' ? 'zero' : tenant.retention,
    residency: residency ?? tenant.residency,
  };
}

function placeOf({ url, reach }: Collector, node: NodeFacts): Place {
  const tier = tierOf(reach, node);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return {
    name: 'telemetry',
    origin: url.origin,
    tier,
    region: undefined,
    retention: tier === 1 ? 'zero' : 'standard',
    own: tier === 1,
    tenant: undefined,
    // The operator's file names it, which declares it.
    privateAddress: reach === 'public' ? undefined : `${url.hostname}:${port}`,
  };
}

function tierOf(reach: Reach, node: NodeFacts): Tier {
  if (reach === 'public') return 3;
  return reach === 'loopback' && node.tier === 1 ? 1 : 2;
}
