// Rules that together leave nothing for a call. That a label, a plan or a topology leaves nothing
// is how they are meant; that rules do is a mistake of whoever wrote them, often of two people.
import type { Tier } from '@signalbox/contract';
import type { RuleDocument } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import { demandsOf, lowest } from '../policy/demands.ts';
import type { Matched, Policies, Verdict } from '../policy/policy.ts';
import { choose, type ResolveFacts, survey } from '../resolve/resolve.ts';
import type { TenantFacts } from '../tenant/tenant.ts';
import { type Imagined, imagine } from './imagined.ts';

export type Contradiction = {
  readonly says: string;
  readonly rules: readonly RuleDocument[];
};

/** @param call that was refused with `code`. */
export function contradictionOf(
  call: Imagined,
  code: string,
  { facts, met }: { readonly facts: ResolveFacts; readonly met: readonly Matched[] },
): Contradiction | undefined {
  const matched = met.filter(({ policy }) => policy.mode !== 'shadow');
  const all = matched.filter(isBinding);
  if (all.length === 0 || isMeant(matched)) return undefined;
  const verdict = facts.policies.judge(imagine(call), facts);
  // Whatever its label were; but where rules alone stand in the way, with its label.
  const isRuled = code === 'policy_denied';
  const open = isRuled ? call : { ...call, ...PUBLIC };
  const hasRoute = (rules: readonly Matched[], tenant = call.tenant): boolean =>
    leads(imagine({ ...open, tenant }), bound(verdict, rules), facts);
  if (hasRoute(all) || !hasRoute([])) return undefined;
  const core = coreOf(all, (rules) => !hasRoute(rules));
  const { tenant } = call;
  if (hasRoute(core, { ...tenant, plan: undefined, topology: 'cloud' })) return undefined;
  const isAboutLabel = call.label !== 'public';
  if (isRuled) return isAboutLabel && isOfAll(core, call, facts) ? undefined : saying(core);
  const [only, second] = core;
  // One rule about calls with some label leaves as little as the label may.
  const isAlone = second === undefined && only?.rule.effects?.require?.regions === undefined;
  if (isAboutLabel && isAlone) return undefined;
  const terms = TERMS.filter(([, without]) => hasRoute(core, without(tenant)));
  const more = terms.map(([name]) => `the tenant's \`${name}\``);
  return saying(core, more);
}

const PUBLIC = { label: 'public', kinds: [] } as const;

/** They hold for public data, too: what they leave to other data is how they are meant. */
function isOfAll(core: readonly Matched[], call: Imagined, { policies }: ResolveFacts): boolean {
  const rules = new Set(policies.matched(imagine({ ...call, ...PUBLIC })).map(({ rule }) => rule));
  return core.every(({ rule }) => rules.has(rule));
}

/** What a tenant says of its data, as rules do. */
const TERMS: readonly (readonly [name: string, without: (one: TenantFacts) => TenantFacts])[] = [
  ['residency', (tenant) => ({ ...tenant, residency: undefined })],
  ['retention', (tenant) => ({ ...tenant, retention: 'standard' })],
];

/** As if only these rules bound it. */
function bound(verdict: Verdict, matched: readonly Matched[]): Verdict {
  const rules = matched.map(({ rule }) => rule);
  const demands = demandsOf(rules);
  const tierMax = rules.reduce<Tier | undefined>(
    (most, { route }) => lowest(most, route.tierMax),
    demands.tierMax,
  );
  return { ...verdict, demands, tierMax };
}

function leads(call: Classified, verdict: Verdict, facts: ResolveFacts): boolean {
  const asked = { ...facts, policies: saysAlways(verdict) };
  const surveyed = survey(call, asked);
  return surveyed.ok && choose(surveyed.value, call, asked).all.length > 0;
}

const saysAlways = (verdict: Verdict): Policies => ({
  judge: () => verdict,
  hasShadow: false,
  shadowed: () => [],
  matched: () => [],
});

/** Without any of them something would be left. */
function coreOf(
  all: readonly Matched[],
  leavesNothing: (rules: readonly Matched[]) => boolean,
): readonly Matched[] {
  let core = all;
  for (const one of all) {
    const rest = core.filter((other) => other !== one);
    if (leavesNothing(rest)) core = rest;
  }
  return core;
}

function saying(core: readonly Matched[], more: readonly string[] = []): Contradiction {
  const isOne = new Set(core.map(({ scope }) => scope)).size === 1;
  const names = core.map(({ name, scope }) => (isOne ? name : `${name} of the ${scope}`));
  const verb = names.length + more.length === 1 ? 'leaves' : 'leave';
  const says = `${[...names, ...more].join(' and ')} ${verb} nothing`;
  return { says, rules: core.map(({ rule }) => rule) };
}

const isBinding = ({ rule: { route, effects } }: Matched): boolean =>
  route.tierMax !== undefined || effects?.require !== undefined || effects?.forbid !== undefined;

/** A rule that forbids everything says that it wants nothing. */
const isMeant = (matched: readonly Matched[]): boolean =>
  matched.some(({ rule }) => {
    const { models = [], endpoints = [] } = rule.effects?.forbid ?? {};
    return models.includes('*') || endpoints.includes('*');
  });
