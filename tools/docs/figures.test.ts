import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Report, Row } from '../bench/report.ts';
import { figuresTable, withFigures } from './figures.ts';

const row = (figure: string, more: Partial<Row> = {}): Row => ({
  figure,
  unit: 'us',
  ours: 40,
  baselines: { direct: null, bare: 30, portkey: 400 },
  ratio: 10,
  goal: '6x below portkey',
  met: true,
  spread: {},
  ...more,
});

const report = (rows: readonly Row[], faults: readonly string[] = []): Report => ({
  name: 'overhead',
  versions: { node: '24.21.0' },
  rows,
  faults,
});

test('a figure stands with the others, its goal and the ratio of the goal', () => {
  const table = figuresTable(report([row('cpu, 1 KB request')]));
  const line =
    '| cpu, 1 KB request | 40.0 us | 30.0 us | 400 us | 6x below portkey (10.0x) | yes |';
  assert.ok(table.split('\n').includes(line), table);
  assert.match(table, /node 24\.21\.0/);
});

test('what was not measured is missing, and its goal is missed', () => {
  const table = figuresTable(
    report([row('rss after start', { ours: null, ratio: null, met: false })]),
  );
  assert.match(table, /\| rss after start \| - \| .* \| 6x below portkey \| \*\*no\*\* \|/);
});

test('a run with a fault says so', () => {
  assert.match(figuresTable(report([], ['portkey did not start'])), /portkey did not start/);
});

test('only what stands between the marks is replaced', () => {
  const page = 'a\n<!-- figures -->\nold\n<!-- /figures -->\nb\n';
  assert.equal(withFigures(page, 'new'), 'a\n<!-- figures -->\nnew\n<!-- /figures -->\nb\n');
  assert.throws(() => withFigures('a', 'new'), /no single/);
  assert.throws(() => withFigures(page + page, 'new'), /no single/);
});

test('the README has a place for figures', () => {
  const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  assert.equal(withFigures(withFigures(page, 'x'), 'x'), withFigures(page, 'x'));
});
