import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DECAY_MS, decay, FAILED_MS, Load, Queue, TOLD_MS } from './load.ts';

describe('the decay', () => {
  it('is what e to the minus x is, to a thousandth, and never rises', () => {
    let before = 1;
    for (let ms = 0; ms <= 100_000; ms += 37) {
      const now = decay(ms);
      assert.ok(Math.abs(now - Math.exp(-ms / DECAY_MS)) < 0.001, `${ms} ms`);
      assert.ok(now <= before && now > 0);
      before = now;
    }
  });
});

describe('the load of a place', () => {
  it('takes a slower answer at once and a faster one little by little', () => {
    const load = new Load();
    load.took(100, 0, true);
    load.took(900, 0, true);
    assert.equal(load.score(0, true), 900);
    load.took(100, 1_000, true);
    assert.ok(load.score(1_000, true) > 800);
    for (let now = 2_000; now < 60_000; now += 1_000) load.took(100, now, true);
    assert.ok(Math.abs(load.score(59_000, true) - 100) < 5);
  });

  it('counts the calls that wait for their first token', () => {
    const load = new Load();
    load.took(100, 0, true);
    load.pending = 3;
    assert.equal(load.score(0, true), 400);
  });

  it('counts the calls of others that the server tells of, less and less', () => {
    const queue = new Queue();
    const load = new Load(queue);
    const at = (now: number): number => {
      load.took(100, now, true);
      return load.score(now, true);
    };
    assert.equal(at(0), 100);
    queue.told(10, 0);
    assert.equal(at(0), 1_100);
    assert.equal(at(TOLD_MS / 2), 600);
    load.pending = 7;
    assert.equal(at(TOLD_MS / 2), 800);
    load.pending = 0;
    assert.equal(at(2 * TOLD_MS), 100);
    queue.told(10, 2 * TOLD_MS);
    queue.told(0, 2 * TOLD_MS);
    assert.equal(at(2 * TOLD_MS), 100);
  });

  it('counts them also where an answer takes no time', () => {
    const load = new Load();
    load.took(0, 0, true);
    load.pending = 3;
    assert.equal(load.score(0, true), 4);
  });

  it('is thought better of while nobody is heard of', () => {
    const load = new Load();
    load.took(1_000, 0, true);
    assert.ok(load.score(DECAY_MS, true) < 400);
    assert.ok(load.score(DECAY_MS * 100, true) > 0, 'waiting calls still count');
  });

  it('of an unknown place is nothing, until one call is there to find out', () => {
    const load = new Load();
    const slow = new Load();
    slow.took(10_000, 0, true);
    assert.equal(load.score(0, true), 0);
    load.pending = 1;
    assert.ok(load.score(0, true) > slow.score(0, true));
  });

  it('is of streams and of whole answers apart, and of the others while one is unknown', () => {
    const load = new Load();
    load.took(4_000, 0, false);
    assert.equal(load.score(0, true), 4_000);
    load.took(200, 0, true);
    assert.equal(load.score(0, true), 200);
    assert.equal(load.score(0, false), 4_000);
  });

  it('is not small where calls fail fast', () => {
    const load = new Load();
    load.failed(3, 0, true);
    assert.equal(load.score(0, true), FAILED_MS);
  });
});
