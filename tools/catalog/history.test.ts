import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PriceRow } from '../../packages/documents/src/prices-snapshot.ts';
import { digestOf } from './file.ts';
import { extendHistory } from './history.ts';
import { describe } from './report.ts';

test('a changed price is a new row, and the old one stays', () => {
  const before = [known('a', '2026-01-01', 10)];
  const extended = extendHistory(before, [known('a', '2026-02-01', 8)]);
  assert.ok(extended.ok);
  assert.deepEqual(extended.rows, [known('a', '2026-01-01', 10), known('a', '2026-02-01', 8)]);
  assert.deepEqual(describe(extended.changes, 5).slice(0, 1), [
    '~ p a  input 0.00001 output 0.00001  ->  input 0.000008 output 0.000008',
  ]);
});

test('the same price on a later day is no row', () => {
  const before = [known('a', '2026-01-01', 10)];
  const extended = extendHistory(before, [known('a', '2026-02-01', 10)]);
  assert.ok(extended.ok);
  assert.deepEqual(extended.rows, before);
  assert.deepEqual(extended.changes, []);
});

test('a price that returns to an earlier value is a new row again', () => {
  const before = [known('a', '2026-01-01', 10), known('a', '2026-02-01', 8)];
  const extended = extendHistory(before, [known('a', '2026-03-01', 10)]);
  assert.ok(extended.ok && extended.rows.length === 3);
});

test('a model that the sources dropped keeps its rows', () => {
  const before = [known('a', '2026-01-01', 10), known('b', '2026-01-01', 20)];
  const extended = extendHistory(before, [known('a', '2026-02-01', 10)]);
  assert.ok(extended.ok);
  assert.deepEqual(extended.rows, before);
  assert.deepEqual(extended.changes, [{ kind: 'retired', row: before[1] }]);
});

test('a known price is not forgotten when a source stops stating it', () => {
  const before = [known('a', '2026-01-01', 10)];
  const extended = extendHistory(before, [unknown('a', '2026-02-01')]);
  assert.ok(extended.ok);
  assert.deepEqual(extended.rows, before);
  assert.equal(extended.changes[0]?.kind, 'unstated');
});

test('an unknown price that becomes known is a new row', () => {
  const extended = extendHistory([unknown('a', '2026-01-01')], [known('a', '2026-02-01', 1)]);
  assert.ok(extended.ok && extended.rows.length === 2);
});

test('a change without a later day is refused', () => {
  const before = [known('a', '2026-01-01', 10)];
  for (const day of ['2026-01-01', '2025-12-31']) {
    const extended = extendHistory(before, [known('a', day, 9)]);
    assert.ok(!extended.ok);
    assert.equal(extended.sameDay.length, 1);
  }
});

test('a step, a service level or an omission that changes is a changed price', () => {
  const before = known('a', '2026-01-01', 10);
  const steps = [{ above: 1, input: 1, output: 1 }];
  const changes = [
    { ...known('a', '2026-02-01', 10), steps },
    { ...known('a', '2026-02-01', 10), services: { flex: { input: 1, output: 1 } } },
    { ...known('a', '2026-02-01', 10), omits: ['search' as const] },
    { ...known('a', '2026-02-01', 10), cachedInput: 1 },
  ];
  for (const changed of changes) {
    const extended = extendHistory([before], [changed]);
    assert.ok(extended.ok && extended.changes[0]?.kind === 'changed');
    const again = extendHistory(extended.rows, [{ ...changed, from: '2026-03-01' }]);
    assert.ok(again.ok && again.changes.length === 0);
  }
});

test('property: over any number of updates no row is ever lost or altered', () => {
  const price = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(undefined));
  const list = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), price);
  fc.assert(
    fc.property(fc.array(list, { maxLength: 12, size: 'max' }), (lists) => {
      let rows: readonly PriceRow[] = [];
      for (const [index, stated] of lists.entries()) {
        const day = `2026-01-${String(index + 1).padStart(2, '0')}`;
        const read = Object.entries(stated).map(([model, pico]) =>
          pico === undefined ? unknown(model, day) : known(model, day, pico),
        );
        const extended = extendHistory(rows, read);
        assert.ok(extended.ok);
        const lines = new Set(extended.rows.map((row) => JSON.stringify(row)));
        for (const row of rows) assert.ok(lines.has(JSON.stringify(row)));
        rows = extended.rows;
      }
    }),
  );
});

test('the digest does not depend on the order of keys, but on everything else', () => {
  const row = known('a', '2026-01-01', 10);
  const turned = { by: row.by, output: 10, input: 10, from: row.from, model: 'a', provider: 'p' };
  assert.equal(digestOf([turned]), digestOf([row]));
  assert.notEqual(digestOf([{ ...turned, input: 11 }]), digestOf([row]));
});

function known(model: string, from: string, pico: number) {
  return { provider: 'p', model, from, input: pico, output: pico, by: { both: 'input output' } };
}

function unknown(model: string, from: string): PriceRow {
  return { provider: 'p', model, from, kind: 'unknown', why: 'unpriced' };
}
