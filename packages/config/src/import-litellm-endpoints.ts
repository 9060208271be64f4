/**
 * Deployments as endpoints: those that differ in nothing but their model share one, and each gets
 * the plainest name that is free.
 */

import { nameOf } from './endpoint.ts';
import { takeName } from './free-name.ts';
import type { Deployment } from './import-litellm-deployments.ts';
import type { Litellm } from './import-litellm-values.ts';
import { put, section, type Writable } from './importing.ts';
import { childOf, newMap, type Spot, type TreeMap } from './source.ts';

export interface EndpointOf {
  readonly name: string;
  /** By the upstream's name; written while models are placed. */
  readonly models: Writable;
  readonly tree: Writable;
  readonly spot: Spot | undefined;
}

interface Shared {
  readonly deployments: Deployment[];
  readonly tree: TreeMap;
}

export function placeEndpoints(
  litellm: Litellm,
  deployments: readonly Deployment[],
): ReadonlyMap<Deployment, EndpointOf> {
  const all = shared(deployments);
  const names = namesFor(all);
  const placed = new Map<Deployment, EndpointOf>();
  if (all.length === 0) return placed;
  const endpoints = section(litellm, 'endpoints', all[0]?.deployments[0]?.spot);
  for (const one of all) {
    const name = names.get(one) ?? '';
    const spot = one.deployments[0]?.spot;
    const tree = newMap();
    for (const [key, value] of Object.entries(one.tree)) {
      put(litellm, tree, { key, value, spot: litellm.places.at(one.tree, key) });
    }
    put(litellm, endpoints, { key: name, value: tree, spot });
    const endpoint = { name, models: newMap(), tree, spot };
    for (const deployment of one.deployments) placed.set(deployment, endpoint);
  }
  return placed;
}

/** In the order of the file. */
function shared(deployments: readonly Deployment[]): readonly Shared[] {
  const found = new Map<string, Shared>();
  for (const [index, deployment] of deployments.entries()) {
    const own = deployment.alone ? `${index} ` : '';
    const key = own + JSON.stringify(deployment.endpoint);
    const one = found.get(key) ?? { deployments: [], tree: deployment.endpoint };
    one.deployments.push(deployment);
    found.set(key, one);
  }
  return [...found.values()];
}

/** `anthropic/*` promises that `anthropic/MODEL` works, so those choose first. */
function namesFor(all: readonly Shared[]): ReadonlyMap<Shared, string> {
  const names = new Map<Shared, string>();
  const taken = new Set<string>();
  const give = (one: Shared, wishes: readonly [string, ...string[]]): void => {
    names.set(one, takeName(wishes, taken));
  };
  for (const one of all) {
    const promised = one.deployments.flatMap(({ group, upstream }) =>
      upstream === undefined ? (/^([^*]+)\/\*$/.exec(group)?.[1] ?? []) : [],
    );
    const [first] = promised;
    if (first !== undefined && !taken.has(nameOf(first))) give(one, [nameOf(first)]);
  }
  for (const one of all) if (!names.has(one)) give(one, wishesOf(one));
  return names;
}

function wishesOf({ deployments, tree }: Shared): readonly [string, ...string[]] {
  const [first] = deployments;
  const url = childOf(tree, 'url');
  const host = typeof url === 'string' ? hostWords(url) : [];
  const prefix = nameOf((first?.prefix ?? '').replaceAll('_', '-'));
  const isAnybody = first?.kind === 'openai-compatible' && prefix.startsWith('openai');
  const plain = first?.kind === 'openai-compatible' ? prefix : (first?.kind ?? prefix);
  const model = nameOf(first?.upstream ?? 'any').replaceAll('/', '-');
  const [word = 'endpoint', ...words] = host;
  if (isAnybody) return [word, ...words];
  return [plain, ...host.map((one) => `${plain}-${one}`), `${plain}-${model}`];
}

/** They tell nobody apart. */
const EMPTY_LABELS: ReadonlySet<string> = new Set(['api', 'www', 'bedrock-runtime']);

/** What a person would call a host: `gpu-1` of `http://gpu-1.lan:8000`, then with its port. */
function hostWords(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { hostname, port } = new URL(url);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  const labels = hostname.split('.').filter((label) => !EMPTY_LABELS.has(label));
  const plain = isAddress ? hostname.replace(/[^0-9a-f]+/g, '-') : (labels[0] ?? hostname);
  const word = nameOf(plain.replace(/^-|-$/g, ''));
  return port === '' ? [word] : [word, `${word}-${port}`];
}
