import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, imported, list, plain, said } from './import-litellm.fixture.ts';
import { configurationOf, problemOf, read, whole } from './read.fixture.ts';

/** As people have it: tiers of their own in an order, and settings of the router. */
const TEXT = `model_list:
  - model_name: agents
    litellm_params:
      model: ollama/qwen3:14b           # near
      api_base: http://localhost:11434
      priority: 1
  - model_name: agents
    litellm_params:
      model: vllm/llama-3.3-70b         # ours
      api_base: http://gpu-farm:8000
      priority: 2
  - model_name: agents
    litellm_params:
      model: claude-sonnet-4-20250514   # theirs
      priority: 3
router_settings:
  routing_strategy: usage-based-routing-v2
  enable_pre_call_checks: true
  fallback_models:
    agents: ["agents"]
`;

test('a file with an order starts as it is', () => {
  const { configuration } = imported(TEXT);
  const endpoints = [...configuration.endpoints.values()];
  assert.deepEqual(
    endpoints.map(({ name, kind, url, enabled }) => [name, kind, url, enabled]),
    [
      ['ollama', 'ollama', 'http://localhost:11434/v1', true],
      ['vllm', 'vllm', 'http://gpu-farm:8000/v1', true],
      ['anthropic', 'anthropic', 'https://api.anthropic.com/v1', true],
    ],
  );
  assert.deepEqual(
    endpoints.map((one) => one.privateAddress),
    [{ host: 'localhost', port: 11434 }, { host: 'gpu-farm', port: 8000 }, undefined],
  );
  assert.deepEqual(
    configuration.aliases.get('agents')?.targets.map(({ model, endpoint }) => [model, endpoint]),
    [
      ['qwen3:14b', 'ollama'],
      ['llama-3.3-70b', 'vllm'],
      ['claude-sonnet-4-20250514', 'anthropic'],
    ],
  );
});

test('everybody is one tenant that observes, and the command that ends this is printed', () => {
  const result = imported(TEXT);
  const { tenants } = result.configuration;
  assert.deepEqual([...tenants.keys()], ['default']);
  assert.equal(tenants.get('default')?.privacy, 'observe');
  assert.match(
    said(result).join('\n'),
    /^1 tenants\.default: .*signalbox tenant set default --privacy enforce$/m,
  );
  const enforced = imported(TEXT, {}, { importedPrivacy: 'enforce' });
  assert.equal(enforced.configuration.tenants.get('default')?.privacy, 'enforce');
  assert.doesNotMatch(said(enforced).join('\n'), /tenant set/);
  const kept = imported(TEXT, {}, { importedTo: 'signalbox.yaml' });
  assert.match(said(kept).join('\n'), /by `privacy: enforce` in signalbox\.yaml/);
});

test('what has no counterpart is said with its line and why', () => {
  assert.deepEqual(said(imported(TEXT)).slice(1), [
    '12 litellm_params.api_key: its key is read from ANTHROPIC_API_KEY; without it the endpoint ' +
      'is unavailable',
    '17 router_settings.routing_strategy: is not carried over: the gateway picks among equals by ' +
      'itself; stated limits are those of a credential',
    '20 router_settings.fallback_models.agents: names itself: its deployments are tried one ' +
      'after the other anyway',
  ]);
});

const EVERYTHING = `${list(
  deployment(
    'gpt-4o',
    'model: azure/gpt-4o-eu',
    'api_base: os.environ/AZURE_EU',
    'api_key: os.environ/AZURE_EU_KEY',
    'api_version: "2024-06-01"',
    'rpm: 60',
    'tpm: "100000"',
    'region_name: eu',
    'timeout: 300',
    'stream_timeout: 20',
    'max_retries: 1',
  ),
  deployment('gpt-4o', 'model: openai/gpt-4o', 'organization: org-7'),
  deployment(
    'GPT-Small',
    'model: openai/Small_Model',
    'api_base: http://10.0.0.7:9000/v1/',
    'api_key: none',
    'extra_headers: { X-Team: blue }',
    'temperature: 0.2',
    'max_parallel_requests: 4',
  ),
  deployment('embedder', 'model: mistral/mistral-embed', 'input_cost_per_token: 1e-7'),
  '    model_info: { mode: embedding, max_input_tokens: 8192, supports_vision: false }\n',
)}router_settings:
  num_retries: 2
  timeout: 900
  fallbacks: [{ gpt-4o: [GPT-Small] }]
  context_window_fallbacks: [{ GPT-Small: [gpt-4o, nobody] }]
  content_policy_fallbacks: [{ gpt-4o: [GPT-Small] }]
  model_group_alias: { gpt-4: gpt-4o }
  allowed_fails: 3
  cooldown_time: 30
litellm_settings:
  num_retries: 4
  drop_params: true
  set_verbose: false
  cache: true
  max_budget: 100
  budget_duration: 30d
  colour: blue
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_url: os.environ/DATABASE_URL
  max_request_size_mb: 8
  background_health_checks: true
  health_check_interval: 300
environment_variables:
  AZURE_EU: https://eu.openai.azure.com/
  REDIS_PORT: "6379"
`;

const everything = imported(EVERYTHING);
const { configuration } = everything;

test('deployments of one name are one model at several endpoints', () => {
  const serving = [...configuration.endpoints.values()].flatMap(({ name, models }) =>
    [...models.values()].map((one) => [name, one.upstream, one.name]),
  );
  assert.deepEqual(serving, [
    ['azure', 'gpt-4o-eu', 'gpt-4o'],
    ['openai', 'gpt-4o', 'gpt-4o'],
    ['10-0-0-7', 'Small_Model', 'gpt-small'],
    ['mistral', 'mistral-embed', 'embedder'],
  ]);
});

test('an address, a key, limits and times come along', () => {
  const azure = configuration.endpoints.get('azure');
  assert.equal(azure?.url, 'https://eu.openai.azure.com/openai/v1');
  assert.equal(azure?.region, 'eu');
  assert.deepEqual(azure?.credentials, [
    {
      name: 'default',
      secret: { kind: 'env', value: 'AZURE_EU_KEY' },
      weight: 1,
      header: 'api-key',
      limits: { requestsPerMinuteMax: 60, tokensPerMinuteMax: 100_000 },
    },
  ]);
  assert.deepEqual(azure?.timers, {
    connectMs: 3_000,
    headMs: 300_000,
    wholeMs: 300_000,
    idleMs: 20_000,
    totalMs: 600_000,
  });
  assert.equal(azure?.retries, 1);
  assert.equal(azure?.healthCheckIntervalMs, 300_000);
  const openai = configuration.endpoints.get('openai');
  assert.equal(openai?.timers.headMs, 900_000);
  assert.equal(openai?.timers.totalMs, 900_000);
  assert.equal(openai?.retries, 2);
  assert.deepEqual([...(openai?.headers.set ?? [])], [['openai-organization', 'org-7']]);
  const small = configuration.endpoints.get('10-0-0-7');
  assert.equal(small?.kind, 'openai-compatible');
  assert.equal(small?.url, 'http://10.0.0.7:9000/v1');
  assert.deepEqual(small?.credentials, []);
  assert.equal(small?.inFlightMax, 4);
  assert.deepEqual([...(small?.headers.set ?? [])], [['x-team', 'blue']]);
});

test('what is known of a model comes along', () => {
  const embed = configuration.endpoints.get('mistral')?.models.get('mistral-embed');
  assert.equal(embed?.contextTokens, 8_192);
  assert.deepEqual(embed?.capabilities, { embeddings: true, vision: false });
  assert.equal(embed?.price?.inputPerMillionUsd, '0.1');
});

test('fallbacks and second names are rules, and old names go on', () => {
  const rules = configuration.policies.get('imported')?.rules ?? [];
  assert.deepEqual(
    rules.map(({ when, route }) => [when.model, route.chain?.map(({ model }) => model)]),
    [
      [
        ['gpt-4o', 'gpt-4'],
        ['gpt-4o', 'gpt-small'],
      ],
      [
        ['gpt-small', 'GPT-Small'],
        ['gpt-small', 'gpt-4o'],
      ],
    ],
  );
  assert.deepEqual(
    configuration.aliases.get('gpt-4')?.targets.map(({ model }) => model),
    ['gpt-4o'],
  );
  assert.deepEqual(configuration.tenants.get('default')?.policies, ['imported']);
});

test('a budget of the whole proxy is that of its one tenant; sizes are bounded', () => {
  assert.deepEqual(configuration.tenants.get('default')?.budget, {
    amountNanoUsd: 100_000_000_000n,
    per: 'month',
  });
  assert.equal(configuration.server.bodyBytesMax, 8_388_608);
});

test('every key of the file is carried over or said', () => {
  const shown = said(everything).map((one) => one.replace(/: .*/, ''));
  assert.deepEqual(shown, [
    '1 tenants.default',
    '7 litellm_params.api_version',
    '14 litellm_params.api_key',
    '18 GPT-Small',
    '22 litellm_params.api_key',
    '24 litellm_params.temperature',
    '26 litellm_params.api_key',
    '35 router_settings.context_window_fallbacks.GPT-Small',
    '35 router_settings.context_window_fallbacks',
    '36 router_settings.content_policy_fallbacks',
    '38 router_settings.allowed_fails',
    '39 router_settings.cooldown_time',
    '44 litellm_settings.cache',
    '47 litellm_settings.colour',
    '49 general_settings.master_key',
    '50 general_settings.database_url',
    '55 environment_variables.AZURE_EU',
    '56 environment_variables.REDIS_PORT',
  ]);
});

test('what it writes in our words means the same', () => {
  for (const result of [imported(TEXT), everything]) {
    assert.equal(plain(configurationOf(result.yaml())), plain(result.configuration));
  }
});

test('values keep their place, so a mistake is shown in the file that its author knows', () => {
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['rpm: 60', 'rpm: 0', 8, /at least 1/],
    ['tpm: "100000"', 'tpm: many', 9, /must be a number/],
    ['timeout: 300', 'timeout: soon', 11, /is no duration/],
    ['api_base: http://10.0.0.7:9000/v1/', 'api_base: 10.0.0.7:9000', 21, /no http or https URL/],
    ['http://10.0.0.7:9000/v1/', 'http://169.254.169.254/', 21, /never dialled/],
    ['X-Team: blue', 'Cookie: blue', 23, /belongs to the connection/],
    ['fallbacks: [{ gpt-4o: [GPT-Small] }]', 'fallbacks: gpt-4o', 34, /list of mappings/],
    ['model: mistral/mistral-embed', 'other: 1', 27, /`model` is missing/],
    ['model_name: embedder', 'name: embedder', 26, /`model_name` is missing/],
    ['  colour: blue', 'litellm_setting: [', 0, /not readable as YAML/],
  ];
  for (const [from, to, line, message] of cases) {
    assert.ok(EVERYTHING.includes(from), from);
    const result = read(EVERYTHING.replace(from, to), { environment: {} });
    assert.ok(!result.ok, to);
    const [problem] = result.problems;
    assert.match(problem?.message ?? '', message, to);
    if (line > 0) assert.equal(problem?.line, line, to);
  }
});

test('a tenant’s document may not be in this format', () => {
  const owner = { kind: 'tenant', tenant: 'acme' } as const;
  const problem = problemOf([{ name: 'acme.yaml', text: TEXT, owner }]);
  assert.match(problem.message, /only the files of the operator/);
});

test('merge keys and anchors are followed, as they are usual in these files', () => {
  const text = `shared:
  - &farm
    model: hosted_vllm/one
    api_base: http://farm:8000/v1
    rpm: 7
${list(
  deployment('one', '<<: *farm', 'api_key: os.environ/FARM'),
  deployment('two', 'model: hosted_vllm/two', 'api_key: os.environ/FARM', '<<: [*farm]'),
)}`;
  const { endpoints } = imported(text).configuration;
  const served = [...endpoints.values()].flatMap(({ models }) => [...models.values()]);
  assert.deepEqual(
    served.map((one) => [one.name, one.upstream]),
    [
      ['one', 'one'],
      ['two', 'two'],
    ],
  );
  assert.equal(endpoints.get('vllm')?.credentials[0]?.limits.requestsPerMinuteMax, 7);
  assert.match(problemOf('version: 1\nserver: { <<: { port: 1 } }\n').message, /merge keys/);
});

test('a file without models starts too: they may stand in a database', () => {
  const text = 'general_settings: { store_model_in_db: true }\n';
  const result = imported(text);
  assert.equal(result.configuration.endpoints.size, 0);
  assert.match(
    said(result).join('\n'),
    /store_model_in_db: is not carried over: there is no database/,
  );
  assert.equal(whole(read('litellm_settings:\n')).configuration.tenants.size, 1);
});
