import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { typed } from '../testing.fixture.ts';
import { byScore, type Scored, spreadOf, worth } from './routing-curve.ts';
import { readRows } from './routing-set.ts';
import { aiq, hullOf, priceAt } from './routing-tiers.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-routing-'));
});
after(() => rm(folder, { recursive: true }));

const scored = (...rows: readonly (readonly [number, number, number])[]): readonly Scored[] =>
  rows.map(([score, weak, strong]) => ({ score, weak, strong }));

describe('the worth of an order', () => {
  const rows = scored([4, 0, 1], [3, 1, 1], [2, 0, 1], [1, 1, 1]);

  it('is the area under the gap that is won, and what stays weak at 95 %', () => {
    const one = worth(rows, byScore(rows));
    // Won after each row: 0, 1/2, 1/2, 1, 1.
    assert.equal(one?.apgr, (0.25 + 0.5 + 0.75 + 1) / 4);
    assert.equal(one?.keep95, 0.25);
  });

  it('gives rows of one score their mean, so that an order of nothing is chance', () => {
    const same = rows.map((row) => ({ ...row, score: 0 }));
    assert.equal(worth(same, byScore(same))?.apgr, 0.5);
    assert.equal(worth(same, byScore(same).toReversed())?.apgr, 0.5);
  });

  it('has none where both models are equal, and the same spread each time', () => {
    assert.equal(worth(scored([1, 1, 1], [0, 0, 0]), [0, 1]), undefined);
    const many = Array.from(
      { length: 40 },
      (_, at) => rows[at % 4] ?? { score: 0, weak: 0, strong: 0 },
    );
    const band = spreadOf(many, ({ apgr }) => apgr, 50);
    assert.ok(band !== undefined && band.low < 0.625 && band.high > 0.625);
    assert.deepEqual(
      spreadOf(many, ({ apgr }) => apgr, 50),
      band,
    );
  });
});

it('the hull over priced models never falls, and AIQ is the area under it', () => {
  const points = [
    { price: 1, quality: 0.5 },
    { price: 2, quality: 0.4 },
    { price: 3, quality: 0.8 },
    { price: 4, quality: 0.8 },
  ];
  assert.deepEqual(hullOf(points), [points[0], points[2]]);
  assert.equal(aiq(points, 4), (2 * 0.65 + 0.8) / 4);
  assert.equal(priceAt(points, 0.65), 2);
  assert.equal(priceAt(points, 0.9), undefined);
});

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const THINGS = ['apples', 'lamps', 'tickets', 'bolts', 'maps'];

/** Of every second row the words tell that small fails and middle does not. */
const rowsOf = (task: string, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const isHard = at % 2 === 0;
    const what = `${at} ${THINGS[at % 5] ?? ''}`;
    return {
      ...{ id: `${task}-${at}`, task, sub: at % 4 < 2 ? 'stock' : 'trade' },
      prompt: isHard ? `Derive a bound for ${what}` : `Count ${what} once more`,
      models: { small: isHard ? 0 : 1, large: at % 10 === 9 ? 0 : 1 },
      cost: { small: 0.001, large: 0.01 },
    };
  });

describe('signalbox eval routing', () => {
  before(async () => {
    await writeFile(join(folder, 'train.jsonl'), rowsOf('shop', 200).map(line).join(''));
    const test = [
      ...rowsOf('shop', 60).map((row) => ({ ...row, id: `test-${row.id}`, role: 'test' })),
      ...rowsOf('verse', 40).map((row) => ({ ...row, prompt: `~~ ${row.id.length} § ~~` })),
    ];
    await writeFile(join(folder, 'test.jsonl'), test.map(line).join(''));
  });

  it('trains on one file and measures on the other, beside chance and the oracle', async () => {
    const words = ['eval', 'routing', '--train', 'train.jsonl', '--test', 'test.jsonl'];
    const said = await typed(folder, [...words, '--json', '--scores', 'scores.jsonl']);
    const report = JSON.parse(said.out);
    assert.equal(report.name, 'routing');
    const row = (figure: string) =>
      report.rows.find((one: { figure: string }) => one.figure === figure);
    const area = row('shop, step untold: APGR');
    assert.ok(area.ours > 0.8, `${area.ours}`);
    assert.deepEqual([area.baselines.random, area.count, area.met], [0.5, 60, null]);
    assert.ok(area.spread.ours.low <= area.ours && area.ours <= area.spread.ours.high);
    assert.equal(row('verse, never seen: abstained').ours, 1);
    assert.ok(Math.abs(row('verse, never seen: APGR').ours - 0.5) < 1e-9);
    assert.equal(row('verse, never seen, family not told: abstained').met, true);
    assert.equal(row('families with labels, family not told: abstained').met, true);
    assert.equal(row('mmlu, step told: APGR').met, null);
    assert.equal(row('3 tiers: AIQ').met, null);
    assert.equal(row('mmlu: loss promised <= 0.04, expected: mean loss').met, null);
    const guarded = row('shop, step untold: APGR, what a tenant always says left out');
    assert.equal(guarded.baselines['without defences'], area.ours);
    const rise = row('10 words in every call, entitled tenant: rise of the strong share');
    assert.ok(rise.ours !== null && rise.baselines['without defences'] !== undefined);
    assert.equal(report.cards[0].rows, 200);
    const scores = (await readFile(join(folder, 'scores.jsonl'), 'utf8')).trim().split('\n');
    assert.equal(scores.length, 2 * 100);
    const verse = scores.map((text) => JSON.parse(text)).filter(({ task }) => task === 'verse');
    assert.ok(verse.every(({ abstained, decision }) => abstained && decision === 'prior'));
  });

  it('routes over three priced models in folds', async () => {
    const rows = rowsOf('shop', 120).map((row, at) => ({
      ...row,
      models: { ...row.models, middle: at % 3 === 0 ? 0 : 1 },
      cost: { ...row.cost, middle: 0.004 },
    }));
    // Of these it is not known what each model costs, or how good it was: they price nothing.
    const [free, unasked] = [rows[0], rows[1]];
    const spoilt = [
      { ...free, id: 'no-cost', cost: undefined },
      { ...free, id: 'null-cost', cost: { ...free?.cost, middle: null } },
      { ...unasked, id: 'not-asked', models: { small: 0, large: 'NaN' } },
    ];
    await writeFile(join(folder, 'tiers.jsonl'), [...rows, ...spoilt].map(line).join(''));
    const words = ['eval', 'routing', '--train', 'tiers.jsonl', '--folds', '4', '--json'];
    const said = await typed(folder, [...words, '--models', 'small,middle,large']);
    const report = JSON.parse(said.out);
    const tiers = report.rows.find((one: { figure: string }) => one.figure === '3 tiers: AIQ');
    assert.equal(tiers.count, 120);
    assert.ok(
      tiers.ours > tiers.baselines['single models'] && tiers.ours <= tiers.baselines.oracle,
    );
    assert.equal(report.cards.length, 4);
  });

  it('says what is missing, and where a line is wrong without the line', async () => {
    const none = await typed(folder, ['eval', 'routing', '--train', 'train.jsonl']);
    assert.match(none.err, /no row to measure on: give --test, or --folds/);
    const base = ['eval', 'routing', '--train', 'train.jsonl', '--test', 'test.jsonl'];
    const other = await typed(folder, [...base, '--models', 'small,huge']);
    assert.match(other.err, /No row has huge/);
    const step = await typed(folder, [...base, '--step-label', 'all']);
    assert.match(step.err, /sub, none or both, not all/);
    await writeFile(join(folder, 'bad.jsonl'), `${line({ prompt: 'a', models: {} })}a secret\n`);
    await assert.rejects(readRows(join(folder, 'bad.jsonl')), /^CommandFault: bad\.jsonl:2 is no/);
  });
});
