import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationJsonSchema, isObject, type JsonObject } from './json-schema.ts';
import type { Json } from './origin.ts';
import { NOUNS } from './schema/nouns.ts';
import type { TenantDocument } from './tenant.ts';
import { validate } from './validate.ts';
import { writtenTenant } from './written-tenant.ts';

/** Every key of a tenant, none of them with what it has by default. */
const FULL: JsonObject = {
  plan: 'gold',
  class: 'ENTERPRISE_LEGAL',
  topology: 'sovereign',
  shared_nodes: 'allow',
  residency: ['eu', 'ch'],
  ring: 3,
  default_label: 'internal',
  unscanned_label: 'regulated',
  privacy: 'observe',
  durable: 'before-answer',
  budget: { amount_usd: '12.500001', per: 'day' },
  own: { endpoints: ['lab'], networks: ['hq'] },
  private_addresses: ['10.0.0.7:8000'],
  policies: ['eu-only'],
  agents: { scribe: ['quiet'] },
  retention: 'zero',
  features_up_to: 'personal',
  strong_share: 0.5,
  models: {
    hide: ['gpt-*'],
    pin: { small: 'lab' },
    rename: { ours: 'small' },
    reprice: [
      {
        model: 'small',
        endpoint: 'lab',
        from: '2026-01-31T00:00:00.000Z',
        input_per_million_usd: '0.075',
        output_per_million_usd: '1.5',
        cached_input_per_million_usd: '0.01',
        cache_write_per_million_usd: '0.1',
        request_usd: '0.002',
      },
    ],
  },
  sensitive: {
    patterns: [{ name: 'claim-number', pattern: 'CL-\\d{6}', kind: 'health' }],
    sources: [{ name: 'hr-share', kind: 'name' }],
    public: ['help@acme.example'],
    second_stage: {
      model: 'small',
      timeout_ms: 1_000,
      windows_max: 2,
      per_minute_max: 10,
      at_once_max: 1,
    },
  },
};

const read = (written: JsonObject): TenantDocument => {
  const checked = validate(NOUNS.tenants.schema, written);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return { name: 'acme', origin: undefined, ...checked.value };
};

test('the example of this test has every key that the schema of a tenant has', () => {
  const nouns = configurationJsonSchema()['properties'];
  assert.ok(isObject(nouns) && isObject(nouns['tenants']));
  const keys = [...keysOf(nouns['tenants']['additionalProperties'], 'tenant')];
  assert.ok(keys.includes('tenant.sensitive.second_stage.windows_max'), keys.join(' '));
  const said = new Set(keysIn(FULL, 'tenant'));
  assert.deepEqual(
    keys.filter((key) => !said.has(key)),
    [],
  );
});

test('whatever a tenant says comes back as it was written', () => {
  assert.deepEqual(writtenTenant(read(FULL)), FULL);
});

test('what a tenant does not say is not written, and is read back as it was', () => {
  const bare = read({ models: { hide: ['gpt-*'] }, own: {}, sensitive: { public: ['x'] } });
  const written = writtenTenant(bare);
  assert.equal('own' in written, false);
  assert.deepEqual(read(written), bare);
  assert.deepEqual(read(writtenTenant(read({}))), read({}));
});

/** Paths of all named properties, whatever stands in lists and choices among them. */
function* keysOf(node: Json | undefined, path: string): Generator<string> {
  if (!isObject(node)) return;
  const { properties, items, anyOf } = node;
  for (const [key, inner] of Object.entries(isObject(properties) ? properties : {})) {
    yield `${path}.${key}`;
    yield* keysOf(inner, `${path}.${key}`);
  }
  yield* keysOf(items, path);
  for (const one of Array.isArray(anyOf) ? anyOf : []) yield* keysOf(one, path);
}

function* keysIn(value: Json, path: string): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* keysIn(one, path);
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    yield `${path}.${key}`;
    yield* keysIn(inner, `${path}.${key}`);
  }
}
