import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DOUBT_MS_FIRST, DOUBT_MS_MAX, Reach } from './reach.ts';

const DRAW = 0;

function refuse(reach: Reach, now: number): void {
  reach.failed(reach.enter(now), now, DRAW, 'connect_failed');
}

describe('an endpoint that refuses connections', () => {
  it('is left alone for a while by whoever can go elsewhere, and then tried again', () => {
    const reach = new Reach(() => {});
    assert.equal(reach.isDown(0), false);
    refuse(reach, 0);
    assert.deepEqual([reach.isDown(0), reach.admits(0)], [true, true]);
    assert.equal(reach.waitMs(0), DOUBT_MS_FIRST);
    assert.equal(reach.isDown(DOUBT_MS_FIRST), false);
  });

  it('is left alone twice as long after each further refusal, up to a bound', () => {
    const reach = new Reach(() => {});
    for (let now = 0, pause = DOUBT_MS_FIRST, i = 0; i < 40; i += 1) {
      refuse(reach, now);
      assert.equal(reach.waitMs(now), pause);
      now += pause;
      pause = Math.min(DOUBT_MS_MAX, pause * 2);
    }
  });

  it('is doubted once by those who were out together, and shut by five of them', () => {
    const reach = new Reach(() => {});
    const passes = [0, 0, 0, 0, 0].map(() => reach.enter(0));
    for (const pass of passes) reach.failed(pass, 0, DRAW, 'connect_failed');
    assert.equal(reach.waitMs(0), DOUBT_MS_FIRST);
    assert.equal(reach.admits(0), false);
  });

  it('is well again with the first connection that is taken, and each is told once', () => {
    const told: string[] = [];
    const reach = new Reach((event) => told.push(event));
    const early = reach.enter(0);
    refuse(reach, 0);
    refuse(reach, 1);
    reach.succeeded(early, 2);
    reach.succeeded(reach.enter(3), 3);
    assert.equal(reach.isDown(3), false);
    refuse(reach, 4);
    assert.equal(reach.waitMs(4), DOUBT_MS_FIRST);
    assert.deepEqual(told, ['endpoint-down', 'endpoint-up', 'endpoint-down']);
  });
});

describe('a probe', () => {
  it('that is refused shuts it at once; one call at a time finds out whether it is back', () => {
    const reach = new Reach(() => {});
    reach.probed('certificate_expired', 0, DRAW);
    assert.deepEqual([reach.isDown(0), reach.admits(0)], [true, false]);
    const later = DOUBT_MS_FIRST;
    assert.deepEqual([reach.isDown(later), reach.downBy(later)], [false, 'certificate_expired']);
    const pass = reach.enter(later);
    assert.equal(reach.admits(later), false, 'one is out');
    reach.succeeded(pass, later);
    assert.deepEqual([reach.admits(later), reach.downBy(later)], [true, undefined]);
  });

  it('that is taken opens what calls have shut, and what they meet later counts anew', () => {
    const reach = new Reach(() => {});
    for (let i = 0; i < 5; i += 1) refuse(reach, i);
    const late = reach.enter(4);
    assert.equal(reach.admits(5), false);
    reach.probed(undefined, 5, DRAW);
    assert.deepEqual([reach.admits(5), reach.isDown(5), reach.waitMs(5)], [true, false, 0]);
    for (let i = 0; i < 4; i += 1) refuse(reach, 6 + i);
    reach.failed(late, 10, DRAW, 'connect_failed');
    assert.equal(reach.admits(10), true);
  });

  it('that is taken changes nothing where all is well', () => {
    const told: string[] = [];
    const reach = new Reach((event) => told.push(event));
    reach.probed(undefined, 0, DRAW);
    assert.deepEqual(told, []);
  });

  it('that is refused again and again keeps it shut longer each time, up to a bound', () => {
    const reach = new Reach(() => {});
    let now = 0;
    for (let i = 0; i < 20; i += 1) {
      reach.probed('certificate_expired', now, DRAW);
      const waitMs = reach.waitMs(now);
      assert.ok(waitMs >= Math.min(DOUBT_MS_MAX, DOUBT_MS_FIRST * 2 ** i) / 2, `${i}: ${waitMs}`);
      assert.ok(waitMs <= DOUBT_MS_MAX);
      now += waitMs;
    }
  });
});
