import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandFault } from '../exit.ts';
import { holds, readWhere } from './where.ts';

const ROW = { tier: 3, tenant: 'acme', cost_usd: '0.012', total_ms: 900, code: null };

const CASES: readonly (readonly [where: string, held: boolean])[] = [
  ['', true],
  ['tier=3', true],
  ['tier=2', false],
  ['tier>=2, tenant=acme', true],
  ['tier>=2 and tenant!=acme', false],
  ['cost>0.01 and ms<1000', true],
  ['cost>0.02', false],
  ["tenant='acme'", true],
  ['code=no_eligible_route', false],
  ['code!=no_eligible_route', true],
  ['tokens>0', false],
];

for (const [where, held] of CASES) {
  test(`\`${where}\` ${held ? 'holds' : 'does not hold'}`, () => {
    assert.equal(holds(readWhere(where), ROW), held);
  });
}

test('what is no condition is refused with an example', () => {
  for (const text of ['tier', 'colour=red', 'tier=', '=3', 'tier==3 or x']) {
    assert.throws(
      () => readWhere(text),
      (cause) => cause instanceof CommandFault && cause.exit === 2,
      text,
    );
  }
});
