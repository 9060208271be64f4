// What a gateway adds by itself to what was written: a model server that comes along, model servers
// found on this machine, providers whose key was found, a model file, a tenant and its key for the
// first call. Each is a text in the words of the configuration, so that it is read, checked and
// shown like any other; nothing that was written is ever replaced.
import type { ConfigurationFile, Written } from '@signalbox/config';
import type { Configuration, Json } from '@signalbox/documents';
import type { LocalServer } from './local-servers.ts';
import { PROVIDER_KEYS, type ProviderKey } from './provider-keys.table.ts';

export const DEMO = 'demo';
export const EMBEDDED = 'embedded';

export type Additions = {
  /** URL of the sim; started when it is asked for. */
  readonly sim: () => Promise<string>;
  /** Model servers that answer on this machine; asked when the gateway is bound to it alone. */
  readonly servers: () => Promise<readonly LocalServer[]>;
  /** Names of variables that hold something. */
  readonly variables: ReadonlySet<string>;
  /** A model file to run as tier 1. */
  readonly modelPath: string | undefined;
  /** Absolute path of the demo tenant's key. */
  readonly demoKeyFile: string;
};

/** Names of what is added, as the console and `config show` give them as origin. */
export const ADDED = {
  sim: 'built-in-sim',
  servers: 'found-on-this-machine',
  providers: 'found-in-the-environment',
  model: 'SIGNALBOX_GGUF',
  demo: 'built-in-demo',
} as const;

/** How each of them goes away: there is no file to change. */
export const ADDED_UNTIL: ReadonlyMap<string, string> = new Map([
  [ADDED.sim, 'It goes when a file of your configuration names an endpoint.'],
  [ADDED.servers, 'It goes with its server, or `signalbox endpoint drain` sends it no calls.'],
  [ADDED.providers, 'It is off, and goes with its variable.'],
  [ADDED.model, 'It goes when `SIGNALBOX_GGUF` is unset.'],
  [ADDED.demo, 'It goes when a file of your configuration names a tenant and a key.'],
]);

type Entries = Readonly<Record<string, object>>;

const file = (name: string, nouns: Readonly<Record<string, Entries>>): ConfigurationFile => ({
  name,
  text: JSON.stringify({ version: 1, ...nouns }, undefined, 2),
});

/**
 * Prices as of a small private cloud and of a frontier model; tier 1 has the price of its power.
 */
export function simFile(url: string): ConfigurationFile {
  const endpoint = (tier: number, model: string, more: object): object => ({
    kind: 'sim',
    url,
    tier,
    models: { [model]: { capabilities: ['tools', 'json_schema', 'logprobs'], ...more } },
  });
  return file(ADDED.sim, {
    endpoints: {
      'sim-local': endpoint(1, 'sim-small', { context_tokens: 32_768 }),
      'sim-private': endpoint(2, 'sim-medium', {
        context_tokens: 131_072,
        price: { input_per_million_usd: '0.35', output_per_million_usd: '0.70' },
      }),
      'sim-frontier': endpoint(3, 'sim-frontier', {
        context_tokens: 400_000,
        price: { input_per_million_usd: '3', output_per_million_usd: '15' },
      }),
    },
  });
}

export function serversFile(
  servers: readonly LocalServer[],
  base: Configuration,
): ConfigurationFile | undefined {
  const taken = new Set([...base.endpoints.values()].map(({ url }) => loopbackPort(url)));
  const endpoints: Record<string, object> = {};
  for (const { kind, url, models } of servers) {
    if (taken.has(loopbackPort(url)) || base.endpoints.has(kind)) continue;
    endpoints[kind] = { kind, url, tier: 1, models };
  }
  return someFile(ADDED.servers, endpoints);
}

export function providersFile(
  variables: ReadonlySet<string>,
  base: Configuration,
): ConfigurationFile | undefined {
  const endpoints: Record<string, object> = {};
  for (const provider of PROVIDER_KEYS) {
    const { name, variable } = provider;
    if (!variables.has(variable) || base.endpoints.has(name)) continue;
    endpoints[name] = { ...providerDocument(provider), enabled: false };
  }
  return someFile(ADDED.providers, endpoints);
}

/** What is written when somebody enables it. */
export const providerDocument = (provider: ProviderKey): { readonly [key: string]: Json } => ({
  kind: provider.kind,
  ...(provider.url === undefined ? {} : { url: provider.url }),
  credentials: [{ secret: `env:${provider.variable}` }],
  ...(provider.models.length === 0 ? {} : { models: provider.models }),
});

export function modelFile(
  modelPath: string | undefined,
  base: Configuration,
): ConfigurationFile | undefined {
  if (modelPath === undefined || base.endpoints.has(EMBEDDED)) return undefined;
  const name = modelNameOf(modelPath);
  return file(ADDED.model, {
    endpoints: {
      [EMBEDDED]: { kind: 'embedded', model_path: modelPath, tier: 1, models: { [name]: {} } },
    },
  });
}

/**
 * Whoever starts it can call it: without any key in the files that were named, the demo key is the
 * first tenant's of those files, and without a tenant there is one for it.
 */
export function demoFile(
  demoKeyFile: string,
  written: Written,
  named: ReadonlySet<string>,
): ConfigurationFile | undefined {
  const keys = written.named('keys');
  if (keys.has(DEMO) || [...keys.values()].some((from) => isIn(named, from))) return undefined;
  const tenants = written.named('tenants');
  const tenant = [...tenants].find(([, from]) => isIn(named, from))?.[0] ?? DEMO;
  return file(ADDED.demo, {
    ...(tenants.has(tenant) ? {} : { tenants: { [tenant]: {} } }),
    keys: {
      [DEMO]: { tenant, secret: `file:${demoKeyFile}`, scopes: ['call', 'explain'] },
    },
  });
}

/** Whether a document is of one of these files. */
export const isIn = (files: ReadonlySet<string>, file: string | undefined): boolean =>
  file !== undefined && files.has(file);

/** `…/qwen3-8b-Q4_K_M.gguf` is called `qwen3-8b-q4_k_m`, in letters that names may have. */
export function modelNameOf(path: string): string {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
  const plain = stem
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, NAME_CHARACTERS_MAX);
  return plain === '' ? 'model' : plain;
}

const NAME_CHARACTERS_MAX = 63;

function someFile(
  name: string,
  endpoints: Readonly<Record<string, object>>,
): ConfigurationFile | undefined {
  return Object.keys(endpoints).length === 0 ? undefined : file(name, { endpoints });
}

/** The port of a URL on this machine; undefined for all others. */
function loopbackPort(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) ? port : undefined;
}
