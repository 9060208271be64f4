import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Loss } from '@signalbox/engine';
import { riskFigures } from './routing-risk.ts';

/** The higher the score, the likelier a loss; `spoilt`: everywhere. */
const rowsOf = (count: number, spoilt: number): readonly Loss[] =>
  Array.from({ length: count }, (_, at) => {
    const score = ((at * 7_919) % count) / count;
    const chance = ((at * 104_729) % 1_009) / 1_009;
    return { score, loss: chance < score * score * 0.4 + spoilt ? 1 : 0 };
  });

it('a promise holds for rows that are alike, and after a shift once audits have moved it', () => {
  const figures = riskFigures([
    { task: 'shop', rows: rowsOf(2_500, 0) },
    { task: 'verse', rows: rowsOf(500, 0.3) },
  ]);
  const of = (name: RegExp) => {
    const found = figures.find(({ figure }) => name.test(figure));
    assert.ok(found !== undefined, String(name));
    return found;
  };
  for (const alpha of ['0.02', '0.04', '0.06']) {
    const mean = of(new RegExp(`^shop: loss promised <= ${alpha}, expected: mean`));
    assert.equal(mean.met, true, `${alpha}: ${mean.ours}`);
    assert.equal(of(new RegExp(`^shop: loss promised <= ${alpha}, in 9 of 10: viol`)).met, true);
  }
  assert.ok((of(/0.04, expected: kept/).ours ?? 0) > (of(/0.04, in 9 of 10: kept/).ours ?? 1));
  const shift = of(/^shop, then verse/);
  assert.ok((shift.baselines['threshold left as it was'] ?? 0) > 0.1);
  assert.equal(shift.met, true, `${shift.ours}`);
});

it('of too few rows nothing is said', () => {
  const figures = riskFigures([{ task: 'shop', rows: rowsOf(100, 0) }]);
  assert.ok(figures.every(({ ours, met }) => ours === null && met === null));
});
