import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PriceRow } from '../../packages/documents/src/prices-snapshot.ts';
import { mergeReadings } from './merge.ts';
import {
  emptyStatement,
  type Reading,
  type SourceName,
  type Stated,
  type Statement,
} from './statement.ts';

const DAY = '2026-07-24';

test('what both sources say is taken from both', () => {
  const rates = { input: 10, output: 20 };
  const [row] = merge(says('litellm', rates), says('models.dev', rates)).rows;
  const expected = { provider: 'openai', model: 'm', from: DAY, input: 10, output: 20 };
  assert.deepEqual(row, { ...expected, by: { both: 'input output' } });
});

test('a gap is filled from the other source where both agree on input and output', () => {
  const more = { input: 10, output: 20, cachedInput: 1, cacheWrite: 12 };
  const merged = merge(says('litellm', { input: 10, output: 20 }), says('models.dev', more));
  const [row] = merged.rows;
  assert.ok(row?.kind === undefined && row?.cachedInput === 1 && row.cacheWrite === 12);
  assert.deepEqual(row.by, { both: 'input output', 'models.dev': 'cachedInput cacheWrite' });
  assert.deepEqual(merged.disagreements, []);
});

test('where the sources disagree one is taken whole, and the disagreement kept', () => {
  const dear = says('litellm', { input: 2_000_000, output: 6_000_000 });
  const cheap = says('models.dev', { input: 1_500_000, output: 6_000_000, cachedInput: 1 });
  const merged = merge(dear, cheap);
  assert.deepEqual(merged.rows, [
    {
      ...{ provider: 'openai', model: 'm', from: DAY, input: 2_000_000, output: 6_000_000 },
      by: { litellm: 'input', both: 'output' },
    },
  ]);
  const head = { provider: 'openai', model: 'm', field: 'input' };
  const expected = { ...head, taken: 'litellm 2', left: 'models.dev 1.5' };
  assert.deepEqual(merged.disagreements, [expected]);
});

test('for OpenRouter models.dev is taken', () => {
  const one = says('litellm', { input: 1, output: 1 }, { provider: 'openrouter' });
  const other = says('models.dev', { input: 2, output: 2 }, { provider: 'openrouter' });
  const [row] = merge(one, other).rows;
  assert.ok(row?.kind === undefined && row?.input === 2);
});

test('zero is believed from two sources or of a free offer, and never against a price', () => {
  const zero = { input: 0, output: 0 };
  const price = { input: 5, output: 5 };
  const kinds = (rows: readonly PriceRow[]) =>
    rows.map((row) => (row.kind === 'unknown' ? row.why : (row.kind ?? 'known')));
  assert.deepEqual(kinds(merge(says('litellm', zero), says('models.dev', zero)).rows), [
    'known-zero',
  ]);
  assert.deepEqual(kinds(merge(says('litellm', zero)).rows), ['zero-unconfirmed']);
  const free = says('models.dev', zero, { model: 'x:free' });
  assert.deepEqual(kinds(merge(free).rows), ['known-zero']);
  const against = merge(says('litellm', zero), says('models.dev', price));
  assert.deepEqual(kinds(against.rows), ['known']);
  assert.equal(against.disagreements.length, 2);
});

test('a chat model whose output alone is free is not believed; an embedding is', () => {
  const half = { input: 5, output: 0 };
  const [chat] = merge(says('litellm', half)).rows;
  assert.ok(chat?.kind === 'unknown' && chat.why === 'zero-unconfirmed');
  const [embedding] = merge(says('litellm', { input: 5 }, { embedding: true })).rows;
  assert.ok(embedding?.kind === undefined && embedding?.output === 0);
  const [both] = merge(says('litellm', half), says('models.dev', half)).rows;
  assert.equal(both?.kind, 'unknown');
});

test('a model without any price is listed as that, when the dated source names it', () => {
  const [row] = merge(says('litellm', {})).rows;
  assert.ok(row?.kind === 'unknown' && row.why === 'unpriced');
  assert.deepEqual(merge(says('models.dev', {})).rows, []);
});

test('what one source calls an image model is no chat model by the word of the other', () => {
  const reading = { ...of(), others: new Set(['openai m']) };
  const other = of(says('models.dev', { input: 1, output: 1 }));
  assert.deepEqual(mergeReadings([reading, other], DAY).rows, []);
});

test('of two prices for one model in one source the higher is taken', () => {
  const merged = merge(
    says('litellm', { input: 2, output: 6 }),
    says('litellm', { input: 8, output: 24 }),
  );
  const [row] = merged.rows;
  assert.ok(row?.kind === undefined && row?.input === 8);
  assert.equal(merged.disagreements.length, 2);
});

test('numbers that cannot be meant are left out and noted', () => {
  const slips = { input: 100, output: 200, cachedInput: 101, cacheWrite: 99, cacheWriteHour: 2000 };
  const merged = merge(says('litellm', slips));
  const [row] = merged.rows;
  const expected = { provider: 'openai', model: 'm', from: DAY, input: 100, output: 200 };
  assert.deepEqual(row, { ...expected, by: { litellm: 'input output' } });
  assert.deepEqual(
    merged.doubts.map(({ field }) => field),
    ['cachedInput', 'cacheWrite', 'cacheWriteHour'],
  );
  const absurd = merge(says('litellm', { input: 3_200_000_000, output: 1 }));
  assert.ok(absurd.rows[0]?.kind === 'unknown' && absurd.rows[0].why === 'implausible');
  assert.deepEqual(
    absurd.doubts.map(({ field, left }) => [field, left]),
    [['input', 'litellm 3200']],
  );
});

test('steps are ordered, complete, and compared', () => {
  const statement = says('litellm', { input: 10, output: 20 });
  statement.steps.set(500_000, { input: 40, output: 80 });
  statement.steps.set(200_000, { input: 20 });
  const merged = merge(statement, says('models.dev', { input: 10, output: 20 }));
  const [row] = merged.rows;
  assert.ok(row?.kind === undefined);
  assert.deepEqual(row?.steps, [
    { above: 200_000, input: 20, output: 20 },
    { above: 500_000, input: 40, output: 80 },
  ]);
  assert.deepEqual(
    merged.disagreements.map(({ field, left }) => [field, left]),
    [
      ['input above 200000', 'models.dev none'],
      ['input above 500000', 'models.dev none'],
    ],
  );
});

test('a service level is listed when both its input and output are', () => {
  const statement = says('litellm', { input: 10, output: 20 });
  statement.services.set('flex', { rates: { input: 5, output: 10 }, steps: new Map() });
  statement.services.set('priority', { rates: { input: 20 }, steps: new Map() });
  const [row] = merge(statement).rows;
  assert.ok(row?.kind === undefined);
  assert.deepEqual(row?.services, { flex: { input: 5, output: 10 } });
});

function says(
  source: SourceName,
  rates: Stated,
  more: { readonly provider?: string; readonly model?: string; readonly embedding?: boolean } = {},
): Statement {
  const { provider = 'openai', model = 'm', embedding = false } = more;
  return { ...emptyStatement(source, provider, model, embedding), rates: { ...rates } };
}

function of(...statements: readonly Statement[]): Reading {
  return { statements, others: new Set(), date: undefined, unread: new Set() };
}

function merge(...statements: readonly Statement[]): ReturnType<typeof mergeReadings> {
  const from = (source: SourceName) => of(...statements.filter((one) => one.source === source));
  return mergeReadings([from('litellm'), from('models.dev')], DAY);
}
