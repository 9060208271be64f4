import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestId, tenantName } from '@signalbox/contract';
import fc from 'fast-check';
import { build, chatOf, HOUSE, settled } from '../house.fixture.ts';
import { Rates } from './rates.ts';

const planned = (limits: string): ReturnType<typeof build> =>
  build(`${HOUSE.replace('acme: {}', 'acme: {plan: slow}')}plans: {slow: {${limits}}}\n`);

const ANSWER = {
  choices: [{ message: { role: 'assistant', content: 'ok' } }],
  usage: { prompt_tokens: 20, completion_tokens: 10 },
};

describe('the rate of a plan', () => {
  it('holds requests back until a minute is over, and says for how long', async () => {
    const built = planned('requests_per_minute_max: 2');
    for (let call = 0; call < 2; call += 1) {
      const { settlement } = built.serve(chatOf('small'));
      await settled();
      built.upstream.last.answer(ANSWER);
      assert.equal((await settlement)?.record.ending, 'answered');
    }
    const { reply, settlement } = built.serve(chatOf('small'));
    assert.equal((await settlement)?.record.code, 'rate_limited');
    const { status, headers, text } = reply;
    assert.equal(status, 429);
    const waitMs = Number(new Map(headers).get('retry-after-ms'));
    assert.ok(waitMs > 0 && waitMs <= 61_000, String(waitMs));
    assert.match(text, /plan `slow` allows 2 requests a minute.*signalbox tenant set acme --plan/);
    await built.clock.turn(waitMs);
    built.serve(chatOf('small'));
    await settled();
    assert.equal(built.upstream.dials.length, 3);
  });

  it('reserves tokens, and counts what was used', async () => {
    const built = planned('tokens_per_minute_max: 1500');
    const first = built.serve(chatOf('small'));
    await settled();
    const second = await built.serve(chatOf('small')).settlement;
    assert.equal(second?.record.code, 'rate_limited');
    built.upstream.last.answer(ANSWER);
    await first.settlement;
    built.serve(chatOf('small'));
    await settled();
    assert.equal(built.upstream.dials.length, 2);
  });

  it('refuses what it can never let through, and names the plan', async () => {
    const built = planned('tokens_per_minute_max: 100');
    const { reply, settlement } = built.serve(chatOf('small'));
    assert.equal((await settlement)?.record.code, 'not_entitled');
    assert.match(reply.text, /plan `slow` allows 100 tokens a minute; this call may need/);
  });

  it('does not count what is refused for another reason', async () => {
    const built = planned(
      'requests_per_minute_max: 1, in_flight_max: 1, budget: {amount_usd: "0"}',
    );
    const refused = await built.serve(chatOf('large')).settlement;
    assert.equal(refused?.record.code, 'budget_exhausted');
    const again = await built.serve(chatOf('large')).settlement;
    assert.equal(again?.record.code, 'budget_exhausted');
  });

  it('is never passed in any minute', () => {
    const steps = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 40 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 40, max: 90 }), (calls, max) => {
        let now = 0;
        const rates = new Rates({ monotonic: () => now });
        const taken: [at: number, tokens: number][] = [];
        for (const [index, [waitMs, tokens]] of calls.entries()) {
          now += waitMs;
          const call = requestId(index, new Uint8Array(10));
          const asked = { limits: { tokensPerMinuteMax: max }, tokens };
          const over = rates.take(call, tenantName('acme'), asked);
          if (over === undefined) taken.push([now, tokens]);
          const recent = taken.filter(([at]) => at > now - 60_000);
          const used = recent.reduce((sum, [, one]) => sum + one, 0);
          assert.ok(used <= max);
          if (over?.waitMs === undefined) continue;
          now += over.waitMs;
          assert.equal(rates.take(call, tenantName('acme'), asked), undefined);
          taken.push([now, tokens]);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});
