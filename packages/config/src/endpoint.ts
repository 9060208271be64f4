/**
 * What the schema of an endpoint cannot see: whether its address may be dialled at all, by whose
 * word, and what its models are called here. A name that resolves to a private address is caught
 * again where the socket opens.
 */
import {
  type CredentialDocument,
  ENDPOINT_KINDS,
  type EndpointDocument,
  type EndpointPart,
  MODEL_NAME,
  type ModelAtEndpoint,
  type Origin,
  type Path,
  type PrivateAddress,
  reachOfHost,
} from '@signalbox/documents';
import { isBrought, refuseSecret } from './owner.ts';
import type { Owner } from './source.ts';

const NAME_CHARACTERS_MAX = 63;

export type NamedEndpoint = EndpointPart & {
  readonly name: string;
  readonly origin: Origin | undefined;
};

export interface EndpointContext {
  readonly name: string;
  readonly owner: Owner;
  /** Where the operator lets the tenant that owns it go. */
  readonly privateAddresses: readonly PrivateAddress[];
  readonly refuse: (rest: Path, message: string, hint: string) => void;
}

interface Address {
  readonly url: string;
  readonly privateAddress: PrivateAddress | undefined;
}

/** The document, or undefined when its address cannot stand. Says everything it finds. */
export function finishEndpoint(
  part: NamedEndpoint,
  context: EndpointContext,
): EndpointDocument | undefined {
  checkOwner(part, context);
  const models = namedModels(part, context);
  const address = part.kind === 'embedded' ? embedded(part, context) : remote(part, context);
  if (address === undefined) return undefined;
  const { owner } = context;
  if (owner.kind !== 'tenant') return { ...part, ...address, models };
  // What its name sounds like counts for nothing: only what the operator allows is near.
  const tier = address.privateAddress === undefined ? 3 : undefined;
  return { ...part, ...address, models, tier, tenant: owner.tenant };
}

function checkOwner(part: NamedEndpoint, { owner, refuse }: EndpointContext): void {
  if (owner.kind === 'operator') return;
  const own = 'only the files of the operator may say this';
  if (part.tier !== undefined)
    refuse(['tier'], own, 'remove it: the tier follows from the address');
  const move = 'move the endpoint into one of those';
  if (part.privateAddress !== undefined) refuse(['private_address'], own, move);
  if (part.kind === 'embedded') {
    refuse(['kind'], `${own}: it starts a program on this machine`, move);
  }
  if (owner.kind === 'tenant' && !isBrought(part.name, owner.tenant)) {
    const message = 'an endpoint of a tenant bears its name';
    refuse([], message, `call it \`${owner.tenant}/${part.name}\``);
  }
  if (owner.kind === 'tenant' && part.tenant !== undefined && part.tenant !== owner.tenant) {
    const message = 'a document of a tenant speaks about that tenant only';
    refuse(['tenant'], message, "remove it: the endpoint is that tenant's anyway");
  }
}

/** @param credentials those that could be read, each at its place in the list. */
export function checkCredentials(
  credentials: readonly (CredentialDocument | undefined)[],
  { name, owner, refuse }: EndpointContext,
): void {
  const seen = new Set<string>();
  for (const [index, credential] of credentials.entries()) {
    if (credential === undefined) continue;
    const path = ['credentials', index];
    if (seen.has(credential.name)) {
      refuse([...path, 'name'], 'two credentials have this name', 'give each a `name` of its own');
    }
    seen.add(credential.name);
    const refusal = refuseSecret(credential.secret, owner, name);
    if (refusal !== undefined) refuse([...path, 'secret'], refusal.message, refusal.hint);
  }
}

function embedded(part: NamedEndpoint, { refuse }: EndpointContext): Address | undefined {
  if (part.url !== undefined) {
    refuse(['url'], 'an embedded endpoint has no URL', 'name its file with `model_path`');
    return undefined;
  }
  if (part.modelPath === undefined) {
    refuse(['model_path'], '`model_path` is missing', 'an embedded endpoint runs a GGUF file');
    return undefined;
  }
  return { url: `embedded:${part.name}`, privateAddress: undefined };
}

function remote(part: NamedEndpoint, context: EndpointContext): Address | undefined {
  const { refuse } = context;
  if (part.modelPath !== undefined) {
    refuse(['model_path'], 'belongs to `kind: embedded`', 'remove it, or write that kind');
  }
  const facts = ENDPOINT_KINDS[part.kind];
  const written = part.url ?? facts.url;
  if (written === undefined) {
    refuse(['url'], '`url` is missing', 'for example `url: http://localhost:8000/v1`');
    return undefined;
  }
  const url = new URL(written);
  const bare = url.pathname.replace(/\/+$/, '');
  const path = bare === '' ? (facts.path ?? '') : bare;
  const reach = judgeHost(url, part, context);
  return reach === undefined ? undefined : { url: url.origin + path + url.search, ...reach };
}

function judgeHost(
  url: URL,
  part: NamedEndpoint,
  { owner, refuse, privateAddresses }: EndpointContext,
): Pick<Address, 'privateAddress'> | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const reach = reachOfHost(host);
  if (reach === 'metadata') {
    const message = 'is an address at which clouds hand out credentials; it is never dialled';
    refuse(['url'], message, 'write the address of the model server itself');
    return undefined;
  }
  if (owner.kind === 'tenant' && privateAddresses.some((one) => isSame(one, { host, port }))) {
    return { privateAddress: { host, port } };
  }
  if (reach === 'private' && owner.kind !== 'operator') {
    refuse(['url'], 'is a private address', hintOfPrivate(owner));
    return undefined;
  }
  const declared = part.privateAddress;
  if (typeof declared === 'object' && !isSame(declared, { host, port })) {
    const hint = `write \`private_address: true\`, or \`${url.host}\``;
    refuse(['private_address'], 'is not the host and port of `url`', hint);
  }
  if (declared === false && reach === 'private') {
    refuse(['private_address'], 'is false, but `url` is a private address', 'remove one of them');
  }
  // In the operator's own file a literal private address is host and port by name: a declaration.
  const allowed = declared !== undefined ? declared !== false : reach === 'private';
  return { privateAddress: allowed ? { host, port } : undefined };
}

const hintOfPrivate = (owner: Owner): string =>
  owner.kind === 'tenant'
    ? `the operator allows a \`host:port\` in a file, under its tenant's \`private_addresses\``
    : 'only the files of the operator may name one';

function isSame(a: PrivateAddress, b: PrivateAddress): boolean {
  return a.host.replace(/^\[|\]$/g, '') === b.host && a.port === b.port;
}

function namedModels(
  part: NamedEndpoint,
  { refuse }: EndpointContext,
): ReadonlyMap<string, ModelAtEndpoint> {
  const models = new Map<string, ModelAtEndpoint>();
  const taken = new Map<string, string>();
  for (const [upstream, described] of part.models) {
    const name = described.name ?? nameOf(upstream);
    const other = taken.get(name);
    if (other !== undefined) {
      const message = `is called \`${name}\` here, and so is \`${other}\``;
      refuse(['models', upstream], message, 'give one of them another `name`');
    }
    taken.set(name, upstream);
    models.set(upstream, { ...described, upstream, name });
  }
  return models;
}

/** The upstream's own name where it can be ours, else the nearest to it. */
export function nameOf(upstream: string): string {
  if (MODEL_NAME.test(upstream)) return upstream;
  const plain = upstream
    .toLowerCase()
    .replace(/[^a-z0-9._:/-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, NAME_CHARACTERS_MAX);
  return plain === '' ? 'model' : plain;
}
