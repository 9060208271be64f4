import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaultCode } from '@signalbox/contract';
import {
  type Built,
  build,
  chatOf,
  type Heads,
  HOUSE,
  type Served,
  settled,
} from '../house.fixture.ts';
import { OPENING_BYTES_MAX } from './attempt.ts';
import { ANSWER, CHAIN, ended, piece, usageChunk } from './dispatching.fixture.ts';

const DONE = 'data: [DONE]\n\n';
const text = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const streamed = { stream: true, stream_options: { include_usage: true } };

async function open(built: Built, more: object = streamed, head: Heads = {}): Promise<Served> {
  const served = built.serve(chatOf('large', more), head);
  await settled();
  return served;
}

describe('a released stream', () => {
  it('goes to the caller byte for byte, as it comes', async () => {
    const built = build();
    const served = await open(built);
    const dialled = built.upstream.last.stream();
    const parts = [
      text(piece('one')),
      ': ping\n\n',
      'data: {"half',
      '":1}\n\n',
      text(piece('two')),
    ];
    let heard = '';
    for (const part of parts) {
      dialled.chunk(part);
      heard += part;
      await settled();
      assert.equal(served.reply.text, heard);
    }
    dialled
      .chunk(text(usageChunk(5, 2)))
      .chunk(DONE)
      .end();
    const record = await ended(built, served);
    assert.equal(served.reply.text, heard + text(usageChunk(5, 2)) + DONE);
    assert.equal(served.reply.ending, 'clean');
    assert.deepEqual(
      [record.ending, record.usage?.inputTokens, record.usage?.outputTokens, record.usage?.source],
      ['answered', 5, 2, 'measured'],
    );
    assert.equal(record.attempts[0]?.modelClaimed, 'large-2025');
  });

  it('has the decision in its head, and what is known at its end in its trailers', async () => {
    const built = build();
    const served = await open(built, streamed, { summaryWanted: true });
    built.upstream.last
      .stream([
        ['x-request-id', 'up-1'],
        ['x-ratelimit-remaining-tokens', '9'],
      ])
      .event(piece('one'));
    await settled();
    const { reply } = served;
    assert.equal(reply.status, 200);
    assert.equal(reply.header('content-type'), 'text/event-stream');
    assert.equal(reply.header('x-signalbox-tier'), '3');
    assert.equal(reply.header('x-signalbox-endpoint'), 'far');
    assert.equal(reply.header('x-signalbox-model'), 'large-2025');
    assert.equal(reply.header('x-signalbox-upstream-request-id'), 'up-1');
    assert.equal(reply.header('x-signalbox-upstream-ratelimit-remaining-tokens'), '9');
    await built.clock.turn(250);
    built.upstream.last.event(usageChunk(1_000, 500)).chunk(DONE).end();
    const record = await ended(built, served);
    const trailers = Object.fromEntries(reply.trailers);
    assert.equal(trailers['x-signalbox-cost-usd'], '0.020000');
    assert.match(trailers['server-timing'] ?? '', /total;dur=250\.00/);
    assert.equal(reply.header('x-signalbox-decision-id'), record.decision);
    assert.ok(reply.text.endsWith('\n\n'));
    assert.match(reply.text, /: x-signalbox-cost-usd=0\.020000; .*server-timing=.*\n\n$/);
  });

  it('has no summary for those who did not ask', async () => {
    const built = build();
    const served = await open(built);
    built.upstream.last.stream().event(piece('one')).chunk(DONE).end();
    await ended(built, served);
    assert.ok(served.reply.text.endsWith(DONE));
  });

  it('loses the usage that the caller did not ask for, and is billed by it', async () => {
    const built = build();
    const served = await open(built, { stream: true });
    const silent = { ...piece('one'), usage: null };
    built.upstream.last.stream().event(silent).event(usageChunk(7, 3)).chunk(DONE).end();
    const record = await ended(built, served);
    assert.equal(served.reply.text, text(piece('one')) + DONE);
    assert.equal(record.usage?.outputTokens, 3);
  });

  it('waits for a caller that reads slowly, and goes on when it has', async () => {
    const built = build();
    const served = await open(built);
    const dialled = built.upstream.last.stream().event(piece('one'));
    await settled();
    served.reply.full = true;
    dialled.event(piece('two'));
    await settled();
    assert.equal(dialled.paused, true);
    served.reply.drain();
    assert.equal(dialled.paused, false);
    dialled.event(piece('three')).chunk(DONE).end();
    await ended(built, served);
    assert.match(served.reply.text, /one.*two.*three/s);
  });

  it('is held back while its verdict is not there yet, and loses nothing', async () => {
    const built = build();
    const served = await open(built);
    const dialled = built.upstream.last.stream().event(piece('one'));
    const large = text(piece('x'.repeat(100_000)));
    for (let i = 0; i < 4; i += 1) dialled.chunk(large);
    assert.equal(dialled.paused, true, 'bounded in memory');
    await settled();
    assert.equal(dialled.paused, false);
    dialled.chunk(DONE).end();
    await ended(built, served);
    assert.equal(served.reply.text, text(piece('one')) + large.repeat(4) + DONE);
  });

  it('may end in the very turn in which it began', async () => {
    const built = build();
    const served = await open(built);
    built.upstream.last.stream().event(piece('one')).event(usageChunk(5, 1)).chunk(DONE).end();
    const record = await ended(built, served);
    assert.equal(served.reply.ending, 'clean');
    assert.equal(record.usage?.outputTokens, 1);
  });

  it('begins with its first whole event, or with a whole comment', async () => {
    for (const first of [text(piece('one')), ': hold on\n\n', ': hold on\r\n\r\n']) {
      const built = build();
      const served = await open(built);
      const dialled = built.upstream.last.stream();
      for (const byte of first.slice(0, -2)) dialled.chunk(byte);
      await settled();
      assert.equal(served.reply.begun(), false);
      dialled.chunk(first.slice(-2));
      await settled();
      assert.equal(served.reply.text, first);
      dialled.chunk(DONE).end();
      await ended(built, served);
    }
  });

  it('is given up unheard when its first event grows beyond reason', async () => {
    const built = build();
    const served = await open(built);
    const dialled = built.upstream.last.stream();
    const nothing = '\0'.repeat(65_536);
    for (let sent = 0; sent < OPENING_BYTES_MAX; sent += nothing.length) dialled.chunk(nothing);
    await settled();
    assert.equal(dialled.aborted, false);
    dialled.chunk(nothing);
    const record = await ended(built, served);
    assert.equal(dialled.aborted, true);
    assert.equal(served.reply.status, 502);
    assert.match(served.reply.text, /^\{"error":.*too_large/);
    assert.equal(record.attempts[0]?.fault, 'too_large');
  });

  it('without a single byte is no answer, and another may still be asked for one', async () => {
    const built = build();
    const served = await open(built);
    built.upstream.last.stream().end();
    const record = await ended(built, served);
    assert.equal(served.reply.status, 502);
    assert.match(served.reply.text, /^\{"error":.*upstream_failed/);
    assert.equal(record.attempts[0]?.fault, 'closed_early');
    assert.equal(record.usage, undefined);
  });

  it('may be an answer that is no stream, where the upstream does not stream', async () => {
    const built = build();
    const served = await open(built);
    built.upstream.last.answer(ANSWER);
    const record = await ended(built, served);
    assert.deepEqual(served.reply.json(), ANSWER);
    assert.equal(record.usage?.inputTokens, 12);
  });
});

describe('a stream that breaks', () => {
  type Break = readonly [code: FaultCode, told: string];
  const breaks: readonly Break[] = [
    ['closed_early', 'upstream_failed'],
    ['internal', 'upstream_failed'],
    ['idle_timeout', 'upstream_timeout'],
    ['total_timeout', 'upstream_timeout'],
  ];
  for (const [code, told] of breaks) {
    it(`by ${code} ends with an error event and no clean end; nobody else is asked`, async () => {
      const house = build(CHAIN);
      const served = house.serve(chatOf('x', streamed));
      await settled();
      house.upstream.last.stream().event(piece('one'));
      await settled();
      house.upstream.last.fault(code);
      const record = await ended(house, served);
      assert.equal(house.upstream.dials.length, 1);
      assert.equal(served.reply.ending, 'cut');
      const [first, event] = served.reply.text.split('event: error\n');
      assert.equal(first, text(piece('one')));
      const { error } = JSON.parse(event?.replace('data: ', '') ?? '');
      assert.equal(error.code, told);
      assert.equal(error.request_id, served.call.id);
      assert.equal(error.decision_id, record.decision);
      assert.doesNotMatch(served.reply.text, /\[DONE\]/);
      assert.deepEqual([record.ending, record.code, record.status], ['cut', told, 200]);
      assert.equal(record.attempts[0]?.fault, code);
    });
  }

  it('in the middle of an event ends that event first', async () => {
    const house = build();
    const served = await open(house);
    house.upstream.last.stream().event(piece('one')).chunk('data: {"broken');
    await settled();
    house.upstream.last.fault('closed_early');
    await ended(house, served);
    assert.match(served.reply.text, /data: \{"broken\n\nevent: error\ndata: \{"error"/);
  });

  it('drops the broken event where it was withheld', async () => {
    const house = build();
    const served = await open(house, { stream: true });
    house.upstream.last.stream().event(piece('one')).chunk('data: {"broken');
    await settled();
    house.upstream.last.fault('closed_early');
    await ended(house, served);
    assert.doesNotMatch(served.reply.text, /broken/);
    assert.match(served.reply.text, /\n\nevent: error\n/);
  });

  it('in the very turn in which it began is broken too', async () => {
    const house = build(CHAIN);
    const served = house.serve(chatOf('x', streamed));
    await settled();
    house.upstream.last.stream().event(piece('one')).event(piece('two')).fault('closed_early');
    const record = await ended(house, served);
    assert.equal(house.upstream.dials.length, 1);
    assert.match(served.reply.text, /one.*two.*event: error/s);
    assert.equal(record.ending, 'cut');
  });

  it('by an error event of the upstream ends uncleanly, with the upstream’s words', async () => {
    const house = build();
    const served = await open(house);
    const said = { error: { message: 'overloaded', code: 502 } };
    house.upstream.last.stream().event(piece('one'));
    await settled();
    house.upstream.last.event(said).end();
    const record = await ended(house, served);
    assert.equal(served.reply.text, text(piece('one')) + text(said));
    assert.equal(served.reply.ending, 'cut');
    assert.deepEqual([record.ending, record.code], ['cut', 'upstream_failed']);
    assert.equal(record.attempts[0]?.fault, 'body_error');
  });

  it('is charged for what had come', async () => {
    const house = build();
    const served = await open(house);
    const dialled = house.upstream.last.stream();
    for (let i = 0; i < 5; i += 1) dialled.event(piece('word'));
    await settled();
    dialled.fault('closed_early');
    const record = await ended(house, served);
    assert.deepEqual([record.usage?.source, record.usage?.outputTokens], ['estimated', 5]);
    assert.ok(BigInt(record.costNanoUsd ?? 0) > 0n);
  });
});

describe('money in a stream', () => {
  /** 20 dollars a million: 20,000 nano-USD a token, and 256 tokens at a time. */
  const budgeted = (nano: number): string =>
    HOUSE.replace('acme: {}', `acme: {budget: {amount_usd: ${nano / 1e9}, per: total}}`);
  const short = { ...streamed, max_tokens: 10 };
  const entries = (house: Built, kind: 'hold' | 'extend'): readonly string[] =>
    house.store.of(kind).map((entry) => entry.body.estimateNanoUsd);

  it('is reserved ahead of what is spent', async () => {
    const house = build(budgeted(100_000_000));
    const served = await open(house, short);
    const first = BigInt(entries(house, 'hold')[0] ?? 0);
    const dialled = house.upstream.last.stream();
    for (let i = 0; i < 300; i += 1) dialled.event(piece('w'));
    await settled();
    dialled.event(piece('w'));
    const step = 256n * 20_000n;
    assert.deepEqual(entries(house, 'extend').map(BigInt), [first + step, first + step * 2n]);
    dialled.event(usageChunk(20, 301)).chunk(DONE).end();
    const record = await ended(house, served);
    assert.equal(record.costNanoUsd, String(20 * 10_000 + 301 * 20_000));
  });

  it('is cut when the budget does not reach further', async () => {
    const house = build(budgeted(2_000_000));
    const served = await open(house, short);
    const dialled = house.upstream.last.stream();
    dialled.event(piece('w'));
    await settled();
    for (let i = 0; i < 20; i += 1) dialled.event(piece('w'));
    const record = await ended(house, served);
    assert.equal(dialled.aborted, true);
    assert.equal(served.reply.ending, 'cut');
    assert.match(served.reply.text, /event: error\ndata: .*budget_exhausted/);
    assert.doesNotMatch(served.reply.text, /\[DONE\]/);
    assert.deepEqual([record.ending, record.code], ['cut', 'budget_exhausted']);
  });

  it('needs no more where the price is zero or unknown', async () => {
    const house = build(HOUSE.replaceAll(/price: \{.*\}/g, ''));
    const served = await open(house, short);
    const dialled = house.upstream.last.stream();
    for (let i = 0; i < 50; i += 1) dialled.event(piece('w'));
    await settled();
    dialled.event(piece('w')).chunk(DONE).end();
    const record = await ended(house, served);
    assert.equal(record.ending, 'answered');
    assert.equal(entries(house, 'extend').length, 0);
    assert.equal(record.costNanoUsd, undefined, 'unknown stays unknown');
  });
});

describe('a caller that leaves', () => {
  it('before the head: the upstream is let go of at once', async () => {
    const house = build(CHAIN);
    const served = house.serve(chatOf('x'));
    await settled();
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(house.upstream.last.aborted, true);
    assert.equal(house.upstream.dials.length, 1, 'nobody else is asked');
    assert.deepEqual([record.ending, record.status, record.code], ['left', 499, undefined]);
    assert.equal(record.attempts[0]?.outcome, 'aborted');
    assert.equal(served.reply.ending, undefined);
  });

  it('while a whole answer comes', async () => {
    const house = build();
    const served = house.serve(chatOf('large'));
    await settled();
    const dialled = house.upstream.last.head().chunk('{"id":');
    await settled();
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(dialled.aborted, true);
    assert.equal(record.ending, 'left');
  });

  it('while a stream comes: it is charged for what had come', async () => {
    const house = build();
    const served = await open(house);
    const dialled = house.upstream.last.stream().event(piece('one')).event(piece('two'));
    await settled();
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(dialled.aborted, true);
    assert.deepEqual([record.ending, record.status], ['left', 200]);
    assert.deepEqual([record.usage?.source, record.usage?.outputTokens], ['estimated', 2]);
    assert.equal(served.reply.ending, undefined);
  });

  it('while it is waited for', async () => {
    const house = build();
    const served = await open(house);
    const dialled = house.upstream.last.stream().event(piece('one'));
    await settled();
    served.reply.full = true;
    dialled.event(piece('two'));
    assert.equal(dialled.paused, true);
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(dialled.aborted, true);
    assert.equal(record.ending, 'left');
  });

  it('between the verdict and the first byte', async () => {
    const house = build();
    const served = await open(house);
    const dialled = house.upstream.last.stream().event(piece('one'));
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(dialled.aborted, true);
    assert.equal(record.ending, 'left');
  });

  it('in the turn in which everything ended', async () => {
    const house = build();
    const served = await open(house);
    house.upstream.last.stream().event(piece('one')).chunk(DONE).end();
    served.reply.leave();
    const record = await ended(house, served);
    assert.ok(['left', 'answered'].includes(record.ending));
  });

  it('before it was even served', async () => {
    const house = build();
    const served = house.serve(chatOf('large'));
    served.reply.leave();
    const record = await ended(house, served);
    assert.equal(record.ending, 'left');
    assert.ok(house.upstream.dials.every((one) => one.aborted));
  });
});
