import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type Place, tenantName } from '@signalbox/contract';
import { build } from '../house.fixture.ts';
import type { EndpointFacts } from './catalog.ts';

type Node = 'laptop' | 'shared';

/** Endpoints of every kind of address, owner and declaration, seen by `acme` and by `other`. */
const yaml = (node: Node, network = ''): string => `
version: 1
node: {name: n1, tier: ${node === 'laptop' ? 1 : 2}${network}}
endpoints:
  loopback: {url: "http://127.0.0.1:1/v1"}
  private: {url: "http://10.0.0.1:1/v1", private_address: true}
  public: {url: "https://api.example/v1"}
  named-loopback: {url: "http://127.0.0.1:2/v1"}
  named-private: {url: "http://10.0.0.2:1/v1", private_address: true}
  named-public: {url: "https://own.example/v1"}
  bound-private: {url: "http://10.0.0.3:1/v1", private_address: true, tenant: acme}
  declared-1: {url: "http://127.0.0.1:3/v1", tier: 1}
  declared-2: {url: "https://two.example/v1", tier: 2, region: eu}
  declared-3: {url: "http://127.0.0.1:4/v1", tier: 3}
  named-declared-1: {url: "http://127.0.0.1:5/v1", tier: 1}
  zero: {url: "https://zero.example/v1", retention: zero}
tenants:
  acme:
    own:
      endpoints: [named-loopback, named-private, named-public, named-declared-1]
      networks: [hq]
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
`;

function placesOf(text: string, tenant: string): ReadonlyMap<string, Place> {
  const { catalog, tenants } = build(text).house.now();
  const facts = tenants.tenants.get(tenantName(tenant));
  assert.ok(facts !== undefined);
  const all: [string, Place][] = [...catalog.endpoints.values()].map((endpoint) => [
    endpoint.name,
    catalog.placeOf(endpoint, facts),
  ]);
  return new Map(all);
}

type Row = readonly [endpoint: string, tier: number, own: boolean];

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  'acme on its laptop': [
    ['loopback', 1, true],
    ['private', 2, false],
    ['public', 3, false],
    ['named-loopback', 1, true],
    ['named-private', 1, true],
    ['named-public', 3, true],
    ['bound-private', 1, true],
    ['declared-1', 1, true],
    ['declared-2', 2, false],
    ['declared-3', 3, false],
    ['named-declared-1', 1, true],
  ],
  'acme on a shared node': [
    ['loopback', 2, false],
    ['private', 2, false],
    ['public', 3, false],
    ['named-loopback', 2, true],
    ['named-private', 2, true],
    ['named-public', 3, true],
    ['bound-private', 2, true],
    ['declared-1', 2, false],
    ['declared-2', 2, false],
    ['declared-3', 3, false],
    ['named-declared-1', 1, true],
  ],
  'other on a shared node': [
    ['loopback', 2, false],
    ['named-loopback', 2, false],
    ['named-private', 2, false],
    ['named-public', 3, false],
    ['bound-private', 2, false],
    ['named-declared-1', 2, false],
  ],
  'acme on a shared node in its own network': [
    ['loopback', 2, true],
    ['private', 2, true],
    ['public', 3, false],
    ['declared-1', 1, true],
    ['declared-3', 3, true],
  ],
  'acme on its laptop in its own network': [
    ['loopback', 1, true],
    ['private', 1, true],
    ['public', 3, false],
  ],
  'other in the network of acme': [
    ['loopback', 2, false],
    ['private', 2, false],
  ],
};

describe('the tier of a place', () => {
  const views: Readonly<Record<string, readonly [tenant: string, text: string]>> = {
    'acme on its laptop': ['acme', yaml('laptop')],
    'acme on a shared node': ['acme', yaml('shared')],
    'other on a shared node': ['other', yaml('shared')],
    'acme on a shared node in its own network': ['acme', yaml('shared', ', network: hq')],
    'acme on its laptop in its own network': ['acme', yaml('laptop', ', network: hq')],
    'other in the network of acme': ['other', yaml('shared', ', network: hq')],
  };
  for (const [view, rows] of Object.entries(TABLE)) {
    const [tenant = '', text = ''] = views[view] ?? [];
    const places = placesOf(text, tenant);
    for (const [endpoint, tier, own] of rows) {
      it(`is ${tier}${own ? ' and its own' : ''} for ${view}: ${endpoint}`, () => {
        const place = places.get(endpoint);
        assert.deepEqual([place?.tier, place?.own], [tier, own]);
      });
    }
  }

  it('never is 1 on a shared node, unless the tenant names the place as its own', () => {
    for (const place of placesOf(yaml('shared'), 'other').values()) assert.ok(place.tier >= 2);
  });
});

describe('a place', () => {
  const places = placesOf(yaml('laptop'), 'acme');

  it('carries what a clearance asks for', () => {
    assert.deepEqual(places.get('declared-2'), {
      name: 'declared-2',
      origin: 'https://two.example',
      tier: 2,
      region: 'eu',
      retention: 'standard',
      own: false,
      tenant: undefined,
      privateAddress: undefined,
    });
  });

  it('keeps nothing on tier 1, and elsewhere what its document says', () => {
    assert.equal(places.get('loopback')?.retention, 'zero');
    assert.equal(places.get('zero')?.retention, 'zero');
    assert.equal(places.get('public')?.retention, 'standard');
  });

  it('belongs to the tenant it is bound to, and dials only the address that was declared', () => {
    assert.equal(places.get('bound-private')?.tenant, 'acme');
    assert.equal(places.get('private')?.privateAddress, '10.0.0.1:1');
    assert.equal(places.get('public')?.privateAddress, undefined);
  });
});

describe('the catalog', () => {
  const TEXT = `
version: 1
endpoints:
  one:
    url: https://one.example/base/v1/
    credentials:
      - {name: first, secret: "env:ONE"}
      - {name: second, secret: "env:TWO", header: x-api-key}
    headers: {forward: [x-team], set: {x-title: signalbox}}
    models: {Qwen/Model-8B: {name: model-8b, context_tokens: 1000}, plain: {}}
    price: {input_per_million_usd: "1", output_per_million_usd: "1"}
  two:
    url: https://two.example/v1
    credentials: [{secret: "env:GONE"}]
    models: [model-8b]
    price: {input_per_million_usd: "5", output_per_million_usd: "9"}
  half:
    url: https://half.example/v1
    credentials: [{name: read, secret: "env:READ"}, {name: lost, secret: "env:GONE2"}]
models:
  model-8b: {context_tokens: 9000, capabilities: [tools]}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN"}}
`;
  const built = build(TEXT);
  const { catalog } = built.house.now();
  const endpoint = (name: string): EndpointFacts => {
    const found = catalog.endpoints.get(name);
    assert.ok(found !== undefined);
    return found;
  };

  it('knows where each operation stands', () => {
    assert.equal(endpoint('one').origin, 'https://one.example');
    const { openai } = endpoint('one').lanes;
    const operations = ['chat', 'completion', 'response', 'embedding', 'moderation'] as const;
    const paths = operations.map((name) => [name, openai[name]?.path('m', false)]);
    assert.deepEqual(Object.fromEntries(paths), {
      chat: '/base/v1/chat/completions',
      completion: '/base/v1/completions',
      response: '/base/v1/responses',
      embedding: '/base/v1/embeddings',
      moderation: '/base/v1/moderations',
    });
    assert.equal(openai.count, undefined, 'nobody counts in this dialect');
  });

  it('joins what is known of a model everywhere with what is known of it here', () => {
    const [here, there] = catalog.byModel.get('model-8b') ?? [];
    assert.equal(here?.upstream, 'Qwen/Model-8B');
    assert.equal(here?.contextTokens, 1_000);
    assert.equal(there?.contextTokens, 9_000);
    assert.equal(here?.capabilities.tools, true);
    assert.equal(catalog.byModel.get('Qwen/Model-8B'), undefined);
  });

  it('binds each credential to its origin, and prints none', () => {
    const [first, second] = endpoint('one').lanes.openai.chat?.credentials ?? [];
    assert.deepEqual(
      [first?.name, first?.origin, first?.header, first?.prefix],
      ['first', 'https://one.example', 'authorization', 'Bearer '],
    );
    assert.deepEqual([second?.header, second?.prefix], ['x-api-key', '']);
    assert.equal(first?.value.reveal(), built.keyText('one'));
    const shown = inspect(catalog, { depth: 12 });
    assert.doesNotMatch(shown, /sbx_test_/);
  });

  it('says why an endpoint without a readable credential cannot be used', () => {
    assert.match(endpoint('two').unavailable ?? '', /default/);
    assert.equal(endpoint('half').unavailable, undefined, 'one readable credential is enough');
    assert.equal(endpoint('one').unavailable, undefined);
  });

  it('takes the dearest price of tier 3 for what a call would cost without routing', () => {
    const { frontier } = catalog;
    assert.equal(frontier?.kind, 'known');
    assert.equal(frontier?.kind === 'known' && frontier.rates.output, 9_000_000n);
  });

  it('takes no price of a near endpoint, nor of one that is bound to a tenant, for that', () => {
    const price = 'price: {input_per_million_usd: "70", output_per_million_usd: "70"}';
    const text = TEXT.replace(
      'models:\n  model-8b',
      `  near: {url: "http://127.0.0.1:1/v1", models: [a], ${price}}
  bound: {url: "https://bound.example/v1", tenant: acme, models: [b], ${price}}
models:\n  model-8b`,
    );
    const { frontier } = build(text).house.now().catalog;
    assert.equal(frontier?.kind === 'known' && frontier.rates.output, 9_000_000n);
  });

  it('lists the headers that some endpoint wants', () => {
    assert.deepEqual([...catalog.forwarded], ['x-team']);
    assert.deepEqual(endpoint('one').headers, [['x-title', 'signalbox']]);
  });

  it('makes an offering of unknown price of a model that nobody listed', () => {
    const offering = catalog.unlisted(endpoint('one'), 'new-model');
    assert.equal(offering.price.kind, 'unknown');
    assert.equal(offering.upstream, 'new-model');
  });
});
