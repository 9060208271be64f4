import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Built, build, chatOf } from '../house.fixture.ts';
import { PER_SECOND_MAX, type ShadowCounts } from './shadow.ts';

const yaml = (rules: string, mode = 'shadow'): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [shared]}
  far:
    url: "https://far.example/v1"
    models: [large, shared]
    price: {input_per_million_usd: "10", output_per_million_usd: "40"}
  dear:
    url: "https://dear.example/v1"
    models: [dear]
    price: {input_per_million_usd: "20", output_per_million_usd: "80"}
tenants: {acme: {policies: [next]}}
keys: {main: {tenant: acme, secret: "env:MAIN"}}
policies: {next: {mode: ${mode}, rules: [${rules}]}}
`;

async function calls(built: Built, models: readonly string[]): Promise<readonly string[]> {
  const went: string[] = [];
  for (const model of models) {
    const { settlement } = built.serve(chatOf(model));
    await built.clock.turn(1);
    went.push(...built.upstream.dials.map(({ endpoint }) => endpoint));
    for (const one of built.upstream.dials.splice(0)) one.answer({ choices: [] });
    await settlement;
    await built.clock.turn(1);
  }
  return went;
}

const counted = (built: Built): ShadowCounts | undefined => built.house.live.shadows.of('next');

describe('a policy in shadow mode', () => {
  it('is counted, and no call is decided by it', async () => {
    const built = build(yaml('{name: a, forbid: {models: [large]}}'));
    assert.deepEqual(await calls(built, ['large', 'dear', 'large']), ['far', 'dear', 'far']);
    const found = counted(built);
    assert.deepEqual([found?.calls, found?.refused, found?.moved, found?.allowed], [3, 2, 0, 0]);
    const [example] = found?.examples ?? [];
    assert.deepEqual([example?.before, example?.after], ['far/large', 'refused']);
    const records = built.store.records();
    assert.ok(records.every(({ ending, rule }) => ending === 'answered' && rule === undefined));
  });

  it('is told by tier and money where it would send a call elsewhere', async () => {
    const built = build(yaml('{name: a, route: {model: dear}}'));
    await calls(built, ['large', 'shared']);
    const found = counted(built);
    assert.equal(found?.moved, 2);
    assert.deepEqual(Object.fromEntries(found?.tiers ?? []), { '3 -> 3': 1, '1 -> 3': 1 });
    assert.equal(found.nanoUsd.after > found.nanoUsd.before, true);
    assert.equal(found.breaches, 0);
  });

  it('is asked about nothing where there is none', async () => {
    const built = build(yaml('{name: a, forbid: {models: [large]}}', 'enforce'));
    await calls(built, ['dear']);
    assert.equal(counted(built), undefined);
    assert.equal(built.house.now().policies.hasShadow, false);
  });

  it('is asked about so many calls a second, and no more', async () => {
    const built = build(yaml('{name: a, forbid: {models: [large]}}'));
    const { shadows } = built.house.live;
    const more = 20;
    for (let at = 0; at < PER_SECOND_MAX + more; at += 1) {
      const { settlement } = built.serve(chatOf('nobody-has-it'));
      await settlement;
      if (at % 50 === 49) await built.clock.turn(1);
    }
    await built.clock.turn(100);
    assert.equal((counted(built)?.calls ?? 0) + shadows.passedOver, PER_SECOND_MAX + more);
    assert.ok(shadows.passedOver >= more);
  });
});
