// What documents promise about an offer, asked in the plainest way and of the documents themselves:
// the check of policies holds routes against it, so it shares nothing with how resolve decides.
import type { Label, Place, Tier } from '@signalbox/contract';
import { type ConsentDocument, matchesPattern, type RuleDocument } from '@signalbox/documents';
import type { Matched } from '../policy/policy.ts';
import type { Offer } from '../resolve/offer.ts';
import type { TenantFacts } from '../tenant/tenant.ts';

export type Promised = 'label' | 'topology' | 'residency' | 'retention' | 'plan' | 'rule';

const HIGHEST: Readonly<Record<Label, Tier>> = {
  public: 3,
  internal: 2,
  personal: 1,
  regulated: 1,
};

export type Asking = {
  readonly tenant: TenantFacts;
  readonly label: Label;
  readonly matched: readonly Matched[];
  /** Named by the call, and covers all of its data. */
  readonly consent?: ConsentDocument | undefined;
  /** Unix milliseconds. */
  readonly at: number;
};

export type Broken = {
  readonly kind: Promised;
  readonly says: string;
  /** Whose promise it is; undefined: no rule's. */
  readonly rule: RuleDocument | undefined;
};

/** The promises that it breaks, each in words. */
export function broken(
  { offering, place }: Offer,
  { tenant, label, matched, consent, at }: Asking,
): readonly Broken[] {
  const found: Broken[] = [];
  const where = `\`${place.name}\` (tier ${place.tier}, ${place.region ?? 'region not known'})`;
  const note = (kind: Promised, what: string, rule?: RuleDocument): void => {
    found.push({ kind, says: `${what} goes to ${where}`, rule });
  };
  if (place.tier > HIGHEST[label] && !isConsented(label, place, consent, at))
    note('label', `a call labelled ${label}`);
  if (tenant.topology === 'sovereign' && (place.tier > 2 || !place.own)) {
    note('topology', 'a call of a sovereign tenant');
  }
  if (!isIn(tenant.residency, place)) note('residency', `data that resides elsewhere`);
  if (tenant.retention === 'zero' && place.retention !== 'zero') {
    note('retention', 'what must not be kept');
  }
  const { plan } = tenant;
  const isModel = plan?.models?.some((one) => matchesPattern(one, offering.model)) ?? true;
  if (!isModel || plan?.tiers?.includes(place.tier) === false) {
    note('plan', `what the plan does not include`);
  }
  for (const one of matched) {
    if (one.policy.mode === 'shadow') continue;
    if (breaks(one, offering, place)) {
      note('rule', `what the rule ${one.name} does not allow`, one.rule);
    }
  }
  return found;
}

const isConsented = (
  label: Label,
  place: Place,
  consent: ConsentDocument | undefined,
  at: number,
): boolean =>
  consent !== undefined &&
  (label === 'personal' || label === 'regulated') &&
  !consent.revoked &&
  at >= (consent.fromMs ?? at) &&
  at < consent.untilMs &&
  consent.tiers.includes(place.tier) &&
  isIn(consent.regions, place);

const isIn = (regions: readonly string[] | undefined, { tier, region }: Place): boolean =>
  regions === undefined || tier === 1 || (region !== undefined && regions.includes(region));

function breaks({ rule }: Matched, { endpoint, model }: Offer['offering'], place: Place): boolean {
  const { require, forbid } = rule.effects ?? {};
  const fits = (patterns: readonly string[], name: string): boolean =>
    patterns.some((one) => matchesPattern(one, name));
  const tierMax = Math.min(
    rule.route.tierMax ?? 3,
    require?.tierMax ?? 3,
    require?.selfHosted === true ? 2 : 3,
  );
  if (place.tier > tierMax) return true;
  if (require !== undefined) {
    if (!isIn(require.regions, place)) return true;
    if (require.retention === 'zero' && place.retention !== 'zero') return true;
    if (require.own && !place.own) return true;
    if (require.models !== undefined && !fits(require.models, model)) return true;
    if (require.endpoints !== undefined && !fits(require.endpoints, endpoint.name)) return true;
  }
  if (forbid === undefined) return false;
  const isForbidden =
    fits(forbid.models, model) ||
    fits(forbid.endpoints, endpoint.name) ||
    forbid.kinds.includes(endpoint.kind);
  const { region } = place;
  const mayBeIn = region === undefined || forbid.regions.includes(region);
  return isForbidden || (forbid.regions.length > 0 && place.tier !== 1 && mayBeIn);
}
