import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalConfiguration } from './canonical.ts';
import type { Configuration } from './configuration.ts';
import { NOUNS } from './schema/nouns.ts';
import type { TenantDocument } from './tenant.ts';

const tenant = (name: string, line: number): TenantDocument => ({
  ...NOUNS.tenants.schema.parse({ budget: { amount_usd: '0.000000001' } }),
  name,
  origin: { file: `${name}.yaml`, line },
});

function configuration(tenants: readonly TenantDocument[]): Configuration {
  return {
    version: 1,
    server: NOUNS.server.schema.parse({}),
    node: NOUNS.node.schema.parse({}),
    endpoints: new Map(),
    models: new Map(),
    registry: NOUNS.registry.schema.parse({}),
    aliases: new Map(),
    plans: new Map(),
    tenants: new Map(tenants.map((one) => [one.name, one])),
    keys: new Map(),
    policies: new Map(),
    consents: new Map(),
    prices: [],
    authority: undefined,
    rings: new Map(),
    queue: NOUNS.queue.schema.parse({}),
    routing: NOUNS.routing.schema.parse({}),
    journal: NOUNS.journal.schema.parse({}),
    telemetry: NOUNS.telemetry.schema.parse({}),
  };
}

test('order and place do not change the text', () => {
  const one = canonicalConfiguration(configuration([tenant('a', 1), tenant('b', 9)]));
  const two = canonicalConfiguration(configuration([tenant('b', 2), tenant('a', 7)]));
  assert.equal(one, two);
  assert.doesNotMatch(one, /yaml/);
});

test('every value changes the text', () => {
  const plain = canonicalConfiguration(configuration([tenant('a', 1)]));
  assert.notEqual(plain, canonicalConfiguration(configuration([tenant('b', 1)])));
  const regulated: TenantDocument = { ...tenant('a', 1), defaultLabel: 'regulated' };
  assert.notEqual(plain, canonicalConfiguration(configuration([regulated])));
});

test('the text is JSON, and amounts keep every digit', () => {
  const text = canonicalConfiguration(configuration([tenant('a', 1)]));
  const parsed: unknown = JSON.parse(text);
  assert.ok(typeof parsed === 'object' && parsed !== null);
  assert.match(text, /"amountNanoUsd":"1n"/);
});
