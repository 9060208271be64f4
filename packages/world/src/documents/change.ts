// What operators do to documents while calls run: a tenant is bound more tightly, an endpoint moves
// or is switched off, a rule, a budget or a limit changes, a key is revoked.
import type { Tier } from '@signalbox/contract';
import type {
  BudgetDocument,
  Configuration,
  EndpointDocument,
  KeyDocument,
  RuleDocument,
  TenantDocument,
} from '@signalbox/documents';
import type { Chance } from '../chance.ts';

/** A configuration and what was done to it, for the trace. */
export type Changed = { readonly configuration: Configuration; readonly what: string };

const DEEDS = [
  changeTopology,
  narrowResidency,
  demandZeroRetention,
  raiseLabel,
  switchEndpoint,
  moveTier,
  moveRegion,
  changeRule,
  changeBudget,
  changePlaces,
  revokeKey,
] as const;

export function changedDocuments(before: Configuration, chance: Chance): Changed {
  return chance.pick(DEEDS)(before, chance);
}

/** All endpoints are switched on: what the calm needs to serve everybody. */
export function healedDocuments(before: Configuration): Configuration {
  const endpoints = new Map(
    [...before.endpoints].map(([name, one]) => [name, { ...one, enabled: true }]),
  );
  return { ...before, endpoints };
}

type Draft<T> = Partial<T>;

function onTenant(
  before: Configuration,
  chance: Chance,
  change: (tenant: TenantDocument) => Draft<TenantDocument>,
): Changed {
  const tenant = chance.oneOf([...before.tenants.values()]);
  if (tenant === undefined) return { configuration: before, what: 'nothing' };
  const draft = change(tenant);
  const tenants = new Map(before.tenants).set(tenant.name, { ...tenant, ...draft });
  return { configuration: { ...before, tenants }, what: words('tenant', tenant.name, draft) };
}

function onEndpoint(
  before: Configuration,
  chance: Chance,
  change: (endpoint: EndpointDocument) => Draft<EndpointDocument>,
): Changed {
  const endpoint = chance.oneOf([...before.endpoints.values()]);
  if (endpoint === undefined) return { configuration: before, what: 'nothing' };
  const draft = change(endpoint);
  const endpoints = new Map(before.endpoints).set(endpoint.name, { ...endpoint, ...draft });
  return { configuration: { ...before, endpoints }, what: words('endpoint', endpoint.name, draft) };
}

function words(noun: string, name: string, draft: object): string {
  const pairs = Object.entries(draft).map(([field, value]) => `${field}=${plain(value)}`);
  return `${noun} ${name} ${pairs.join(' ')}`;
}

const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? one.toString() : one)) ?? 'none';

/** Mostly lowered, now and then lifted. */
function changeTopology(before: Configuration, chance: Chance): Changed {
  return onTenant(before, chance, ({ topology }) => {
    const lower = topology === 'cloud' ? 'hybrid' : 'sovereign';
    return { topology: chance.pick([lower, lower, 'cloud']) };
  });
}

function narrowResidency(before: Configuration, chance: Chance): Changed {
  return onTenant(before, chance, () => ({
    residency: chance.pick<readonly string[] | undefined>([['eu'], undefined, ['us', 'eu']]),
  }));
}

function demandZeroRetention(before: Configuration, chance: Chance): Changed {
  return onTenant(before, chance, ({ retention }) => ({
    retention: retention === 'zero' ? 'standard' : 'zero',
  }));
}

function raiseLabel(before: Configuration, chance: Chance): Changed {
  return onTenant(before, chance, () => ({
    defaultLabel: chance.pick(['internal', 'public', 'personal', 'public', 'regulated']),
  }));
}

function switchEndpoint(before: Configuration, chance: Chance): Changed {
  return onEndpoint(before, chance, ({ enabled }) => ({ enabled: !enabled }));
}

function moveTier(before: Configuration, chance: Chance): Changed {
  return onEndpoint(before, chance, () => ({
    tier: chance.pick<Tier | undefined>([3, 3, 2, undefined]),
  }));
}

function moveRegion(before: Configuration, chance: Chance): Changed {
  return onEndpoint(before, chance, () => ({ region: chance.pick(['eu', 'us', undefined]) }));
}

function changePlaces(before: Configuration, chance: Chance): Changed {
  return onEndpoint(before, chance, () => ({ inFlightMax: chance.pick([1, 2, 8]) }));
}

function changeBudget(before: Configuration, chance: Chance): Changed {
  const half = (budget: BudgetDocument | undefined): BudgetDocument | undefined =>
    budget === undefined ? undefined : { ...budget, amountNanoUsd: budget.amountNanoUsd / 2n };
  return onTenant(before, chance, ({ budget }) => ({ budget: half(budget) }));
}

function revokeKey(before: Configuration, chance: Chance): Changed {
  const small = [...before.keys.values()].filter(({ name }) => name.endsWith('-small'));
  const key: KeyDocument | undefined = chance.oneOf(small);
  if (key === undefined) return { configuration: before, what: 'nothing' };
  const keys = new Map(before.keys).set(key.name, { ...key, revoked: !key.revoked });
  return { configuration: { ...before, keys }, what: `key ${key.name} revoked=${!key.revoked}` };
}

function changeRule(before: Configuration, chance: Chance): Changed {
  const policy = chance.oneOf([...before.policies.values()]);
  const rule = chance.oneOf(policy?.rules ?? []);
  if (policy === undefined || rule === undefined) return { configuration: before, what: 'nothing' };
  const tierMax = chance.pick<Tier | undefined>([1, 2, undefined]);
  const changed: RuleDocument = { ...rule, route: { ...rule.route, tierMax } };
  const rules = policy.rules.map((one) => (one === rule ? changed : one));
  const policies = new Map(before.policies).set(policy.name, { ...policy, rules });
  return { configuration: { ...before, policies }, what: `rule ${rule.name} tierMax=${tierMax}` };
}
