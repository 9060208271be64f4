import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { costNanoUsd, type Price, type Rates } from './prices.ts';
import {
  amortisedPrice,
  DEFAULT_AMORTISED,
  DEFAULT_AMORTISED_VERSION,
  defaultAmortisedPrice,
} from './prices-local.ts';

test("hardware of one's own has a price without configuration, and it is not zero", () => {
  const price = defaultAmortisedPrice();
  assert.equal(price.version, DEFAULT_AMORTISED_VERSION);
  const { input, output } = ratesOf(price);
  assert.equal(output, 308_476n);
  assert.equal(input, 30_848n);
  const cost = costNanoUsd(price, { inputTokens: 1, outputTokens: 1 });
  assert.ok(cost.kind === 'known' && cost.nanoUsd > 0n);
});

test('the default is the arithmetic that its documentation shows', () => {
  const machine = 2000 / (24 * 2_629_800 * 0.5);
  const power = ((350 / 1000) * 0.3) / 3600;
  const usdPerToken = (machine + power) / 300;
  const { output } = ratesOf(defaultAmortisedPrice());
  assert.equal(Number(output), Math.round(usdPerToken * 1e12));
});

test('a machine that works half as much costs twice as much hardware a token', () => {
  const free = { ...DEFAULT_AMORTISED, watts: 0 };
  const { output } = ratesOf(amortisedPrice(free, 'v'));
  const { output: doubled } = ratesOf(amortisedPrice({ ...free, busyShare: 0.25 }, 'v'));
  const off = doubled - 2n * output;
  assert.ok(off >= -1n && off <= 1n);
});

test("a prefix from the model's own cache costs nothing", () => {
  assert.equal(ratesOf(defaultAmortisedPrice()).cachedInput, 0n);
});

test('a rate that rounds to nothing is still one pico-USD', () => {
  const cheap = { ...DEFAULT_AMORTISED, hardwareUsd: '0.000001', watts: 0 };
  assert.equal(ratesOf(amortisedPrice(cheap, 'v')).output, 1n);
});

test('figures that cannot divide make the price unknown', () => {
  const wrong = [
    { busyShare: 0 },
    { busyShare: 1.01 },
    { busyShare: -0.5 },
    { lifeMonths: 0 },
    { outputTokensPerSecond: 0 },
    { inputTokensPerSecond: Number.NaN },
    { hardwareUsd: 'much' },
    { kilowattHourUsd: '-0.3' },
    { hardwareUsd: '1e40' },
  ];
  for (const figures of wrong) {
    const price = amortisedPrice({ ...DEFAULT_AMORTISED, ...figures }, 'v');
    assert.deepEqual(price, { kind: 'unknown', why: 'incomplete', version: 'v' });
  }
});

test('property: dearer hardware, dearer power and slower tokens never make a token cheaper', () => {
  const figures = fc.record({
    hardware: fc.integer({ min: 1, max: 1e6 }),
    watts: fc.integer({ min: 0, max: 1e5 }),
    speed: fc.integer({ min: 1, max: 1e5 }),
    more: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(figures, ({ hardware, watts, speed, more }) => {
      const at = (hardwareUsd: number, power: number, outputTokensPerSecond: number) =>
        ratesOf(
          amortisedPrice(
            {
              ...DEFAULT_AMORTISED,
              hardwareUsd: String(hardwareUsd),
              watts: power,
              outputTokensPerSecond,
            },
            'v',
          ),
        ).output;
      const base = at(hardware, watts, speed);
      assert.ok(at(hardware + more, watts, speed) >= base);
      assert.ok(at(hardware, watts + more, speed) >= base);
      assert.ok(at(hardware, watts, speed + more) <= base);
    }),
  );
});

function ratesOf(price: Price): Rates {
  assert.ok(price.kind === 'known');
  return price.rates;
}
