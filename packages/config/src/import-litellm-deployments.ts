/** `model_list`: every entry is one deployment, a model at an endpoint under a name of the file. */
import { buildEndpoint, ENDPOINT_PARAMETERS } from './import-litellm-endpoint.ts';
import { describeModel, INFORMATION, MODEL_PARAMETERS } from './import-litellm-information.ts';
import { LEFT_INFORMATION, LEFT_PARAMETERS, LEFT_REQUEST } from './import-litellm-left.table.ts';
import { type Named, readProvider } from './import-litellm-provider.ts';
import { leaveRest, type Settings, UNKNOWN_KEY } from './import-litellm-settings.ts';
import {
  at,
  type Litellm,
  leave,
  listAt,
  lookUp,
  note,
  numberAt,
  sectionOf,
  wordAt,
} from './import-litellm-values.ts';
import { placeOf, refuse } from './importing.ts';
import { childOf, isMap, newMap, type Spot, type Tree, type TreeMap } from './source.ts';

export interface Deployment {
  /** `model_name`, as written. */
  readonly group: string;
  readonly spot: Spot | undefined;
  /** `model_info.id`. */
  readonly id: string | undefined;
  /** What stands before the model's name, as written. */
  readonly prefix: string;
  /** The name that the upstream knows; undefined: any. */
  readonly upstream: string | undefined;
  /** All of the endpoint but its name and its models. */
  readonly endpoint: TreeMap;
  readonly kind: string;
  /** No other deployment shares its endpoint. */
  readonly alone: boolean;
  /** What is known of the model there. */
  readonly described: TreeMap;
  /** The lowest is tried first. */
  readonly order: number | undefined;
  readonly weight: number | undefined;
}

export function readDeployments(litellm: Litellm, settings: Settings): readonly Deployment[] {
  const list = listAt(litellm, at(litellm.from, 'model_list', ''));
  const credentials = credentialsOf(litellm);
  return list.flatMap((entry, index) => {
    const spot = litellm.places.at(list, index);
    if (!isMap(entry)) {
      const hint = 'write `model_name` and `litellm_params` below each `-`';
      refuse(litellm, spot, { message: 'must be a mapping', hint });
      return [];
    }
    const deployment = readDeployment(litellm, entry, { settings, credentials, spot });
    return deployment === undefined ? [] : [deployment];
  });
}

interface Reading {
  readonly settings: Settings;
  readonly credentials: ReadonlyMap<string, TreeMap>;
  /** Of the entry. */
  readonly spot: Spot | undefined;
}

const ENTRY: ReadonlySet<string> = new Set(['model_name', 'litellm_params', 'model_info']);
const ORDERED: readonly string[] = ['order', 'priority', 'weight'];
const PARAMETERS: ReadonlySet<string> = new Set([
  'model',
  ...ENDPOINT_PARAMETERS,
  ...MODEL_PARAMETERS,
  ...ORDERED,
]);

function readDeployment(
  litellm: Litellm,
  entry: TreeMap,
  { settings, credentials, spot: whole }: Reading,
): Deployment | undefined {
  const group = required(litellm, entry, 'model_name', whole);
  const spot = placeOf(litellm, entry, 'model_name') ?? whole;
  const own = sectionOf(litellm, at(entry, 'litellm_params', ''));
  const information = sectionOf(litellm, at(entry, 'model_info', ''));
  const params = withCredential(litellm, own, credentials);
  const named = readNamed(litellm, params, placeOf(litellm, entry, 'litellm_params') ?? whole);
  if (group === undefined || named === undefined) return undefined;
  const built = buildEndpoint(litellm, { params, named, settings, spot });
  leaveEntry(litellm, { entry, params, information });
  const number = (tree: TreeMap, key: string): number | undefined =>
    numberAt(litellm, at(tree, key, 'litellm_params'))?.value;
  return {
    group,
    spot,
    id: wordAt(litellm, at(information, 'id', 'model_info')),
    prefix: named.prefix,
    upstream: named.upstream.includes('*') ? undefined : named.upstream,
    endpoint: built.tree,
    kind: built.kind,
    alone: built.alone,
    described: describeModel(litellm, { params, information }),
    order: number(params, 'order') ?? number(params, 'priority'),
    weight: number(params, 'weight'),
  };
}

function required(
  litellm: Litellm,
  tree: TreeMap,
  key: string,
  spot: Spot | undefined,
): string | undefined {
  const word = wordAt(litellm, at(tree, key, ''));
  if (word !== undefined && word !== '') return word;
  if (childOf(tree, key) == null || word === '') {
    const message = `\`${key}\` is missing`;
    refuse(litellm, spot, { message, hint: `write \`${key}:\` and a name` }, 'key');
  }
  return undefined;
}

/** Says which deployment is left out, and why, when nothing here can serve it. */
function readNamed(litellm: Litellm, params: TreeMap, spot: Spot | undefined): Named | undefined {
  const place = at(params, 'model', 'litellm_params');
  const model = withVariable(litellm, required(litellm, params, 'model', spot));
  if (model === undefined) return undefined;
  const stated = wordAt(litellm, at(params, 'custom_llm_provider', 'litellm_params'));
  const hasBase = childOf(params, 'api_base') != null || childOf(params, 'base_url') != null;
  if (model === '*') {
    leave(litellm, place, 'every model of every provider is not listed; name the providers');
    return undefined;
  }
  const named = readProvider(model, { stated, hasBase });
  if (!('why' in named)) return named;
  leave(litellm, place, named.why);
  return undefined;
}

/** Some write `PROVIDER/os.environ/NAME`. */
function withVariable(litellm: Litellm, model: string | undefined): string | undefined {
  return model?.replace(
    /^([^/]+\/)os\.environ\/(.+)$/,
    (_all, prefix: string, name: string) => prefix + (lookUp(litellm, name) ?? ''),
  );
}

/** `credential_list`: by name, what deployments may refer to. */
function credentialsOf(litellm: Litellm): ReadonlyMap<string, TreeMap> {
  const found = new Map<string, TreeMap>();
  for (const one of listAt(litellm, at(litellm.from, 'credential_list', ''))) {
    if (!isMap(one)) continue;
    const name = wordAt(litellm, at(one, 'credential_name', 'credential_list'));
    if (name === undefined) continue;
    found.set(name, sectionOf(litellm, at(one, 'credential_values', 'credential_list')));
  }
  return found;
}

/** Parameters of a deployment go before those of the credential that it names. */
function withCredential(
  litellm: Litellm,
  own: TreeMap,
  credentials: ReadonlyMap<string, TreeMap>,
): TreeMap {
  const place = at(own, 'litellm_credential_name', 'litellm_params');
  const name = wordAt(litellm, place);
  if (name === undefined) return own;
  const shared = credentials.get(name);
  if (shared === undefined) {
    note(litellm, place, 'no credential of this name stands under `credential_list`');
    return own;
  }
  const both: { [key: string]: Tree } = newMap();
  for (const tree of [shared, own]) {
    for (const [key, value] of Object.entries(tree)) {
      both[key] = value;
      const spot = placeOf(litellm, tree, key);
      if (spot !== undefined) litellm.places.note(both, key, spot);
    }
  }
  return both;
}

interface Entry {
  readonly entry: TreeMap;
  readonly params: TreeMap;
  readonly information: TreeMap;
}

function leaveEntry(litellm: Litellm, { entry, params, information }: Entry): void {
  leaveRest(litellm, {
    tree: entry,
    section: '',
    read: ENTRY,
    left: new Map(),
    otherwise: UNKNOWN_KEY,
  });
  leaveRest(litellm, {
    tree: params,
    section: 'litellm_params',
    read: PARAMETERS,
    left: LEFT_PARAMETERS,
    otherwise: LEFT_REQUEST,
  });
  leaveRest(litellm, {
    tree: information,
    section: 'model_info',
    read: INFORMATION,
    left: LEFT_INFORMATION,
    otherwise: UNKNOWN_KEY,
  });
}
