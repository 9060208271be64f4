import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Usage } from '@signalbox/contract';
import fc from 'fast-check';
import {
  completeRates,
  costNanoUsd,
  type KnownPrice,
  type Price,
  type PricedUsage,
  priceOfService,
  type Rates,
} from './prices.ts';

const GPT_4O: KnownPrice = known({ input: 2_500_000, output: 10_000_000, cachedInput: 1_250_000 });

test('a call costs its tokens times their rates', () => {
  assert.equal(cost(GPT_4O, { inputTokens: 1000, outputTokens: 500 }), 7_500_000n);
  const cached = { inputTokens: 1000, cachedInputTokens: 800, outputTokens: 500 };
  assert.equal(cost(GPT_4O, cached), 200n * 2500n + 800n * 1250n + 500n * 10_000n);
});

test('the usage of the contract is a usage that can be priced', () => {
  const usage: Usage = {
    inputTokens: 10,
    outputTokens: 0,
    cachedInputTokens: undefined,
    reasoningTokens: undefined,
    source: 'measured',
  };
  const version = 'catalog:test';
  const expected = { kind: 'known', nanoUsd: 25_000n, priceVersion: version };
  assert.deepEqual(costNanoUsd(GPT_4O, usage), expected);
});

test('an unknown price gives an unknown cost, and a price of zero a cost of zero', () => {
  const usage = { inputTokens: 1000, outputTokens: 1000 };
  const unknown: Price = { kind: 'unknown', why: 'not-listed', version: 'v' };
  const zero: Price = { kind: 'known-zero', from: undefined, version: 'v' };
  assert.deepEqual(costNanoUsd(unknown, usage), { kind: 'unknown' });
  assert.deepEqual(costNanoUsd(zero, usage), { kind: 'known', nanoUsd: 0n, priceVersion: 'v' });
});

test('reasoning is part of the output, and writes to the cache are part of the input', () => {
  const price = known({
    input: 3_000_000,
    output: 15_000_000,
    cachedInput: 300_000,
    cacheWrite: 3_750_000,
    cacheWriteHour: 6_000_000,
    reasoning: 5_000_000,
  });
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 400,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 100,
    outputTokens: 200,
    reasoningTokens: 150,
  };
  const input = 300n * 3000n + 400n * 300n + 200n * 3750n + 100n * 6000n;
  assert.equal(cost(price, usage), input + 50n * 15_000n + 150n * 5000n);
});

test('what was not stated is priced like the total that it is part of', () => {
  const price = known({ input: 2_000_000, output: 8_000_000 });
  const whole = { inputTokens: 100, outputTokens: 50 };
  const parts = { cachedInputTokens: 60, cacheWriteTokens: 40, reasoningTokens: 50 };
  assert.equal(cost(price, { ...whole, ...parts }), cost(price, whole));
});

test('a call above a step is priced by the step as a whole', () => {
  const price = known({ input: 3_000_000, output: 15_000_000 }, [
    { above: 200_000, input: 6_000_000, output: 22_500_000 },
    { above: 500_000, input: 9_000_000, output: 30_000_000 },
  ]);
  assert.equal(cost(price, { inputTokens: 200_000, outputTokens: 1 }), 600_015_000n);
  assert.equal(cost(price, { inputTokens: 200_001, outputTokens: 1 }), 1_200_028_500n);
  assert.equal(cost(price, { inputTokens: 500_001, outputTokens: 0 }), 4_500_009_000n);
});

test('a rate per call is charged once, also for an empty call', () => {
  const price = known({ input: 0, output: 0, request: 5_000_000_000 });
  assert.equal(cost(price, { inputTokens: 0, outputTokens: 0 }), 5_000_000n);
});

test('half a nano-USD rounds to the even side', () => {
  const price = known({ input: 500, output: 1 });
  const halves = [0, 1, 2, 3, 4, 5].map((inputTokens) => ({ inputTokens, outputTokens: 0 }));
  const rounded = halves.map((usage) => cost(price, usage));
  assert.deepEqual(rounded, [0n, 0n, 1n, 2n, 2n, 2n]);
  assert.equal(cost(price, { inputTokens: 1, outputTokens: 1 }), 1n);
});

test('a part that exceeds its total counts as reported', () => {
  const usage = { inputTokens: 5, cachedInputTokens: 100, outputTokens: 5, reasoningTokens: 9 };
  assert.equal(cost(GPT_4O, usage), 100n * 1250n + 9n * 10_000n);
});

test('counts that are none give an unknown cost and never an exception', () => {
  const oddities = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e13, 2 ** 60];
  for (const odd of oddities) {
    for (const field of ['inputTokens', 'outputTokens', 'cachedInputTokens', 'reasoningTokens']) {
      const usage = { inputTokens: 1, outputTokens: 1, [field]: odd };
      assert.deepEqual(costNanoUsd(GPT_4O, usage), { kind: 'unknown' });
    }
  }
});

test('another service level has its own price, or an unknown one', () => {
  const priority = { rates: completeRates({ input: 4_250_000, output: 17_000_000 }), steps: [] };
  const price: Price = { ...GPT_4O, services: new Map([['priority', priority]]) };
  const usage = { inputTokens: 1000, outputTokens: 0 };
  assert.equal(cost(priceOfService(price, 'priority'), usage), 4_250_000n);
  for (const plain of [undefined, 'default', 'auto', 'standard_only']) {
    assert.equal(priceOfService(price, plain), price);
  }
  const flex = priceOfService(price, 'flex');
  assert.equal(flex.kind === 'unknown' && flex.why, 'service-not-listed');
});

const LIMITS = { numRuns: 300 };
const rate = fc.bigInt({ min: 0n, max: 1_000_000_000n });
const count = fc.integer({ min: 0, max: 10_000_000 });
const anyRates: fc.Arbitrary<Rates> = fc.record({
  input: rate,
  output: rate,
  cachedInput: rate,
  cacheWrite: rate,
  cacheWriteHour: rate,
  reasoning: rate,
  request: rate,
});
const flatPrice = anyRates.map((rates): KnownPrice => ({ ...GPT_4O, rates }));
/** Usage whose parts lie inside their totals. */
const anyUsage = fc
  .record({ fresh: count, cached: count, short: count, hour: count, spoken: count, thought: count })
  .map(
    (of): Required<PricedUsage> => ({
      inputTokens: of.fresh + of.cached + of.short + of.hour,
      cachedInputTokens: of.cached,
      cacheWriteTokens: of.short + of.hour,
      cacheWriteHourTokens: of.hour,
      outputTokens: of.spoken + of.thought,
      reasoningTokens: of.thought,
    }),
  );

test('property: the cost is the exact sum, rounded once', () => {
  fc.assert(
    fc.property(flatPrice, anyUsage, ({ rates, ...price }, usage) => {
      const nano = cost({ ...price, rates }, usage);
      const exact = exactPico(rates, usage);
      const off = nano * 1000n - exact;
      assert.ok(off <= 500n && off >= -500n);
      if (off === 500n || off === -500n) assert.equal(nano % 2n, 0n);
    }),
    LIMITS,
  );
});

test('property: two calls cost what one call of both costs, within one rounding each', () => {
  fc.assert(
    fc.property(flatPrice, anyUsage, anyUsage, (price, a, b) => {
      const perCall = { ...price, rates: { ...price.rates, request: 0n } };
      const apart = cost(perCall, a) + cost(perCall, b);
      const off = apart - cost(perCall, sum(a, b));
      assert.ok(off <= 1n && off >= -1n);
    }),
    LIMITS,
  );
});

test('property: more tokens never cost less, also across a step', () => {
  const stepped = fc
    .record({ base: anyRates, rise: anyRates, above: fc.integer({ min: 1, max: 1e7 }) })
    .map(({ base, rise, above }): KnownPrice => {
      const steps = [{ above, rates: add(base, rise) }];
      return { ...GPT_4O, rates: base, steps };
    });
  fc.assert(
    fc.property(stepped, anyUsage, count, count, (price, usage, input, output) => {
      const more = {
        ...usage,
        inputTokens: usage.inputTokens + input,
        outputTokens: usage.outputTokens + output,
      };
      assert.ok(cost(price, more) >= cost(price, usage));
    }),
    LIMITS,
  );
});

test('property: the cost depends on the counts alone, not on the order of anything', () => {
  fc.assert(
    fc.property(flatPrice, anyUsage, (price, usage) => {
      const turned = Object.fromEntries(Object.entries(usage).reverse());
      assert.equal(cost(price, { ...usage, ...turned }), cost(price, usage));
    }),
    LIMITS,
  );
});

test('property: whatever an upstream reports, pricing returns', () => {
  const odd = fc.oneof(fc.double(), fc.integer(), fc.constant(undefined));
  const usage = fc.record({
    inputTokens: fc.oneof(fc.double(), fc.integer()),
    outputTokens: fc.oneof(fc.double(), fc.integer()),
    cachedInputTokens: odd,
    cacheWriteTokens: odd,
    cacheWriteHourTokens: odd,
    reasoningTokens: odd,
  });
  fc.assert(
    fc.property(flatPrice, usage, (price, reported) => {
      const result = costNanoUsd(price, reported);
      if (result.kind === 'known') assert.ok(result.nanoUsd >= 0n);
    }),
    LIMITS,
  );
});

type Plain = { input: number; output: number } & Partial<Record<keyof Rates, number>>;

function known(stated: Plain, steps: readonly (Plain & { above: number })[] = []): KnownPrice {
  return {
    kind: 'known',
    rates: completeRates(stated),
    steps: steps.map((step) => ({ above: step.above, rates: completeRates(step) })),
    services: new Map(),
    omits: [],
    from: '2026-07-24',
    version: 'catalog:test',
  };
}

function cost(price: Price, usage: PricedUsage): bigint {
  const result = costNanoUsd(price, usage);
  assert.equal(result.kind, 'known');
  return result.kind === 'known' ? result.nanoUsd : -1n;
}

/** Token by token class, without the shortcuts of the real one. */
function exactPico(rates: Rates, usage: Required<PricedUsage>): bigint {
  const of = (count: number | undefined) => BigInt(count ?? 0);
  const cached = of(usage.cachedInputTokens);
  const hour = of(usage.cacheWriteHourTokens);
  const short = of(usage.cacheWriteTokens) - hour;
  const fresh = of(usage.inputTokens) - cached - short - hour;
  const thought = of(usage.reasoningTokens);
  const input = fresh * rates.input + cached * rates.cachedInput;
  const written = short * rates.cacheWrite + hour * rates.cacheWriteHour;
  const output = (of(usage.outputTokens) - thought) * rates.output + thought * rates.reasoning;
  return rates.request + input + written + output;
}

function sum(a: Required<PricedUsage>, b: Required<PricedUsage>): PricedUsage {
  const of = (field: keyof PricedUsage) => (a[field] ?? 0) + (b[field] ?? 0);
  return {
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cachedInputTokens: of('cachedInputTokens'),
    cacheWriteTokens: of('cacheWriteTokens'),
    cacheWriteHourTokens: of('cacheWriteHourTokens'),
    reasoningTokens: of('reasoningTokens'),
  };
}

function add(base: Rates, rise: Rates): Rates {
  return {
    input: base.input + rise.input,
    output: base.output + rise.output,
    cachedInput: base.cachedInput + rise.cachedInput,
    cacheWrite: base.cacheWrite + rise.cacheWrite,
    cacheWriteHour: base.cacheWriteHour + rise.cacheWriteHour,
    reasoning: base.reasoning + rise.reasoning,
    request: base.request + rise.request,
  };
}
