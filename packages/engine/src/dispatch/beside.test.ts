// Two attempts at once: through the whole line, under a clock that is turned by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Built, build, chatOf, type Heads, type Served, settled } from '../house.fixture.ts';
import { ANSWER, ended, piece } from './dispatching.fixture.ts';
import { CALLS_PER_HEDGE } from './hedge.ts';

const endpoint = (name: string, more = ''): string => `
  ${name}:
    url: https://${name}.example/v1
    tier: 3
    models: [m]
    price: {input_per_million_usd: "1000", output_per_million_usd: "2000"}${more}`;

const house = (policy: string, more = ''): string => `
version: 1
node: {name: n1, tier: 1}
endpoints:${endpoint('a', more)}${endpoint('b', more)}
  low:
    url: http://127.0.0.1:9001/v1
    models: [small]
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}
tenants:
  acme: {policies: [p]}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
  p: ${policy}
`;
const HEDGED = house('{default_tier: 3, hedge: true}');
const HURRIED = house('{default_tier: 3, fallback: {too_slow: 1}}');

/** Calls that are answered after 100 ms, so that it is known how long they take. */
async function warm(built: Built, calls = 120): Promise<void> {
  for (let i = 0; i < calls; i += 1) {
    const served = built.serve(chatOf('m'), { session: `w${i}` });
    await settled();
    await built.clock.turn(100);
    built.upstream.last.answer(ANSWER);
    await served.settlement;
  }
  built.upstream.dials.length = 0;
}

async function asked(built: Built, head: Heads = {}, more: object = {}): Promise<Served> {
  const served = built.serve(chatOf('m', more), { session: 'mine', ...head });
  await settled();
  return served;
}

const dialled = (built: Built): readonly string[] =>
  built.upstream.dials.map(({ endpoint: name }) => name);

describe('a call whose first token takes longer than nearly always', () => {
  it('asks a second place; the first answer is taken, and the other is let go of', async () => {
    const built = build(HEDGED);
    await warm(built);
    const served = await asked(built);
    const [first] = dialled(built);
    await built.clock.turn(90);
    assert.equal(built.upstream.dials.length, 1);
    await built.clock.turn(30);
    const [, second] = built.upstream.dials;
    assert.ok(second !== undefined && second.endpoint !== first);
    second.answer(ANSWER);
    const record = await ended(built, served);
    assert.equal(served.reply.status, 200);
    assert.equal(built.upstream.dials[0]?.aborted, true);
    assert.deepEqual(
      record.attempts.map(({ endpoint: name, outcome, role }) => [name, outcome, role]),
      [
        [first, 'overtaken', undefined],
        [second.endpoint, 'answered', 'hedge'],
      ],
    );
    assert.equal(record.fallback, false);
    assert.equal(served.reply.header('x-signalbox-fallback'), undefined);
  });

  it('pays for the one that was overtaken', async () => {
    const built = build(HEDGED);
    await warm(built);
    const alone = await asked(built);
    built.upstream.last.answer(ANSWER);
    const usual = BigInt((await ended(built, alone)).costNanoUsd ?? '0');
    built.upstream.dials.length = 0;
    const served = await asked(built);
    await built.clock.turn(120);
    built.upstream.dials[0]?.answer(ANSWER);
    const record = await ended(built, served);
    const [loser, winner] = record.attempts;
    assert.deepEqual([loser?.role, loser?.outcome], ['hedge', 'overtaken']);
    assert.deepEqual([winner?.role, winner?.outcome], [undefined, 'answered']);
    const more = BigInt(loser?.costNanoUsd ?? '0');
    assert.ok(more > 0n);
    assert.equal(BigInt(record.costNanoUsd ?? '0'), usual + more);
  });

  it('goes on with the other when one of them fails', async () => {
    for (const at of [0, 1]) {
      const built = build(HEDGED);
      await warm(built);
      const served = await asked(built);
      await built.clock.turn(120);
      built.upstream.dials[at]?.answer({ error: {} }, 500);
      await settled();
      const { slots } = built.house.live.pools;
      assert.equal(slots.inFlight(built.upstream.dials[at]?.endpoint ?? ''), 0);
      assert.equal(served.reply.ending, undefined);
      built.upstream.dials[1 - at]?.answer(ANSWER);
      const record = await ended(built, served);
      assert.deepEqual(
        record.attempts.map(({ outcome }) => outcome),
        ['failed', 'answered'],
      );
    }
  });

  it('fails when both fail, and is told what the last one met', async () => {
    const built = build(HEDGED);
    await warm(built);
    const served = await asked(built);
    await built.clock.turn(120);
    for (const one of built.upstream.dials) one.answer({ error: {} }, 500);
    const record = await ended(built, served);
    assert.deepEqual([record.code, record.attempts.length], ['upstream_failed', 2]);
  });

  it('lets go of both when the caller leaves', async () => {
    const built = build(HEDGED);
    await warm(built);
    const served = await asked(built);
    await built.clock.turn(120);
    served.reply.leave();
    const record = await ended(built, served);
    assert.deepEqual(
      built.upstream.dials.map(({ aborted }) => aborted),
      [true, true],
    );
    assert.equal(record.ending, 'left');
    assert.equal(record.attempts.length, 2);
  });

  it('streams from the one whose first event came', async () => {
    const built = build(HEDGED);
    for (let i = 0; i < 120; i += 1) {
      const served = built.serve(chatOf('m', { stream: true }), { session: `w${i}` });
      await settled();
      await built.clock.turn(100);
      built.upstream.last.stream().event(piece('x')).chunk('data: [DONE]\n\n').end();
      await served.settlement;
    }
    built.upstream.dials.length = 0;
    const served = await asked(built, {}, { stream: true });
    await built.clock.turn(120);
    const [first, second] = built.upstream.dials;
    second?.stream().event(piece('from the second'));
    await settled();
    first?.stream().event(piece('from the first'));
    second?.chunk('data: [DONE]\n\n').end();
    await ended(built, served);
    assert.match(served.reply.text, /from the second/);
    assert.doesNotMatch(served.reply.text, /from the first/);
    assert.equal(first?.aborted, true);
  });

  it('asks nobody unasked, where it may not be made twice, or little is known', async () => {
    const cases: readonly (readonly [yaml: string, calls: number, body: object, head: Heads])[] = [
      [house('{default_tier: 3}'), 120, chatOf('m'), {}],
      [HEDGED, 120, { model: 'm', input: 'x' }, { operation: 'response' }],
      [HEDGED, 20, chatOf('m'), {}],
    ];
    for (const [yaml, calls, body, head] of cases) {
      const built = build(yaml);
      await warm(built, calls);
      const served = built.serve(body, { session: 'mine', ...head });
      await settled();
      await built.clock.turn(2_000);
      assert.equal(built.upstream.dials.length, 1);
      built.upstream.last.answer(ANSWER);
      await ended(built, served);
    }
  });

  it('asks at most once in twenty calls', async () => {
    const built = build(HEDGED);
    await warm(built, 100);
    let hedges = 0;
    for (let i = 0; i < 100; i += 1) {
      built.upstream.dials.length = 0;
      const served = await asked(built, { session: `s${i}` });
      await built.clock.turn(400);
      if (built.upstream.dials.length === 2) hedges += 1;
      for (const one of built.upstream.dials) one.answer(ANSWER);
      await served.settlement;
    }
    assert.ok(hedges > 0 && hedges <= 200 / CALLS_PER_HEDGE, `${hedges} hedges`);
  });

  it('asks nobody for a while after a limit was met', async () => {
    const built = build(HEDGED);
    await warm(built);
    for (const name of ['a', 'b']) {
      const limited = await asked(built, { session: `l${name}` });
      built.upstream.last.answer({ error: {} }, 429, [['retry-after-ms', '50']]);
      await settled();
      built.upstream.last.answer(ANSWER);
      await limited.settlement;
      await built.clock.turn(50);
    }
    built.upstream.dials.length = 0;
    const served = await asked(built);
    await built.clock.turn(45);
    assert.equal(built.upstream.dials.length, 1);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
  });

  it('asks nobody where no place is free', async () => {
    const built = build(house('{default_tier: 3, hedge: true}', '\n    in_flight_max: 1'));
    await warm(built);
    const other = await asked(built, { session: 'other' });
    const served = await asked(built);
    await built.clock.turn(120);
    assert.equal(built.upstream.dials.length, 2);
    for (const one of built.upstream.dials) one.answer(ANSWER);
    await other.settlement;
    await ended(built, served);
  });

  it('asks nobody beyond what its tenant may spend', async () => {
    const attempts = async (usd: string): Promise<number> => {
      const tenant = `acme: {policies: [p], budget: {amount_usd: "${usd}", per: total}}`;
      const built = build(HEDGED.replace('acme: {policies: [p]}', tenant));
      // 18 thousandths of a dollar each.
      for (let i = 0; i < 120; i += 1) {
        const served = await asked(built, { session: `w${i}` }, { max_tokens: 1 });
        await built.clock.turn(100);
        built.upstream.last.answer(ANSWER);
        await served.settlement;
      }
      built.upstream.dials.length = 0;
      const served = await asked(built, {}, { max_tokens: 50 });
      assert.equal(built.upstream.dials.length, 1);
      await built.clock.turn(120);
      built.upstream.last.answer(ANSWER);
      return (await ended(built, served)).attempts.length;
    };
    assert.equal(await attempts('2.3'), 1);
    assert.equal(await attempts('5'), 2);
  });
});

describe('a call whose time is about to run out', () => {
  it('is answered by the lower tier in time, and marked so', async () => {
    const built = build(HURRIED);
    const served = await asked(built, { latencyBudgetMs: 2_000 });
    assert.equal(dialled(built).length, 1);
    await built.clock.turn(1_470);
    assert.equal(dialled(built).length, 1);
    await built.clock.turn(20);
    assert.equal(dialled(built)[1], 'low');
    built.upstream.last.answer({ ...ANSWER, model: 'small' });
    const record = await ended(built, served);
    assert.equal(served.reply.header('x-signalbox-tier'), '1');
    assert.equal(served.reply.header('x-signalbox-degradation'), 'latency');
    assert.equal(served.reply.header('x-signalbox-fallback'), '1');
    assert.equal(record.fallback, true);
    assert.equal(record.attempts.at(-1)?.role, 'late');
    assert.equal(built.upstream.dials[0]?.aborted, true);
  });

  it('takes a share of it where further calls have to fit in, and leaves them theirs', async () => {
    for (const [latencyBudgetMs, latencySteps, afterMs] of [
      [6_000, 5, 1_900],
      [6_000, 1, 5_460],
      // Three local answers hardly fit into what is left.
      [1_600, 3, 60],
    ] as const) {
      const built = build(HURRIED);
      const served = await asked(built, { latencyBudgetMs, latencySteps });
      await built.clock.turn(afterMs);
      assert.equal(dialled(built).length, 1);
      await built.clock.turn(40);
      assert.equal(dialled(built)[1], 'low');
      built.upstream.last.answer({ ...ANSWER, model: 'small' });
      const { latencySplit } = await ended(built, served);
      assert.ok(latencySplit !== undefined && latencySplit.cloudMs > 0);
      assert.equal(latencySplit.deviceMs, 500 * latencySteps);
    }
  });

  it('takes the better answer when that comes first after all', async () => {
    const built = build(HURRIED);
    const served = await asked(built, { latencyBudgetMs: 2_000 });
    await built.clock.turn(1_600);
    built.upstream.dials[0]?.answer(ANSWER);
    const record = await ended(built, served);
    assert.equal(served.reply.header('x-signalbox-degradation'), undefined);
    assert.equal(built.upstream.dials[1]?.aborted, true);
    assert.deepEqual(
      record.attempts.map(({ role, outcome }) => [role, outcome]),
      [
        ['late', 'overtaken'],
        [undefined, 'answered'],
      ],
    );
  });

  it('learns how long the lower tier takes', async () => {
    const built = build(HURRIED);
    for (let i = 0; i < 20; i += 1) {
      const served = await asked(built, { latencyBudgetMs: 2_000, session: `s${i}` });
      await built.clock.turn(1_480);
      await built.clock.turn(100);
      built.upstream.last.answer(ANSWER);
      await served.settlement;
    }
    built.upstream.dials.length = 0;
    const served = await asked(built, { latencyBudgetMs: 2_000 });
    await built.clock.turn(1_800);
    assert.equal(built.upstream.dials.length, 1);
    await built.clock.turn(90);
    assert.equal(built.upstream.dials.length, 2);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
  });

  it('waits where nobody states a time, and takes the time of the policy', async () => {
    const patient = build(HURRIED);
    const waiting = await asked(patient);
    await patient.clock.turn(60_000);
    assert.equal(patient.upstream.dials.length, 1);
    patient.upstream.last.answer(ANSWER);
    await ended(patient, waiting);
    const policy = '{default_tier: 3, latency_budget_ms: 900, fallback: {too_slow: 1}}';
    const built = build(house(policy));
    const served = await asked(built);
    await built.clock.turn(400);
    assert.deepEqual(dialled(built).slice(1), ['low']);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
  });

  it('never goes to a higher tier, and nowhere beyond its clearance', async () => {
    const sensitive = { label: 'internal', kinds: [] } as const;
    const two = house('{default_tier: 3, fallback: {too_slow: 2}}').replace(
      'url: http://127.0.0.1:9001/v1\n',
      'url: https://low.example/v1\n    tier: 2\n    tenant: other\n',
    );
    const other = two.replace('acme: {policies: [p]}', 'acme: {policies: [p]}\n  other: {}');
    const built = build(other);
    const served = await asked(built, { latencyBudgetMs: 1_000 });
    await built.clock.turn(1_200);
    assert.equal(built.upstream.dials.length, 1, 'what belongs to another tenant is not asked');
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
    const refused = built.serve(chatOf('m'), { sensitivity: sensitive });
    const record = (await refused.settlement)?.record;
    assert.equal(record?.code, 'no_eligible_route');
  });
});
