// Rules that together leave nothing for a call. That a label, a plan or a topology leaves nothing
// is how they are meant; that rules do is a mistake of whoever wrote them, often of two people.
import type { RuleDocument } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import type { Demands, Matched, Policies, Verdict } from '../policy/policy.ts';
import { choose, type ResolveFacts, survey } from '../resolve/resolve.ts';
import { imagine } from './imagined.ts';

export type Contradiction = {
  readonly says: string;
  readonly rules: readonly RuleDocument[];
};

/** @param code with which the call was refused. */
export function contradictionOf(
  call: Classified,
  code: string,
  { facts, met }: { readonly facts: ResolveFacts; readonly met: readonly Matched[] },
): Contradiction | undefined {
  const matched = met.filter(({ policy }) => policy.mode !== 'shadow');
  if (isMeant(matched)) return undefined;
  if (code === 'policy_denied') return saying(matched.filter(isDemanding));
  const { demands } = facts.policies.judge(call, facts);
  if (demands === undefined || !isClosedByRegions(call, demands, facts)) return undefined;
  const { residency } = call.tenant;
  const here = demands.regions.reduce((left, one) => left.filter((at) => one.includes(at)));
  const more = residency !== undefined && here.length > 0 ? [OF_TENANT] : [];
  return saying(matched.filter(isAboutRegions), more);
}

const OF_TENANT = "the tenant's `residency`";

/** Whatever its label were: it has nowhere to go, and without these demands it would have. */
function isClosedByRegions(call: Classified, demands: Demands, facts: ResolveFacts): boolean {
  if (demands.regions.length === 0) return false;
  const { tenant, key, question, step, agent, at } = call;
  const model = question.model;
  const open = imagine({ ...{ tenant, key, at, model, step, agent }, label: 'public' });
  const judged = facts.policies.judge(call, facts);
  const unbound = { ...demands, regions: [] };
  const hasRoute = (verdict: Verdict): boolean => {
    const asked = { ...facts, policies: saysAlways(verdict) };
    const surveyed = survey(open, asked);
    return surveyed.ok && choose(surveyed.value, open, asked).all.length > 0;
  };
  return !hasRoute(judged) && hasRoute({ ...judged, demands: unbound });
}

const saysAlways = (verdict: Verdict): Policies => ({
  judge: () => verdict,
  hasShadow: false,
  shadowed: () => [],
  matched: () => [],
});

function saying(demanding: readonly Matched[], more: readonly string[] = []): Contradiction {
  const isOne = new Set(demanding.map(({ scope }) => scope)).size === 1;
  const names = demanding.map(({ name, scope }) => (isOne ? name : `${name} of the ${scope}`));
  const says = `${[...names, ...more].join(' and ')} leave nothing`;
  return { says, rules: demanding.map(({ rule }) => rule) };
}

const isAboutRegions = ({ rule }: Matched): boolean => rule.effects?.require?.regions !== undefined;

const isDemanding = ({ rule }: Matched): boolean =>
  rule.effects?.require !== undefined || rule.effects?.forbid !== undefined;

/** A rule that forbids everything says that it wants nothing. */
const isMeant = (matched: readonly Matched[]): boolean =>
  matched.some(({ rule }) => {
    const { models = [], endpoints = [] } = rule.effects?.forbid ?? {};
    return models.includes('*') || endpoints.includes('*');
  });
