import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type Breach, type Clearance, type Place, type Terms, within } from './clearance.ts';
import { tenantName } from './ids.ts';
import { mintClearance } from './mint.ts';
import { LABELS, TIERS } from './tiers.ts';

fc.configureGlobal({ seed: 4141 });

const acme = tenantName('acme');
const TERMS: Terms = {
  subject: 'call',
  tenant: acme,
  label: 'public',
  ceiling: 3,
  residency: undefined,
  retention: 'standard',
  ownOnly: false,
};
const PLACE: Place = {
  name: 'far',
  origin: 'https://far.example',
  tier: 3,
  region: 'us',
  retention: 'standard',
  own: false,
  tenant: undefined,
  privateAddress: undefined,
};

const asked = (terms: Partial<Terms>, place: Partial<Place> = {}): Breach | undefined =>
  within(mintClearance({ ...TERMS, ...terms }), { ...PLACE, ...place });

describe('within', () => {
  const cases: readonly (readonly [Partial<Terms>, Partial<Place>, Breach | undefined])[] = [
    [{}, {}, undefined],
    [{ ceiling: 2 }, { tier: 3 }, 'tier'],
    [{ ceiling: 2 }, { tier: 2 }, undefined],
    [{ ceiling: 1 }, { tier: 2 }, 'tier'],
    [{}, { tenant: acme }, undefined],
    [{}, { tenant: tenantName('other') }, 'tenant'],
    [{ ownOnly: true }, { tier: 1 }, 'not-own'],
    [{ ownOnly: true }, { own: true }, undefined],
    [{ residency: ['eu'] }, { region: 'us' }, 'residency'],
    [{ residency: ['eu', 'us'] }, { region: 'us' }, undefined],
    [{ residency: ['eu'] }, { region: undefined }, 'residency'],
    [{ residency: [] }, { region: 'us' }, 'residency'],
    [{ residency: ['eu'] }, { region: undefined, tier: 1 }, undefined],
    [{ retention: 'zero' }, {}, 'retention'],
    [{ retention: 'zero' }, { retention: 'zero' }, undefined],
  ];
  for (const [terms, place, breach] of cases) {
    it(`answers ${breach} for ${JSON.stringify(terms)} and ${JSON.stringify(place)}`, () => {
      assert.equal(asked(terms, place), breach);
    });
  }

  it('takes a tier that is no number for one above every ceiling', () => {
    for (const tier of [Number.NaN, undefined, '3rd', 4, {}]) {
      const place = { ...PLACE };
      Reflect.set(place, 'tier', tier);
      assert.equal(within(mintClearance(TERMS), place), 'tier');
    }
  });

  it('never lets more through when a term grows stricter', () => {
    const region = fc.constantFrom(undefined, 'eu', 'us');
    const terms = fc.record({
      ceiling: fc.constantFrom(...TIERS),
      label: fc.constantFrom(...LABELS),
      residency: fc.constantFrom(undefined, ['eu'], ['eu', 'us']),
      retention: fc.constantFrom('standard' as const, 'zero' as const),
      ownOnly: fc.boolean(),
    });
    const place = fc.record({
      tier: fc.constantFrom(...TIERS),
      region,
      own: fc.boolean(),
      retention: fc.constantFrom('standard' as const, 'zero' as const),
      tenant: fc.constantFrom(undefined, acme, tenantName('other')),
    });
    const stricter = fc.constantFrom<Partial<Terms>>(
      { ceiling: 1 },
      { residency: [] },
      { retention: 'zero' },
      { ownOnly: true },
    );
    fc.assert(
      fc.property(terms, place, stricter, (loose, where, strict) => {
        if (asked({ ...loose, ...strict }, where) === undefined) {
          assert.equal(asked(loose, where), undefined);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a clearance', () => {
  const minted = mintClearance(TERMS);
  const real = minted as unknown as Clearance & Record<string, unknown>;

  const forgeries: readonly (readonly [name: string, forged: unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'clearance'],
    ['an object of the same shape', { terms: TERMS }],
    ['a spread copy', { ...minted }],
    ['an assigned copy', Object.assign({}, minted)],
    ['an heir', Object.create(minted)],
    ['an object with its prototype', Object.create(Object.getPrototypeOf(minted))],
    [
      'the same with its terms',
      Object.assign(Object.create(Object.getPrototypeOf(minted)), { terms: TERMS }),
    ],
    ['parsed JSON', JSON.parse(JSON.stringify({ terms: TERMS }))],
    ['a structured clone', structuredClone({ terms: TERMS })],
    ['a proxy', new Proxy(minted, {})],
  ];
  for (const [name, forged] of forgeries) {
    it(`cannot be forged: ${name}`, () => {
      // The test is about what the type forbids.
      assert.equal(within(forged as Clearance, PLACE), 'forged');
    });
  }

  it('leads nobody to the mint', () => {
    assert.equal(real.constructor, undefined);
    const prototype: unknown = Object.getPrototypeOf(minted);
    assert.equal(Object.isFrozen(prototype), true);
    assert.throws(() => Reflect.construct(Object(real.constructor), [TERMS]), TypeError);
  });

  it('cannot be changed, however deep', () => {
    const inner = mintClearance({ ...TERMS, residency: ['eu'] });
    const terms = Object(inner.terms);
    assert.throws(() => Object.assign(inner, { terms: { ...TERMS, ceiling: 3 } }), TypeError);
    assert.throws(() => Object.assign(terms, { ceiling: 3 }), TypeError);
    assert.throws(() => terms.residency.push('us'), TypeError);
    assert.throws(() => Object.defineProperty(inner, 'terms', { value: TERMS }), TypeError);
  });

  it('does not follow the list it was made from', () => {
    const residency = ['eu'];
    const kept = mintClearance({ ...TERMS, residency });
    residency.push('us');
    assert.equal(within(kept, PLACE), 'residency');
  });

  it('is never serialised', () => {
    assert.throws(() => JSON.stringify(minted), /never serialised/);
    assert.throws(() => JSON.stringify({ deep: [minted] }), /never serialised/);
    assert.equal(within(structuredClone(minted) as Clearance, PLACE), 'forged');
  });

  it('may be looked at', () => {
    assert.match(inspect(minted), /ceiling/);
  });
});
