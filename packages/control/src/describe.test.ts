import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import type { FaultCode } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import {
  type Catalog,
  compileSnapshot,
  type EndpointFacts,
  type Snapshot,
} from '@signalbox/engine';
import { nodeKeys } from '@signalbox/trust/node';
import { contractsOf, endpointStatuses, modelFacts, modelStatuses } from './describe.ts';

const TEXT = `version: 1
node: { name: laptop, tier: 1 }
endpoints:
  ollama: { kind: ollama, models: { 'qwen3:8b': { context_tokens: 32768 } } }
  openai:
    kind: openai
    enabled: false
    credentials: [{ secret: 'env:OPENAI_API_KEY' }]
    models: [gpt-5, 'qwen3:8b']
  lost:
    kind: openai
    credentials: [{ secret: 'env:LOST' }]
    models: [gpt-5]
tenants:
  acme:
    models:
      reprice:
        - model: 'qwen3:8b'
          endpoint: ollama
          from: 2020-01-01
          input_per_million_usd: '0.5'
          output_per_million_usd: '2'
  globex: {}
`;

const catalog = (): Catalog => compiled().snapshot.catalog;

function compiled(): { readonly snapshot: Snapshot; readonly configuration: Configuration } {
  const read = readConfiguration([{ name: 'signalbox.yaml', text: TEXT }]);
  assert.ok(read.ok, JSON.stringify(read));
  const { configuration } = read;
  const snapshot = compileSnapshot({
    configuration,
    version: 'v1',
    at: Date.parse('2026-01-01'),
    keys: nodeKeys(new Uint8Array(32)),
    secretOf: () => undefined,
    priceOf: () => ({ kind: 'unknown', why: 'not-listed', version: 'none' }),
    reachOf: (url) => (url.hostname === 'localhost' ? 'loopback' : 'public'),
  });
  return { snapshot, configuration };
}

describe('what the status page says of a snapshot', () => {
  it('says of each endpoint where it stands, whether it can be used, and why not', () => {
    const down = {
      downBy: ({ name }: EndpointFacts): FaultCode | undefined =>
        name === 'ollama' ? 'certificate_expired' : undefined,
    };
    const told = endpointStatuses(catalog(), down, new Map()).map(({ name, tier, state, why }) => {
      return [name, tier, state, why];
    });
    assert.deepEqual(told, [
      [
        'ollama',
        1,
        'down',
        'it shows a certificate that is out of date; renew it there, and look at the clock of ' +
          'this machine',
      ],
      ['openai', 3, 'off', '`signalbox endpoint enable openai` turns it on'],
      ['lost', 3, 'unavailable', 'its credential `default` cannot be read'],
    ]);
  });

  it('says of each model where it can be had', () => {
    const endpoints = endpointStatuses(catalog(), { downBy: () => undefined }, new Map());
    const [qwen, gpt] = modelStatuses(catalog(), endpoints);
    assert.deepEqual(qwen, {
      name: 'qwen3:8b',
      endpoints: ['ollama', 'openai'],
      tiers: [1, 3],
      available: true,
      contextTokens: 32_768,
    });
    assert.equal(gpt?.available, false);
    assert.equal(gpt?.contextTokens, undefined);
  });

  it('says what everybody pays for a model, and beside it who has a contract', () => {
    const { snapshot, configuration } = compiled();
    const contracts = contractsOf(snapshot, configuration.tenants);
    const facts = modelFacts(snapshot.catalog, new Map(), 'qwen3:8b', contracts);
    const all = { from: 'none', value: 'unknown: not-listed' };
    const theirs = { from: 'contract:v1', value: '0.5 in, 2 out, USD per million tokens' };
    const prices = facts.filter(({ field }) => field.startsWith('price'));
    assert.deepEqual(prices, [
      { model: 'qwen3:8b', endpoint: 'ollama', field: 'price', said: [all] },
      { model: 'qwen3:8b', endpoint: 'ollama', field: 'price of acme', said: [theirs, all] },
      { model: 'qwen3:8b', endpoint: 'openai', field: 'price', said: [all] },
    ]);
  });
});
