import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownPrice, Price } from './prices.ts';
import { costNanoUsd } from './prices.ts';
import { findPrice, NO_LIST_VERSION, priceBook, type StatedPrice } from './prices-book.ts';
import { DEFAULT_AMORTISED_VERSION } from './prices-local.ts';
import { listedModel, providerOfHost } from './prices-providers.table.ts';
import type { PriceRow, PriceSnapshot } from './prices-snapshot.ts';
import { loadSnapshot } from './prices-snapshot-read.ts';

const read = await loadSnapshot();
assert.ok(read.ok);
const shipped = priceBook(read.value, []);
const AT = Date.UTC(2026, 7, 1);

test('well-known models have their published prices, in pico-USD per token', () => {
  const gpt = listed('openai', 'gpt-4o');
  assert.equal(gpt.rates.input, 2_500_000n);
  assert.equal(gpt.rates.output, 10_000_000n);
  assert.equal(gpt.rates.cachedInput, 1_250_000n);
  const sonnet = listed('anthropic', 'claude-sonnet-4-20250514');
  assert.equal(sonnet.rates.input, 3_000_000n);
  assert.equal(sonnet.rates.output, 15_000_000n);
  assert.equal(sonnet.rates.cachedInput, 300_000n);
  assert.equal(sonnet.rates.cacheWrite, 3_750_000n);
  assert.equal(sonnet.rates.cacheWriteHour, 6_000_000n);
  const opus = listed('anthropic', 'claude-opus-4-20250514');
  assert.equal(opus.rates.input, 15_000_000n);
  assert.equal(opus.rates.output, 75_000_000n);
  const embedding = listed('openai', 'text-embedding-3-small');
  assert.equal(embedding.rates.input, 20_000n);
  assert.equal(embedding.rates.output, 0n);
});

test('a long prompt of a stepped model costs the higher step', () => {
  const gemini = listed('gemini', 'gemini-2.5-pro');
  assert.deepEqual(
    gemini.steps.map(({ above, rates }) => [above, rates.input, rates.output]),
    [[200_000, 2_500_000n, 15_000_000n]],
  );
  const cost = costNanoUsd(gemini, { inputTokens: 200_001, outputTokens: 0 });
  assert.ok(cost.kind === 'known' && cost.nanoUsd === 500_002_500n);
});

test('the version of a listed price begins with the digest of its list', () => {
  assert.equal(shipped.version, `catalog:${read.ok ? read.value.digest.slice(0, 12) : ''}`);
  assert.equal(listed('openai', 'gpt-4o').version, shipped.version);
});

test('a model that nobody lists has an unknown price, at every provider', () => {
  const queries = [
    { provider: 'openai', model: 'gpt-4o-2099-01-01' },
    { provider: 'anthropic', model: 'gpt-4o' },
    { provider: 'nobody', model: 'gpt-4o' },
    { model: 'gpt-4o' },
    { provider: 'openai', model: '__proto__' },
    { provider: 'constructor', model: 'constructor' },
  ];
  for (const query of queries) {
    const price = findPrice(shipped, { ...query, at: AT });
    assert.equal(price.kind === 'unknown' && price.why, 'not-listed');
  }
});

test('free offers are known to be zero, and a lone zero is not believed', () => {
  const free = findPrice(shipped, { provider: 'openrouter', model: 'openrouter/free', at: AT });
  assert.equal(free.kind, 'known-zero');
  const routed = findPrice(shipped, { provider: 'openrouter', model: 'openrouter/auto', at: AT });
  assert.equal(routed.kind === 'unknown' && routed.why, 'zero-unconfirmed');
});

test('a fine-tuned model has the price of fine-tuned models of its base', () => {
  assert.equal(listedModel('ft:gpt-4.1-2025-04-14:acme::b7'), 'ft:gpt-4.1-2025-04-14');
  assert.equal(listedModel('ft:gpt-4.1-2025-04-14'), 'ft:gpt-4.1-2025-04-14');
  const tuned = listed('openai', 'ft:gpt-4.1-2025-04-14:acme::b7');
  assert.equal(tuned.rates.input, 3_000_000n);
});

test('a price holds from its day on, and the one before it until then', () => {
  const book = priceBook(list([row('2026-03-01', 200), row('2026-01-01', 100)]), []);
  const at = (year: number, month: number, day: number, ms = 0) =>
    inputOf(findPrice(book, { ...QUERY, at: Date.UTC(year, month - 1, day) + ms }));
  assert.equal(at(2026, 1, 1), 100n);
  assert.equal(at(2026, 3, 1, -1), 100n);
  assert.equal(at(2026, 3, 1), 200n);
  assert.equal(at(2030, 1, 1), 200n);
});

test('the first listed price also holds before its day', () => {
  const book = priceBook(list([row('2026-01-01', 100)]), []);
  assert.equal(inputOf(findPrice(book, { ...QUERY, at: 0 })), 100n);
});

test('what the operator states wins over the list, the most particular first', () => {
  const about: StatedPrice['about'][] = [
    { kind: 'model-anywhere', model: 'm' },
    { kind: 'hardware', endpoint: 'e' },
    { kind: 'endpoint', endpoint: 'e' },
    { kind: 'model', model: 'm' },
    { kind: 'model-at-endpoint', endpoint: 'e', model: 'm' },
  ];
  const snapshot = list([row('2026-01-01', 7)]);
  for (let count = 0; count <= about.length; count += 1) {
    const stated = about.slice(0, count).map((subject, index) => state(subject, 100 + index));
    const book = priceBook(snapshot, stated.reverse());
    const found = findPrice(book, { ...QUERY, endpoint: 'e', at: AT });
    assert.equal(inputOf(found), count === 0 ? 7n : BigInt(99 + count));
  }
});

test('a statement holds from its time on; of two for one time the later in the file does', () => {
  const subject = { kind: 'model', model: 'm' } as const;
  const stated = [state(subject, 3, 2000), state(subject, 1, 1000), state(subject, 2, 1000)];
  const book = priceBook(list([row('1970-01-01', 9)]), stated);
  const at = (ms: number) => inputOf(findPrice(book, { ...QUERY, at: ms }));
  assert.deepEqual([at(999), at(1000), at(1999), at(2000)], [9n, 2n, 2n, 3n]);
});

test("a statement is found by our name for a model and by the upstream's", () => {
  const book = priceBook(undefined, [state({ kind: 'model', model: 'fast' }, 5)]);
  const query = { model: 'qwen3:4b', name: 'fast', at: AT };
  assert.equal(inputOf(findPrice(book, query)), 5n);
  assert.equal(findPrice(book, { model: 'qwen3:4b', at: AT }).kind, 'unknown');
});

test("one's own hardware has the documented default, unless somebody states a price", () => {
  const bare = priceBook(undefined, []);
  assert.equal(bare.version, NO_LIST_VERSION);
  const own = { model: 'qwen3:8b', endpoint: 'ollama', ownHardware: true, at: AT };
  assert.equal(findPrice(bare, own).version, DEFAULT_AMORTISED_VERSION);
  const stated = priceBook(undefined, [state({ kind: 'hardware', endpoint: 'ollama' }, 42)]);
  assert.equal(inputOf(findPrice(stated, own)), 42n);
  const rented = findPrice(bare, { ...own, ownHardware: false });
  assert.equal(rented.kind, 'unknown');
});

test('a host tells whose prices hold there', () => {
  const hosts: readonly (readonly [string, string | undefined])[] = [
    ['api.openai.com', 'openai'],
    ['acme.openai.azure.com', 'azure'],
    ['openai.azure.com', undefined],
    ['api.groq.com', 'groq'],
    ['europe-west4-aiplatform.googleapis.com', 'vertex'],
    ['generativelanguage.googleapis.com', 'gemini'],
    ['bedrock-runtime.eu-central-1.amazonaws.com', 'bedrock'],
    ['api.openai.com.example.org', undefined],
    ['localhost', undefined],
  ];
  for (const [host, provider] of hosts) assert.equal(providerOfHost(host), provider, host);
});

const QUERY = { provider: 'p', model: 'm' };

function row(from: string, input: number): PriceRow {
  return { provider: 'p', model: 'm', from, input, output: 0, by: { litellm: 'input' } };
}

function list(prices: readonly PriceRow[]): PriceSnapshot {
  const empty = { sources: [], disagreements: [], rounded: [], doubts: [] };
  return { version: 1, digest: 'a'.repeat(64), date: '2026-01-01', ...empty, prices };
}

function state(about: StatedPrice['about'], input: number, fromMs = 0): StatedPrice {
  const rates = { ...listed('openai', 'gpt-4o').rates, input: BigInt(input) };
  return { about, fromMs, price: { ...listed('openai', 'gpt-4o'), rates } };
}

function listed(provider: string, model: string): KnownPrice {
  const price = findPrice(shipped, { provider, model, at: AT });
  assert.ok(price.kind === 'known', `${provider} ${model}`);
  return price;
}

function inputOf(price: Price): bigint {
  assert.ok(price.kind === 'known');
  return price.rates.input;
}
