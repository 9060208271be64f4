// All that a tenant could be and all that could happen to a call of it, as a finite lattice of
// points: topology, residency, plan, label, what is down, the level of degradation, and calls made
// so that each rule is met, with what conditions read of them. For each tenant of the documents,
// and for what it might become.
import { LABELS, type Label, type Topology, tenantName } from '@signalbox/contract';
import type { Configuration, RuleDocument } from '@signalbox/documents';
import type { Snapshot } from '../house.ts';
import { planFacts } from '../snapshot.ts';
import type { KeyFacts, TenantFacts } from '../tenant/tenant.ts';
import { type Agreement, agreementsIn } from './agreements.ts';
import { type Detail, type Details, detailsOf } from './details.ts';
import { keyWithoutSecret } from './whose.ts';

/** A tenant, as it is or as it might be. */
export type Variant = {
  readonly tenant: TenantFacts;
  /** As the documents have it. */
  readonly isReal: boolean;
};

/** A call that some rule is about. */
export type Shape = Detail;

export type Lattice = {
  readonly tenants: readonly string[];
  /** How many variants each tenant has. */
  readonly variants: number;
  /** The first is the tenant as it is; made when it is asked for: there may be millions. */
  readonly variantAt: (tenant: string, at: number) => Variant | undefined;
  /** By tenant: a key without limits, and those to which policies are attached. */
  readonly keysOf: (tenant: string) => readonly (KeyFacts | undefined)[];
  readonly labels: readonly Label[];
  /** By tenant: none, and each of its consents with data that it covers and with other data. */
  readonly agreementsOf: (tenant: string) => readonly (Agreement | undefined)[];
  /** Names of endpoints that are down together. */
  readonly downs: readonly ReadonlySet<string>[];
  readonly levels: readonly number[];
  readonly shapes: readonly Shape[];
  /** What conditions read that shapes vary. */
  readonly varied: Details['varied'];
};

const TOPOLOGIES: readonly Topology[] = ['cloud', 'hybrid', 'sovereign'];
const REGIONS_MAX = 8;
const PLANS_MAX = 8;
const SHAPES_MAX = 32;
const LEVELS = [0, 1, 2, 3, 4];

/** @param only of these tenants; else of all. */
export function latticeOf(
  snapshot: Snapshot,
  configuration: Configuration,
  only?: ReadonlySet<string>,
): Lattice {
  const { endpoints } = snapshot.catalog;
  const rules = [...configuration.policies.values()].flatMap((policy) => policy.rules);
  const regions = [...endpoints.values()].flatMap(({ region }) => region ?? []);
  const known = [...new Set(regions)].slice(0, REGIONS_MAX);
  const names = [...configuration.tenants.keys()];
  const details = detailsOf(rules);
  return {
    tenants: only === undefined ? names : names.filter((name) => only.has(name)),
    ...variantsOf(snapshot, configuration, known),
    keysOf: keysWithPolicies(configuration),
    labels: LABELS,
    agreementsOf: agreementsIn(configuration),
    downs: downsOf(snapshot, configuration),
    levels: rules.some(({ effects }) => effects?.degrade !== undefined) ? LEVELS : [0],
    shapes: shapesOf(rules).flatMap((shape) => details.all.map((one) => ({ ...shape, ...one }))),
    varied: details.varied,
  };
}

const NO_KEY = [undefined];

function keysWithPolicies(configuration: Configuration): Lattice['keysOf'] {
  const known = new Map<string, (KeyFacts | undefined)[]>();
  for (const document of configuration.keys.values()) {
    if (document.policies.length === 0) continue;
    const found = known.get(document.tenant) ?? [undefined];
    found.push(keyWithoutSecret(document));
    known.set(document.tenant, found);
  }
  return (tenant) => known.get(tenant) ?? NO_KEY;
}

function variantsOf(
  { tenants }: Snapshot,
  configuration: Configuration,
  regions: readonly string[],
): Pick<Lattice, 'variants' | 'variantAt'> {
  const plans = [undefined, ...[...configuration.plans.values()].slice(0, PLANS_MAX)];
  const residencies = [undefined, ...regions.map((one) => [one])];
  const each = residencies.length * plans.length;
  return {
    variants: 1 + TOPOLOGIES.length * each,
    variantAt(name, at) {
      const tenant = tenants.tenants.get(tenantName(name));
      if (tenant === undefined || at === 0) return tenant && { tenant, isReal: true };
      const topology = TOPOLOGIES[Math.floor((at - 1) / each)] ?? tenant.topology;
      const residency = residencies[Math.floor(((at - 1) % each) / plans.length)];
      const plan = plans[(at - 1) % plans.length];
      const facts = plan === undefined ? tenant.plan : planFacts(plan);
      const tenantClass = tenant.tenantClass ?? plan?.tenantClass;
      const variant = { ...tenant, topology, residency, plan: facts, tenantClass };
      return { tenant: variant, isReal: false };
    },
  };
}

/** Nothing; everything that is declared or near on one tier; everything. */
function downsOf(snapshot: Snapshot, configuration: Configuration): readonly ReadonlySet<string>[] {
  const { catalog } = snapshot;
  const [name] = configuration.tenants.keys();
  const tenant = name === undefined ? undefined : snapshot.tenants.tenants.get(tenantName(name));
  const all = [...catalog.endpoints.values()];
  if (tenant === undefined) return [new Set()];
  const byTier = [1, 2, 3].map((tier) =>
    all.filter((one) => catalog.placeOf(one, tenant).tier === tier).map(({ name }) => name),
  );
  const some = byTier.filter((names) => names.length > 0 && names.length < all.length);
  return [new Set(), ...some.map((names) => new Set(names)), new Set(all.map(({ name }) => name))];
}

function shapesOf(rules: readonly RuleDocument[]): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  const add = (shape: Shape): void => {
    if (shapes.size < SHAPES_MAX) shapes.set(JSON.stringify(shape), shape);
  };
  add({ model: undefined, step: undefined, agent: undefined });
  for (const { when } of rules) {
    const [model] = when.model ?? [];
    const [step] = when.step ?? [];
    const [agent] = when.agent ?? [];
    add({ model: model?.replaceAll('*', '') || undefined, step, agent });
  }
  return [...shapes.values()];
}
