/**
 * What a document may say depends on who wrote it. The operator's files may say everything; what
 * comes from the console names no file and no command; what a tenant writes speaks about that
 * tenant.
 *
 * A tenant's document may name only variables made for that tenant. Otherwise it could send the
 * operator's keys to an address of its own choice.
 */
import { NOUN_NAMES, type Nouns, type SecretReference } from '@signalbox/documents';
import { type Desk, entriesOf, ownerOf, report } from './desk.ts';
import { childOf, isMap, type Owner, treeAt } from './source.ts';

const CONSOLE_NOUNS: ReadonlySet<keyof Nouns> = new Set<keyof Nouns>([
  'endpoints',
  'models',
  'aliases',
  'plans',
  'tenants',
  'keys',
  'policies',
  'consents',
  'prices',
  'rings',
]);
const TENANT_NOUNS: ReadonlySet<keyof Nouns> = new Set<keyof Nouns>([
  'endpoints',
  'keys',
  'policies',
  'consents',
]);

/** Of a tenant: private addresses are the operator's word, as those of endpoints are. */
const OPERATORS_OF_TENANTS = 'private_addresses';

export interface SecretRefusal {
  readonly message: string;
  readonly hint: string;
}

/** @param endpoint whose key it is. Why this owner may not use the reference, or undefined. */
export function refuseSecret(
  secret: SecretReference,
  owner: Owner,
  endpoint: string,
): SecretRefusal | undefined {
  if (secret.kind === 'sealed') return refuseSealed(secret, owner, endpoint);
  if (owner.kind === 'operator') return undefined;
  if (secret.kind !== 'env') {
    const message = `\`${secret.kind}:\` is for the files of the operator only`;
    return { message, hint: 'use `env:NAME`' };
  }
  if (owner.kind !== 'tenant') return undefined;
  const prefix = variablePrefix(owner.tenant);
  if (secret.value.startsWith(prefix) && /^[A-Za-z0-9]/.test(secret.value.slice(prefix.length))) {
    return undefined;
  }
  const message = 'a document of a tenant reads variables of that tenant only';
  return { message, hint: `name one that begins with \`${prefix}\`` };
}

/** What is kept sealed belongs to one endpoint of one tenant, and is named nowhere else. */
function refuseSealed(
  { value }: SecretReference,
  owner: Owner,
  endpoint: string,
): SecretRefusal | undefined {
  if (owner.kind === 'tenant' && value === endpoint && isBrought(endpoint, owner.tenant)) {
    return undefined;
  }
  const message = '`sealed:` names a key that is kept for an endpoint of a tenant';
  return { message, hint: 'use `env:NAME`; or add the endpoint with `--tenant`' };
}

/** Endpoints that a tenant brings bear its name: `acme/gpu`. */
export const isBrought = (endpoint: string, tenant: string): boolean =>
  endpoint.startsWith(`${tenant}/`);

/** Two underscores end the name, so that `acme` cannot read what belongs to `acme-eu`. */
export function variablePrefix(tenant: string): string {
  return `SIGNALBOX_TENANT_${tenant.toUpperCase().replaceAll('-', '_')}__`;
}

/** Nouns, tenants and references that the writer of a document has no say about. */
export function checkOwners(desk: Desk): void {
  for (const noun of NOUN_NAMES) {
    const section = childOf(desk.tree, noun);
    if (section === undefined || typeof section !== 'object' || section === null) continue;
    for (const key of Object.keys(section)) checkNoun(desk, noun, key);
  }
}

function checkNoun(desk: Desk, noun: keyof Nouns, key: string): void {
  const path = [noun, key];
  const owner = ownerOf(desk, path);
  if (owner.kind === 'operator') return;
  if (noun === 'tenants') checkTenant(desk, key);
  const allowed = owner.kind === 'tenant' ? TENANT_NOUNS : CONSOLE_NOUNS;
  if (allowed.has(noun)) return;
  const message = `\`${noun}\` belongs to the files of the operator`;
  report(desk, path, { message, hint: 'move it into one of those', at: 'key' });
}

function checkTenant(desk: Desk, tenant: string): void {
  const path = ['tenants', tenant, OPERATORS_OF_TENANTS];
  if (treeAt(desk.tree, path) === undefined) return;
  const message = 'only the files of the operator may say this';
  report(desk, path, { message, hint: 'name the tenant in one of those', at: 'key' });
}

/** Documents of a tenant about another tenant. */
export function checkForeign(desk: Desk, noun: 'keys' | 'consents'): void {
  for (const [name, written] of entriesOf(desk.tree, noun)) {
    const owner = ownerOf(desk, [noun, name]);
    const tenant = isMap(written) ? childOf(written, 'tenant') : undefined;
    if (owner.kind !== 'tenant' || typeof tenant !== 'string' || tenant === owner.tenant) continue;
    const message = 'a document of a tenant speaks about that tenant only';
    report(desk, [noun, name, 'tenant'], { message, hint: `write \`tenant: ${owner.tenant}\`` });
  }
}
