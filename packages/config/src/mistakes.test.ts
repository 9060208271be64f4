import assert from 'node:assert/strict';
import { test } from 'node:test';
import { places, problemsOf } from './read.fixture.ts';

/** Mistakes of ten sorts, most of them in documents that have another one too. */
const TEN = `version: 1
server: { port: eighty, max_body: 5 }
endpoints:
  here: { kind: olama, models: [small], tenant: acmee }
  cloud:
    url: http://169.254.169.254/v1
    retries: often
    models: [huge]
    credentials: [{ secret: sk-live-0123456789abcdef }]
tenants:
  acme: { plan: glod, topology: clod }
plans: { gold: {} }
policies:
  first:
    rules:
      - { when: { step: a }, route: { model: smal } }
      - { when: { step: b } }
`;

test('mistakes of ten sorts come in one run, by line, each with what to do', () => {
  const found = problemsOf(TEN).map(
    (one) => `${one.line}:${one.column} ${one.message} > ${one.hint}`,
  );
  assert.deepEqual(found, [
    '2:17 must be a number, not text > write digits alone, such as `10`',
    '2:25 unknown key `max_body` > known here: host, port, body_bytes_max, headers_ms_max, ' +
      'body_ms_max, drain_delay_ms, drain_ms_max, connections_max, secrets_refresh_ms, ' +
      'metrics, tls',
    '4:17 must be one of openai-compatible, embedded, sim, ollama, llama-server, llama-box, ' +
      'lmstudio, vllm, sglang, tgi, nim, openai, azure, anthropic, gemini, mistral, groq, ' +
      'deepseek, openrouter, xai, bedrock, vertex, cohere, perplexity, together, fireworks, ' +
      'huggingface > did you mean `ollama`?',
    '4:49 no tenant is named `acmee` > did you mean `acme`?',
    '6:10 is an address at which clouds hand out credentials; it is never dialled > ' +
      'write the address of the model server itself',
    '7:14 must be a number, not text > write digits alone, such as `10`',
    '9:29 a secret is given by reference (`env:NAME`, `file:/path`, `exec:command`), never as a ' +
      'value > put the value into a variable and write `env:NAME`; if it is a real key, revoke it',
    '11:17 no plan is named `glod` > did you mean `gold`?',
    '11:33 must be one of cloud, hybrid, sovereign > did you mean `cloud`?',
    '16:46 no model or alias is named `smal` > did you mean `small`?',
    '17:9 the rule does nothing > for example `route: {tier: 1}`',
  ]);
});

test('what a document names is looked up whatever else is wrong in it', () => {
  const text = `version: 1
endpoints: { e: { kind: ollama, models: [small], retries: x } }
aliases: { a: { targets: [{ model: smal, wieght: 1 }, { model: small, endpoint: d }] } }
plans: { gold: { models: [smaal], in_flight_max: x } }
tenants: { acme: { policies: [frist], own: { endpoints: [f] }, privacy: x } }
keys: { k: { tenant: acmee, expires: never, models: [smalll] } }
consents: { c: { tenant: globex } }
prices: [{ model: huge, endpoint: z, from: never }]
policies:
  first: { default_tier: 9, rules: [{ when: { tenant: zzz }, route: { chain: [x] }, a: 1 }] }
`;
  const found = new Set(problemsOf(text).map(({ path }) => path));
  for (const path of [
    'aliases.a.targets.0.model',
    'aliases.a.targets.1.endpoint',
    'plans.gold.models.0',
    'tenants.acme.policies.0',
    'tenants.acme.own.endpoints.0',
    'keys.k.tenant',
    'keys.k.models.0',
    'consents.c.tenant',
    'prices.0.model',
    'prices.0.endpoint',
    'policies.first.rules.0.when.tenant',
    'policies.first.rules.0.route.chain.0',
  ]) {
    assert.ok(found.has(path), path);
  }
});

test('what is no name at all is one mistake', () => {
  const text = 'version: 1\nplans: { gold: {} }\ntenants: { a: { plan: "Big Plan" } }\n';
  assert.deepEqual(places(problemsOf(text)), ['3:23 tenants.a.plan']);
});

test('a rule below one that takes its calls is seen beside a rule that cannot be read', () => {
  const text = `version: 1
policies:
  p:
    rules:
      - { when: { step: 5 }, route: { tier: 1 } }
      - { route: { tier: 1 } }
      - { route: { tier: 2 } }
`;
  const [, shadowed] = problemsOf(text);
  assert.equal(shadowed?.path, 'policies.p.rules.2');
  assert.match(shadowed.message, /`rule-2` \(line 6\) takes all/);
});

test('two credentials with one name are seen beside one that cannot be read', () => {
  const text = `version: 1
endpoints:
  e:
    url: https://x.example/v1
    credentials: [{ secret: plain }, { secret: env:A }, { secret: env:B }]
`;
  assert.deepEqual(
    problemsOf(text).map(({ path }) => path),
    ['endpoints.e.credentials.0.secret', 'endpoints.e.credentials.2.name'],
  );
});

test('what depends on a value that cannot be read is not held against its document', () => {
  const endpoint = (written: string): readonly string[] =>
    places(problemsOf(`version: 1\nendpoints:\n  e: ${written}\n`));
  assert.deepEqual(endpoint('{ kind: embeded, model_path: m.gguf }'), ['3:14 endpoints.e.kind']);
  assert.deepEqual(endpoint('{ kind: olama }'), ['3:14 endpoints.e.kind']);
  assert.deepEqual(endpoint('{ url: nowhere, retries: x }'), [
    '3:13 endpoints.e.url',
    '3:31 endpoints.e.retries',
  ]);
});

test('names are not missed where the nouns that hold them cannot be read', () => {
  const messages = (text: string): readonly string[] =>
    problemsOf(`version: 1\n${text}`).map(({ message }) => message);
  assert.deepEqual(messages('plan: { gold: {} }\ntenants: { a: { plan: gold } }\n'), [
    'unknown key `plan`',
  ]);
  assert.deepEqual(messages('plans: [gold]\ntenants: { a: { plan: gold } }\n'), [
    'must be a mapping by name',
  ]);
  assert.deepEqual(
    messages('plans: { b: {} }\nplans: { gold: {} }\ntenants: { a: { plan: gold, zzz: 1 } }\n'),
    ['`plans` stands here twice; first on line 2', 'unknown key `zzz`'],
  );
  assert.deepEqual(messages('tenants: { a: { policies: p } }\npolicies: { p: { rules: [] } }\n'), [
    'must be a list, not text',
  ]);
});
