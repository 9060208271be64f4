/**
 * One deployment of a LiteLLM configuration as an endpoint in our words, without its models: where
 * it stands, by which key, how long it may take and how much it takes.
 */
import { ENDPOINT_KINDS, type EndpointKind } from '@signalbox/documents';
import { type Asked, baseOf, isNear, putAddress, statedBase } from './import-litellm-address.ts';
import type { Named } from './import-litellm-provider.ts';
import type { Provider } from './import-litellm-providers.table.ts';
import { isPlaceholder, isSecret } from './import-litellm-secrets.ts';
import type { Settings } from './import-litellm-settings.ts';
import {
  type At,
  at,
  type Litellm,
  leave,
  lookUp,
  note,
  noteAt,
  numberAt,
  type Stated,
  secondsAt,
  variableOf,
  wordAt,
} from './import-litellm-values.ts';
import { placeOf, put, type Writable } from './importing.ts';
import { childOf, isMap, newMap, type Spot, type Tree, type TreeMap } from './source.ts';

const SECTION = 'litellm_params';
const HOUR_MS = 3_600_000;
const RETRIES_MAX = 5;
const TOTAL_MS_DEFAULT = 600_000;

/** Parameters that are read here. */
export const ENDPOINT_PARAMETERS: readonly string[] = [
  ...['api_base', 'base_url', 'api_key', 'api_version', 'custom_llm_provider', 'organization'],
  ...['aws_region_name', 'vertex_project', 'vertex_location', 'region_name', 'headers'],
  ...['extra_headers', 'rpm', 'tpm', 'max_parallel_requests', 'timeout', 'stream_timeout'],
  ...['num_retries', 'max_retries', 'litellm_credential_name'],
];

export interface BuiltEndpoint {
  readonly tree: TreeMap;
  readonly kind: EndpointKind;
  /** It has limits of its own, so no other deployment may share it. */
  readonly alone: boolean;
}

export interface Deploying {
  readonly params: TreeMap;
  readonly named: Named;
  readonly settings: Settings;
  readonly spot: Spot | undefined;
}

export function buildEndpoint(litellm: Litellm, deploying: Deploying): BuiltEndpoint {
  const { params, named, settings, spot } = deploying;
  const kind = kindOf(litellm, params, named);
  const asked: Asked = { params, provider: named.provider, kind, spot };
  const tree = newMap();
  put(litellm, tree, { key: 'kind', value: kind, spot });
  putAddress(litellm, tree, asked);
  putRegion(litellm, tree, params);
  const limits = limitsOf(litellm, params);
  putCredential(litellm, tree, { asked, limits });
  putHeaders(litellm, tree, params);
  putTimers(litellm, tree, { params, settings });
  const parallel = numberAt(litellm, at(params, 'max_parallel_requests', SECTION));
  putNumber(litellm, tree, { key: 'in_flight_max', stated: parallel ?? settings.inFlightMax });
  putRetries(litellm, tree, { params, settings });
  putNumber(litellm, tree, { key: 'health_check_interval_ms', stated: settings.healthMs });
  leaveVersion(litellm, { params, kind });
  return { tree, kind, alone: limits !== undefined || parallel !== undefined };
}

/**
 * `openai/` before an address of somebody else only says which dialect is spoken there, and
 * `huggingface/` that its own server is.
 */
function kindOf(litellm: Litellm, params: TreeMap, { provider }: Named): EndpointKind {
  const { kind } = provider;
  const elsewhere = ELSEWHERE[kind];
  const isWritten = childOf(params, baseOf({ params }).key) != null;
  if (elsewhere === undefined || !isWritten) return kind;
  const base = statedBase(litellm, params);
  return base !== undefined && isTheirs(base, provider) ? kind : elsewhere;
}

const ELSEWHERE: Readonly<Partial<Record<EndpointKind, EndpointKind>>> = {
  openai: 'openai-compatible',
  huggingface: 'tgi',
};

/** What the file says about where it runs. */
function putRegion(litellm: Litellm, tree: Writable, params: TreeMap): void {
  for (const key of ['region_name', 'aws_region_name', 'vertex_location']) {
    const region = wordAt(litellm, at(params, key, SECTION));
    if (region === undefined) continue;
    put(litellm, tree, { key: 'region', value: region, spot: placeOf(litellm, params, key) });
    return;
  }
}

interface Keying {
  readonly asked: Asked;
  readonly limits: TreeMap | undefined;
}

function putCredential(litellm: Litellm, tree: Writable, { asked, limits }: Keying): void {
  const { params, kind } = asked;
  const place = at(params, 'api_key', SECTION);
  const spot = placeOf(litellm, params, 'api_key') ?? asked.spot;
  const variable = keyVariable(litellm, asked, place);
  if (variable === undefined) {
    if (limits === undefined) return;
    const key = childOf(params, 'rpm') == null ? 'tpm' : 'rpm';
    leave(litellm, at(params, key, SECTION), 'limits are of a key, and this endpoint takes none');
    return;
  }
  const credential = newMap();
  put(litellm, credential, { key: 'secret', value: `env:${variable}`, spot });
  if (kind === 'azure') put(litellm, credential, { key: 'header', value: 'api-key', spot });
  if (limits !== undefined) put(litellm, credential, { key: 'limits', value: limits, spot });
  const list: Tree[] = [credential];
  if (spot !== undefined) litellm.places.note(list, 0, spot);
  put(litellm, tree, { key: 'credentials', value: list, spot });
}

/** The variable that holds the key; undefined: none is sent. */
function keyVariable(litellm: Litellm, asked: Asked, place: At): string | undefined {
  const written = childOf(asked.params, 'api_key') ?? undefined;
  const stated = variableOf(written);
  if (stated !== undefined) return stated;
  const usual = usualVariable(litellm, asked);
  if (written === undefined && usual !== undefined) {
    const message = `its key is read from ${usual}; without it the endpoint is unavailable`;
    noteAt(litellm, { spot: asked.spot, path: place.path }, message);
  }
  const base = statedBase(litellm, asked.params);
  if (written === undefined && usual === undefined && base !== undefined && !isNear(base)) {
    const message = 'no key is sent to this address; name one as `os.environ/NAME`';
    noteAt(litellm, { spot: asked.spot, path: place.path }, message);
  }
  if (written !== undefined && isPlaceholder(String(written))) {
    const instead = usual === undefined ? 'no key is sent' : `its key is read from ${usual}`;
    note(litellm, place, `is a placeholder: ${instead}`);
  }
  return usual;
}

/** A server of one's own wants a key only when its variable is set; a provider always does. */
function usualVariable(litellm: Litellm, { params, provider }: Asked): string | undefined {
  const { variables, isVendor } = provider;
  const found = variables.find((name) => lookUp(litellm, name) !== undefined);
  if (!isVendor) return found;
  // At another address than the provider's its key has no business.
  const base = statedBase(litellm, params);
  return base === undefined || isTheirs(base, provider) ? (found ?? variables[0]) : undefined;
}

/** Whether an address is the provider's own, or one that only a customer of it has. */
function isTheirs(base: string, { kind, url }: Provider): boolean {
  const usual = url ?? ENDPOINT_KINDS[kind].url;
  if (usual === undefined) return true;
  return URL.canParse(base) && domainOf(base) === domainOf(usual);
}

const domainOf = (url: string): string => new URL(url).hostname.split('.').slice(-2).join('.');

function limitsOf(litellm: Litellm, params: TreeMap): TreeMap | undefined {
  const rpm = numberAt(litellm, at(params, 'rpm', SECTION));
  const tpm = numberAt(litellm, at(params, 'tpm', SECTION));
  if (rpm === undefined && tpm === undefined) return undefined;
  const limits = newMap();
  putNumber(litellm, limits, { key: 'requests_per_minute_max', stated: rpm });
  putNumber(litellm, limits, { key: 'tokens_per_minute_max', stated: tpm });
  return limits;
}

function putHeaders(litellm: Litellm, tree: Writable, params: TreeMap): void {
  const set = newMap();
  const organization = childOf(params, 'organization') ?? undefined;
  const place = at(params, 'organization', SECTION);
  if (typeof organization === 'string') {
    const value = wordAt(litellm, place);
    const spot = placeOf(litellm, params, 'organization');
    if (value !== undefined) put(litellm, set, { key: 'openai-organization', value, spot });
  } else if (organization !== undefined) {
    leave(litellm, place, 'one endpoint, one organization; write a deployment for each');
  }
  for (const key of ['headers', 'extra_headers']) {
    const written = childOf(params, key);
    if (!isMap(written)) continue;
    for (const name of Object.keys(written)) putHeader(litellm, set, { written, name, key });
  }
  if (Object.keys(set).length === 0) return;
  const headers = newMap();
  const spot = placeOf(litellm, params, 'extra_headers') ?? placeOf(litellm, params, 'headers');
  put(litellm, headers, { key: 'set', value: set, spot: spot ?? litellm.places.at(set, 0) });
  put(litellm, tree, { key: 'headers', value: headers, spot });
}

function putHeader(
  litellm: Litellm,
  set: Writable,
  header: { readonly written: TreeMap; readonly name: string; readonly key: string },
): void {
  const { written, name, key } = header;
  const place = at(written, name, `${SECTION}.${key}`);
  // Said already, of the whole file.
  if (isSecret(name, childOf(written, name))) return;
  if (variableOf(childOf(written, name)) !== undefined) {
    leave(litellm, place, 'the value of a header is written down; keys go under `api_key`');
    return;
  }
  const value = wordAt(litellm, place);
  const spot = placeOf(litellm, written, name);
  if (value === undefined) return;
  put(litellm, set, { key: name.toLowerCase().replaceAll(' ', '-'), value, spot });
}

interface Bounding {
  readonly params: TreeMap;
  readonly settings: Settings;
}

/** A timeout there is the wait for an answer to begin; a stream that flows is not cut by it. */
function putTimers(litellm: Litellm, tree: Writable, { params, settings }: Bounding): void {
  const seconds = (key: string): Stated<number> | undefined =>
    secondsAt(litellm, at(params, key, SECTION), HOUR_MS);
  const timeout = seconds('timeout') ?? settings.timeoutMs;
  const stream = seconds('stream_timeout') ?? settings.streamTimeoutMs;
  const timers = newMap();
  putNumber(litellm, timers, { key: 'head_ms', stated: timeout });
  putNumber(litellm, timers, { key: 'idle_ms', stated: stream });
  if (timeout !== undefined && timeout.value > TOTAL_MS_DEFAULT) {
    putNumber(litellm, timers, { key: 'total_ms', stated: timeout });
  }
  const spot = timeout?.spot ?? stream?.spot;
  if (Object.keys(timers).length > 0) put(litellm, tree, { key: 'timers', value: timers, spot });
}

function putRetries(litellm: Litellm, tree: Writable, { params, settings }: Bounding): void {
  const own = ['num_retries', 'max_retries'].find((key) => childOf(params, key) != null);
  const stated = own === undefined ? undefined : numberAt(litellm, at(params, own, SECTION));
  const retries = stated ?? settings.retries;
  if (retries === undefined || retries.value === 0) return;
  const value = Math.min(retries.value, RETRIES_MAX);
  if (value < retries.value) {
    const message = `is more than there is: an endpoint is tried ${RETRIES_MAX} times more`;
    noteAt(litellm, { spot: retries.spot, path: own ?? 'num_retries' }, message);
  }
  put(litellm, tree, { key: 'retries', value, spot: retries.spot });
}

function leaveVersion(
  litellm: Litellm,
  { params, kind }: { readonly params: TreeMap; readonly kind: EndpointKind },
): void {
  if (childOf(params, 'api_version') == null) return;
  const why =
    kind === 'azure'
      ? 'the path `/openai/v1` takes none; the model is the name of the deployment'
      : 'only one provider has one, and this is another';
  leave(litellm, at(params, 'api_version', SECTION), why);
}

function putNumber(
  litellm: Litellm,
  into: Writable,
  { key, stated }: { readonly key: string; readonly stated: Stated<number> | undefined },
): void {
  if (stated !== undefined) put(litellm, into, { key, value: stated.value, spot: stated.spot });
}
