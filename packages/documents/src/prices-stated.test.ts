import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from './configuration.ts';
import type { Price } from './prices.ts';
import { findPrice, priceBook } from './prices-book.ts';
import { DEFAULT_AMORTISED } from './prices-local.ts';
import { type PriceStatements, priceOfNumbers, statedPrices } from './prices-stated.ts';
import type { PriceDocument, PriceNumbers } from './pricing.ts';

const NOTHING: PriceNumbers = {
  inputPerMillionUsd: undefined,
  outputPerMillionUsd: undefined,
  cachedInputPerMillionUsd: undefined,
  cacheWritePerMillionUsd: undefined,
  requestUsd: undefined,
};
const BOTH = { ...NOTHING, inputPerMillionUsd: '0.1', outputPerMillionUsd: '0.2' };

test('stated dollars become exact rates', () => {
  const price = ofNumbers({ ...BOTH, cachedInputPerMillionUsd: '0.025', requestUsd: '0.001' });
  assert.ok(price.kind === 'known');
  const { input, output, cachedInput, cacheWrite, request } = price.rates;
  assert.deepEqual([input, output, cachedInput], [100_000n, 200_000n, 25_000n]);
  assert.deepEqual([cacheWrite, request], [100_000n, 1_000_000_000n]);
});

test('an operator may state that a model is free', () => {
  const price = ofNumbers({ ...NOTHING, inputPerMillionUsd: '0', outputPerMillionUsd: '0' });
  assert.equal(price.kind, 'known-zero');
});

test('half a price is no price, and neither is one that cannot be read', () => {
  const incomplete = [
    NOTHING,
    { ...NOTHING, inputPerMillionUsd: '1' },
    { ...NOTHING, outputPerMillionUsd: '1' },
    { ...BOTH, inputPerMillionUsd: 'cheap' },
    { ...BOTH, cachedInputPerMillionUsd: '0.0000001' },
    { ...BOTH, requestUsd: '-1' },
  ];
  for (const numbers of incomplete) {
    assert.deepEqual(ofNumbers(numbers), { kind: 'unknown', why: 'incomplete', version: 'v' });
  }
});

test('a price per call needs no price per token', () => {
  const price = ofNumbers({ ...NOTHING, requestUsd: '0.005' });
  assert.ok(price.kind === 'known' && price.rates.request === 5_000_000_000n);
});

test('every place of a configuration that states a price reaches the book', () => {
  const local = {
    name: 'local',
    price: undefined,
    amortised: DEFAULT_AMORTISED,
    models: new Map([['qwen3:8b', { upstream: 'qwen3:8b', price: numbers('3') }]]),
  };
  const cloud = { name: 'cloud', price: numbers('2'), amortised: undefined, models: new Map() };
  const statements: PriceStatements = {
    prices: [document(numbers('7'), undefined, 0), document(numbers('8'), 'cloud', 5000)],
    endpoints: new Map([local, cloud].map((each) => [each.name, each])),
    models: new Map([['general', { name: 'general', price: numbers('5') }]]),
  };
  const book = priceBook(undefined, statedPrices(statements, 'abc'));
  const input = (query: { endpoint?: string; model: string; name?: string }, at = 9000) => {
    const price = findPrice(book, { ...query, at });
    assert.ok(price.kind === 'known');
    assert.equal(price.version, 'configuration:abc');
    return price.rates.input;
  };
  assert.equal(input({ endpoint: 'local', model: 'qwen3:8b', name: 'general' }), 3_000_000n);
  assert.equal(input({ endpoint: 'local', model: 'other' }), 30_848n);
  assert.equal(input({ endpoint: 'cloud', model: 'other' }), 2_000_000n);
  assert.equal(input({ endpoint: 'far', model: 'x', name: 'general' }), 5_000_000n);
  assert.equal(input({ endpoint: 'far', model: 'priced' }), 7_000_000n);
  assert.equal(input({ endpoint: 'cloud', model: 'priced' }), 8_000_000n);
  assert.equal(input({ endpoint: 'cloud', model: 'priced' }, 4999), 7_000_000n);
});

test('a whole configuration states prices', () => {
  const fits: (configuration: Configuration) => PriceStatements = (configuration) => configuration;
  assert.equal(typeof fits, 'function');
});

test('a dated statement shows its day', () => {
  const dated = document(BOTH, undefined, Date.UTC(2026, 10, 21, 13));
  const statements = { prices: [dated], endpoints: new Map(), models: new Map() };
  const [stated] = statedPrices(statements, 'abc');
  assert.ok(stated?.price.kind === 'known' && stated.price.from === '2026-11-21');
});

function ofNumbers(stated: PriceNumbers): Price {
  return priceOfNumbers(stated, 'v', undefined);
}

function numbers(usd: string): PriceNumbers {
  return { ...NOTHING, inputPerMillionUsd: usd, outputPerMillionUsd: usd };
}

function document(
  price: PriceNumbers,
  endpoint: string | undefined,
  fromMs: number,
): PriceDocument {
  return { ...price, model: 'priced', endpoint, fromMs, origin: undefined };
}
