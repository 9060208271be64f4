import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName } from '@signalbox/contract';
import { kindOf } from '@signalbox/dialect';
import { build } from '../house.fixture.ts';
import { learntOf, teachesSame, withLearnt } from './learnt.ts';
import { type EndpointKnown, type Findings, FROM_KIND, withFindings } from './probe-facts.ts';

const NEAR = endpointName('near');

function known(endpoint: Findings, model: Findings = {}, from = 'GET /x'): EndpointKnown {
  const origin = { at: 1, from };
  const models = new Map([['shared', withFindings({}, model, origin)]]);
  return { endpoint: withFindings({}, endpoint, origin), models };
}

function shared(told: EndpointKnown) {
  const { catalog } = build().house.now();
  const filled = withLearnt(catalog, new Map([[NEAR, told]]));
  const all = filled.byModel.get('shared') ?? [];
  return { filled, one: all.find(({ endpoint }) => endpoint.name === NEAR), all };
}

describe('what was learnt', () => {
  it('fills what the documents leave open, at its endpoint alone', () => {
    const { one, all } = shared(known({ contextTokens: 8 }, { vision: true }));
    assert.deepEqual([one?.contextTokens, one?.capabilities], [8, { vision: true }]);
    assert.equal(all.filter(({ contextTokens }) => contextTokens !== undefined).length, 1);
  });

  it('says what a model can be given, and apart from it what it runs with now', () => {
    const kind = kindOf('ollama');
    assert.ok(kind !== undefined);
    const told = known({}, { contextTokens: 4_096, contextTokensMax: 131_072 });
    const { capabilities: _, ...own } = learntOf(told, 'shared', kind);
    assert.deepEqual(own, { contextTokens: 131_072, contextTokensNow: 4_096 });
    const other = kindOf('llama-server');
    assert.ok(other !== undefined);
    assert.equal(learntOf(told, 'shared', other).contextTokens, 4_096, 'who cannot ask for more');
  });

  it('never overrules a document', () => {
    const { filled } = shared(known({ contextTokens: 8, vision: true }));
    const [small] = filled.byModel.get('small') ?? [];
    assert.equal(small?.contextTokens, 32_000);
    assert.deepEqual(small?.capabilities, { vision: true, tools: true });
  });

  it('is no guess by kind, no missing word in a list, and not what a neighbour can do', () => {
    assert.deepEqual(shared(known({ jsonSchema: true }, {}, FROM_KIND)).one?.capabilities, {});
    assert.deepEqual(shared(known({}, { tools: false })).one?.capabilities, {});
    assert.deepEqual(shared(known({ embeddings: true })).one?.capabilities, {});
  });

  it('keeps one offering for both ways to it', () => {
    const { filled, one } = shared(known({ contextTokens: 8 }));
    assert.ok(one !== undefined && filled.offerings.includes(one));
  });

  it('counts for a model that is pinned and not listed, too', () => {
    const { filled } = shared(known({ contextTokens: 8 }));
    const endpoint = filled.endpoints.get('near');
    assert.ok(endpoint !== undefined);
    assert.equal(filled.unlisted(endpoint, 'other').contextTokens, 8);
  });

  it('is the same while only what moves with every call has moved', () => {
    const { catalog } = build().house.now();
    const same = (a: Findings, b: Findings): boolean =>
      teachesSame(catalog, NEAR, [known(a), known(b)]);
    assert.equal(same({ contextTokens: 8, running: 1 }, { contextTokens: 8, running: 2 }), true);
    assert.equal(same({ contextTokens: 8 }, { contextTokens: 4 }), false);
  });
});
