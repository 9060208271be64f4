import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atRest, ended, piece } from '../dispatch/dispatching.fixture.ts';
import {
  type Built,
  build,
  chatOf,
  type Heads,
  HOUSE,
  isBetween,
  type Served,
  settled,
} from '../house.fixture.ts';
import { HEARTBEAT_MS } from './park.ts';

const ANSWER = { model: 'small', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };
const COMMENT = ': waiting for a route\n\n';
const queue = (limits: string): string => `${HOUSE}queue: {${limits}}\n`;
const withPolicy = (policy: string): string =>
  `${HOUSE.replace('acme: {}', 'acme: {policies: [p]}')}policies: {p: ${policy}}\n`;

/** Every dial is refused from now on. */
const down = (built: Built): void => {
  built.upstream.script = (dialled) => dialled.fault('connect_failed');
};
const up = (built: Built): void => {
  built.upstream.script = (dialled) => dialled.answer(ANSWER);
};

async function parked(built: Built, more: object = {}, head: Heads = {}): Promise<Served> {
  const served = built.serve(chatOf('small', more), head);
  await settled();
  assert.equal(served.reply.ending, undefined);
  assert.equal(built.house.live.parking.waiting.size, 1);
  return served;
}

describe('a call whose routes are all down', () => {
  it('waits, enters again when the first may be tried, and is answered', async () => {
    const built = build();
    down(built);
    const served = await parked(built);
    await built.clock.turn(900);
    assert.equal(built.upstream.dials.length, 1, 'what is down is left alone');
    up(built);
    await built.clock.turn(200);
    const record = await ended(built, served);
    assert.equal(served.reply.status, 200);
    assert.equal(built.upstream.dials.length, 2);
    assert.equal(record.decision, `dec_${served.call.id.slice(4)}-2`);
    assert.equal(served.reply.header('x-signalbox-decision-id'), record.decision);
    assert.equal(record.parkedMs, 1_000);
    assert.ok(record.decideMs < 1);
  });

  it('is refused when the wait is over, and told when to come again', async () => {
    const built = build(queue('wait_ms_max: 5000'));
    down(built);
    const served = await parked(built);
    await built.clock.turn(4_999);
    assert.equal(served.reply.ending, undefined);
    await built.clock.turn(1_000);
    const record = await ended(built, served);
    assert.deepEqual([record.code, record.status], ['upstream_unavailable', 503]);
    assert.equal(served.reply.code, 'upstream_unavailable');
    assert.ok(isBetween(served.reply.header('retry-after-ms'), 5_000, 10_000));
    assert.equal(served.reply.header('x-should-retry'), undefined);
    assert.equal(record.parkedMs, 5_000);
  });

  it('dials less and less often while it waits', async () => {
    const built = build();
    down(built);
    const served = await parked(built);
    await built.clock.turn(30_500);
    await ended(built, served);
    assert.ok(built.upstream.dials.length <= 7, `${built.upstream.dials.length} dials`);
  });

  it('is refused at once where the policy says so', async () => {
    const built = build(withPolicy('{fallback: {all_unavailable: refuse}}'));
    down(built);
    const served = built.serve(chatOf('small'));
    const record = await ended(built, served);
    assert.deepEqual([record.code, record.parkedMs], ['upstream_unavailable', 0]);
  });

  it('does not wait for what failed in another way', async () => {
    const built = build();
    const served = built.serve(chatOf('small'));
    await settled();
    built.upstream.last.fault('head_timeout');
    const record = await ended(built, served);
    assert.equal(record.code, 'upstream_timeout');
  });

  it('is refused at once when too many wait, of all tenants or of its own', async () => {
    const two = HOUSE.replace('acme: {}', 'acme: {}\n  other: {}').replace(
      'keys:\n',
      'keys:\n  second: {tenant: other, secret: "env:SECOND"}\n',
    );
    const limits: readonly (readonly [queue: string, key: string])[] = [
      ['calls_max: 1', 'second'],
      ['per_tenant_max: 1', 'main'],
    ];
    for (const [limit, key] of limits) {
      const built = build(`${two}queue: {${limit}}\n`);
      down(built);
      const first = await parked(built);
      const second = built.serve(chatOf('small'), { key });
      const record = (await second.settlement)?.record;
      assert.equal(record?.code, 'upstream_unavailable', limit);
      first.reply.leave();
      await ended(built, first);
    }
  });

  it('leaves with its caller', async () => {
    const built = build();
    down(built);
    const served = await parked(built);
    await built.clock.turn(300);
    served.reply.leave();
    const record = await ended(built, served);
    assert.deepEqual([record.ending, record.status, record.code], ['left', 499, undefined]);
    await built.clock.turn(60_000);
    assert.equal(built.upstream.dials.length, 1);
  });

  it('goes on, when one of several routes comes back', async () => {
    const built = build(withPolicy('{rules: [{name: r, route: {chain: [large, small]}}]}'));
    down(built);
    const served = await parked(built);
    built.upstream.script = (dialled) => {
      if (dialled.endpoint === 'near') dialled.answer(ANSWER);
      else dialled.fault('connect_failed');
    };
    await built.clock.turn(1_100);
    const record = await ended(built, served);
    assert.equal(record.attempts.at(-1)?.endpoint, 'near');
  });
});

describe('the caller of a parked stream', () => {
  it('hears a comment every 15 seconds, and then the stream', async () => {
    const built = build(queue('wait_ms_max: 60000'));
    down(built);
    const served = await parked(built, { stream: true, stream_options: { include_usage: true } });
    await built.clock.turn(HEARTBEAT_MS - 1);
    assert.equal(served.reply.begun(), false);
    await built.clock.turn(1);
    assert.equal(served.reply.status, 200);
    assert.equal(served.reply.header('content-type'), 'text/event-stream');
    assert.equal(served.reply.text, COMMENT);
    await built.clock.turn(HEARTBEAT_MS);
    assert.equal(served.reply.text, COMMENT.repeat(2));
    built.upstream.script = (dialled) =>
      dialled.stream().event(piece('hello')).chunk('data: [DONE]\n\n').end();
    await built.clock.turn(HEARTBEAT_MS);
    const record = await ended(built, served);
    assert.match(served.reply.text, /route\n\ndata: .*hello.*\n\n$/s);
    assert.equal(served.reply.ending, 'clean');
    assert.equal(record.ending, 'answered');
  });

  it('hears a refusal as an event when a comment came before it', async () => {
    const built = build(queue('wait_ms_max: 20000'));
    down(built);
    const served = await parked(built, { stream: true });
    await built.clock.turn(21_000);
    const record = await ended(built, served);
    assert.match(served.reply.text, /event: error\ndata: .*upstream_unavailable/);
    assert.equal(served.reply.ending, 'cut');
    assert.deepEqual([record.code, record.ending], ['upstream_unavailable', 'refused']);
    assert.match(served.reply.text, new RegExp(record.decision));
  });

  it('hears an answer that is no stream as one event, when a comment came before it', async () => {
    const built = build(queue('wait_ms_max: 60000'));
    down(built);
    const served = await parked(built, { stream: true });
    await built.clock.turn(16_000);
    up(built);
    await built.clock.turn(16_000);
    const record = await ended(built, served);
    assert.equal(served.reply.text, `${COMMENT.repeat(2)}data: ${JSON.stringify(ANSWER)}\n\n`);
    assert.deepEqual([served.reply.ending, record.ending], ['clean', 'answered']);
  });

  it('hears its own mistake in the words of the upstream, as an event', async () => {
    const built = build(queue('wait_ms_max: 60000'));
    down(built);
    const served = await parked(built, { stream: true });
    await built.clock.turn(16_000);
    built.upstream.script = (one) => one.head(400).chunk('{"error":\r\n{"code":"bad"}}').end();
    await built.clock.turn(16_000);
    const record = await ended(built, served);
    const event = 'event: error\ndata: {"error":\ndata: {"code":"bad"}}\n\n';
    assert.equal(served.reply.text, COMMENT.repeat(2) + event);
    assert.deepEqual([served.reply.ending, record.status], ['cut', 400]);
  });

  it('hears nothing where the answer is whole', async () => {
    const built = build();
    down(built);
    const served = await parked(built);
    await built.clock.turn(29_000);
    assert.equal(served.reply.begun(), false);
    await built.clock.turn(2_000);
    await ended(built, served);
    assert.equal(served.reply.status, 503);
  });
});

describe('a call that may be queued', () => {
  const start = async (built: Built, more: object = {}): Promise<Served> => {
    down(built);
    const served = built.serve(chatOf('small', more), { queueAllowed: true });
    served.reply.deferrable = true;
    await settled();
    return served;
  };

  it('is told where its answer will be, and waits as long as it is kept', async () => {
    const built = build(queue('wait_ms_max: 1000, keep_ms: 600000'));
    const served = await start(built);
    assert.equal(served.reply.status, 202);
    assert.equal(served.reply.header('location'), `/v1/queued/${served.call.id}`);
    await built.clock.turn(300_000);
    assert.equal(served.reply.ending, undefined);
    up(built);
    await built.clock.turn(31_000);
    const record = await ended(built, served);
    assert.equal(served.reply.status, 200);
    assert.equal(record.ending, 'answered');
  });

  it('hears no comments, also for a stream', async () => {
    const built = build();
    const served = await start(built, { stream: true });
    await built.clock.turn(100_000);
    assert.equal(served.reply.text, '');
    served.reply.leave();
    await built.clock.turn(86_400_000);
    await ended(built, served);
  });

  it('is refused when it was not kept any longer', async () => {
    const built = build(queue('keep_ms: 60000'));
    const served = await start(built);
    await built.clock.turn(61_000);
    const record = await ended(built, served);
    assert.equal(record.code, 'upstream_unavailable');
    assert.equal(served.reply.code, 'upstream_unavailable');
  });

  it('waits like any other where there is no room to queue it', async () => {
    const built = build(queue('wait_ms_max: 2000'));
    down(built);
    const served = built.serve(chatOf('small'), { queueAllowed: true });
    await built.clock.turn(3_000);
    await ended(built, served);
    assert.equal(served.reply.status, 503);
  });

  it('leaves nothing behind', async () => {
    const built = build(queue('keep_ms: 60000'));
    const served = await start(built);
    await built.clock.turn(61_000);
    await served.settlement;
    atRest(built);
  });
});
