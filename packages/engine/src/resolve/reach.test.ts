import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABELS } from '@signalbox/contract';
import fc from 'fast-check';
import { build, chatOf, type Heads, HOUSE } from '../house.fixture.ts';
import { identify } from '../tenant/tenant.ts';
import { tiersOf } from './reach.ts';
import { resolution } from './resolving.fixture.ts';

fc.configureGlobal({ seed: 4141 });

const ALIASES =
  'aliases: {both: [small, large], pinned: [{model: shared, endpoint: far}], lost: [medium]}';
const yaml = (tenant: string, key = '', more = ''): string => {
  const limited = HOUSE.replace('acme: {}', `acme: ${tenant}`).replace(
    'scopes: [call, explain]',
    `scopes: [call]${key}`,
  );
  return [limited, ALIASES, more].join('\n');
};

function tiers(text: string, name: string): readonly number[] {
  const { house, keyText } = build(text);
  const { tenants, catalog } = house.now();
  const who = identify(keyText('main'), '192.0.2.7', tenants, house.ports);
  assert.ok(who.ok);
  return tiersOf(name, who.value, catalog);
}

describe('the tiers that a name may lead to', () => {
  const off = yaml('{}').replace(
    'url: https://middle.example/v1',
    'url: https://middle.example/v1\n    enabled: false',
  );
  const lost = yaml('{}').replace('env:FAR', 'env:GONE');
  const cases: readonly (readonly [why: string, text: string, name: string, tiers: number[]])[] = [
    ['all that is there', yaml('{}'), 'auto', [1, 2, 3]],
    ['one model at one place', yaml('{}'), 'large', [3]],
    ['one model at several', yaml('{}'), 'shared', [1, 2, 3]],
    ['an alias, all its targets', yaml('{}'), 'both', [1, 3]],
    ['an alias to one endpoint', yaml('{}'), 'pinned', [3]],
    ['a pinned endpoint', yaml('{}'), 'middle/shared', [2]],
    ['a need', yaml('{}'), 'need:reasoning', [3]],
    ['nothing of that name', yaml('{}'), 'nothing', []],
    ['the tiers of the key', yaml('{}', ', tiers: [1, 2]'), 'auto', [1, 2]],
    ['the models of the key', yaml('{}', ', models: [large, medium]'), 'auto', [2, 3]],
    ['the plan', yaml('{plan: p}', '', 'plans: {p: {tiers: [3]}}'), 'both', [3]],
    ['a sovereign tenant', yaml('{topology: sovereign}'), 'auto', [1]],
    ['its residency', yaml('{residency: [eu]}'), 'auto', [1, 2]],
    ['zero retention', yaml('{retention: zero}'), 'auto', [1, 2]],
    ['a label that every call has', yaml('{default_label: internal}'), 'auto', [1, 2]],
    ['what is switched off', off, 'auto', [1, 3]],
    ['what has no credential', lost, 'both', [1]],
    ['an alias that leads nowhere now', off, 'lost', []],
  ];
  for (const [why, text, name, expected] of cases) {
    it(`are ${JSON.stringify(expected)} of ${name}: ${why}`, () => {
      assert.deepEqual(tiers(text, name), expected);
    });
  }

  it('hold for every call: none is offered another', async () => {
    const tenant = fc.constantFrom(
      '{}',
      '{topology: sovereign}',
      '{default_label: internal}',
      '{residency: [eu]}',
    );
    const key = fc.constantFrom('', ', tiers: [1, 2]', ', models: [large, small]');
    const name = fc.constantFrom('auto', 'both', 'shared', 'large', 'pinned');
    const label = fc.constantFrom(...LABELS);
    await fc.assert(
      fc.asyncProperty(tenant, key, name, label, async (whose, limits, model, declared) => {
        const text = yaml(whose, limits);
        const head: Heads = { sensitivity: { label: declared, kinds: [] } };
        const { resolved } = await resolution(build(text), chatOf(model), head);
        const may = tiers(text, model);
        for (const { place } of resolved?.route.offers ?? []) assert.ok(may.includes(place.tier));
      }),
      { numRuns: 100 },
    );
  });
});
