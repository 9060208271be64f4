import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '@signalbox/documents';
import { marked, places, problemOf, problemsOf, read, whole } from './read.fixture.ts';

const FILE = 'inference.yaml';

const TEXT = `# How our agents infer
tiers:
  local:
    provider: ollama
    endpoint: http://127.0.0.1:11434
    models:
      quick: llama3.2:3b      # short things
      general: qwen3:14b
    health_check_interval: 45s
  cloud:
    provider: anthropic
    models:
      default: claude-haiku-9
      frontier: claude-opus-9
    rate_limit_buffer: 0.5    # half of it
routing:
  default_tier: local
  escalation_threshold: 0.7
  rules:
    - task_type: triage
      tier: local
      model: quick
    - task_type: hard_proof
      tier: cloud
      model: frontier
    - data_sensitivity: high
      tier: local
fallback:
  cloud_unavailable: local
  local_unavailable: cloud
  all_unavailable: queue
`;

const result = whole(read(TEXT));
const { configuration } = result;

test('the file is read as it is, with one tenant that observes', () => {
  assert.deepEqual([...configuration.endpoints.keys()], ['ollama', 'anthropic']);
  assert.deepEqual([...configuration.aliases.keys()], ['quick', 'general', 'default', 'frontier']);
  assert.deepEqual([...configuration.tenants.keys()], ['default']);
  const tenant = configuration.tenants.get('default');
  assert.equal(tenant?.privacy, 'observe');
  assert.deepEqual(tenant?.policies, ['imported']);
});

test('tiers become endpoints that speak the OpenAI dialect', () => {
  const local = configuration.endpoints.get('ollama');
  assert.equal(local?.url, 'http://127.0.0.1:11434/v1');
  assert.equal(local?.tier, 1);
  assert.deepEqual(local?.privateAddress, { host: '127.0.0.1', port: 11434 });
  assert.deepEqual(local?.credentials, []);
  const cloud = configuration.endpoints.get('anthropic');
  assert.equal(cloud?.url, 'https://api.anthropic.com/v1');
  assert.equal(cloud?.tier, 3);
  assert.equal(cloud?.enabled, true);
  assert.deepEqual(
    cloud?.credentials.map((one) => one.secret),
    [{ kind: 'env', value: 'ANTHROPIC_API_KEY' }],
  );
});

test('model words become aliases onto the model of the tier', () => {
  assert.deepEqual(configuration.aliases.get('quick')?.targets, [
    { model: 'llama3.2:3b', endpoint: 'ollama', weight: undefined },
  ]);
  assert.deepEqual(configuration.aliases.get('frontier')?.origin, {
    file: 'signalbox.yaml',
    line: 14,
  });
});

test('the rule that keeps sensitive data on the device comes first and binds', () => {
  const policy = configuration.policies.get('imported');
  const shown = policy?.rules.map((rule: RuleDocument) => [
    rule.name,
    rule.when.step ?? rule.when.sensitivity,
    rule.route.tier,
    rule.route.tierMax,
    rule.route.model,
    rule.origin?.line,
  ]);
  assert.deepEqual(shown, [
    ['sensitivity-high', ['regulated'], 1, 1, undefined, 26],
    ['triage', ['triage'], 1, undefined, 'quick', 20],
    ['hard-proof', ['hard_proof'], 3, undefined, 'frontier', 23],
  ]);
  assert.equal(policy?.defaultTier, 1);
  assert.deepEqual(policy?.fallback, {
    cloudUnavailable: 1,
    localUnavailable: 3,
    allUnavailable: 'queue',
    tooSlow: undefined,
  });
});

test('all of it has an effect', () => {
  assert.deepEqual(result.notActive, []);
  const output = configuration.policies.get('imported')?.output;
  assert.deepEqual(output?.confidenceMin, { 1: 0.7, 2: 0.7, 3: 0.7 });
  assert.deepEqual([output?.escalate, output?.otherwise], [3, 'flag']);
  assert.equal(configuration.endpoints.get('ollama')?.healthCheckIntervalMs, 45_000);
});

test('the reader is told what to do next', () => {
  const messages = result.notices.map((one) => one.message).join('\n');
  assert.match(messages, /ANTHROPIC_API_KEY; without it the endpoint is unavailable/);
  assert.match(messages, /signalbox tenant set default --privacy enforce/);
});

test('enforcement can be asked for at once', () => {
  const enforced = whole(read(TEXT, { importedPrivacy: 'enforce' }));
  assert.equal(enforced.configuration.tenants.get('default')?.privacy, 'enforce');
  assert.doesNotMatch(enforced.notices.map((one) => one.message).join(), /tenant set/);
});

test('what it writes in our words means the same', () => {
  const again = whole(read(result.yaml())).configuration;
  const plain = (value: unknown): string =>
    JSON.stringify(value, (key, one: unknown) =>
      key === 'origin' ? undefined : one instanceof Map ? [...one] : one,
    );
  assert.equal(plain(again), plain(configuration));
});

test('a key without a meaning here is said, not dropped', () => {
  const text = TEXT.replace(
    '    rate_limit_buffer',
    '    color: blue\n    rate_limit_buffer',
  ).concat('extra: 1\n');
  const notices = whole(read(text)).notices.filter((one) =>
    one.message.includes('not carried over'),
  );
  assert.deepEqual(
    notices.map((one) => `${one.line} ${one.path}`),
    ['33 extra', '15 tiers.color'],
  );
});

test('names that meet are kept apart', () => {
  const text = TEXT.replace('quick: llama3.2:3b', 'default: llama3.2:3b')
    .replace('model: quick', 'model: default')
    .replace('general: qwen3:14b', 'claude-opus-9: qwen3:14b');
  const { configuration: met, notices } = whole(read(text));
  assert.deepEqual(
    [...met.aliases.keys()],
    ['default', 'local-claude-opus-9', 'cloud-default', 'frontier'],
  );
  assert.equal(met.aliases.get('cloud-default')?.targets[0]?.model, 'claude-haiku-9');
  assert.equal(met.policies.get('imported')?.rules[1]?.route.model, 'default');
  assert.match(
    notices.map((one) => one.message).join(),
    /`cloud-default` here: the plain name is taken/,
  );
});

test('two tiers of one provider are two endpoints', () => {
  const text = TEXT.replace(
    'provider: anthropic',
    'provider: ollama\n    endpoint: http://gpu:11434',
  );
  const { endpoints } = whole(read(text)).configuration;
  assert.deepEqual([...endpoints.keys()], ['ollama', 'ollama-cloud']);
});

test('a server of an unknown make needs its URL, as written', () => {
  const text = TEXT.replace('provider: ollama', 'provider: acme-server');
  const endpoint = whole(read(text)).configuration.endpoints.get('acme-server');
  assert.equal(endpoint?.kind, 'openai-compatible');
  assert.equal(endpoint?.url, 'http://127.0.0.1:11434');
  const without = problemOf(text.replace('    endpoint: http://127.0.0.1:11434\n', ''));
  assert.match(without.message, /`url` is missing/);
  assert.equal(without.line, 3);
});

test('mistakes are shown in the file that its author knows', () => {
  const cases: readonly (readonly [string, string, string, string, RegExp])[] = [
    ['tier: cloud', 'tier: clod', '24', 'clod', /`clod` is no tier/],
    ['model: frontier', 'model: fronteir', '25', 'fronteir', /no model of this tier is named/],
    ['model: quick', 'model: frontier', '22', 'frontier', /no model of this tier is named/],
    ['data_sensitivity: high', 'data_sensitivity: hihg', '26', 'hihg', /low, medium or high/],
    ['45s', 'soon', '9', 'soon', /is no duration/],
    ['rate_limit_buffer: 0.5', 'rate_limit_buffer: 5', '15', '5', /must be at most 1/],
    ['escalation_threshold: 0.7', 'escalation_threshold: high', '18', 'high', /must be a number/],
    [
      'all_unavailable: queue',
      'all_unavailable: wait',
      '31',
      'wait',
      /must be one of queue, refuse/,
    ],
    ['cloud_unavailable: local', 'cloud_unavailable: cloud', '29', 'cloud', /must be one of 1, 2/],
    ['http://127.0.0.1:11434', 'localhost:11434', '5', 'localhost:11434', /no http or https URL/],
    ['quick: llama3.2:3b ', 'quick: [a]', '7', '', /must be the name of a model/],
  ];
  for (const [from, to, line, mark, message] of cases) {
    assert.ok(TEXT.includes(from), from);
    const [problem] = problemsOf([{ name: FILE, text: TEXT.replace(from, to) }]);
    assert.ok(problem, to);
    assert.equal(String(problem.line), line, to);
    if (mark !== '') assert.equal(marked(problem), mark);
    assert.match(problem.message, message);
    assert.equal(problem.file, FILE);
  }
});

test('an unknown word for a tier is refused with the words there are', () => {
  const problem = problemOf(
    TEXT.replace('  cloud:\n', '  cluod:\n').replaceAll(
      /tier: cloud\n {6}model: frontier/g,
      'tier: local',
    ),
  );
  assert.deepEqual(places([problem]), ['10:3 ']);
  assert.equal(problem.hint, 'did you mean `cloud`?');
});

test('a rule that can never match is a mistake here too', () => {
  const twice = '    - task_type: triage\n      tier: cloud\n';
  const problem = problemOf(
    TEXT.replace('    - data_sensitivity', `${twice}    - data_sensitivity`),
  );
  assert.equal(problem.line, 26);
  assert.match(problem.message, /`triage` \(line 20\) takes all its calls/);
});

test('a sensitivity that may leave the device keeps its place', () => {
  const text = TEXT.replace(
    'data_sensitivity: high\n      tier: local',
    'data_sensitivity: low\n      tier: cloud',
  );
  const rules = whole(read(text)).configuration.policies.get('imported')?.rules;
  assert.deepEqual(
    rules?.map((rule) => rule.name),
    ['triage', 'hard-proof', 'sensitivity-low'],
  );
  assert.equal(rules?.[2]?.route.tierMax, 3);
});

test('another known format is named and refused', () => {
  assert.match(problemOf('strategy: { mode: fallback }\ntargets: []\n').message, /Portkey gateway/);
});
