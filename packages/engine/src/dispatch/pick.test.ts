import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Load } from './load.ts';
import { type Choice, Draws, type Moment, NONE, pick } from './pick.ts';

fc.configureGlobal({ seed: 4141 });

const at = (warm: number): Moment => ({ now: 0, isStream: true, warm });

const choice = (ms: number, weight = 1, pending = 0): Choice => {
  const load = new Load();
  load.took(ms, 0, true);
  load.pending = pending;
  return { load, weight };
};

/** How many of `times` calls each gets when nothing changes between them. */
function shares(choices: readonly Choice[], times: number, warm: number = NONE): readonly number[] {
  const draws = new Draws(4141);
  const counts = choices.map(() => 0);
  for (let i = 0; i < times; i += 1) {
    const taken = pick(choices, at(warm), draws);
    counts[taken] = (counts[taken] ?? 0) + 1;
  }
  return counts.map((count) => count / times);
}

const isAbout = (share: number | undefined, expected: number): void => {
  assert.ok(Math.abs((share ?? 0) - expected) < 0.02, `${share} is not about ${expected}`);
};

describe('among equals', () => {
  it('calls spread evenly while nothing tells them apart', () => {
    for (const share of shares([choice(5), choice(5), choice(5), choice(5)], 20_000)) {
      isAbout(share, 0.25);
    }
  });

  it('the slowest gets a call only when nothing better was drawn, which is never', () => {
    const counts = shares([choice(10), choice(10), choice(11)], 3_000);
    assert.equal(counts[2], 0);
  });

  it('the one with fewer calls waiting is taken', () => {
    assert.deepEqual(shares([choice(10, 1, 4), choice(10, 1, 0)], 100), [0, 1]);
  });

  it('calls that stay out spread evenly, too', () => {
    const choices = Array.from({ length: 8 }, () => choice(10));
    const draws = new Draws(7);
    for (let i = 0; i < 800; i += 1) {
      const chosen = choices[pick(choices, at(NONE), draws)];
      if (chosen !== undefined) chosen.load.pending += 1;
    }
    for (const { load } of choices) assert.ok(Math.abs(load.pending - 100) <= 3);
  });
});

describe('stated weights', () => {
  it('are kept while the places are about equally good', () => {
    const [heavy, light] = shares([choice(100, 3), choice(120, 1)], 20_000);
    isAbout(heavy, 0.75);
    isAbout(light, 0.25);
  });

  it('are outvoted where one is clearly worse', () => {
    const [heavy] = shares([choice(1_000, 3), choice(100, 1)], 20_000);
    // Only where both draws fell on it.
    isAbout(heavy, 0.75 * 0.75);
  });
});

describe('the place that answered the session before', () => {
  it('is taken while it is not worse than twice as slow', () => {
    const choices = [choice(100), choice(100), choice(100), choice(190)];
    assert.deepEqual(shares(choices, 100, 3), [0, 0, 0, 1]);
  });

  it('is not left for one that nobody knows', () => {
    const choices = [choice(100), { load: new Load(), weight: 1 }];
    assert.deepEqual(shares(choices, 100, 0), [1, 0]);
    assert.deepEqual(shares(choices, 100), [0, 1]);
  });

  it('is left when it is', () => {
    const choices = [choice(100), choice(100), choice(100), choice(210)];
    assert.equal(shares(choices, 100, 3)[3], 0);
  });
});

it('whatever the places are like, one of them is taken, and never the worse of two', () => {
  const place = fc.record({
    ms: fc.integer({ min: 1, max: 60_000 }),
    weight: fc.constantFrom(1, 1, 1, 5),
    pending: fc.nat(20),
  });
  fc.assert(
    fc.property(
      fc.array(place, { minLength: 1, maxLength: 12 }),
      fc.integer(),
      fc.integer({ min: -1, max: 11 }),
      (places, seed, wished) => {
        const choices = places.map(({ ms, weight, pending }) => choice(ms, weight, pending));
        const warm = wished < choices.length ? wished : -1;
        const taken = pick(choices, at(warm), new Draws(seed));
        assert.ok(choices[taken] !== undefined);
        if (choices.length !== 2 || choices[0]?.weight !== choices[1]?.weight || warm >= 0) return;
        const [first, second] = choices.map(({ load }) => load.score(0, true));
        assert.ok((choices[taken]?.load.score(0, true) ?? 0) <= Math.min(first ?? 0, second ?? 0));
      },
    ),
  );
});

describe('the draws', () => {
  it('are the same from the same seed, stay within bounds, and spread', () => {
    const [one, other] = [new Draws(0), new Draws(0)];
    let sum = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const drawn = one.next();
      assert.equal(drawn, other.next());
      assert.ok(drawn >= 0 && drawn < 1);
      sum += drawn;
    }
    isAbout(sum / 10_000, 0.5);
  });
});
