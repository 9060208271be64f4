// Where a call may go, read from the documents anew: from the words of the reference, not from the
// engine's rooms. Knows what the caller declared, what the tenant's documents say and where an
// endpoint stands; answers with every reason against it.
import { LABELS, type Label, type Tier } from '@signalbox/contract';
import type {
  Configuration,
  EndpointDocument,
  RuleCondition,
  TenantDocument,
} from '@signalbox/documents';
import type { CallFacts, HeldType, Wish } from '../facts.ts';

export const RANK: Readonly<Record<Label, number>> = {
  public: 0,
  internal: 1,
  personal: 2,
  regulated: 3,
};
const CEILING: Readonly<Record<Label, number>> = {
  public: 3,
  internal: 2,
  personal: 1,
  regulated: 1,
};

const LABEL_OF: Readonly<Record<HeldType, Label>> = {
  'us-ssn': 'regulated',
  'email-address': 'personal',
};

/** The label that a call has from its tenant, its parts and its caller; it only ever rises. */
export function labelOf(documents: Configuration, wish: Wish): Label {
  const tenant = documents.tenants.get(wish.tenant);
  let label: Label = tenant?.defaultLabel ?? 'regulated';
  const raise = (to: Label): void => {
    if (RANK[to] > RANK[label]) label = to;
  };
  if (wish.unreadable) raise(tenant?.unscannedLabel ?? 'regulated');
  for (const type of wish.holds) raise(LABEL_OF[type]);
  if (wish.label !== undefined) raise(wish.label);
  if (wish.type === 'health') raise('regulated');
  if (wish.type === 'email') raise('personal');
  return label;
}

/**
 * The labels that a call may have had: its own, and what its session has held before. Which of the
 * calls beside it were read first nobody outside can tell; those that were answered before it came
 * were.
 */
export function labelsOf(call: CallFacts): readonly Label[] {
  const own = labelOf(call.bodyVersion.configuration, call.wish);
  let [low, high] = [RANK[own], RANK[own]];
  for (const other of call.company) {
    if (other === call || other.wish.kind === 'dry-run') continue;
    const rank = RANK[labelOf(other.bodyVersion.configuration, other.wish)];
    high = Math.max(high, rank);
    if (isHeld(other, call)) low = Math.max(low, rank);
  }
  if (call.wish.about !== undefined) {
    const made = call.maker === undefined ? [] : labelsOf(call.maker).map((label) => RANK[label]);
    const tenant = call.bodyVersion.configuration.tenants.get(call.wish.tenant);
    high = Math.max(high, RANK[tenant?.unscannedLabel ?? 'regulated'], ...made);
    // Who goes anywhere with it knows what it is.
    if (call.dials.length > 0) low = Math.max(low, Math.min(...made));
  }
  return LABELS.slice(low, high + 1);
}

/** Whether a session holds for certain what another of its calls held. */
export function isHeld(other: CallFacts, call: CallFacts): boolean {
  const { configuration } = other.bodyVersion;
  const isRead = other.sight === 'answered' || other.sight === 'ended';
  const isBefore = other.life === call.life && (other.overAt ?? call.at) < call.at;
  // What every call of a tenant has is no matter of its sessions.
  const usual = configuration.tenants.get(call.wish.tenant)?.defaultLabel ?? 'regulated';
  const isMore = RANK[labelOf(configuration, other.wish)] > RANK[usual];
  return isRead && isBefore && other.status === 200 && isMore;
}

/** `bound`: it belongs to the clearance, which a parked call keeps. */
export type Reason = { readonly text: string; readonly bound: boolean };

/** What a consent opens. */
export type Lift = {
  /** Of what the consent does not cover. */
  readonly rest: Label;
  readonly tiers: readonly Tier[];
  readonly regions: readonly string[] | undefined;
};

export type Asking = {
  readonly documents: Configuration;
  readonly wish: Wish;
  readonly label: Label;
  /**
   * The documents that bind it, when they are other ones than those that say where a place stands.
   */
  readonly met?: Configuration;
  /** What a consent opens. */
  readonly lift?: Lift | undefined;
};

/** Every reason why this call must not go to this endpoint under these documents. */
export function reasonsAgainst(asking: Asking, endpointName: string): readonly Reason[] {
  const endpoint = asking.documents.endpoints.get(endpointName);
  if (endpoint === undefined) return [{ text: 'the endpoint is not known', bound: false }];
  return reasonsAgainstPlace(asking, endpoint);
}

/** The same of a place that need not stand in the documents. */
export function reasonsAgainstPlace(
  { documents, wish, label, met = documents, lift }: Asking,
  endpoint: EndpointDocument,
): readonly Reason[] {
  const tenant = met.tenants.get(wish.tenant);
  const key = met.keys.get(wish.keyName);
  if (tenant === undefined || key === undefined) {
    return [{ text: 'tenant or key are not known', bound: false }];
  }
  const reasons: Reason[] = [];
  const bind = (text: string): void => void reasons.push({ text, bound: true });
  const refuse = (text: string): void => void reasons.push({ text, bound: false });
  const tier = tierOf(documents, tenant, endpoint);
  const own = isOwn(tenant, endpoint) || (documents.node.tier === 1 && tier === 1);
  const ceiling = ceilingOf(met, tenant, { documents, wish, label, lift });
  if (tier > ceiling) bind(`tier ${tier} is above ${ceiling}`);
  if (lift !== undefined && tier !== 1) {
    if (!lift.tiers.includes(tier)) bind(`no consent opens tier ${tier}`);
    const isInside = endpoint.region !== undefined && lift.regions?.includes(endpoint.region);
    if (lift.regions !== undefined && isInside !== true) bind(`its consent is for ${lift.regions}`);
  }
  if (endpoint.tenant !== undefined && endpoint.tenant !== tenant.name) {
    bind(`it belongs to ${endpoint.tenant}`);
  }
  if (tenant.topology === 'sovereign' && !own) bind('it is not its own');
  const isAway = tenant.topology === 'sovereign' && tenant.sharedNodes === 'refuse';
  if (isAway && met.node.tier !== 1) bind('this node is shared');
  if (tier !== 1 && tenant.residency !== undefined) {
    const isInside = endpoint.region !== undefined && tenant.residency.includes(endpoint.region);
    if (!isInside) bind(`region ${endpoint.region} is outside ${tenant.residency}`);
  }
  if (tier !== 1 && tenant.retention === 'zero' && endpoint.retention !== 'zero') {
    bind('it keeps what it receives');
  }
  if (tier !== 1 && tenant.retention === 'zero' && stores(wish)) bind('it is stored there');
  if (!endpoint.enabled) refuse('it is switched off');
  const plan = tenant.plan === undefined ? undefined : met.plans.get(tenant.plan);
  for (const tiers of [plan?.tiers, key.tiers]) {
    if (tiers !== undefined && !tiers.includes(tier)) refuse(`tier ${tier} is not included`);
  }
  if (key.revoked) refuse('the key was revoked');
  return reasons;
}

/** An upload, or a batch. */
const stores = ({ operation, method, path }: Wish): boolean =>
  (operation === 'file' || operation === 'batch') && method === 'POST' && !path.includes('-of');

/** The tier that an endpoint has for a tenant; undefined: one of them is not known. */
export function tierAt(
  documents: Configuration,
  tenantName: string,
  endpointName: string,
): number | undefined {
  const tenant = documents.tenants.get(tenantName);
  const endpoint = documents.endpoints.get(endpointName);
  if (tenant === undefined || endpoint === undefined) return undefined;
  return tierOf(documents, tenant, endpoint);
}

/** Declared by the operator, or where the address stands for this tenant on this node. */
function tierOf(
  documents: Configuration,
  tenant: TenantDocument,
  endpoint: EndpointDocument,
): Tier {
  if (endpoint.tier !== undefined) return endpoint.tier;
  const { hostname } = new URL(endpoint.url);
  const isLocal = hostname === '127.0.0.1';
  const isNear = isLocal || hostname.startsWith('10.');
  if (!isNear) return 3;
  const isLaptop = documents.node.tier === 1;
  return isLaptop && (isLocal || isOwn(tenant, endpoint)) ? 1 : 2;
}

const isOwn = (tenant: TenantDocument, endpoint: EndpointDocument): boolean =>
  endpoint.tenant === tenant.name || tenant.own.endpoints.includes(endpoint.name);

function ceilingOf(
  documents: Configuration,
  tenant: TenantDocument,
  { wish, label, lift }: Asking,
): number {
  let ceiling = tenant.privacy === 'observe' ? 3 : CEILING[lift?.rest ?? label];
  if (tenant.topology === 'sovereign') ceiling = Math.min(ceiling, 2);
  for (const name of tenant.policies) {
    for (const { when, route } of documents.policies.get(name)?.rules ?? []) {
      if (route.tierMax !== undefined && speaks(when, tenant.name, label, wish)) {
        ceiling = Math.min(ceiling, route.tierMax);
      }
    }
  }
  return ceiling;
}

function speaks(when: RuleCondition, tenant: string, label: Label, wish: Wish): boolean {
  const holds = (wanted: readonly string[] | undefined, is: string | undefined): boolean =>
    wanted === undefined || (is !== undefined && wanted.includes(is));
  // No rule of the world speaks of agents or in conditions; its patterns are plain names.
  return (
    holds(when.step, wish.step) &&
    holds(when.tenant, tenant) &&
    holds(when.sensitivity, label) &&
    holds(when.model, wish.model) &&
    holds(when.agent, undefined)
  );
}
