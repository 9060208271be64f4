import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Label } from '@signalbox/contract';
import { type Built, build, chatOf, type Heads } from '../house.fixture.ts';
import { enter } from '../line.ts';
import type { Verdict } from './policy.ts';

const yaml = (policies: string, order = '[first]'): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared]}
  far: {url: "https://far.example/v1", models: [large, shared]}
aliases: {anything: [small, large]}
tenants:
  acme: {policies: ${order}}
  other: {policies: ${order}}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  stranger: {tenant: other, secret: "env:STRANGER"}
policies:
${policies}
`;

async function verdictOf(built: Built, head: Heads = {}, model = 'small'): Promise<Verdict> {
  const call = built.call(chatOf(model), head);
  const classified = await enter(call, built.house, { seen: call });
  assert.ok(classified.ok);
  return built.house.now().policies.judge(classified.value);
}

const labelled = (label: Label): Heads => ({ sensitivity: { label, kinds: [] } });

describe('a rule', () => {
  const rule = (when: string): Built =>
    build(yaml(`  first: {rules: [{name: r, when: ${when}, route: {tier: 3}}]}`));
  type Case = readonly [when: string, head: Heads, model: string, speaks: boolean];
  const cases: readonly Case[] = [
    ['{step: planning}', { step: 'planning' }, 'small', true],
    ['{step: [planning, analysis]}', { step: 'analysis' }, 'small', true],
    ['{step: planning}', { step: 'other' }, 'small', false],
    ['{step: planning}', {}, 'small', false],
    ['{tenant: acme}', {}, 'small', true],
    ['{tenant: other}', {}, 'small', false],
    ['{tenant: other}', { key: 'stranger' }, 'small', true],
    ['{sensitivity: internal}', labelled('internal'), 'small', true],
    ['{sensitivity: internal}', labelled('personal'), 'small', false],
    ['{sensitivity: ">=internal"}', labelled('regulated'), 'small', true],
    ['{sensitivity: ">=internal"}', {}, 'small', false],
    ['{model: small}', {}, 'small', true],
    ['{model: "s*"}', {}, 'small', true],
    ['{model: "s*"}', {}, 'large', false],
    ['{model: auto}', {}, 'auto', true],
    ['{agent: writer}', { agent: 'writer' }, 'small', true],
    ['{agent: writer}', { agent: 'reader' }, 'small', false],
    ['{agent: writer}', {}, 'small', false],
    [`'call.step == "planning" && tenant.name == "acme"'`, { step: 'planning' }, 'small', true],
    [`'call.step == "planning" && tenant.name == "other"'`, { step: 'planning' }, 'small', false],
    [`'call.label.atLeast("personal")'`, labelled('regulated'), 'small', true],
    [`'call.tags["team"] == "a"'`, { tags: { team: 'a' } }, 'small', true],
    [`'call.tags["team"] == "a"'`, {}, 'small', false],
    [`{step: planning, if: 'call.input_tokens > 5'}`, { step: 'planning' }, 'small', true],
    [`{step: planning, if: 'call.input_tokens > 5'}`, {}, 'small', false],
    ['{agent: writer, step: planning}', { agent: 'writer' }, 'small', false],
    ['{agent: writer, step: planning}', { agent: 'writer', step: 'planning' }, 'small', true],
  ];
  for (const [when, head, model, speaks] of cases) {
    const does = speaks ? 'speaks' : 'is silent';
    it(`${when} ${does} for ${model} ${JSON.stringify(head)}`, async () => {
      const verdict = await verdictOf(rule(when), head, model);
      assert.equal(verdict.rule !== undefined, speaks);
      assert.equal(verdict.tier, speaks ? 3 : undefined);
    });
  }

  it('without a condition speaks for every call', async () => {
    const built = build(yaml('  first: {rules: [{name: all, route: {tier: 2}}]}'));
    assert.equal((await verdictOf(built)).tier, 2);
  });

  it('is named with its file and line', async () => {
    const built = build(yaml('  first:\n    rules:\n      - {name: all, route: {tier: 2}}'));
    assert.match((await verdictOf(built)).rule ?? '', /^(first\/)?all \(house\.yaml:\d+\)$/);
  });
});

describe('the rules of a tenant', () => {
  it('are asked in order; the first that matches decides', async () => {
    const built = build(
      yaml(`  first:
    rules:
      - {name: a, when: {step: planning}, route: {tier: 3}}
      - {name: b, when: {model: "s*"}, route: {tier: 2}}
      - {name: c, route: {tier: 1}}`),
    );
    assert.equal((await verdictOf(built, { step: 'planning' })).tier, 3);
    assert.equal((await verdictOf(built)).tier, 2);
    assert.equal((await verdictOf(built, {}, 'large')).tier, 1);
  });

  it('bind by the lowest tier_max of all that match, also where they do not decide', async () => {
    const built = build(
      yaml(`  first:
    rules:
      - {name: a, when: {step: planning}, route: {tier: 3}}
      - {name: b, when: {model: small}, route: {tier_max: 2}}
      - {name: c, when: {agent: writer}, route: {tier_max: 1}}`),
    );
    const step = 'planning';
    const plain = await verdictOf(built, { step });
    assert.deepEqual([plain.tier, plain.tierMax], [3, 2]);
    assert.equal((await verdictOf(built, { step, agent: 'writer' })).tierMax, 1);
    assert.equal((await verdictOf(built, { step }, 'large')).tierMax, undefined);
  });

  it('go on over several policies, in the order that the tenant names', async () => {
    const policies = `  first:
    default_tier: 3
    rules: [{name: a, when: {step: x}, route: {tier: 1}}]
  second:
    default_tier: 1
    rules: [{name: b, route: {tier_max: 2, tier: 2}}]
    fallback: {all_unavailable: refuse}`;
    const forth = await verdictOf(build(yaml(policies, '[first, second]')), { step: 'x' });
    assert.deepEqual([forth.tier, forth.tierMax], [1, 2]);
    const back = await verdictOf(build(yaml(policies, '[second, first]')), { step: 'x' });
    assert.deepEqual([back.tier, back.tierMax], [2, 2]);
    assert.equal(back.fallback.allUnavailable, 'refuse');
    const without = yaml(policies).replaceAll('{policies: [first]}', '{}');
    const none = await verdictOf(build(without), { step: 'x' });
    assert.deepEqual([none.tier, none.rule, none.tierMax], [undefined, undefined, undefined]);
  });

  it('leave a call that none of them means to the default tier', async () => {
    const built = build(
      yaml('  first: {default_tier: 2, rules: [{name: a, when: {step: x}, route: {tier: 3}}]}'),
    );
    const verdict = await verdictOf(built);
    assert.deepEqual([verdict.tier, verdict.rule], [2, undefined]);
  });
});

describe('where a rule sends a call', () => {
  const verdictFor = (route: string): Promise<Verdict> =>
    verdictOf(build(yaml(`  first: {rules: [{name: a, route: ${route}}]}`)));

  it('may be a chain, a model, a model at an endpoint, or an endpoint alone', async () => {
    const target = (model: string, endpoint?: string): object => ({
      model,
      endpoint,
      weight: undefined,
    });
    const chain = await verdictFor('{chain: [small, {model: shared, endpoint: far}]}');
    assert.deepEqual(chain.chain, [target('small'), target('shared', 'far')]);
    assert.deepEqual((await verdictFor('{model: anything}')).chain, [target('anything')]);
    const pinned = await verdictFor('{model: shared, endpoint: far}');
    assert.deepEqual(pinned.chain, [target('shared', 'far')]);
    const only = await verdictFor('{endpoint: near}');
    assert.deepEqual([only.chain, only.endpoint], [undefined, 'near']);
  });
});

describe('fallback', () => {
  it('is what the first policy of the tenant says', async () => {
    const built = build(
      yaml(`  first:
    fallback: {cloud_unavailable: 1, local_unavailable: 3, all_unavailable: queue}`),
    );
    assert.deepEqual((await verdictOf(built)).fallback, {
      cloudUnavailable: 1,
      localUnavailable: 3,
      allUnavailable: 'queue',
      tooSlow: undefined,
    });
  });
});

describe('a condition that cannot be decided', () => {
  it('places no call, and lowers its ceiling all the same', async () => {
    const when = `'call.tags["team"] == "a"'`;
    const built = build(
      yaml(`  first: {rules: [{name: r, when: ${when}, route: {tier: 1, tier_max: 2}}]}`),
    );
    const verdict = await verdictOf(built);
    assert.deepEqual([verdict.tier, verdict.tierMax], [undefined, 2]);
  });
});
