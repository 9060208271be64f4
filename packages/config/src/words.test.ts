import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf, problemsOf, read } from './read.fixture.ts';

interface Written {
  readonly region?: string;
  readonly residency?: string;
  readonly required?: string;
  readonly consented?: string;
  readonly kinds?: string;
  readonly tested?: string;
}

const textOf = (written: Written): string => `version: 1
endpoints:
  far: { url: "https://far.example/v1", region: ${written.region ?? 'eu'}, models: [large] }
tenants:
  acme:
    residency: [${written.residency ?? 'eu'}]
    sensitive: { sources: [{ name: ledger, kind: financial }] }
  other: {}
policies:
  places:
    rules: [{ when: {}, require: { regions: [${written.required ?? 'eu'}] } }]
    tests:
      - name: one
        call: { tenant: acme, kinds: [${written.tested ?? 'us_ssn'}] }
        expect: { tier: 3 }
consents:
  claims:
    { tenant: acme, kinds: [${written.kinds ?? 'health'}], regions: [${written.consented ?? 'eu'}],
      tiers: [3], purpose: p, until: 2027-01-01, given_by: Ada }
`;

const MISTAKES: readonly (readonly [Written, at: string, hint: RegExp])[] = [
  [{ residency: 'mars' }, '6 tenants.acme.residency.0', /`region` of an endpoint, a country/],
  [{ residency: 'eu-centrl-1' }, '6 tenants.acme.residency.0', /did you mean `eu-central-1`\?/],
  [{ residency: 'EU' }, '6 tenants.acme.residency.0', /did you mean `eu`\?/],
  [{ region: 'Berlin', residency: 'berlin' }, '6 tenants.acme.residency.0', /mean `Berlin`\?/],
  [{ required: 'zz' }, '11 policies.places.rules.0.require.regions.0', /a country/],
  [{ consented: 'westeurop' }, '18 consents.claims.regions.0', /did you mean `westeurope`\?/],
  [{ kinds: 'helth' }, '18 consents.claims.kinds.0', /did you mean `health`\?/],
  [{ kinds: 'legder' }, '18 consents.claims.kinds.0', /did you mean `ledger`\?/],
  [{ kinds: 'weather-report' }, '18 consents.claims.kinds.0', /a kind such as `health`/],
  [{ tested: 'us-sn' }, '14 policies.places.tests.0.call.kinds.0', /did you mean `us-ssn`\?/],
];

for (const [written, at, hint] of MISTAKES) {
  test(`${JSON.stringify(written)} is a word that nobody knows`, () => {
    const problem = problemOf(textOf(written));
    assert.equal(`${problem.line} ${problem.path}`, at);
    assert.ok(problem.column > 1);
    assert.match(problem.hint, hint);
  });
}

const KNOWN: readonly Written[] = [
  { residency: 'ch' },
  { residency: 'europe-west3' },
  { region: 'rack-7', residency: 'rack-7' },
  { region: 'EU', residency: 'EU', required: 'EU', consented: 'EU' },
  { kinds: 'ledger' },
  { kinds: 'unscanned' },
  { tested: 'ledger' },
];

for (const written of KNOWN) {
  test(`${JSON.stringify(written)} is known`, () => {
    const result = read(textOf(written));
    assert.ok(result.ok, JSON.stringify(result));
  });
}

test("a type of one tenant's own is not known to the consent of another", () => {
  const text = textOf({ kinds: 'ledger' }).replace(
    'claims:\n    { tenant: acme',
    'claims:\n    { tenant: other',
  );
  assert.deepEqual(
    problemsOf(text).map(({ path }) => path),
    ['consents.claims.kinds.0'],
  );
});
