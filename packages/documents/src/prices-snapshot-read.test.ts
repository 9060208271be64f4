import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LISTED_PROVIDERS } from './prices-providers.table.ts';
import type { PriceSnapshot } from './prices-snapshot.ts';
import { loadSnapshot, readSnapshot } from './prices-snapshot-read.ts';

const shipped = await load();

test('the shipped list is readable, in order, and has one price a model and day', () => {
  const names = shipped.prices.map((row) => `${row.provider}\n${row.model}\n${row.from}`);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(names, [...names].sort());
  assert.ok(shipped.prices.length > 1500);
});

test('the shipped list names every provider that it claims to list, and no other', () => {
  const providers = new Set(shipped.prices.map((row) => row.provider));
  assert.deepEqual([...providers].sort(), [...LISTED_PROVIDERS]);
});

test('the shipped list says where it comes from', () => {
  assert.deepEqual(
    shipped.sources.map(({ name, licence }) => [name, licence]),
    [
      ['litellm', 'MIT'],
      ['models.dev', 'MIT'],
    ],
  );
});

test('no shipped price has a cache that costs more to read than to do without', () => {
  for (const row of shipped.prices) {
    if (row.kind !== undefined) continue;
    assert.ok((row.cachedInput ?? 0) <= row.input, row.model);
    assert.ok((row.cacheWrite ?? row.input) >= row.input, row.model);
    for (const step of row.steps ?? []) assert.ok(step.input >= row.input, row.model);
  }
});

const ROW = {
  provider: 'openai',
  model: 'gpt-4o',
  from: '2026-07-24',
  input: 2_500_000,
  output: 10_000_000,
  by: { both: 'input output' },
};
const LIST = {
  version: 1,
  digest: '0'.repeat(64),
  date: '2026-07-24',
  sources: [],
  disagreements: [],
  rounded: [],
  doubts: [],
  prices: [ROW],
};

test('a list of our making is read', () => {
  const steps = [
    { above: 1000, input: 1, output: 1 },
    { above: 2000, input: 2, output: 2 },
  ];
  const services = { priority: { input: 1, output: 2, steps } };
  const rows = [
    { ...ROW, steps, services, omits: ['search'], cachedInput: 0 },
    { provider: 'x', model: 'y', from: '2026-01-01', kind: 'known-zero', by: { both: 'input' } },
    { provider: 'x', model: 'z', from: '2026-01-01', kind: 'unknown', why: 'unpriced' },
  ];
  assert.equal(readSnapshot({ ...LIST, prices: rows }).ok, true);
});

test('a list that is wrong anywhere is refused, and says where', () => {
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['prices.0.input', { ...ROW, input: -1 }],
    ['prices.0.input', { ...ROW, input: 0.5 }],
    ['prices.0.input', { ...ROW, input: '2500000' }],
    ['prices.0.output', { ...ROW, output: undefined }],
    ['prices.0.from', { ...ROW, from: '2026-13-45' }],
    ['prices.0.surprise', { ...ROW, surprise: 1 }],
    ['prices.0.omits', { ...ROW, omits: ['nothing'] }],
    ['prices.0.steps', { ...ROW, steps: [{ above: 0, input: 1, output: 1 }] }],
    ['prices.0.steps', { ...ROW, steps: twice({ above: 5, input: 1, output: 1 }) }],
    ['prices.0.services', { ...ROW, services: { flex: { input: 1 } } }],
    ['prices.0.kind', { ...ROW, kind: 'free' }],
    ['prices.0.input', { ...ROW, kind: 'known-zero' }],
  ];
  for (const [place, row] of rows) {
    const read = readSnapshot({ ...LIST, prices: [row] });
    assert.ok(!read.ok);
    assert.ok(
      read.refusal.some((problem) => problem.startsWith(place)),
      `${place}: ${read.refusal.join(' | ')}`,
    );
  }
  const lists = [null, [], 'list', { ...LIST, version: 2 }, { ...LIST, digest: 'abc' }];
  for (const list of [...lists, { ...LIST, prices: {} }, { ...LIST, prices: [null] }]) {
    assert.equal(readSnapshot(list).ok, false);
  }
});

test('property: whatever the value, reading returns, with at most twenty problems', () => {
  const rows = fc.array(fc.oneof(fc.constant(ROW), fc.object()), { maxLength: 40, size: 'max' });
  const value = fc.oneof(
    fc.anything(),
    rows.map((prices) => ({ ...LIST, prices })),
  );
  fc.assert(
    fc.property(value, (any) => {
      const read = readSnapshot(any);
      assert.ok(read.ok || (read.refusal.length > 0 && read.refusal.length <= 20));
    }),
  );
});

function twice<T>(value: T): readonly T[] {
  return [value, value];
}

async function load(): Promise<PriceSnapshot> {
  const read = await loadSnapshot();
  assert.ok(read.ok, 'the shipped list is readable');
  return read.value;
}
