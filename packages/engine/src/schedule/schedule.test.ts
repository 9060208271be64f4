import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ended } from '../dispatch/dispatching.fixture.ts';
import { build, chatOf, HOUSE, isBetween, settled } from '../house.fixture.ts';

const ANSWER = { model: 'm', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };
const oneAtOnce = HOUSE.replace('near:\n', 'near:\n    in_flight_max: 1\n');
const narrow = `${oneAtOnce}queue: {wait_ms_max: 2000}\n`;

describe('a place for a call', () => {
  it('is waited for when the endpoint is full', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('small'));
    await built.clock.turn(500);
    assert.equal(built.upstream.dials.length, 1);
    built.upstream.last.answer(ANSWER);
    await first.settlement;
    await settled();
    assert.equal(built.upstream.dials.length, 2);
    built.upstream.last.answer(ANSWER);
    const record = await ended(built, second);
    assert.equal(record.queueMs, 500);
    assert.match(second.reply.header('server-timing') ?? '', /queue;dur=500\.00/);
  });

  it('is refused when none came free in time', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('small'));
    await built.clock.turn(2_000);
    const record = (await second.settlement)?.record;
    assert.deepEqual([record?.code, record?.status], ['concurrency_limited', 429]);
    assert.ok(isBetween(second.reply.header('retry-after-ms'), 1_000, 2_000));
    assert.match(second.reply.header('server-timing') ?? '', /total;dur=2000\.00/);
    built.upstream.last.answer(ANSWER);
    await ended(built, first);
  });

  it('is looked for once more when the wait ends: what was closed may be open', async () => {
    const built = build(narrow);
    const { order } = built.house.live;
    const inOrder = order.inOrder.bind(order);
    Object.assign(order, { inOrder: () => [] });
    const served = built.serve(chatOf('small'));
    await settled();
    assert.equal(built.upstream.dials.length, 0);
    Object.assign(order, { inOrder });
    await built.clock.turn(2_000);
    built.upstream.last.answer(ANSWER);
    assert.equal((await ended(built, served)).status, 200);
  });

  it('is nothing to a caller who has left', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('small'));
    await built.clock.turn(500);
    second.reply.leave();
    const record = (await second.settlement)?.record;
    assert.deepEqual([record?.ending, record?.status, record?.code], ['left', 499, undefined]);
    built.upstream.last.answer(ANSWER);
    await ended(built, first);
    assert.equal(built.upstream.dials.length, 1);
  });

  it('is counted for a plan as well as for an endpoint', async () => {
    const house = HOUSE.replace('acme: {}', 'acme: {plan: small-one}');
    const built = build(
      `${house}plans: {small-one: {in_flight_max: 1}}\nqueue: {wait_ms_max: 1000}\n`,
    );
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('large'));
    await built.clock.turn(1_000);
    assert.equal((await second.settlement)?.record.code, 'concurrency_limited');
    built.upstream.last.answer(ANSWER);
    await ended(built, first);
  });

  it('comes to a waiting call of one endpoint while others wait for another', async () => {
    const both = narrow.replace('far:\n', 'far:\n    in_flight_max: 1\n');
    const built = build(both);
    const holders = [built.serve(chatOf('small')), built.serve(chatOf('large'))];
    await settled();
    const forNear = built.serve(chatOf('small'));
    const forFar = built.serve(chatOf('large'));
    await settled();
    const far = built.upstream.dials.find((one) => one.endpoint === 'far');
    far?.answer(ANSWER);
    await settled();
    assert.equal(built.upstream.dials.length, 3, 'the one who waits for far goes on');
    assert.equal(built.upstream.last.endpoint, 'far');
    for (let i = 0; i < 4; i += 1) {
      for (const one of built.upstream.dials) if (!one.over) one.answer(ANSWER);
      await settled();
    }
    for (const served of [...holders, forNear]) await served.settlement;
    await ended(built, forFar);
  });

  it('goes to who waits before it goes to who comes', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const waiting = built.serve(chatOf('small'));
    await settled();
    built.upstream.last.answer(ANSWER);
    const late = built.serve(chatOf('small'));
    await settled();
    assert.equal(built.upstream.dials.length, 2);
    built.upstream.last.answer(ANSWER);
    await waiting.settlement;
    await settled();
    built.upstream.last.answer(ANSWER);
    await first.settlement;
    await ended(built, late);
  });
});

describe('a reservation', () => {
  const estimate = async (body: object, yaml = HOUSE): Promise<bigint> => {
    const built = build(yaml);
    const served = built.serve(body);
    await settled();
    const [hold] = built.store.of('hold');
    assert.ok(hold !== undefined);
    assert.deepEqual(hold.body.owners, ['acme']);
    assert.equal(hold.call, served.call.id);
    built.upstream.last.answer(ANSWER);
    const record = await ended(built, served);
    assert.equal(record.heldNanoUsd, hold.body.estimateNanoUsd);
    return BigInt(hold.body.estimateNanoUsd);
  };
  const input = BigInt(Math.ceil(JSON.stringify(chatOf('large')).length / 4)) * 10_000n;

  it('is the input by its length and the output by the customary bound', async () => {
    assert.equal(await estimate(chatOf('large')), input + 1_024n * 20_000n);
  });

  it('is the bound of the caller, for every answer that is wanted', async () => {
    const bounded = await estimate(chatOf('large', { max_tokens: 10 }));
    const four = await estimate(chatOf('large', { max_tokens: 10, n: 4 }));
    assert.ok(bounded < input + 1_024n * 20_000n);
    assert.equal(four - (await estimate(chatOf('large', { max_tokens: 10, m: 4 }))), 30n * 20_000n);
  });

  it('is that of the dearest offer of the route', async () => {
    const house = HOUSE.replace('acme: {}', 'acme: {policies: [p]}');
    const policy = '{rules: [{name: r, route: {chain: [small, large]}}]}';
    const chain = `${house}policies: {p: ${policy}}\n`;
    assert.equal(await estimate(chatOf('large'), chain), await estimate(chatOf('large')));
  });

  it('is refused as a whole: what another call holds is not there to be spent', async () => {
    const one = input + 1_024n * 20_000n;
    const dollars = Number(one) / 1e9;
    const built = build(HOUSE.replace('acme: {}', `acme: {budget: {amount_usd: ${dollars}}}`));
    const first = built.serve(chatOf('large'));
    await settled();
    const taken = built.house.live.pools.slots.total();
    const second = built.serve(chatOf('large'));
    const record = (await second.settlement)?.record;
    assert.equal(record?.code, 'budget_exhausted');
    assert.equal(built.house.live.pools.slots.total(), taken, 'its place was given back');
    built.upstream.last.answer(ANSWER);
    await ended(built, first);
  });
});

describe('a journal that is not there', () => {
  it('refuses new calls, and says why', async () => {
    const built = build();
    built.store.state = { kind: 'unavailable', reason: 'disk-full', detail: '' };
    const served = built.serve(chatOf('small'));
    await served.settlement;
    assert.equal(served.reply.status, 503);
    assert.equal(served.reply.code, 'journal_unavailable');
    assert.ok(isBetween(served.reply.header('retry-after-ms'), 1_000, 2_000));
    assert.match(served.reply.text, /disk-full/);
    assert.equal(built.upstream.dials.length, 0);
  });
});
