import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plain } from './import-litellm.fixture.ts';
import { configurationOf, read } from './read.fixture.ts';

const RUNS = 60;

const NAMES = ['gpt', 'GPT', 'claude', 'auto', 'a b', 'openai/gpt', 'x'.repeat(70), 'need:tools'];
const name = fc.constantFrom(...NAMES);
const model = fc.constantFrom(
  ...['openai/gpt', 'gpt-4o', 'azure/gpt', 'claude-x', 'ollama/q:8b', 'groq/gpt', 'bedrock/a.b'],
  ...['vertex_ai/g', 'openai/*', '*', 'sagemaker/x', 'nobody', 'cerebras/org/l', 'azure/'],
);
const base = fc.constantFrom(
  ...['http://a:1', 'http://b:1/v1', 'https://c.example/v1', 'os.environ/BASE', 'os.environ/NONE'],
  ...['<your-base>', 'https://r.openai.azure.com/'],
);
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(one, { nil: undefined });

const params = fc.record({
  model,
  api_base: some(base),
  api_key: some(fc.constantFrom('os.environ/KEY', 'none', 'sk-1234', null)),
  api_version: some(fc.constant('2024-06-01')),
  rpm: some(fc.constantFrom(1, '60', 'os.environ/RPM')),
  tpm: some(fc.constant(1_000)),
  order: some(fc.constantFrom(1, 2, 2)),
  weight: some(fc.constantFrom(0, 1, 0.3, 7)),
  timeout: some(fc.constantFrom(0.001, 30, '90', 99_999)),
  num_retries: some(fc.constantFrom(0, 1, 9)),
  temperature: some(fc.constant(0.2)),
  aws_region_name: some(fc.constant('eu-west-1')),
});
const deployment = fc.record({
  model_name: fc.oneof(name, fc.constantFrom('openai/*', '*', 'g*')),
  litellm_params: params,
  model_info: some(
    fc.record({ id: some(fc.constantFrom('1', '2')), mode: some(fc.constant('embedding')) }),
  ),
});
const others = fc.array(fc.oneof(name, fc.constantFrom('1', 'second', 'nobody')), { maxLength: 3 });
const pairs = fc.array(fc.dictionary(fc.oneof(name, fc.constant('*')), others, { maxKeys: 2 }), {
  maxLength: 2,
});
const router = fc.record({
  routing_strategy: some(fc.constantFrom('simple-shuffle', 'least-busy', 'own')),
  fallbacks: some(pairs),
  context_window_fallbacks: some(pairs),
  content_policy_fallbacks: some(pairs),
  model_group_alias: some(
    fc.dictionary(fc.oneof(name, fc.constant('second')), fc.oneof(name, others), { maxKeys: 3 }),
  ),
  num_retries: some(fc.constantFrom(0, 3)),
});
const file = fc.record({
  model_list: fc.array(deployment, { maxLength: 6 }),
  router_settings: some(router),
  litellm_settings: some(
    fc.record({ default_fallbacks: some(others), max_budget: some(fc.nat()) }),
  ),
  teams: some(fc.array(fc.record({ team_alias: name, models: others }), { maxLength: 3 })),
});

const ENVIRONMENT = { BASE: 'http://base:9/v1', RPM: '5' };
const written = (tree: unknown): string => JSON.stringify(tree, undefined, 1);

test('whatever somebody combines starts, and means the same when it is written out', () => {
  fc.assert(
    fc.property(file, (tree) => {
      const result = read(written(tree), { environment: ENVIRONMENT });
      assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problems));
      const again = configurationOf(result.yaml());
      assert.equal(plain(again), plain(result.configuration));
      for (const { privacy } of again.tenants.values()) assert.equal(privacy, 'observe');
      for (const { line } of result.notices) assert.ok(line >= 1);
    }),
    { numRuns: RUNS },
  );
});

const KEYS = [
  ...['model_list', 'router_settings', 'litellm_settings', 'general_settings', 'teams', 'keys'],
  ...[
    'model_name',
    'litellm_params',
    'model',
    'api_base',
    'api_key',
    'headers',
    'model_info',
    'id',
  ],
  ...['fallbacks', 'model_group_alias', 'timeout', 'rpm', 'weight', 'models', 'max_budget'],
  ...['credential_list', 'credential_values', 'environment_variables', 'default_fallbacks'],
];
const leaf = fc.oneof(model, base, name, fc.integer(), fc.double({ noNaN: true }), fc.boolean());
const anything = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(leaf, fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 5 }),
  ),
})).tree;

test('nonsense is read or refused with its line; nothing is thrown', () => {
  fc.assert(
    fc.property(anything, anything, anything, (list, router_settings, general_settings) => {
      const text = written({ model_list: list, router_settings, general_settings });
      const result = read(text, { environment: ENVIRONMENT });
      if (result.ok) return;
      assert.ok(result.problems.length > 0);
      for (const { line, hint } of result.problems) assert.ok(line >= 1 && hint !== '');
    }),
    { numRuns: RUNS },
  );
});
