import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handClock } from './hand-clock.fixture.ts';
import { Timed, Wheel } from './wheel.ts';

const TICK_MS = 25;

class Noted extends Timed {
  readonly #answer: (nowMs: number) => number | undefined;
  readonly at: number[] = [];
  constructor(answer: (nowMs: number) => number | undefined = () => undefined) {
    super();
    this.#answer = answer;
  }
  override due(nowMs: number): number | undefined {
    this.at.push(nowMs);
    return this.#answer(nowMs);
  }
}

test('an entry comes due never early and at most two ticks late, near or far', () => {
  for (const ms of [1, 24, 25, 26, 100, 999, 12_345, 60_000, 600_000]) {
    const clock = handClock();
    const wheel = new Wheel(clock);
    const entry = new Noted();
    wheel.arm(entry, ms);
    clock.turn(ms - 1);
    assert.deepEqual(entry.at, [], `${ms} ms is early`);
    clock.turn(1 + 2 * TICK_MS);
    assert.equal(entry.at.length, 1, `${ms} ms is late`);
    assert.equal(wheel.armed, 0);
  }
});

test('a disarmed entry never comes due, and disarming twice does nothing', () => {
  const clock = handClock();
  const wheel = new Wheel(clock);
  const entries = Array.from({ length: 10 }, () => new Noted());
  for (const entry of entries) wheel.arm(entry, 100);
  for (const entry of entries.slice(0, 5)) wheel.disarm(entry);
  for (const entry of entries.slice(0, 5)) wheel.disarm(entry);
  clock.turn(1_000);
  assert.deepEqual(
    entries.map((entry) => entry.at.length),
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  );
});

test('an entry that was pushed back meanwhile says so and is asked again later', () => {
  const clock = handClock();
  const wheel = new Wheel(clock);
  let realMs = 100;
  const entry = new Noted((nowMs) => (realMs > nowMs ? realMs : undefined));
  wheel.arm(entry, realMs);
  realMs = 300;
  clock.turn(1_000);
  assert.equal(entry.at.length, 2);
  assert.equal((entry.at[1] ?? 0) >= 300, true);
});

test('an entry can be hastened, but not put off, from outside', () => {
  const clock = handClock();
  const wheel = new Wheel(clock);
  const entry = new Noted();
  wheel.arm(entry, 60_000);
  wheel.hasten(entry, 100);
  wheel.hasten(entry, 30_000);
  clock.turn(150);
  assert.equal(entry.at.length, 1);
  wheel.hasten(entry, 200);
  clock.turn(60_000);
  assert.equal(entry.at.length, 1, 'what is not armed stays so');
});

test('a loop that was blocked, or a machine that slept, times nobody out', () => {
  let atMs = 0;
  let then: () => void = () => {};
  const wheel = new Wheel({
    now: () => 0,
    monotonic: () => atMs,
    after: (_, next) => {
      then = next;
      return () => {};
    },
  });
  const entry = new Noted();
  wheel.arm(entry, 1_000);
  atMs += 3_600_000;
  then();
  assert.deepEqual(entry.at, []);
  assert.equal(wheel.nowMs <= 100, true);
});

test('the wheel stands still while nothing is armed', () => {
  const clock = handClock();
  let waits = 0;
  const wheel = new Wheel({
    ...clock,
    after: (ms, then) => {
      waits += 1;
      return clock.after(ms, then);
    },
  });
  clock.turn(10_000);
  assert.equal(waits, 0);
  const entry = new Noted();
  wheel.arm(entry, wheel.nowMs + 50);
  clock.turn(10_000);
  assert.equal(entry.at.length, 1);
  const after = waits;
  clock.turn(100_000);
  assert.equal(waits, after);
});

test('entries that arm and disarm others while coming due lose none', () => {
  const clock = handClock();
  const wheel = new Wheel(clock);
  const last = new Noted();
  const victim = new Noted();
  const first = new Noted((nowMs) => {
    wheel.disarm(victim);
    wheel.arm(last, nowMs + 1);
    return undefined;
  });
  wheel.arm(victim, 100);
  wheel.arm(first, 100);
  clock.turn(1_000);
  assert.deepEqual([first.at.length, victim.at.length, last.at.length], [1, 0, 1]);
  assert.equal(wheel.armed, 0);
});
