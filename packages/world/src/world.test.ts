import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INVARIANTS, PLANTS, runWorld } from './index.ts';

const SEEDS = 25;
/** Each plant is found within 200 seeds; most are in the first few. */
const PLANT_SEEDS = 60;

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('the seeded world', () => {
  it('holds what it has to hold, and everything that it is about happens in it', async () => {
    const tally = new Map<string, number>();
    for (const seed of range(SEEDS)) {
      const { breach, lines, tally: counted } = await runWorld(seed);
      const again = `npm run world -- --seed ${seed}\n${lines.join('\n')}`;
      assert.equal(breach, undefined, `${breach?.invariant}: ${breach?.detail}\n${again}`);
      for (const [name, times] of Object.entries(counted)) {
        tally.set(name, (tally.get(name) ?? 0) + times);
      }
    }
    const wanted = [
      ...['call', 'change', 'deaths', 'disk-full', 'jump', 'parked', 'deferred', 'dry-run'],
      ...['saw answered', 'saw ended', 'saw cut', 'saw left', 'saw reset'],
      ...['status 200', 'status 402', 'status 403', 'status 409', 'status 503'],
      ...['dial refuse', 'dial deaf', 'dial die-early', 'dial die-midway', 'dial talkative'],
    ];
    assert.deepEqual(
      wanted.filter((name) => !tally.has(name)),
      [],
    );
  });

  it('is the same world for the same seed, event by event', async () => {
    for (const seed of range(3)) {
      const [first, second] = [await runWorld(seed), await runWorld(seed)];
      assert.equal(first.digest, second.digest);
      assert.deepEqual(first.tally, second.tally);
    }
    const [one, other] = [await runWorld(1), await runWorld(2)];
    assert.notEqual(one.digest, other.digest);
  });
});

describe('a planted fault', () => {
  for (const [name, plant] of PLANTS) {
    it(`is found when ${plant.says}`, async () => {
      for (const seed of range(PLANT_SEEDS)) {
        const { breach } = await runWorld(seed, plant);
        if (breach === undefined) continue;
        const found = `${breach.invariant}: ${breach.detail}`;
        assert.ok(plant.breaks.includes(breach.invariant), found);
        assert.ok(breach.invariant in INVARIANTS);
        return;
      }
      assert.fail(`${name} was not found in ${PLANT_SEEDS} seeds`);
    });
  }
});
