// What of a configuration is the registry, and what has become of it: models, endpoints, rollouts
// and what tenants have otherwise. Of each document its name and a keyed digest of each field: a
// change says which fields, never what stands in them.
import type { Keys } from '@signalbox/contract';
import { type Configuration, canonicalText, type EndpointDocument } from '@signalbox/documents';
import type { FieldDigests } from '@signalbox/ports';

export type RegistryKind = 'model' | 'endpoint' | 'rollout' | 'override';

export type Change = {
  readonly kind: RegistryKind;
  /** Of an override: the tenant. */
  readonly name: string;
  readonly change: 'created' | 'changed' | 'removed';
  /** Whose it is alone. */
  readonly tenant: string | undefined;
  /** Sorted; empty: all of them. */
  readonly fields: readonly string[];
};

type Documented = { readonly tenant: string | undefined; readonly fields: FieldDigests };
/** By kind and name: `endpoint sim-local`. */
export type Registry = ReadonlyMap<string, Documented>;

const DIGEST_BYTES = 8;
/** Holds whose an endpoint is, so that its end is told to nobody else. */
const TENANT = 'tenant=';

export function registryOf(
  { models, endpoints, registry, tenants }: Configuration,
  keys: Pick<Keys, 'digest'>,
): Registry {
  const found = new Map<string, Documented>();
  const add = (kind: RegistryKind, name: string, document: object, tenant?: string): void => {
    const fields: Record<string, string> = {};
    for (const [field, value] of Object.entries(document)) {
      if (field === 'origin' || field === 'name' || value === undefined) continue;
      fields[field] = keys.digest('registry', canonicalText({ value }), DIGEST_BYTES);
    }
    if (tenant !== undefined) fields[`${TENANT}${tenant}`] = '';
    found.set(`${kind} ${name}`, { tenant, fields });
  };
  for (const [name, one] of models) add('model', name, one);
  for (const [name, one] of endpoints) add('endpoint', name, lasting(one), one.tenant);
  for (const [name, one] of registry.rollouts) add('rollout', name, one);
  for (const [name, { models: own }] of tenants) {
    if (own !== undefined) add('override', name, own, name);
  }
  return found;
}

/** Where a model of this machine listens is another port at every start, and no change. */
function lasting(endpoint: EndpointDocument): object {
  if (endpoint.kind !== 'embedded' && endpoint.kind !== 'sim') return endpoint;
  const { url: _url, privateAddress: _address, fault: _fault, ...rest } = endpoint;
  return rest;
}

export function changesBetween(
  before: ReadonlyMap<string, FieldDigests>,
  after: Registry,
): readonly Change[] {
  const changes: Change[] = [];
  for (const [key, { tenant, fields }] of after) {
    const known = before.get(key);
    const moved = known === undefined ? [] : movedIn(known, fields);
    if (known !== undefined && moved.length === 0) continue;
    const change = known === undefined ? 'created' : 'changed';
    changes.push({ ...namedBy(key), change, tenant, fields: moved });
  }
  for (const [key, fields] of before) {
    if (after.has(key)) continue;
    changes.push({ ...namedBy(key), change: 'removed', tenant: tenantIn(fields), fields: [] });
  }
  return changes;
}

const movedIn = (before: FieldDigests, after: FieldDigests): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => before[field] !== after[field] && !field.startsWith(TENANT))
    .sort();

const tenantIn = (fields: FieldDigests): string | undefined =>
  Object.keys(fields)
    .find((field) => field.startsWith(TENANT))
    ?.slice(TENANT.length);

const KINDS: readonly RegistryKind[] = ['model', 'endpoint', 'rollout', 'override'];

function namedBy(key: string): Pick<Change, 'kind' | 'name'> {
  const at = key.indexOf(' ');
  const kind = KINDS.find((one) => one === key.slice(0, at)) ?? 'model';
  return { kind, name: key.slice(at + 1) };
}
