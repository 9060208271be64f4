import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Clock, Store } from '@signalbox/contract';
import { documents, type Gateway, startGateway } from './gateway.fixture.ts';
import { watchLoad } from './load-watch.ts';

let gateway: Gateway;

before(async () => {
  gateway = await startGateway(documents);
});
after(() => gateway.stop());

/** Each turn wakes who waits, so many milliseconds too late. */
function lateClock(): Clock & { readonly turn: (lateMs: number) => void } {
  let at = 0;
  let due: { readonly ms: number; readonly then: () => void } | undefined;
  return {
    now: () => at,
    monotonic: () => at,
    after(ms, then) {
      const one = { ms, then };
      due = one;
      return () => {
        if (due === one) due = undefined;
      };
    },
    turn(lateMs) {
      const one = due;
      due = undefined;
      at += (one?.ms ?? 0) + lateMs;
      one?.then();
    },
  };
}

test('a loop that stays late raises the level, and it falls in the calm', () => {
  const clock = lateClock();
  const { house } = gateway.node;
  const changes: object[] = [];
  const store: Store = {
    ...house.ports.store,
    append: ({ body }) => void changes.push(Object(body)),
  };
  const watched = { ...house, ports: { ...house.ports, clock, store } };
  const unwatch = watchLoad(watched, { gauge: () => {} }).watch();
  const seconds = (count: number, lateMs: number): void => {
    for (let look = 0; look < count * 4; look += 1) clock.turn(look % 4 === 1 ? lateMs : 0);
  };
  seconds(2, 120);
  assert.deepEqual(changes, []);
  seconds(1, 120);
  assert.equal(house.live.degradation.level, 2);
  assert.equal(gateway.node.readiness().mode, 'degraded');
  assert.match(gateway.node.readiness().reasons.join(), /level 2 of 4, the event loop is late/);
  assert.match(gateway.metrics(), /^signalbox_degradation_level 2$/m);
  seconds(60, 0);
  assert.deepEqual(
    changes.map((one) => ['act', 'by', 'what'].map((key) => Reflect.get(one, key))),
    [2, 1, 0].map((level) => ['degradation-changed', 'gateway', `level ${level}`]),
  );
  unwatch();
  clock.turn(900);
  assert.equal(changes.length, 3);
});
