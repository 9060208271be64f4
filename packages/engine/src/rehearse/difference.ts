// What two readings of the documents decide differently: which policies and rules are others, and
// at which points of the lattice calls would go elsewhere, with an example of each kind. Tenants
// that only one of them knows are left out.
import { type Tier, tenantName } from '@signalbox/contract';
import { type Configuration, canonicalText, type PolicyDocument } from '@signalbox/documents';
import type { Snapshot } from '../house.ts';
import { choose, survey } from '../resolve/resolve.ts';
import { planFacts } from '../snapshot.ts';
import type { KeyFacts, TenantFacts } from '../tenant/tenant.ts';
import { callsOf, type Point } from './check.ts';
import { downAt, imagine } from './imagined.ts';
import { type Lattice, latticeOf, type Variant } from './lattice.ts';
import { keyWithoutSecret } from './whose.ts';

export type Side = { readonly snapshot: Snapshot; readonly configuration: Configuration };

export type RuleChange = {
  readonly policy: string;
  /** Undefined: the policy itself, beside its rules. */
  readonly rule: string | undefined;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
};

export type PointChange = {
  /** Whoever is asked, in turn, and bounds; or the code of the refusal. */
  readonly before: string;
  readonly after: string;
  readonly points: number;
  /** The first of them, under the documents that come after. */
  readonly example: Point;
};

export type Difference = {
  readonly rules: readonly RuleChange[];
  readonly points: number;
  /** Only every so many points of the lattice were asked; 1: all. */
  readonly stride: number;
  readonly different: number;
  /** Of most points first; of rare kinds only the first are told. */
  readonly kinds: readonly PointChange[];
};

export const DIFFERENCE_POINTS_MAX = 50_000;
const KINDS_MAX = 50;
const PLACES_TOLD_MAX = 4;

export type DifferenceOptions = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly pointsMax?: number;
};

export function differenceOf(
  before: Side,
  after: Side,
  { at, pointsMax = DIFFERENCE_POINTS_MAX }: DifferenceOptions,
): Difference {
  const both = bothOf(before.configuration, after.configuration);
  const lattice = latticeOf(after.snapshot, both);
  const { tenants, variants, keysOf, agreementsOf, downs, levels } = lattice;
  const sizeOf = (tenant: string): number =>
    keysOf(tenant).length * callsOf(lattice, agreementsOf(tenant)).length;
  const each = downs.length * levels.length * variants;
  const total = tenants.reduce((sum, tenant) => sum + each * sizeOf(tenant), 0);
  const stride = total <= pointsMax ? 1 : Math.ceil(total / pointsMax) | 1;
  const kinds = new Map<string, { -readonly [K in keyof PointChange]: PointChange[K] }>();
  let [asked, different, count] = [0, 0, 0];
  for (const point of pointsOf(lattice)) {
    count += 1;
    if (count % stride !== 0) continue;
    asked += 1;
    const [was, is] = [decided(before, earlier(point, before), at), decided(after, point, at)];
    if (was === is) continue;
    different += 1;
    const name = JSON.stringify([was, is]);
    const known = kinds.get(name);
    if (known !== undefined) known.points += 1;
    else if (kinds.size < KINDS_MAX) {
      kinds.set(name, { before: was, after: is, points: 1, example: point });
    }
  }
  return {
    rules: rulesOf(before.configuration.policies, after.configuration.policies),
    points: asked,
    stride,
    different,
    kinds: [...kinds.values()].toSorted((a, b) => b.points - a.points),
  };
}

/** The tenants of both, and calls that rules of either are about. */
function bothOf(before: Configuration, after: Configuration): Configuration {
  const tenants = [...after.tenants].filter(([name]) => before.tenants.has(name));
  const others = [...before.policies].map(([name, one]) => [`before ${name}`, one] as const);
  const policies = new Map([...after.policies, ...others]);
  return { ...after, tenants: new Map(tenants), policies };
}

function* pointsOf(lattice: Lattice): Generator<Point & Pick<Variant, 'isReal'>> {
  const { tenants, variants, variantAt, keysOf, agreementsOf, downs, levels } = lattice;
  for (const name of tenants) {
    const calls = callsOf(lattice, agreementsOf(name));
    for (let at = 0; at < variants; at += 1) {
      const variant = variantAt(name, at);
      if (variant === undefined) continue;
      for (const key of keysOf(name)) {
        for (const { what } of calls) {
          for (const level of levels) {
            for (const down of downs) yield { ...what, ...variant, key, level, down: [...down] };
          }
        }
      }
    }
  }
}

/** The same point, of the tenant and the key as they were. */
function earlier(point: Point & Pick<Variant, 'isReal'>, { snapshot, configuration }: Side): Point {
  const tenant = snapshot.tenants.tenants.get(tenantName(point.tenant.name)) ?? point.tenant;
  const document = point.key === undefined ? undefined : configuration.keys.get(point.key.name);
  const key: KeyFacts | undefined = document === undefined ? point.key : keyWithoutSecret(document);
  return { ...point, key, tenant: point.isReal ? tenant : asMuch(tenant, point, configuration) };
}

/** What the other might become, this one becomes too. */
function asMuch(
  tenant: TenantFacts,
  { tenant: { topology, residency, plan: wanted, tenantClass } }: Point,
  { plans }: Configuration,
): TenantFacts {
  const plan = wanted === undefined ? undefined : plans.get(wanted.name);
  const facts = plan === undefined ? wanted : planFacts(plan);
  return { ...tenant, topology, residency, plan: facts, tenantClass };
}

function decided(
  { snapshot: { catalog, policies, consents } }: Side,
  point: Point,
  at: number,
): string {
  const { level } = point;
  const facts = { catalog, policies, consents, closings: downAt(new Set(point.down)), level };
  const call = imagine({ ...point, at });
  const surveyed = survey(call, facts);
  if (!surveyed.ok) return surveyed.refusal.code;
  const { all } = choose(surveyed.value, call, facts);
  if (all.length === 0) return 'refused';
  const places = all.map(({ place, offering }) => named(place.name, offering.model, place.tier));
  const told = places.slice(0, PLACES_TOLD_MAX).join(', then ');
  const more = places.length - PLACES_TOLD_MAX;
  const { cap, output } = surveyed.value.verdict;
  const bounds = [
    ...(more > 0 ? [`then ${more} more`] : []),
    ...(cap?.outputTokens === undefined ? [] : [`at most ${cap.outputTokens} tokens`]),
    ...(cap?.costNanoUsd === undefined ? [] : [`at most ${cap.costNanoUsd} nano-USD`]),
    ...(output === undefined ? [] : ['checked']),
  ];
  return [told, ...bounds].join(', ');
}

const named = (endpoint: string, model: string, tier: Tier): string =>
  `${endpoint}/${model} (tier ${tier})`;

type Policies = Configuration['policies'];

function rulesOf(before: Policies, after: Policies): readonly RuleChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((policy): readonly RuleChange[] => {
    const [was, is] = [before.get(policy), after.get(policy)];
    if (was === undefined) return [{ policy, rule: undefined, change: 'added' }];
    if (is === undefined) return [{ policy, rule: undefined, change: 'removed' }];
    return [...besideRules(was, is), ...changedRules(was, is)];
  });
}

function besideRules(was: PolicyDocument, is: PolicyDocument): readonly RuleChange[] {
  const bare = (one: PolicyDocument): string => canonicalText({ ...one, rules: [], tests: [] });
  return bare(was) === bare(is) ? [] : [{ policy: is.name, rule: undefined, change: 'changed' }];
}

function changedRules(was: PolicyDocument, is: PolicyDocument): readonly RuleChange[] {
  const policy = is.name;
  const textsOf = (one: PolicyDocument): ReadonlyMap<string, string> =>
    new Map(one.rules.map((rule) => [rule.name, canonicalText(rule)]));
  const [old, now] = [textsOf(was), textsOf(is)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap(
    (rule): readonly RuleChange[] => {
      if (!old.has(rule)) return [{ policy, rule, change: 'added' }];
      if (!now.has(rule)) return [{ policy, rule, change: 'removed' }];
      return old.get(rule) === now.get(rule) ? [] : [{ policy, rule, change: 'changed' }];
    },
  );
  // The first rule with a route decides: their order is part of what they say.
  const kept = (all: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string =>
    [...all.keys()].filter((name) => other.has(name)).join();
  const isMoved = kept(old, now) !== kept(now, old);
  return isMoved ? [...changes, { policy, rule: undefined, change: 'moved' }] : changes;
}
