import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallRecord, tenantName } from '@signalbox/contract';
import fc from 'fast-check';
import { ANSWER, ended } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, type Heads, HOUSE, settled } from '../house.fixture.ts';
import { BURST, HELD_DEBT, StrongShare, StrongShares } from './strong-share.ts';

fc.configureGlobal({ seed: 4141 });

const ACME = { name: tenantName('acme'), strongShare: 0.5 };

describe('the share of strong calls', () => {
  it('is never passed by more than the burst and what is held, and is there for who waits', () => {
    const asks = fc.array(fc.constantFrom('easy', 'hard', 'held'), { maxLength: 400 });
    fc.assert(
      fc.property(asks, fc.double({ min: 0, max: 1, noNaN: true }), (calls, share) => {
        const bucket = new StrongShare();
        let strong = 0;
        calls.forEach((call, at) => {
          const isStrong = call !== 'easy' && bucket.allows(call === 'held');
          bucket.counts(share, isStrong);
          if (isStrong) strong += 1;
          assert.ok(strong <= share * (at + 1) + BURST + HELD_DEBT + 1e-9);
        });
        for (let at = 0; at * share <= HELD_DEBT + 1 && at < 1_000; at += 1)
          bucket.counts(share, false);
        assert.ok(share < 0.01 || bucket.allows());
      }),
    );
  });

  it('is held down for as long as an alarm lasts, of that tenant alone', () => {
    let now = 0;
    const shares = new StrongShares(() => now);
    const free = { name: tenantName('free') };
    const strongOf = (who: typeof free, calls: number): number => {
      let strong = 0;
      for (let at = 0; at < calls; at += 1) {
        const isStrong = shares.closed(who, false) === undefined;
        shares.decided(who, isStrong);
        if (isStrong) strong += 1;
      }
      return strong;
    };
    assert.equal(strongOf(free, 100), 100);
    shares.clamp(free.name, 0.1, 1_000);
    assert.ok(strongOf(free, 200) <= 20 + BURST);
    assert.equal(shares.closed(free, false), 'alarm');
    assert.ok(strongOf(ACME, 200) >= 100);
    now = 1_000;
    assert.equal(strongOf(free, 100), 100);
  });
});

const DOCUMENTS = `${HOUSE.replace('acme: {}', 'acme: {plan: half, policies: [p]}')}
plans: {half: {strong_share: 0.5}}
policies: {p: {rules: [{name: strict, when: {agent: strict}, output: {json: true, escalate: 3}}]}}
`;

/** Nobody below tier 3 writes JSON. */
function house(yaml = DOCUMENTS): Built {
  const built = build(yaml);
  built.upstream.script = (dialled) => {
    const message = { content: dialled.endpoint === 'far' ? '{}' : 'no' };
    dialled.answer({ ...ANSWER, choices: [{ index: 0, message, finish_reason: 'stop' }] });
  };
  return built;
}

async function ask(
  built: Built,
  messages: readonly object[],
  head: Heads = {},
): Promise<CallRecord> {
  return ended(built, built.serve({ model: 'auto', messages }, head));
}

const user = (content: string): object => ({ role: 'user', content });
const isStrong = ({ attempts }: CallRecord): boolean => attempts.some(({ tier }) => tier === 3);

describe('on the line', () => {
  const attacks: readonly (readonly [
    name: string,
    of: (at: number) => readonly [string, Heads],
  ])[] = [
    ['words that sound hard', (at) => [`Prove theorem ${at} step by step`, {}]],
    ['steps that are told', (at) => [`Sort mail ${at}`, { step: 'plan' }]],
    ['answers that never pass', (at) => [`Greet guest ${at}`, { agent: 'strict' }]],
    [
      'a session that goes on for ever',
      (at) => [`Sort mail ${at}`, { session: 's', step: at === 0 ? 'plan' : 'observation' }],
    ],
  ];
  for (const [name, of] of attacks) {
    it(`500 calls of an attack by ${name} stay at a budget of 50 %`, async () => {
      const built = house();
      let strong = 0;
      for (let at = 0; at < 500; at += 1) {
        const [text, head] = of(at);
        if (isStrong(await ask(built, [user(text)], head))) strong += 1;
      }
      assert.ok(strong <= 260, `${strong}`);
      const records = built.store.records();
      const lowered = records.filter(({ routed }) => routed?.lowered === 'hard');
      assert.ok(lowered.every(({ routed }) => routed?.closed === 'share'));
      assert.ok(records.some(({ routed }) => routed?.closed === 'share'));
    });
  }

  it('a session that was carried up once goes on there no longer than its share', async () => {
    const built = house(DOCUMENTS.replace('strong_share: 0.5', 'strong_share: 0.05'));
    const result: readonly object[] = [
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'find' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'found' },
    ];
    const records = [await ask(built, [user('Greet')], { session: 's', agent: 'strict' })];
    for (let at = 0; at < 30; at += 1)
      records.push(await ask(built, [user('Greet'), ...result], { session: 's' }));
    const strong = records.filter(isStrong).length;
    assert.ok(strong > 2 && strong <= 2 + BURST + HELD_DEBT, `${strong}`);
    assert.ok(records.some(({ routed }) => routed?.turn?.why === 'share'));
  });

  it('a rule that prefers an endpoint of tier 3 goes no further than the share', async () => {
    const rule = '{name: liked, prefer: {endpoints: [far]}}';
    const built = house(DOCUMENTS.replace(/rules: \[.*\]/, `rules: [${rule}]`));
    let strong = 0;
    for (let at = 0; at < 40; at += 1) {
      if (isStrong(await ask(built, [user(`Sort mail ${at}`)]))) strong += 1;
    }
    assert.ok(strong > BURST && strong <= 20 + BURST, `${strong}`);
  });

  it('what waited takes of it once; what is refused, and where a rule sends, nothing', async () => {
    const rules = `rules: [
      {name: barred, when: {agent: barred}, forbid: {endpoints: ["*"]}},
      {name: named, when: {agent: named}, route: {tier: 3}}]`;
    const none = DOCUMENTS.replace('strong_share: 0.5', 'strong_share: 0');
    const built = house(none.replace(/rules: \[.*\]/, rules));
    const prove = (at: number, agent?: string): Promise<CallRecord> =>
      ask(built, [user(`Prove theorem ${at}`)], { agent });
    for (let at = 0; at < BURST; at += 1) {
      assert.equal((await prove(at, 'barred')).attempts.length, 0);
      assert.ok(isStrong(await prove(at, 'named')));
    }
    const { script } = built.upstream;
    built.upstream.script = (dialled) => dialled.fault('connect_failed');
    const waiting = built.serve({ model: 'auto', messages: [user('Prove theorem 0')] });
    await settled();
    built.upstream.script = script;
    await built.clock.turn(2_000);
    assert.ok(isStrong(await ended(built, waiting)));
    let strong = 1;
    for (let at = 0; at < 2 * BURST; at += 1) if (isStrong(await prove(at))) strong += 1;
    assert.equal(strong, BURST);
  });

  it('a dry run, and a tenant without a share, take none of it', async () => {
    const built = house(
      DOCUMENTS.replace('plans: {half: {strong_share: 0.5}}', 'plans: {half: {}}'),
    );
    for (let at = 0; at < 40; at += 1) {
      const record = await ask(built, [user(`Prove theorem ${at}`)]);
      assert.deepEqual([isStrong(record), record.routed?.closed], [true, undefined]);
    }
  });

  it("a tool's text, however long or hard it sounds, changes no route", async () => {
    const told = (content: string): readonly object[] => [
      user('Go on.'),
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'find' } }] },
      { role: 'tool', tool_call_id: 'a', content },
      user(`<tool_result>${content}</tool_result> Sort this mail.`),
    ];
    const texts = [
      'ok',
      'Prove the theorem and plan the architecture. ',
      'gaussian '.repeat(2_000),
    ];
    const routes: string[] = [];
    for (const text of texts) {
      for (const messages of [told(text), told(text).slice(0, 3)]) {
        const built = house();
        const { candidates, difficulty, routed, attempts, stepClass } = await ask(built, messages);
        const tiers = attempts.map(({ tier }) => tier);
        routes.push(JSON.stringify([candidates, difficulty, routed, tiers, stepClass]));
      }
    }
    assert.deepEqual(new Set(routes.filter((_, at) => at % 2 === 0)).size, 1);
    assert.deepEqual(new Set(routes.filter((_, at) => at % 2 === 1)).size, 1);
  });
});
