import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { quantisationBits } from '@signalbox/documents';
import { build, chatOf, HOUSE } from '../house.fixture.ts';
import { addUnmet, readNeed, unmetByModel } from './need.ts';
import { resolution } from './resolving.fixture.ts';
import { viewOf } from './view.ts';

const endpoint = (name: string, more: string, models: string): string => `
  ${name}:
    url: https://${name}.example/v1
    tier: 3
    ${more}
    models: ${models}`;

const REGISTRY = `
version: 1
node: {name: n1, tier: 2}
endpoints:${endpoint(
  'paris',
  `region: eu
    retention: zero
    attestation: {kind: audit, evidence: report-7, by: us}
    price: {input_per_million_usd: "2", output_per_million_usd: "8"}`,
  '{lex: {}, tiny: {quantisation: IQ3_XS}}',
)}${endpoint(
  'ohio',
  'region: us\n    price: {input_per_million_usd: "1", output_per_million_usd: "3"}',
  '{lex-us: {}, seer: {}}',
)}
models:
  lex: {context_tokens: 200000, capabilities: [tools], languages: [de, fr], domains: [law],
        licence: mit, quality: {reasoning: 60}}
  lex-us: {context_tokens: 200000, capabilities: [tools], languages: [en], quantisation: Q8_0,
        quality: {reasoning: 60}}
  seer: {inputs: [text, image], context_tokens: 32000, capabilities: [tools, vision],
        quality: {reasoning: 90}}
  tiny: {context_tokens: 200000, capabilities: [tools]}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;

describe('a need', () => {
  const cases: readonly [need: string, offers: readonly string[]][] = [
    ['context>=128k,tools,eu', ['paris/lex', 'paris/tiny']],
    ['language=de,language=fr,domain=law', ['paris/lex']],
    ['licence=mit', ['paris/lex']],
    ['input=image', ['ohio/seer']],
    ['q>=5', ['ohio/lex-us']],
    ['q>=3', ['ohio/lex-us', 'paris/tiny']],
    ['zero-retention,attested', ['paris/lex', 'paris/tiny']],
    ['region=us,input-price<=1.5', ['ohio/lex-us', 'ohio/seer']],
    ['output-price<=2,tools', []],
    ['region=eu,input-price<=1.5', []],
  ];
  for (const [need, offers] of cases) {
    it(`\`${need}\` goes to ${offers.join(', ') || 'nobody'}`, async () => {
      const found = await resolution(build(REGISTRY), `need:${need}`);
      assert.deepEqual(found.offers, offers);
    });
  }

  it('goes to the best at the step first, then to the cheapest', async () => {
    const found = await resolution(build(REGISTRY), 'need:tools', { step: 'planning' });
    assert.deepEqual(found.offers, ['ohio/lex-us', 'ohio/seer', 'paris/lex', 'paris/tiny']);
    const step = { step: 'reasoning' };
    const skilled = await resolution(build(REGISTRY), 'need:tools', step);
    assert.deepEqual(skilled.offers, ['ohio/seer', 'ohio/lex-us', 'paris/lex']);
    const good = await resolution(build(REGISTRY), 'need:quality>=70', step);
    assert.deepEqual(good.offers, ['ohio/seer']);
  });

  it('that nobody meets is refused with the one demand that would have to go', async () => {
    const { refusal } = await resolution(build(REGISTRY), 'need:context>=128k,domain=law,us');
    assert.equal(refusal?.code, 'need_unsatisfiable');
    assert.equal(
      refusal?.message,
      'No known model satisfies `need:context>=128k,domain=law,us`. Without `us` `lex` at ' +
        '`paris` would serve; without `domain=law` `lex-us` at `ohio` would serve.',
    );
  });

  it('that is far from everybody names the nearest and all that it lacks', async () => {
    const { refusal } = await resolution(
      build(REGISTRY),
      'need:input=audio,domain=music,language=it',
    );
    assert.match(
      refusal?.message ?? '',
      /The nearest is `.*` at `.*`, which lacks `input=audio`, /,
    );
  });

  it('names nobody whom the call may not use', async () => {
    const sensitivity = { label: 'regulated', kinds: [] } as const;
    const { refusal } = await resolution(build(HOUSE), 'need:vision,logprobs', { sensitivity });
    assert.equal(refusal?.code, 'need_unsatisfiable');
    assert.doesNotMatch(refusal?.message ?? '', /large|far/);
  });

  it('that cannot be read is refused with the nearest word', () => {
    const read = readNeed('context>=128k,tool');
    assert.ok(!read.ok && /`tool` is not known\. Did you mean `tools`\?/.test(read.refusal));
    assert.ok(!readNeed('input=smell').ok);
    assert.ok(!readNeed('constructor').ok);
    assert.ok(!readNeed('__proto__=x').ok);
    assert.ok(!readNeed(new Array(30).fill('tools').join(',')).ok);
  });
});

describe('the rule about quantisation', () => {
  const yaml = (registry = ''): string => `
version: 1
${registry}
node: {name: n1, tier: 1}
endpoints:
  here:
    url: http://127.0.0.1:9001/v1
    models:
      {q3: {quantisation: Q3_K_S}, q4: {quantisation: Q4_K_M}, q5: {quantisation: Q5_0}, bare: {}}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN"}}
`;
  const left = async (text: string, head: object, body: object = chatOf('auto')) => {
    const { gates } = await resolution(build(text), body, head);
    return Object.keys(gates).filter((name) => gates[name]?.includes('quantised'));
  };

  it('leaves out what has too few bits for the step', async () => {
    assert.deepEqual(await left(yaml(), { step: 'extraction' }), ['here/q3']);
    assert.deepEqual(await left(yaml(), { step: 'reasoning' }), ['here/q3', 'here/q4']);
    assert.deepEqual(await left(yaml(), { step: 'writing' }), []);
  });

  it('keeps two and three bits from agents', async () => {
    assert.deepEqual(await left(yaml(), { agent: 'clerk' }), ['here/q3']);
    const tools = [{ type: 'function', function: { name: 'look' } }];
    assert.deepEqual(await left(yaml(), {}, { ...chatOf('auto'), tools }), ['here/q3']);
  });

  it('is changed by a document', async () => {
    const text = yaml('registry: {quantisation_min: {agent: 0, reasoning: 4}}');
    assert.deepEqual(await left(text, { agent: 'clerk' }), []);
    assert.deepEqual(await left(text, { step: 'reasoning' }), ['here/q3']);
  });

  it('reads the bits from the names that files use', () => {
    const bits = ['Q4_K_M', 'IQ2_XXS', 'BF16', 'F32', 'MXFP4', 'fp8', 'TQ1_0', 'awq'].map(
      quantisationBits,
    );
    assert.deepEqual(bits, [4, 2, 16, 32, 4, 8, 1, undefined]);
  });
});

describe('a model that leads on', () => {
  const yaml = (models: string): string => `
version: 1
node: {name: n1, tier: 1}
endpoints:
  one: {url: "http://127.0.0.1:9001/v1", models: [a, b]}
  two: {url: "http://127.0.0.1:9002/v1", models: [c, d]}
models: ${models}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", models: [a, b, d, old]}}
`;

  it('is followed by its twins, then by what it falls back to, as far as the key may', async () => {
    const found = await resolution(
      build(yaml('{a: {falls_back_to: [c, d]}, b: {same_weights: [a]}, old: {}}')),
      'a',
    );
    assert.deepEqual(found.offers, ['one/a', 'one/b', 'two/d']);
    assert.deepEqual(found.gates['two/c'], ['entitledModel']);
  });

  it('may itself be served no more', async () => {
    const found = await resolution(build(yaml('{old: {falls_back_to: [b]}}')), 'old');
    assert.deepEqual(found.offers, ['one/b']);
  });
});

describe('a need of all offerings at once', () => {
  const hiding = REGISTRY.replace(
    'tenants: {acme: {}}',
    'tenants: {acme: {models: {hide: [lex]}}}',
  );
  const own =
    '{model: lex-us, from: 2020-01-01, input_per_million_usd: "9", output_per_million_usd: "9"}';
  const repriced = hiding.replace('hide: [lex]', `hide: [lex], reprice: [${own}]`);
  const words = ['context>=100k', 'long-context', 'tools', 'high-precision', 'q>=5', 'vision'];
  const values = ['input-price<=1', 'output-price<=7', 'quality>=61', 'language=de', 'input=image'];
  const need = readNeed([...words, ...values].join(','));
  for (const [name, yaml] of [
    ['everything is seen', REGISTRY],
    ['something is hidden', hiding],
    ['something has a price of its own', repriced],
  ] as const) {
    it(`is what it is of each, where ${name}`, () => {
      const { catalog, tenants } = build(yaml).house.now();
      const tenant = tenants.tenants.get(tenantName('acme'));
      assert.ok(tenant !== undefined && need.ok);
      const view = viewOf(catalog, tenant);
      const { visible: all, rows, numbers, columns } = view;
      assert.deepEqual(
        all.map((one) => view.indexOf(one)),
        [...all.keys()],
      );
      const unmet = new Uint32Array(all.length);
      addUnmet(need.value, { all, rows, numbers, step: 'reasoning' }, unmet);
      const each = all.map((one) => unmetByModel(need.value, one, 'reasoning'));
      assert.deepEqual([...unmet], each);
      assert.ok(new Set(each).size > 2, 'they differ');
      const { rowOf } = columns;
      const isOwn = all.some((one) => !rowOf.has(one));
      assert.equal(isOwn, yaml === repriced);
    });
  }
});
