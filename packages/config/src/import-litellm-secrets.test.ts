import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, imported, list, said } from './import-litellm.fixture.ts';
import { isPlaceholder } from './import-litellm-secrets.ts';
import { marked, problemsOf } from './read.fixture.ts';

/** Letters and digits in the shape of a key; none that ever opened anything. */
const RANDOM = 'q7Wn3ZtB9xLk2RvYc5Hd8MfGp4Js6Ae1';

const BESIDE = (line: string): string =>
  list(deployment('m', 'model: openai/gpt-4o', line)).concat('general_settings: {}\n');

test('a secret by value is refused at its line, with the way out, and never shown', () => {
  const cases: readonly (readonly [text: string, line: number, path: string, hint: RegExp])[] = [
    [BESIDE(`api_key: sk-${RANDOM}`), 5, 'model_list.litellm_params.api_key', /OPENAI_API_KEY/],
    [BESIDE(`api_key: hunter2hunter2`), 5, 'model_list.litellm_params.api_key', /os\.environ\//],
    [BESIDE(`extra_headers: { Authorization: "Bearer ${RANDOM}" }`), 5, 'Authorization', /./],
    [BESIDE(`extra_headers: { X-Key: "sk-${RANDOM}" }`), 5, 'X-Key', /os\.environ\/X_KEY/],
    [BESIDE(`aws_secret_access_key: "${RANDOM}/"`), 5, 'aws_secret_access_key', /AWS_SECRET/],
    [BESIDE(`vertex_credentials: '{"private_key": "a"}'`), 5, 'vertex_credentials', /./],
    [`general_settings:\n  master_key: sk-${RANDOM}\n`, 2, 'master_key', /os\.environ\/MASTER_KEY/],
    ['general_settings:\n  master_key: company-wide\n', 2, 'master_key', /./],
    ['general_settings:\n  database_url: postgresql://me:Tr0ub4dor@db/x\n', 2, 'database_url', /./],
    ['router_settings:\n  redis_password: Tr0ub4dor\n', 2, 'redis_password', /REDIS_PASSWORD/],
    ['router_settings:\n  redis_password: 48151623\n', 2, 'redis_password', /REDIS_PASSWORD/],
    [
      `environment_variables:\n  EU_KEY: ${RANDOM}\nmodel_list: []\n`,
      2,
      'EU_KEY',
      /set `EU_KEY` in the environ/,
    ],
    [`litellm_settings:\n  callbacks: [a, sk-${RANDOM}]\n`, 2, 'callbacks', /./],
    [`guardrails:\n  - litellm_params: { api_key: ${RANDOM} }\nmodel_list:\n`, 2, 'api_key', /./],
    [`model_list: []\nvirtual_keys:\n  - key: sk-${RANDOM}\n`, 3, 'key', /./],
  ];
  for (const [text, line, path, hint] of cases) {
    const problems = problemsOf(text, { environment: {} });
    const [problem] = problems;
    assert.equal(problem?.line, line, text);
    assert.match(problem?.message ?? '', /secret by value/, text);
    assert.ok(problem?.path.endsWith(path), `${problem?.path} ${path}`);
    assert.match(problem?.hint ?? '', hint);
    assert.match(problem?.hint ?? '', /if it is a real key, revoke it/);
    assert.equal(problem === undefined ? '' : marked(problem), '[hidden]');
    const shown = JSON.stringify(problems);
    for (const secret of [RANDOM, 'hunter2', 'company-wide', 'Tr0ub4dor', '48151623']) {
      assert.ok(!shown.includes(secret), `${secret} in ${shown}`);
    }
  }
});

test('references, hashes, paths and public keys are no secrets', () => {
  const texts = [
    BESIDE('api_key: os.environ/ANY'),
    BESIDE('api_key: "os.environ/ANY"'),
    BESIDE('input_cost_per_token: "0.000002"'),
    BESIDE('vertex_credentials: /run/secrets/vertex.json'),
    BESIDE('azure_ad_token: oidc/azure/v1'),
    'general_settings: { database_url: os.environ/DATABASE_URL }\n',
    `virtual_keys: [{ token: ${'0a'.repeat(32)} }]\nmodel_list: []\n`,
    'environment_variables: { LANGFUSE_PUBLIC_KEY: pub, REDIS_HOST: cache }\ngeneral_settings:\n',
    'router_settings: { redis_port: 6379, redis_host: cache }\n',
  ];
  for (const text of texts) assert.deepEqual(problemsOf(text, { environment: {} }), [], text);
});

test('what is clearly a placeholder is none, and what shall be read is said', () => {
  const placeholders = [
    ...['', 'none', 'NONE', 'EMPTY', 'anything', 'dummy', 'fake-key', 'my-fake-key', 'sk-1234'],
    ...['your-api-key', '<my-openai-key>', '${OPENAI_KEY}', 'sk-...', 'xxxxxxxx', 'changeme'],
    ...['not-needed', 'no-key-required', 'sk-xxxx', 'ollama', 'lm-studio', 'test-key', 'sk-12345'],
    ...['my_special_key', 'REPLACE_ME', 'insert-key-here', 'placeholder', 'no-key', 'api_key'],
  ];
  for (const text of placeholders) assert.ok(isPlaceholder(text), text);
  const secrets = [RANDOM, `sk-${RANDOM}`, 'hunter2', 'Tr0ub4dor&3', 'company-wide', 'a1b2c3'];
  for (const text of secrets) {
    assert.ok(!isPlaceholder(text), text);
  }
});

test('a placeholder of a provider means its usual variable, that of an own server no key', () => {
  const provider = imported(list(deployment('m', 'model: openai/gpt-4o', 'api_key: sk-1234')));
  assert.equal(
    provider.configuration.endpoints.get('openai')?.credentials[0]?.secret.value,
    'OPENAI_API_KEY',
  );
  assert.match(said(provider).join('\n'), /5 .*a placeholder: its key is read from OPENAI_API/);
  const own = imported(
    list(deployment('m', 'model: openai/x', 'api_key: none', 'api_base: http://box:1/v1')),
    { OPENAI_API_KEY: 'secret' },
  );
  assert.deepEqual(own.configuration.endpoints.get('box')?.credentials, []);
  assert.match(said(own).join('\n'), /5 .*is a placeholder: no key is sent/);
});

test('a provider’s key is not sent to another address because the file names none', () => {
  const text = list(deployment('m', 'model: openai/x', 'api_base: https://proxy.example/v1'));
  const { endpoints } = imported(text, { OPENAI_API_KEY: 'secret' }).configuration;
  assert.deepEqual(endpoints.get('proxy')?.credentials, []);
});
