// Money and places of calls that wait for a route, and of calls that come when nothing is written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, chatOf, HeardReply, HOUSE, settled } from './house.fixture.ts';
import { serve } from './line.ts';

const narrow = HOUSE.replace('near:\n', 'near:\n    in_flight_max: 1\n');

describe('a call that waits for a route', () => {
  it('holds no money and no place meanwhile, and the journal says so', async () => {
    const built = build();
    const { call, settlement } = built.serve(chatOf('small'));
    await settled();
    built.upstream.last.fault('connect_failed');
    await settled();
    const { budgets, slots } = built.house.live.pools;
    assert.equal(slots.total(), 0, 'nor a place');
    await built.clock.turn(1_500);
    assert.deepEqual(
      built.store.of('extend').map(({ call: id, body }) => [id, body.estimateNanoUsd]),
      [[call.id, '0']],
    );
    // The second one may belong to another day: it is written, also when it is settled at once.
    assert.deepEqual(
      built.store.of('hold').map((entry) => entry.later),
      [true, undefined],
    );
    built.upstream.last.answer({ model: 'small', choices: [] });
    await settlement;
    assert.equal(slots.total(), 0);
    assert.deepEqual(budgets.open(), []);
  });

  it('is settled, not only counted, when it then meets a limit', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('small'));
    await settled();
    built.upstream.last.fault('connect_failed');
    // The one place goes to the second call, which is in line; the first comes back and waits.
    await built.clock.turn(30_500);
    assert.equal(built.upstream.dials.length, 2);
    built.house.live.counts.repeated('concurrency_limited', 'main');
    await built.clock.turn(900);
    await first.settlement;
    assert.equal(first.reply.code, 'concurrency_limited');
    assert.deepEqual(
      built.store.of('settlement').map((entry) => entry.call),
      [first.call.id],
    );
    second.reply.leave();
    await second.settlement;
    assert.deepEqual(built.house.live.pools.budgets.open(), []);
  });
});

it('a hold that counts in another window than that of its call is always written', async () => {
  const built = build();
  const made = built.call(chatOf('small'));
  const serveAt = async (at: number): Promise<void> => {
    const ended = serve({ ...built.call(chatOf('small')), at }, new HeardReply(), built.house);
    await settled();
    built.upstream.last.answer({ model: 'small', choices: [] });
    await ended;
  };
  await serveAt(made.at + 86_400_000);
  await serveAt(made.at);
  assert.deepEqual(
    built.store.of('hold').map((entry) => entry.later),
    [true, undefined],
  );
});

describe('a journal that takes nothing', () => {
  const full = { kind: 'unavailable', reason: 'disk-full', detail: 'no space left' } as const;

  it('is not given the refusals that it causes, and has them counted later', async () => {
    const built = build();
    built.store.state = full;
    for (let call = 0; call < 3; call += 1) {
      const { reply, settlement } = built.serve(chatOf('small'));
      assert.equal(await settlement, undefined);
      assert.equal(reply.code, 'journal_unavailable');
    }
    await built.clock.turn(5_000);
    assert.deepEqual(built.store.entries, []);
    built.store.state = { kind: 'ready' };
    await built.clock.turn(1_000);
    const counts = built.store
      .of('count')
      .map(({ tenant, body }) => [tenant, body.key, body.times]);
    assert.deepEqual(counts, [['acme', 'main', 3]]);
    assert.equal(built.clock.pending, 0);
  });

  it('refuses also who came before it was full and waited for a place', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('small'));
    await settled();
    const second = built.serve(chatOf('small'));
    await settled();
    built.store.state = full;
    built.upstream.last.answer({ model: 'small', choices: [] });
    await first.settlement;
    await second.settlement;
    assert.equal(second.reply.code, 'journal_unavailable');
    assert.equal(built.store.of('hold').length, 1);
    assert.equal(built.house.live.pools.slots.total(), 0);
  });
});
