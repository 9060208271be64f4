import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RESIDENCY_PLANTS, runResidency } from '../index.ts';

const SEEDS = 12;
/** Most are in the first few; all within 1,000. */
const PLANT_SEEDS = 120;

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('a world about residency', () => {
  it('lets no byte go beyond a clearance, asked at the far end or not', async () => {
    const tally = new Map<string, number>();
    for (const seed of range(SEEDS)) {
      const { breach, beyond, blocked, ...rest } = await runResidency(seed, {
        asserts: seed % 2 === 0,
      });
      const again = `npm run world -- --residency --seed ${seed}\n${rest.lines.join('\n')}`;
      assert.equal(breach, undefined, `${breach?.invariant}: ${breach?.detail}\n${again}`);
      assert.equal(beyond, 0);
      assert.equal(blocked.dials, 0, 'what the rooms decide needs no far end');
      assert.ok(rest.seen > 0);
      for (const [name, times] of Object.entries(rest.tally)) {
        tally.set(name, (tally.get(name) ?? 0) + times);
      }
    }
    const wanted = [
      ...['call', 'change', 'deaths', 'parked', 'deferred', 'status 200', 'status 403'],
      ...['saw ended', 'dial well', 'dial refuse', 'dial deaf', 'dial die-midway'],
    ];
    assert.deepEqual(
      wanted.filter((name) => !tally.has(name)),
      [],
    );
  });
});

describe('a planted fault of residency', () => {
  for (const [name, plant] of RESIDENCY_PLANTS) {
    const { blockedAs } = plant;
    const ends = blockedAs === undefined ? '' : ', and stopped and recorded at the far end';
    it(`is found${ends}, when ${plant.says}`, async () => {
      for (const seed of range(PLANT_SEEDS)) {
        const { breach } = await runResidency(seed, { plant, asserts: false });
        if (breach === undefined) continue;
        assert.ok(plant.breaks.includes(breach.invariant), `${breach.invariant} ${breach.detail}`);
        if (blockedAs === undefined) return;
        const asserted = await runResidency(seed, { plant, asserts: true });
        const { blocked, beyond } = asserted;
        assert.equal(asserted.breach, undefined, asserted.breach?.detail);
        assert.equal(beyond, 0);
        assert.ok(blocked[blockedAs] > 0, 'nothing of it stands in records');
        assert.equal(blocked.acts, blocked.dials, 'every dial that was stopped is in the journal');
        return;
      }
      assert.fail(`${name} was not found in ${PLANT_SEEDS} worlds`);
    });
  }
});
