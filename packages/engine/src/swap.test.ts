// Documents that are swapped while a call is on its way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call } from '@signalbox/contract';
import { build, chatOf, HeardReply, HOUSE, settled } from './house.fixture.ts';
import { serve } from './line.ts';

const sovereign = HOUSE.replace(
  'acme: {}',
  'acme: {topology: sovereign, own: {endpoints: [near]}}',
);
const careful = HOUSE.replace('acme: {}', 'acme: {default_label: regulated}');
const revoked = HOUSE.replace('scopes: [call, explain]', 'scopes: [call, explain], revoked: true');

describe('a parked call that enters again', () => {
  it('is bound by what its tenant has become meanwhile', async () => {
    const built = build();
    const { reply, settlement } = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.fault('connect_failed');
    await settled();
    built.swap(sovereign);
    await built.clock.turn(2_000);
    const record = (await settlement)?.record;
    assert.equal(reply.code, 'no_eligible_route');
    assert.equal(built.upstream.dials.length, 1);
    assert.deepEqual(
      [record?.clearance?.ceiling, record?.clearance?.ownOnly],
      [2, true],
      'what it was refused under, not what it had before',
    );
  });

  it('comes back lower, never higher', async () => {
    const built = build(sovereign);
    const { settlement } = built.serve(chatOf('shared'));
    await settled();
    assert.equal(built.upstream.last.endpoint, 'near');
    built.upstream.last.fault('connect_failed');
    await settled();
    built.swap(HOUSE.replace('near:\n', 'near:\n    enabled: false\n'));
    await built.clock.turn(2_000);
    const record = (await settlement)?.record;
    assert.equal(record?.code, 'no_eligible_route');
    assert.equal(built.upstream.dials.length, 1);
  });

  it('is refused when its key was revoked meanwhile', async () => {
    const built = build();
    const { reply, settlement } = built.serve(chatOf('small'));
    await settled();
    built.upstream.last.fault('connect_failed');
    await settled();
    built.swap(revoked);
    await built.clock.turn(2_000);
    await settlement;
    assert.equal(reply.code, 'key_revoked');
    assert.equal(built.house.live.pools.budgets.open().length, 0);
  });
});

describe('documents that change while the body is still coming', () => {
  it('decide from the label on', async () => {
    const built = build();
    const made = built.call(chatOf('large'));
    const body: Call['body'] = async (bytesMax) => {
      built.swap(careful);
      return made.body(bytesMax);
    };
    const settlement = await serve({ ...made, body }, new HeardReply(), built.house);
    assert.equal(settlement?.record.label, 'regulated');
    assert.equal(built.upstream.dials.length, 0);
  });
});

describe('a bug after the record was written', () => {
  it('cuts the answer and writes no second record', async () => {
    const built = build(HOUSE.replace('acme: {}', 'acme: {durable: before-answer}'));
    const reply = new HeardReply();
    reply.whole = () => {
      throw new Error('the socket is in no state for an answer');
    };
    const ended = serve(built.call(chatOf('small')), reply, built.house);
    await settled();
    built.upstream.last.answer({ model: 'small', choices: [] });
    assert.equal(await ended, undefined);
    assert.equal(built.store.of('settlement').length, 1);
    assert.equal(reply.ending, 'cut');
    assert.equal(built.house.live.pools.slots.total(), 0);
    assert.deepEqual(
      built.logs.map(([, event]) => event),
      ['call-failed-closed'],
    );
  });
});
