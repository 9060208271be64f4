import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Clock, type RequestId, requestId } from '@signalbox/contract';
import { type Queued, queued } from './queued.ts';

const AT = 1_760_000_000_000;
const KEEP_MS = 1_000;
const callOf = (n: number): RequestId => requestId(AT, new Uint8Array(10).fill(n));
const body = (size: number): Uint8Array => new Uint8Array(size);

function places(limits = {}): {
  readonly places: Queued;
  turn(ms: number): void;
  /** Sets the clock on the wall. */
  set(ms: number): void;
} {
  let now = 0;
  let wall = AT;
  const clock: Clock = {
    now: () => wall + now,
    monotonic: () => now,
    after: () => () => undefined,
  };
  const all = { callsMax: 3, bytesMax: 100, keepMs: KEEP_MS, ...limits };
  return {
    places: queued(clock, () => all),
    turn: (ms) => {
      now += ms;
    },
    set: (ms) => {
      wall = ms;
    },
  };
}

describe('a queued call', () => {
  it('waits, is answered once, and is gone', () => {
    const { places: line } = places();
    const place = line.open(callOf(1), 'main');
    line.open(callOf(2), 'main');
    assert.deepEqual(line.fetch(callOf(2), 'main'), {
      kind: 'waiting',
      request: callOf(2),
      position: 2,
    });
    place?.answer(200, [['content-type', 'x']], body(3));
    assert.deepEqual(line.fetch(callOf(1), 'main'), {
      kind: 'answer',
      status: 200,
      headers: [['content-type', 'x']],
      body: body(3),
    });
    assert.equal(line.fetch(callOf(1), 'main').kind, 'expired');
    const second = line.fetch(callOf(2), 'main');
    assert.equal(second.kind === 'waiting' && second.position, 1);
  });

  it('is nothing to anybody else, waiting, answered or gone', () => {
    const { places: line } = places();
    const place = line.open(callOf(1), 'main');
    assert.equal(line.fetch(callOf(1), 'other').kind, 'unknown');
    place?.answer(200, [], body(1));
    assert.equal(line.fetch(callOf(1), 'other').kind, 'unknown');
    assert.equal(line.fetch(callOf(1), 'main').kind, 'answer');
    assert.equal(line.fetch(callOf(1), 'other').kind, 'unknown');
    assert.equal(line.fetch(callOf(9), 'main').kind, 'unknown');
  });

  it('is kept in its time also when the clock on the wall is set', () => {
    const { places: line, set } = places();
    line.open(callOf(1), 'main')?.answer(200, [], body(1));
    set(AT + 90_000_000);
    assert.equal(line.fetch(callOf(1), 'main').kind, 'answer');
  });

  it('is gone when its time is over, answered or not', () => {
    const { places: line, turn } = places();
    const late = line.open(callOf(1), 'main');
    line.open(callOf(2), 'main')?.answer(200, [], body(1));
    turn(KEEP_MS);
    assert.equal(line.fetch(callOf(1), 'main').kind, 'expired');
    assert.equal(line.fetch(callOf(2), 'main').kind, 'expired');
    late?.answer(200, [], body(1));
    assert.equal(line.fetch(callOf(1), 'main').kind, 'expired');
  });
});

describe('room for queued calls', () => {
  it('is bounded in number', () => {
    const { places: line, turn } = places();
    for (const n of [1, 2, 3]) assert.ok(line.open(callOf(n), 'main'));
    assert.equal(line.open(callOf(4), 'main'), undefined);
    turn(KEEP_MS);
    assert.ok(line.open(callOf(4), 'main'));
  });

  it('is bounded in bytes: an answer without room is gone', () => {
    const { places: line } = places();
    const [one, two, three] = [1, 2, 3].map((n) => line.open(callOf(n), 'main'));
    one?.answer(200, [], body(60));
    two?.answer(200, [], body(60));
    assert.equal(line.fetch(callOf(2), 'main').kind, 'expired');
    assert.equal(line.fetch(callOf(1), 'main').kind, 'answer');
    three?.answer(200, [], body(90));
    assert.equal(line.fetch(callOf(3), 'main').kind, 'answer', 'what was fetched makes room');
  });

  it('is bounded for those that are gone, too', () => {
    const { places: line, turn } = places();
    for (let n = 0; n < 20; n += 1) {
      line.open(callOf(n), 'main');
      turn(KEEP_MS);
    }
    const remembered = Array.from({ length: 20 }, (_, n) => line.fetch(callOf(n), 'main').kind);
    assert.ok(remembered.filter((kind) => kind === 'expired').length <= 4);
    assert.equal(remembered[0], 'unknown');
  });
});
