import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { ANSWER, ended } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, chatOf, configurationOf, type Heads } from '../house.fixture.ts';
import { type Replayed, replay } from './replay.ts';

const yaml = (rules: string, region = 'eu'): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared]}
  rack:
    url: "https://rack.example/v1"
    tier: 2
    region: ${region}
    models: [shared, long]
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}
  far:
    url: "https://far.example/v1"
    region: eu
    models: [large, shared]
    price: {input_per_million_usd: "10", output_per_million_usd: "40"}
aliases: {pair: [large, long]}
tenants:
  acme: {policies: [first], residency: [eu]}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
  first: {rules: [${rules}]}
`;

const CALLS: readonly (readonly [model: string, head: Heads, more?: object])[] = [
  ['auto', {}],
  ['auto', { step: 'planning' }],
  ['shared', { step: 'planning', tags: { team: 'a' } }],
  ['pair', { agent: 'writer' }],
  ['need:context>=1k', {}],
  ['large', { sensitivity: { label: 'regulated', kinds: ['us-ssn'] } }],
  ['large', {}, { max_tokens: 5_000, tools: [{ type: 'function', function: { name: 'f' } }] }],
];

async function recorded(
  text: string,
  during?: (built: Built) => void,
): Promise<readonly CallRecord[]> {
  const built = build(text);
  during?.(built);
  for (const [model, head, more] of CALLS) {
    const { settlement } = built.serve(chatOf(model, more), head);
    await built.clock.turn(1);
    for (const one of built.upstream.dials) {
      one.answer({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } });
    }
    await settlement;
  }
  return built.store.records();
}

function again(records: readonly CallRecord[], text: string): Replayed {
  return replay(records, build(text).house.now(), configurationOf(text));
}

const DEAR = '{name: dear, when: {step: planning}, route: {tier: 3}}';

describe('a replay', () => {
  it('under the same documents makes every decision again, to the bit', async () => {
    const records = await recorded(yaml(DEAR));
    const { decisions, replayed, identical, moved } = again(records, yaml(DEAR));
    assert.equal(decisions, CALLS.length);
    assert.deepEqual([replayed, identical, moved], [decisions, decisions, 0]);
  });

  it('under the same documents takes as long as it did, also where places were left', async () => {
    const records = await recorded(yaml(DEAR));
    const slow = records.map((one) => {
      const attempts = [...one.attempts, ...one.attempts];
      return { ...one, attempts, totalMs: 1_000 };
    });
    const timed = [...records, ...slow];
    const { ms } = again(timed, yaml(DEAR));
    assert.deepEqual([ms.calls > 3, ms.after], [true, ms.before]);
  });

  it('takes from the record who was left alone at the time', async () => {
    const text = yaml(DEAR);
    const records = await recorded(text, ({ house, clock }) => {
      const endpoint = house.now().catalog.endpoints.get('near');
      if (endpoint !== undefined)
        house.live.standings.probed(endpoint, 'connect_failed', clock.monotonic());
    });
    assert.equal(
      records.some(({ decided }) => decided !== undefined && decided.closed.length > 0),
      true,
    );
    const { identical, decisions } = again(records, text);
    assert.equal(identical, decisions);
  });

  it('takes from the record where a session was, and why it stayed or left', async () => {
    const built = build(yaml(''));
    const messages: object[] = [{ role: 'user', content: 'Go on.' }];
    const tool = [
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'find' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'found' },
    ];
    built.upstream.script = (dialled) => dialled.answer(ANSWER);
    for (const step of ['plan', undefined, 'extract', 'plan']) {
      const asked = { messages: step === undefined ? [...messages, ...tool] : messages };
      await ended(built, built.serve(chatOf('auto', asked), { session: 's', step }));
    }
    const records = built.store.records();
    assert.deepEqual(
      records.map(({ routed }) => routed?.turn?.why),
      [undefined, 'tool', 'saves', 'needs-more'],
    );
    const { identical, decisions } = again(records, yaml(''));
    assert.deepEqual([identical, decisions], [4, 4]);
  });

  it('takes from the record what checks of answers had met by then', async () => {
    const text = yaml(DEAR);
    const records = await recorded(text, ({ house: { live, now } }) => {
      for (const offering of now().catalog.offerings) {
        const isPoor = offering.model === 'large';
        for (const step of [undefined, 'planning', 'plan', 'reason']) {
          const checked = { tenant: 'acme', step, offering };
          for (let i = 0; i < 200; i += 1) live.fidelity.checked(checked, !isPoor);
        }
      }
    });
    assert.ok(records.some(({ decided }) => decided?.most !== undefined));
    const { identical, decisions } = again(records, text);
    assert.equal(identical, decisions);
    const without = records.map((one) => {
      const { most: _, ...decided } = one.decided ?? {};
      return { ...one, decided } as CallRecord;
    });
    assert.ok(again(without, text).identical < decisions);
  });

  it('counts what other rules would move, and the money', async () => {
    const records = await recorded(yaml(DEAR));
    const found = again(records, yaml('{name: low, require: {tier_max: 2}}'));
    assert.equal(found.moved > 0 && found.identical < found.decisions, true);
    assert.equal(found.nanoUsd.after < found.nanoUsd.before, true);
    const [example] = found.examples;
    assert.match(`${example?.before} ${example?.after}`, /^far\/\S+ rack\/\S+$/);
    assert.deepEqual(found.breaches, []);
  });

  it('names what would leave the place where it had to stay', async () => {
    const records = await recorded(yaml(DEAR));
    const wide = yaml(DEAR.replace('tier: 3', 'tier: 2'), 'us').replace(', residency: [eu]', '');
    const { breaches } = again(records, wide);
    assert.equal(breaches.length > 0, true);
    assert.match(breaches[0]?.after ?? '', /^rack\//);
  });

  it('leaves out what a plan may not include, where only the content would tell', async () => {
    const lean = yaml('')
      .replace('acme: {', 'acme: {plan: lean, ')
      .replace('aliases:', 'plans: {lean: {features: [tools]}}\naliases:');
    const built = build(lean);
    const parts = [{ type: 'image_url', image_url: { url: 'https://img.example/a.png' } }];
    const more = { messages: [{ role: 'user', content: parts }] };
    const { settlement } = built.serve(chatOf('shared', more));
    await built.clock.turn(1);
    await settlement;
    const [record] = built.store.records();
    assert.equal(record?.code, 'not_entitled');
    const { left, replayed } = again(built.store.records(), lean);
    assert.equal(replayed, 0);
    assert.match([...left.keys()].join(), /its content alone tells/);
    assert.equal(again(built.store.records(), yaml('')).replayed, 1);
  });

  it('says what it cannot make again', async () => {
    const records = await recorded(yaml(`${DEAR}, {name: quiet, log: none}`));
    const { left, replayed } = again(records, yaml(DEAR));
    assert.equal(replayed, 0);
    assert.deepEqual([...left], [['its record does not tell enough', CALLS.length]]);
  });
});
