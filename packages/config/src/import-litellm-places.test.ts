import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDPOINT_KINDS, type EndpointDocument } from '@signalbox/documents';
import { conceal } from './conceal.ts';
import type { Variables } from './environment.ts';
import { deployment, imported, list, said } from './import-litellm.fixture.ts';
import {
  LEFT_GENERAL,
  LEFT_MODULE,
  LEFT_PARAMETERS,
  LEFT_ROUTER,
  LEFT_TOP,
} from './import-litellm-left.table.ts';
import { PROVIDERS } from './import-litellm-providers.table.ts';
import { problemsOf } from './read.fixture.ts';

/** The one endpoint of one deployment. */
function placed(params: readonly string[], environment: Variables = {}): EndpointDocument {
  const { endpoints } = imported(list(deployment('m', ...params)), environment).configuration;
  const [endpoint] = endpoints.values();
  assert.ok(endpoint !== undefined && endpoints.size === 1);
  return endpoint;
}

const facts = (endpoint: EndpointDocument): readonly unknown[] => [
  endpoint.kind,
  endpoint.url,
  [...endpoint.models.keys()][0],
  endpoint.credentials[0]?.secret.value,
];

test('the prefix of a model says kind, address and key', () => {
  const cases: readonly (readonly [model: string, ...facts: readonly unknown[]])[] = [
    ['gpt-4o', 'openai', 'https://api.openai.com/v1', 'gpt-4o', 'OPENAI_API_KEY'],
    ['openai/gpt-4o', 'openai', 'https://api.openai.com/v1', 'gpt-4o', 'OPENAI_API_KEY'],
    ['o3', 'openai', 'https://api.openai.com/v1', 'o3', 'OPENAI_API_KEY'],
    ['claude-x', 'anthropic', 'https://api.anthropic.com/v1', 'claude-x', 'ANTHROPIC_API_KEY'],
    ['groq/llama', 'groq', 'https://api.groq.com/openai/v1', 'llama', 'GROQ_API_KEY'],
    ['together_ai/a/b', 'together', 'https://api.together.xyz/v1', 'a/b', 'TOGETHERAI_API_KEY'],
    ['deepseek/r', 'deepseek', 'https://api.deepseek.com/v1', 'r', 'DEEPSEEK_API_KEY'],
    ['openrouter/a/b', 'openrouter', 'https://openrouter.ai/api/v1', 'a/b', 'OPENROUTER_API_KEY'],
    ['xai/grok', 'xai', 'https://api.x.ai/v1', 'grok', 'XAI_API_KEY'],
    ['cerebras/l', 'openai-compatible', 'https://api.cerebras.ai/v1', 'l', 'CEREBRAS_API_KEY'],
    ['ollama/q:8b', 'ollama', 'http://localhost:11434/v1', 'q:8b', undefined],
    ['ollama_chat/q', 'ollama', 'http://localhost:11434/v1', 'q', undefined],
    ['hosted_vllm/org/m', 'vllm', 'http://localhost:8000/v1', 'org/m', undefined],
    ['lm_studio/m', 'lmstudio', 'http://localhost:1234/v1', 'm', undefined],
  ];
  for (const [model, ...expected] of cases) {
    assert.deepEqual(facts(placed([`model: ${model}`])), expected, model);
  }
});

test('every provider is a kind that there is, or names its address', () => {
  for (const [prefix, provider] of PROVIDERS) {
    const endpoint = placed([`model: ${prefix}/m-1`], { AWS_REGION: 'eu-west-1' });
    assert.equal(endpoint.kind, provider.kind, prefix);
    const hasAddress =
      provider.url !== undefined || ENDPOINT_KINDS[provider.kind].url !== undefined;
    assert.equal(endpoint.enabled, hasAddress || provider.kind === 'bedrock', prefix);
  }
});

test('an address is taken as it is meant', () => {
  const cases: readonly (readonly [model: string, base: string, url: string])[] = [
    ['ollama/m', 'http://localhost:11434', 'http://localhost:11434/v1'],
    ['ollama/m', 'http://localhost:11434/', 'http://localhost:11434/v1'],
    ['ollama/m', 'http://box:11434/api/generate', 'http://box:11434/v1'],
    ['ollama/m', 'https://proxy.example/ollama', 'https://proxy.example/ollama/v1'],
    ['vllm/m', 'http://gpu:8000', 'http://gpu:8000/v1'],
    ['hosted_vllm/m', 'http://gpu:8000/v1/', 'http://gpu:8000/v1'],
    ['openai/m', 'http://0.0.0.0:4000/v1', 'http://127.0.0.1:4000/v1'],
    ['openai/m', 'https://api.example/v3/chat/completions', 'https://api.example/v3'],
    ['openai/m', 'https://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['anthropic/m', 'https://api.anthropic.com', 'https://api.anthropic.com/v1'],
    ['anthropic/m', 'https://gw.example/claude/v1/messages', 'https://gw.example/claude/v1'],
    ['azure/m', 'https://a.openai.azure.com', 'https://a.openai.azure.com/openai/v1'],
    [
      'azure/m',
      'https://a.cognitiveservices.azure.com/openai/deployments/m/chat/completions?api-version=1',
      'https://a.cognitiveservices.azure.com/openai/v1',
    ],
  ];
  for (const [model, base, url] of cases) {
    const params = [`model: ${model}`, `api_base: ${base}`];
    assert.equal(placed(params).url, url, base);
    assert.equal(placed([`model: ${model}`, `base_url: ${base}`]).url, url, base);
    assert.equal(placed([`model: ${model}`, 'api_base: os.environ/X'], { X: base }).url, url, base);
  }
  assert.equal(placed(['model: openai/m', 'api_base: https://api.openai.com/v1']).kind, 'openai');
  assert.equal(
    placed(['model: openai/m', 'api_base: https://a.example']).kind,
    'openai-compatible',
  );
});

test('an own name may be dialled although it is private, a public one may not become so', () => {
  const dialled = (base: string): unknown =>
    placed(['model: vllm/m', `api_base: ${base}`]).privateAddress;
  assert.deepEqual(dialled('http://gpu:8000'), { host: 'gpu', port: 8_000 });
  assert.deepEqual(dialled('http://m.farm.internal'), { host: 'm.farm.internal', port: 80 });
  assert.deepEqual(dialled('http://10.1.2.3:1'), { host: '10.1.2.3', port: 1 });
  assert.equal(dialled('https://models.example'), undefined);
});

test('regions and projects make an address', () => {
  const bedrock = placed(['model: bedrock/converse/a.b-v1:0', 'aws_region_name: eu-west-1']);
  assert.equal(bedrock.url, 'https://bedrock-runtime.eu-west-1.amazonaws.com');
  assert.equal(bedrock.region, 'eu-west-1');
  assert.deepEqual([...bedrock.models.keys()], ['a.b-v1:0']);
  const vertex = placed(['model: vertex_ai/g', 'vertex_project: p-1', 'vertex_location: eu']);
  assert.equal(vertex.url, 'https://eu-aiplatform.googleapis.com/v1/projects/p-1/locations/eu');
});

test('what names no address is off at a name that resolves nowhere, and says what it needs', () => {
  const cases: readonly (readonly [params: readonly string[], url: RegExp, why: RegExp])[] = [
    [
      ['model: azure/m', 'api_base: os.environ/AZURE_API_BASE'],
      /set-azure-api-base/,
      /AZURE_API_BASE/,
    ],
    [['model: azure/m'], /set-api-base\.invalid\/openai\/v1/, /`api_base`/],
    [['model: ollama/m', 'api_base: your_ollama_api_base'], /set-api-base/, /`api_base`/],
    [['model: bedrock/m'], /set-aws-region-name/, /aws_region_name/],
    [['model: vertex_ai/m'], /set-vertex-project/, /vertex_project and vertex_location/],
  ];
  for (const [params, url, why] of cases) {
    const result = imported(list(deployment('m', ...params)));
    const [endpoint] = result.configuration.endpoints.values();
    assert.equal(endpoint?.enabled, false, params.join());
    assert.match(endpoint?.url ?? '', url);
    assert.match(new URL(endpoint?.url ?? '').hostname, /\.invalid$/);
    assert.match(said(result).join('\n'), new RegExp(`is off: .*(?:${why.source})`));
  }
  const azure = placed(['model: azure/m'], { AZURE_API_BASE: 'https://b.openai.azure.com' });
  assert.equal(azure.url, 'https://b.openai.azure.com/openai/v1');
});

test('a region is no way to another host', () => {
  const evil = list(deployment('m', 'model: bedrock/m', 'aws_region_name: "evil.example/"'));
  const [problem] = problemsOf(evil, { environment: {} });
  assert.match(problem?.message ?? '', /a region is a short name/);
  assert.equal(problem?.line, 5);
});

test('what nothing here can serve is left out and said', () => {
  const result = imported(
    list(
      deployment('a', 'model: sagemaker/x'),
      deployment('b', 'model: nobody-knows'),
      deployment('c', 'model: "*"'),
      deployment('d', 'model: azure/'),
      deployment('e', 'model: mine', 'custom_llm_provider: groq'),
      deployment('f', 'model: org/mine', 'api_base: http://box:1/v1'),
    ),
  );
  assert.deepEqual([...result.configuration.models.keys()], ['e', 'f']);
  const left = said(result).filter((one) => one.includes('litellm_params.model: is not carried'));
  assert.deepEqual(
    left.map((one) => one.replace(/ .*/, '')),
    ['4', '7', '10', '13'],
  );
});

test('the first variable that is set holds the key', () => {
  const params = ['model: together_ai/m'];
  const secret = (environment: Variables): unknown =>
    placed(params, environment).credentials[0]?.secret.value;
  assert.equal(secret({ TOGETHER_API_KEY: 'a' }), 'TOGETHER_API_KEY');
  assert.equal(secret({ TOGETHER_API_KEY: '' }), 'TOGETHERAI_API_KEY');
});

test('a key is sent to its provider, and to no other address', () => {
  const keys = {
    OPENAI_API_KEY: 'a',
    ANTHROPIC_API_KEY: 'b',
    HF_TOKEN: 'c',
    HOSTED_VLLM_API_KEY: 'd',
  };
  const cases: readonly (readonly [model: string, base: string, variable: string | undefined])[] = [
    ['openai/m', 'https://eu.api.openai.com/v1', 'OPENAI_API_KEY'],
    ['openai/m', 'https://openai.example/v1', undefined],
    ['anthropic/m', 'https://gw.example', undefined],
    ['huggingface/m', 'http://10.0.0.7:8001', undefined],
    ['azure/m', 'https://mine.openai.azure.com', 'AZURE_API_KEY'],
    // That of a server of one's own is made for its address.
    ['hosted_vllm/m', 'http://gpu:8000/v1', 'HOSTED_VLLM_API_KEY'],
  ];
  for (const [model, base, variable] of cases) {
    const endpoint = placed([`model: ${model}`, `api_base: ${base}`], keys);
    assert.equal(endpoint.credentials[0]?.secret.value, variable, `${model} ${base}`);
  }
  const text = list(deployment('m', 'model: anthropic/m', 'api_base: https://gw.example'));
  assert.match(said(imported(text, keys)).join('\n'), /no key is sent to this address/);
  assert.equal(placed(['model: huggingface/m', 'api_base: http://10.0.0.7:1']).kind, 'tgi');
});

test('nothing that is said looks like a secret, so that none of it is hidden', () => {
  for (const table of [LEFT_TOP, LEFT_ROUTER, LEFT_MODULE, LEFT_GENERAL, LEFT_PARAMETERS]) {
    for (const why of table.values())
      assert.equal(conceal(`is not carried over: ${why}`).slice(21), why);
  }
});

test('credentials that stand apart are taken over', () => {
  const text = `${list(
    deployment('m', 'model: azure/d', 'litellm_credential_name: eu', 'api_key: os.environ/OWN'),
    deployment('n', 'model: openai/x', 'litellm_credential_name: none-such'),
  )}credential_list:
  - credential_name: eu
    credential_values: { api_key: os.environ/SHARED, api_base: https://eu.openai.azure.com }
`;
  const result = imported(text);
  const azure = result.configuration.endpoints.get('azure');
  assert.equal(azure?.url, 'https://eu.openai.azure.com/openai/v1');
  assert.equal(azure?.credentials[0]?.secret.value, 'OWN');
  assert.match(said(result).join('\n'), /litellm_credential_name: no credential of this name/);
});
