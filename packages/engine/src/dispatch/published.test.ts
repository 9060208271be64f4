import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HandClock } from '../house.fixture.ts';
import { Published, RATE_LIMIT_BUFFER } from './published.ts';

fc.configureGlobal({ seed: 4141 });

const MINUTE_MS = 60_000;

describe('a published limit', () => {
  it('that nobody states holds nobody', () => {
    const none = new Published({ requestsPerMinuteMax: undefined, tokensPerMinuteMax: undefined });
    for (let i = 0; i < 10_000; i += 1) {
      assert.equal(none.waitMs(1_000_000, 0), 0);
      none.take(1_000_000, 0);
    }
  });

  it('lets a tenth of its share go at once and the rest evenly', async () => {
    const clock = new HandClock();
    const limit = new Published({ requestsPerMinuteMax: 100, tokensPerMinuteMax: undefined });
    let gone = 0;
    const go = (): void => {
      while (limit.waitMs(1, clock.monotonic()) === 0) {
        limit.take(1, clock.monotonic());
        gone += 1;
      }
    };
    go();
    assert.equal(gone, 100 * RATE_LIMIT_BUFFER * 0.1);
    const wait = limit.waitMs(1, clock.monotonic());
    await clock.turn(wait - 1);
    go();
    assert.equal(gone, 8);
    await clock.turn(1);
    go();
    assert.equal(gone, 9);
  });

  it('of tokens counts what a call is thought to need, and then what it needed', () => {
    const limit = new Published({ requestsPerMinuteMax: undefined, tokensPerMinuteMax: 10_000 });
    limit.take(800, 0);
    assert.ok(limit.waitMs(100, 0) > 0);
    limit.correct(-700);
    assert.equal(limit.waitMs(100, 0), 0);
    limit.correct(5_000);
    assert.ok(limit.waitMs(100, 0) > 10_000);
  });

  it('lets a call through that is larger than a burst, alone', () => {
    const limit = new Published({ requestsPerMinuteMax: undefined, tokensPerMinuteMax: 10_000 });
    assert.equal(limit.waitMs(9_000, 0), 0);
    limit.take(9_000, 0);
    assert.ok(limit.waitMs(1, 0) > 0);
  });
});

it('however calls come, no minute has more of them than was published', () => {
  const scene = fc.record({
    perMinute: fc.integer({ min: 1, max: 300 }),
    waits: fc.array(fc.nat(3_000), { maxLength: 400 }),
  });
  fc.assert(
    fc.property(scene, ({ perMinute, waits }) => {
      const limits = { requestsPerMinuteMax: perMinute, tokensPerMinuteMax: undefined };
      const limit = new Published(limits);
      const gone: number[] = [];
      let now = 0;
      for (const wait of waits) {
        now += wait;
        if (limit.waitMs(1, now) > 0) continue;
        limit.take(1, now);
        gone.push(now);
      }
      const most = Math.max(1, Math.ceil(perMinute * RATE_LIMIT_BUFFER));
      for (const from of gone) {
        const within = gone.filter((at) => at >= from && at < from + MINUTE_MS).length;
        assert.ok(within <= most, `${within} in a minute, ${most} allowed`);
      }
    }),
  );
});

it('who waits as long as it is told may go', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 50 }),
      (perMinute, sizes) => {
        const limits = { requestsPerMinuteMax: undefined, tokensPerMinuteMax: perMinute };
        const limit = new Published(limits);
        let now = 0;
        for (const size of sizes) {
          now += limit.waitMs(size, now);
          assert.ok(limit.waitMs(size, now) < 0.001);
          limit.take(size, now);
        }
      },
    ),
  );
});
