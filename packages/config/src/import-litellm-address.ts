/**
 * Where a deployment stands: `api_base`, or what its provider and region imply. What names no
 * address that could be dialled becomes a disabled endpoint at a name that resolves nowhere, so
 * that the rest of the file starts.
 */
import { ENDPOINT_KINDS, type EndpointKind, reachOfHost } from '@signalbox/documents';
import type { Provider } from './import-litellm-providers.table.ts';
import { isPlaceholder } from './import-litellm-secrets.ts';
import {
  type At,
  at,
  type Litellm,
  lookUp,
  note,
  noteAt,
  variableOf,
} from './import-litellm-values.ts';
import { placeOf, put, type Writable } from './importing.ts';
import { childOf, type Spot, type TreeMap } from './source.ts';

export interface Asked {
  readonly params: TreeMap;
  readonly provider: Provider;
  readonly kind: EndpointKind;
  /** Of the entry, where nothing nearer is written. */
  readonly spot: Spot | undefined;
}

/** `api_base`; some write `base_url`. */
export function baseOf({ params }: Pick<Asked, 'params'>): At {
  const key = childOf(params, 'base_url') == null ? 'api_base' : 'base_url';
  return at(params, childOf(params, 'api_base') == null ? key : 'api_base', 'litellm_params');
}

/** The address that the file names, its variable followed; undefined when there is none. */
export function statedBase(litellm: Litellm, params: TreeMap): string | undefined {
  const written = childOf(params, baseOf({ params }).key) ?? undefined;
  const variable = variableOf(written);
  if (variable !== undefined) return lookUp(litellm, variable);
  if (typeof written !== 'string') return undefined;
  return isPlaceholder(written) && !URL.canParse(written) ? undefined : written.trim();
}

/** Puts down `url`, and `enabled` and `private_address` where they are needed. */
export function putAddress(litellm: Litellm, endpoint: Writable, asked: Asked): void {
  const place = baseOf(asked);
  const written = childOf(asked.params, place.key) ?? undefined;
  const spot = placeOf(litellm, asked.params, place.key) ?? asked.spot;
  const base = stated(litellm, asked, place);
  const url = base === undefined ? implied(litellm, asked) : withPath(litellm, base, asked);
  if (url !== undefined) {
    put(litellm, endpoint, { key: 'url', value: url, spot });
    if (isOwnName(url)) put(litellm, endpoint, { key: 'private_address', value: true, spot });
    return;
  }
  if (written === undefined && ENDPOINT_KINDS[asked.kind].url !== undefined) return;
  const missing = missingWord(asked, written);
  const nowhere = `https://${missing.slug}.invalid${ENDPOINT_KINDS[asked.kind].path ?? ''}`;
  put(litellm, endpoint, { key: 'url', value: nowhere, spot });
  put(litellm, endpoint, { key: 'enabled', value: false, spot });
  noteAt(litellm, { spot, path: place.path }, `is off: ${missing.why}`);
}

/** As written, or from the variable that the provider is known by. */
function stated(litellm: Litellm, { params, provider }: Asked, place: At): string | undefined {
  if (childOf(params, place.key) != null) return statedBase(litellm, params);
  const [usual] = provider.variables;
  return usual === undefined ? undefined : lookUp(litellm, usual.replace(/_KEY$/, '_BASE'));
}

interface Missing {
  readonly slug: string;
  readonly why: string;
}

const SLUG_CHARACTERS_MAX = 40;

function missingWord({ params, kind }: Asked, written: unknown): Missing {
  const variable = variableOf(typeof written === 'string' ? written : undefined);
  const slug = (text: string): string =>
    `set-${text.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, SLUG_CHARACTERS_MAX);
  if (variable !== undefined) {
    const why = `its address is in \`${variable}\`, which is not set; set it and start again`;
    return { slug: slug(variable), why };
  }
  const wants = WANTED[kind];
  if (wants !== undefined && written === undefined) {
    const lacks = wants.filter((key) => childOf(params, key) == null);
    return { slug: slug(lacks.join('-')), why: `its address needs ${lacks.join(' and ')}` };
  }
  return { slug: slug('api-base'), why: 'it names no address; write the URL into `api_base`' };
}

const WANTED: Readonly<Partial<Record<EndpointKind, readonly string[]>>> = {
  bedrock: ['aws_region_name'],
  vertex: ['vertex_project', 'vertex_location'],
};

/** The address that follows from a region, or the provider's own. */
function implied(litellm: Litellm, { params, provider, kind }: Asked): string | undefined {
  const word = (key: string, ...variables: readonly string[]): string | undefined => {
    const written = childOf(params, key);
    const variable = variableOf(written);
    const names = variable === undefined ? variables : [variable];
    if (typeof written === 'string' && variable === undefined) return hostWord(written);
    return hostWord(names.map((name) => lookUp(litellm, name)).find((one) => one !== undefined));
  };
  if (kind === 'bedrock') {
    const region = word('aws_region_name', 'AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION');
    return region && `https://bedrock-runtime.${region}.amazonaws.com`;
  }
  if (kind === 'vertex') {
    const project = word('vertex_project', 'VERTEXAI_PROJECT', 'GOOGLE_CLOUD_PROJECT');
    const location = word('vertex_location', 'VERTEXAI_LOCATION');
    if (project === undefined || location === undefined) return undefined;
    const host = location === 'global' ? 'aiplatform' : `${location}-aiplatform`;
    return `https://${host}.googleapis.com/v1/projects/${project}/locations/${location}`;
  }
  return provider.url;
}

/** Nothing that could lead to another host. */
const hostWord = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(text) ? text : undefined;

/** Operations that some write into the base. */
const OPERATIONS =
  /\/(?:chat\/completions|completions|embeddings|messages|api\/(?:chat|generate))$/;

function withPath(litellm: Litellm, base: string, asked: Asked): string {
  // What is no URL is refused with its line, by the rules that hold for all endpoints.
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) return base;
  const url = new URL(base);
  if (url.username !== '' || url.password !== '') return base;
  if (url.hostname === '0.0.0.0') {
    url.hostname = '127.0.0.1';
    note(litellm, baseOf(asked), 'is this machine: it is `127.0.0.1` here');
  }
  if (url.search !== '') {
    note(litellm, baseOf(asked), 'is not carried over: an address ends with its path');
  }
  const bare = url.pathname.replace(/\/+$/, '').replace(OPERATIONS, '');
  return url.origin + (asked.provider.rooted ? rooted(bare, asked.kind) : bare);
}

/** The root of a server, with the version path of its kind behind it. */
function rooted(path: string, kind: EndpointKind): string {
  const end = ROOT_ENDS[kind];
  const root = end === undefined ? path : path.replace(end, '');
  return root + (ENDPOINT_KINDS[kind].path ?? '');
}

const ROOT_ENDS: Readonly<Partial<Record<EndpointKind, RegExp>>> = {
  azure: /\/openai(?:\/.*)?$/,
  anthropic: /\/v1$/,
  gemini: /\/v1beta(?:\/openai)?$/,
  ollama: /\/(?:v1|api)$/,
};

const OWN_NAMES = /\.(local|internal|lan|home|svc|intranet|home\.arpa)$/;

/** On this machine or in the own network, by its spelling. */
export function isNear(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return reachOfHost(new URL(url).hostname) === 'private' || isOwnName(url);
}

/** A name that only the own network knows. Dialling a private address has to be said. */
function isOwnName(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.toLowerCase();
  if (reachOfHost(host) !== 'name') return false;
  return !host.includes('.') || OWN_NAMES.test(host);
}
