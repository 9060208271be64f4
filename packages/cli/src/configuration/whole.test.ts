// What is added to what was written, and what is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '@signalbox/documents';
import { ADDED, type Additions, modelNameOf } from './additions.ts';
import type { LocalServer } from './local-servers.ts';
import { PROVIDER_KEYS } from './provider-keys.table.ts';
import { NO_SWITCHES, type Switches } from './switches.ts';
import { readWhole, type Whole } from './whole.ts';

type Given = {
  readonly file?: string;
  readonly console?: string;
  readonly operator?: string;
  readonly servers?: readonly LocalServer[];
  readonly variables?: readonly string[];
  readonly modelPath?: string;
  readonly switches?: Switches;
};

async function whole(given: Given): Promise<Whole> {
  const file = (name: string, text: string | undefined) =>
    text === undefined ? [] : [{ name, text: `version: 1\n${text}` }];
  const console = file('console.yaml', given.console).map((one) => ({
    ...one,
    owner: { kind: 'console' as const },
  }));
  const additions: Additions = {
    sim: async () => 'http://127.0.0.1:4000',
    servers: async () => given.servers ?? [],
    variables: new Set(given.variables),
    modelPath: given.modelPath,
    demoKeyFile: '/data/demo.key',
  };
  return readWhole({
    gathered: {
      files: [
        ...file('own.yaml', given.file),
        ...file('operator.yaml', given.operator),
        ...console,
      ],
      named: new Set(given.file === undefined ? [] : ['own.yaml']),
      console: 'console.yaml',
      problems: [],
    },
    additions,
    switches: given.switches ?? NO_SWITCHES,
    states: new Map(),
    environment: {},
    flags: {},
  });
}

async function right(given: Given): Promise<Configuration> {
  const read = await whole(given);
  assert.ok(read.ok, JSON.stringify(read.ok || read.problems));
  return read.configuration;
}

const endpointsOf = (configuration: Configuration): readonly string[] => [
  ...configuration.endpoints.keys(),
];
const SIMS = ['sim-local', 'sim-private', 'sim-frontier'];

test('nothing written: the sim on three tiers, a demo tenant and its key', async () => {
  const configuration = await right({});
  assert.deepEqual(endpointsOf(configuration), SIMS);
  assert.deepEqual(
    [...configuration.endpoints.values()].map(({ tier }) => tier),
    [1, 2, 3],
  );
  assert.deepEqual([...configuration.tenants.keys()], ['demo']);
  assert.deepEqual(configuration.keys.get('demo')?.secret, {
    kind: 'file',
    value: '/data/demo.key',
  });
  assert.deepEqual(configuration.keys.get('demo')?.scopes, ['call', 'explain']);
});

test('endpoints in the file: no sim', async () => {
  const file = 'endpoints: { mine: { url: "http://127.0.0.1:9/v1", models: [m] } }\n';
  assert.deepEqual(endpointsOf(await right({ file })), ['mine']);
});

test('a file without endpoints may name the sim’s models', async () => {
  const file = 'aliases: { fast: [sim-small] }\ntenants: { acme: {} }\n';
  assert.deepEqual(endpointsOf(await right({ file })), SIMS);
});

test('of a wrong file the mistakes are those that its writer made', async () => {
  const read = await whole({ file: 'aliases: { fast: [sim-smal] }\n' });
  assert.ok(!read.ok);
  assert.equal(read.problems.length, 1);
  assert.match(read.problems[0]?.hint ?? '', /sim-small/);
});

const MISTAKEN = {
  yaml: `plans:
  metered:
    tiers: [1, 2]
tenants:
  clinic:
    own: { endpoints: [sim-local] }
zork: 1
`,
  flow: `plans: {
  "metered": {
    "tiers": [1, 2] } }
tenants: {
  "clinic": { "own": {
    "endpoints": ["sim-local"] } } }
zork: 1
`,
};

test('whether the sim comes along is not read off an inner key of that name', async () => {
  for (const file of Object.values(MISTAKEN)) {
    const read = await whole({ file });
    assert.ok(!read.ok);
    assert.deepEqual(
      read.problems.map(({ path }) => path),
      ['zork'],
    );
  }
});

test('of a wrong file with endpoints of its own, names of the sim are mistakes too', async () => {
  const file = `endpoints: { mine: { url: "http://127.0.0.1:9/v1", models: [m] } }
${MISTAKEN.yaml}`;
  const read = await whole({ file });
  assert.ok(!read.ok);
  assert.deepEqual(
    read.problems.map(({ path }) => path),
    ['tenants.clinic.own.endpoints.0', 'zork'],
  );
});

test('what is kept for the demo tenant is read while nobody names another', async () => {
  const console = `keys:
  mine: { tenant: demo, id: abcdefghijkl, secret_hash: ${'a'.repeat(64)} }
`;
  const configuration = await right({ console });
  assert.deepEqual([...configuration.keys.keys()].sort(), ['demo', 'mine']);
  const read = await whole({ file: 'tenants: { acme: {} }\n', console });
  assert.ok(!read.ok);
  assert.match(read.problems[0]?.message ?? '', /no tenant is named `demo`/);
});

test('the demo key is the first tenant’s where no file has a key, else nobody’s', async () => {
  const keyless = await right({ file: 'tenants: { acme: {}, blue: {} }\n' });
  assert.deepEqual([...keyless.tenants.keys()], ['acme', 'blue']);
  assert.equal(keyless.keys.get('demo')?.tenant, 'acme');
  const keyed = 'tenants: { acme: {} }\nkeys: { ci: { tenant: acme, secret: "env:CI" } }\n';
  assert.equal((await right({ file: keyed })).keys.has('demo'), false);
});

test('what the admin API made does not take the demo tenant or the sim away', async () => {
  const console = `tenants: { blue: {} }
keys: { ci: { tenant: blue, id: abcdefghijkl, secret_hash: ${'a'.repeat(64)} } }
endpoints: { far: { url: "https://far.example/v1", models: [m] } }
`;
  const configuration = await right({ console });
  assert.deepEqual([...configuration.tenants.keys()].sort(), ['blue', 'demo']);
  assert.ok(configuration.keys.has('demo'));
  assert.deepEqual(endpointsOf(configuration), ['far', ...SIMS]);
});

test('the demo tenant may be changed through the admin API and keeps its key', async () => {
  const configuration = await right({ console: 'tenants: { demo: { topology: sovereign } }\n' });
  assert.equal(configuration.tenants.get('demo')?.topology, 'sovereign');
  assert.equal(configuration.keys.get('demo')?.tenant, 'demo');
});

const OLLAMA: LocalServer = { kind: 'ollama', url: 'http://127.0.0.1:11434/v1', models: ['q:1b'] };

test('a model server found here is tier 1 and goes before the sim', async () => {
  const configuration = await right({ servers: [OLLAMA] });
  assert.deepEqual(endpointsOf(configuration), ['ollama', ...SIMS]);
  const found = configuration.endpoints.get('ollama');
  assert.equal(found?.tier, 1);
  assert.deepEqual(found?.privateAddress, { host: '127.0.0.1', port: 11434 });
  assert.equal(found?.origin?.file, ADDED.servers);
});

test('a model server that the file names is not added again', async () => {
  const file =
    'endpoints: { mine: { kind: ollama, url: "http://localhost:11434/v1", models: [q] } }\n';
  assert.deepEqual(endpointsOf(await right({ file, servers: [OLLAMA] })), ['mine']);
});

test('a model server whose names do not fit together is left out alone', async () => {
  const servers = [{ ...OLLAMA, models: ['Q', 'q'] }];
  assert.deepEqual(endpointsOf(await right({ servers })), SIMS);
});

test('nobody is asked when the server can be reached from elsewhere', async () => {
  const configuration = await right({ file: 'server: { host: 0.0.0.0 }\n', servers: [OLLAMA] });
  assert.deepEqual(endpointsOf(configuration), SIMS);
});

test('every provider whose key is found is off, its key in no document', async () => {
  const variables = PROVIDER_KEYS.map(({ variable }) => variable);
  const configuration = await right({ variables });
  for (const { name, variable } of PROVIDER_KEYS) {
    const endpoint = configuration.endpoints.get(name);
    assert.equal(endpoint?.enabled, false, name);
    assert.deepEqual(endpoint?.credentials[0]?.secret, { kind: 'env', value: variable });
    assert.match(endpoint?.url ?? '', /^https:/);
    assert.equal(endpoint?.tier, undefined);
  }
});

test('a provider that was enabled keeps its document', async () => {
  const console =
    'endpoints: { openai: { kind: openai, credentials: [{ secret: "env:OPENAI_API_KEY" }] } }\n';
  const configuration = await right({ console, variables: ['OPENAI_API_KEY'] });
  assert.equal(configuration.endpoints.get('openai')?.enabled, true);
});

test('a model file is an endpoint of its own and goes before the sim', async () => {
  const configuration = await right({ modelPath: '/models/Qwen3 8B.Q4_K_M.gguf' });
  assert.deepEqual(endpointsOf(configuration), ['embedded', ...SIMS]);
  assert.deepEqual(
    [...(configuration.endpoints.get('embedded')?.models.keys() ?? [])],
    ['qwen3-8b.q4_k_m'],
  );
  assert.equal(modelNameOf('/x/---.gguf'), 'model');
});

test('what is drained is off, whoever wrote it, and no document says so', async () => {
  const switches = { ...NO_SWITCHES, drained: ['sim-local', 'gone'] };
  const read = await whole({ switches });
  assert.ok(read.ok);
  assert.equal(read.configuration.endpoints.get('sim-local')?.enabled, false);
  assert.equal(read.read.configuration.endpoints.get('sim-local')?.enabled, true);
});

test('the digest is that of the meaning: a comment changes the texts alone', async () => {
  const [plain, commented, other] = await Promise.all([
    whole({ file: 'tenants: { acme: {} }\n' }),
    whole({ file: '# Who is served.\ntenants: { acme: {} }\n' }),
    whole({ file: 'tenants: { acme: { topology: cloud } }\n' }),
  ]);
  assert.ok(plain?.ok && commented?.ok && other?.ok);
  assert.equal(plain.digest, commented.digest);
  assert.notEqual(plain.texts, commented.texts);
  assert.notEqual(plain.digest, other.digest);
});
