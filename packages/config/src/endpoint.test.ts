import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointDocument } from '@signalbox/documents';
import { nameOf } from './endpoint.ts';
import { configurationOf, marked, problemOf } from './read.fixture.ts';

const text = (endpoint: string): string => `version: 1\nendpoints:\n  e: ${endpoint}\n`;

function endpointOf(endpoint: string): EndpointDocument {
  const found = configurationOf(text(endpoint)).endpoints.get('e');
  assert.ok(found);
  return found;
}

test('a URL keeps its path, and gets the path of its kind when it has none', () => {
  assert.equal(endpointOf('{ url: http://localhost:1/v1/ }').url, 'http://localhost:1/v1');
  assert.equal(endpointOf('{ url: https://x.example }').url, 'https://x.example');
  assert.equal(endpointOf('{ kind: ollama, url: http://h:11434 }').url, 'http://h:11434/v1');
  assert.equal(endpointOf('{ kind: vllm, url: http://h/api/ }').url, 'http://h/api');
  assert.equal(endpointOf('{ kind: openai }').url, 'https://api.openai.com/v1');
  assert.equal(endpointOf('{ kind: ollama }').url, 'http://localhost:11434/v1');
  assert.equal(endpointOf('{ kind: sim, url: http://127.0.0.1:9 }').url, 'http://127.0.0.1:9/v1');
});

test('a private address in the file of the operator is a declaration of host and port', () => {
  const declared = (endpoint: string): unknown => endpointOf(endpoint).privateAddress;
  assert.deepEqual(declared('{ url: http://10.0.0.5:8000/v1 }'), { host: '10.0.0.5', port: 8000 });
  assert.deepEqual(declared('{ url: "http://[::1]/v1" }'), { host: '::1', port: 80 });
  assert.deepEqual(declared('{ url: http://0x7f000001:1/v1 }'), { host: '127.0.0.1', port: 1 });
  assert.equal(declared('{ url: http://gpu:8000/v1 }'), undefined);
  assert.equal(declared('{ url: https://8.8.8.8/v1 }'), undefined);
});

test('a name that resolves to a private address must be declared', () => {
  const gpu = { host: 'gpu', port: 8000 };
  const of = (address: string): unknown =>
    endpointOf(`{ url: http://gpu:8000/v1, private_address: ${address} }`).privateAddress;
  assert.deepEqual(of('true'), gpu);
  assert.deepEqual(of('"gpu:8000"'), gpu);
  assert.equal(of('false'), undefined);
});

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['{ url: ftp://x/v1 }', 'ftp://x/v1', /no http or https URL/],
  ['{ url: models.example }', 'models.example', /no http or https URL/],
  ['{ url: https://me:pw@x.example/v1 }', 'https://[hidden]@x.example', /name or a password/],
  ['{ url: "https://x.example/v1?key=1" }', '"https://x.example/v1?key=1"', /end with its path/],
  ['{ url: http://169.254.169.254/v1 }', 'http://169.254.169.254/v1', /hand out credentials/],
  [
    '{ url: "http://[::ffff:a9fe:a9fe]/v1" }',
    '"http://[::ffff:a9fe:a9fe]/v1"',
    /hand out credentials/,
  ],
  [
    '{ url: http://metadata.google.internal/v1 }',
    'http://metadata.google.internal/v1',
    /hand out credentials/,
  ],
  ['{}', 'e', /`url` is missing/],
  ['{ kind: embedded }', 'e', /`model_path` is missing/],
  [
    '{ kind: embedded, model_path: m.gguf, url: http://localhost/v1 }',
    'http://localhost/v1',
    /has no URL/,
  ],
  ['{ kind: ollama, model_path: m.gguf }', 'm.gguf', /belongs to `kind: embedded`/],
  [
    '{ url: http://gpu:8000/v1, private_address: "gpu:8001" }',
    '"gpu:8001"',
    /not the host and port/,
  ],
  ['{ url: http://10.0.0.1/v1, private_address: false }', 'false', /is false, but/],
  ['{ kind: ollama, models: { A: {}, a: {} } }', '{}', /is called `a` here, and so is `A`/],
  [
    '{ kind: ollama, credentials: [{ secret: env:A }, { secret: env:B }] }',
    '{ secret: env:B }',
    /two credentials have this name/,
  ],
];

for (const [endpoint, place, message] of REFUSED) {
  test(`refused at its place: ${endpoint}`, () => {
    const problem = problemOf(text(endpoint));
    assert.equal(problem.line, 3);
    assert.equal(marked(problem), place);
    assert.match(problem.message, message);
  });
}

test('an embedded endpoint has no address until it runs', () => {
  const endpoint = endpointOf('{ kind: embedded, model_path: ./m.gguf, models: [tiny] }');
  assert.equal(endpoint.url, 'embedded:e');
  assert.equal(endpoint.modelPath, './m.gguf');
});

test('what an endpoint serves is a model, by the nearest name that can be ours', () => {
  assert.equal(nameOf('qwen3:8b'), 'qwen3:8b');
  assert.equal(nameOf('Qwen/Qwen3-8B'), 'qwen/qwen3-8b');
  assert.equal(nameOf('_x y_'), 'x-y_');
  assert.equal(nameOf('é'), 'model');
  assert.equal(nameOf('A'.repeat(200)).length, 63);
  const { models, endpoints } = configurationOf(text('{ kind: ollama, models: [Qwen/Q8] }'));
  assert.ok(models.has('qwen/q8'));
  assert.equal(endpoints.get('e')?.models.get('Qwen/Q8')?.name, 'qwen/q8');
});

test('what is known about a model is kept, and what is not stays unknown', () => {
  const details = '{ context_tokens: 8, capabilities: { tools: true, vision: false } }';
  const described = `{ kind: ollama, models: { m: ${details} } }`;
  const model = endpointOf(described).models.get('m');
  assert.equal(model?.contextTokens, 8);
  assert.deepEqual(model?.capabilities, { tools: true, vision: false });
  assert.deepEqual(
    endpointOf('{ kind: ollama, models: { m: { capabilities: [tools] } } }').models.get('m')
      ?.capabilities,
    { tools: true },
  );
});
