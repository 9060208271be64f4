import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paints } from '../terminal.ts';
import { explanationText } from './explanation.ts';

const PLAIN = paints(false);

test('a key that may not explain sees tier, endpoint and the gates that refused', () => {
  const text = explanationText(
    {
      decision: 'dec_1',
      ending: 'refused',
      code: 'no_eligible_route',
      tier: null,
      endpoint: null,
      gates: ['tier'],
      cost_nano_usd: null,
    },
    PLAIN,
  );
  assert.match(text, /^decision dec_1\n/);
  assert.match(text, /ended +refused: no_eligible_route/);
  assert.doesNotMatch(text, /undefined|null|NaN/);
});

test('what a name holds cannot move the cursor of whoever reads it', () => {
  const text = explanationText({ decision_id: 'dec_2', rule: 'bad\u001b[2J' }, PLAIN);
  assert.ok(!text.includes('\u001b'));
});

test('nothing at all is still no fault', () => {
  for (const value of [undefined, null, 'x', [], {}]) {
    assert.match(explanationText(value, PLAIN), /^decision/);
  }
});
