import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HandClock } from '../house.fixture.ts';
import { type Slots, slots, WAITING_MAX } from './slots.ts';

fc.configureGlobal({ seed: 4141 });

describe('places', () => {
  it('are as many as the documents say, also when these change', () => {
    const places = slots(new HandClock());
    assert.equal(places.take('a', 2), true);
    assert.equal(places.take('a', 2), true);
    assert.equal(places.take('a', 2), false);
    assert.equal(places.take('a', 3), true);
    assert.deepEqual([places.inFlight('a'), places.total()], [3, 3]);
    assert.equal(places.isFree('a', 3), false);
    assert.equal(places.isFree('a', 4), true);
    for (let i = 0; i < 3; i += 1) places.give('a');
    assert.deepEqual([places.inFlight('a'), places.total()], [0, 0]);
  });

  it('are counted by name', () => {
    const places = slots(new HandClock());
    places.take('a', 1);
    assert.equal(places.take('b', 1), true);
    assert.equal(places.total(), 2);
  });
});

/** Waits for a place of that name; `got` says when it came. */
function waiter(places: Slots, name: string, waitMs = 1_000): { state: string; stop?: () => void } {
  const one: { state: string; stop?: () => void } = { state: 'waits' };
  const stop = places.wait({
    names: [name],
    waitMs,
    tryTake() {
      if (!places.take(name, 1)) return false;
      one.state = 'took';
      one.stop?.();
      return true;
    },
    over: () => {
      one.state = 'over';
    },
  });
  if (stop === undefined) one.state = 'refused';
  else one.stop = stop;
  return one;
}

describe('waiting for a place', () => {
  it('ends in the order of arrival', () => {
    const places = slots(new HandClock());
    places.take('a', 1);
    const [first, second] = [waiter(places, 'a'), waiter(places, 'a')];
    places.give('a');
    assert.deepEqual([first.state, second.state], ['took', 'waits']);
    places.give('a');
    assert.equal(second.state, 'took');
  });

  it('is not ended by another place', () => {
    const places = slots(new HandClock());
    places.take('a', 1);
    places.take('b', 1);
    const [forA, forB] = [waiter(places, 'a'), waiter(places, 'b')];
    places.give('b');
    assert.deepEqual([forA.state, forB.state], ['waits', 'took']);
  });

  it('goes on for who cannot use the place, and the next one is asked', () => {
    const places = slots(new HandClock());
    places.take('a', 1);
    let asked = 0;
    places.wait({
      names: ['a'],
      waitMs: 1_000,
      tryTake: () => {
        asked += 1;
        return false;
      },
      over: () => undefined,
    });
    const next = waiter(places, 'a');
    places.give('a');
    assert.deepEqual([asked, next.state], [1, 'took']);
    places.give('a');
    assert.equal(asked, 2, 'the first one stands in line still');
  });

  it('is over when its time is', async () => {
    const clock = new HandClock();
    const places = slots(clock);
    places.take('a', 1);
    const one = waiter(places, 'a', 500);
    await clock.turn(499);
    assert.equal(one.state, 'waits');
    await clock.turn(1);
    assert.equal(one.state, 'over');
    places.give('a');
    assert.deepEqual([one.state, places.total()], ['over', 0]);
  });

  it('can be given up, and leaves nothing behind', () => {
    const clock = new HandClock();
    const places = slots(clock);
    places.take('a', 1);
    const one = waiter(places, 'a');
    one.stop?.();
    one.stop?.();
    places.give('a');
    assert.deepEqual([one.state, places.total(), clock.pending], ['waits', 0, 0]);
  });

  it('is refused when too many wait, and allowed again when they do not', () => {
    const places = slots(new HandClock());
    places.take('a', 1);
    const all = Array.from({ length: WAITING_MAX }, () => waiter(places, 'a'));
    assert.equal(waiter(places, 'a').state, 'refused');
    all[0]?.stop?.();
    assert.equal(waiter(places, 'a').state, 'waits');
  });

  it('never leaves a place free beside somebody who could take it', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({ do: fc.constantFrom('wait', 'give', 'take', 'stop'), name });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const places = slots(new HandClock());
        const waiters: { name: string; one: ReturnType<typeof waiter> }[] = [];
        for (const { do: what, name: of } of steps) {
          if (what === 'take') places.take(of, 1);
          if (what === 'give' && places.inFlight(of) > 0) places.give(of);
          if (what === 'stop') waiters.shift()?.one.stop?.();
          if (what === 'wait' && !places.isFree(of, 1)) {
            waiters.push({ name: of, one: waiter(places, of) });
          }
          for (const { name: wanted, one } of waiters) {
            if (one.state === 'waits') assert.equal(places.isFree(wanted, 1), false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
