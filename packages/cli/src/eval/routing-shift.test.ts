import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shiftFigures } from './routing-shift.ts';

it('a shift is noticed within its goals, and the figures are the same each time', () => {
  const figures = shiftFigures();
  for (const { figure, ours, met } of figures) assert.equal(met, true, `${figure}: ${ours}`);
  assert.deepEqual(shiftFigures(), figures);
});
