import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, configurationOf, STARTED_AT } from '../house.fixture.ts';
import type { Snapshot } from '../house.ts';
import type { Policies } from '../policy/policy.ts';
import { type Checked, checkPolicies } from './check.ts';
import { testPolicies } from './tests.ts';

const yaml = (policies: string, tenants = '  acme: {policies: [first]}'): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared]}
  rack: {url: "https://rack.example/v1", tier: 2, region: eu, models: [shared]}
  far: {url: "https://far.example/v1", region: us, models: [large, shared]}
plans: {basic: {tiers: [1, 2]}}
tenants:
${tenants}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
${policies}
`;

function checked(text: string, planted = (snapshot: Snapshot): Snapshot => snapshot): Checked {
  const snapshot = planted(build(text).house.now());
  return checkPolicies(snapshot, configurationOf(text), { at: STARTED_AT });
}

const saysOf = ({ violations }: Checked): readonly string[] => violations.map(({ says }) => says);

/** Resolve no longer hears of a part of the verdict. */
const deaf =
  (part: Partial<ReturnType<Policies['judge']>>) =>
  (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    policies: {
      judge: (call, judging) => ({ ...snapshot.policies.judge(call, judging), ...part }),
      hasShadow: false,
      shadowed: () => [],
      matched: (call) => snapshot.policies.matched(call),
    },
  });

describe('a check of policies', () => {
  const sound = yaml('  first: {rules: [{name: eu, require: {regions: [eu]}}]}');

  it('finds nothing where every promise is kept, at every point', () => {
    const { violations, points, stride } = checked(sound);
    assert.deepEqual(violations, []);
    assert.equal(stride, 1);
    // The tenant, and what it might become; labels; what is down.
    assert.equal(points, (1 + 3 * 3 * 2) * 4 * 5);
  });

  it('finds a rule that resolve would ignore, with the point at which it does', () => {
    const { violations } = checked(sound, deaf({ demands: undefined }));
    const [first] = violations.filter(({ kind }) => kind === 'rule');
    assert.match(first?.says ?? '', /what the rule eu .* does not allow goes to `far`/);
    assert.equal(first?.point?.tenant.name, 'acme');
  });

  it('finds a ceiling of a rule that resolve would ignore', () => {
    const text = yaml('  first: {rules: [{name: low, require: {tier_max: 1}}]}');
    const { violations } = checked(text, deaf({ tierMax: undefined, demands: undefined }));
    assert.equal(violations[0]?.kind, 'rule');
  });

  it('names rules that together leave nothing', () => {
    const rules = '{name: a, require: {models: [small]}}, {name: b, forbid: {endpoints: [near]}}';
    const found = saysOf(checked(yaml(`  first: {rules: [${rules}]}`)));
    assert.match(found[0] ?? '', /^a .* and b .* leave nothing$/);
  });

  const away = yaml('  home: {rules: [{name: eu, require: {regions: [eu]}}]}\n  first: {}')
    .replace('tenants:', 'node: {policies: [home]}\ntenants:')
    .replace(/ {2}near: .*\n/, '');

  it('names rules whose regions leave nothing, whatever the label is', () => {
    const us = away.replace('first: {}', 'first: {rules: [{name: us, require: {regions: [us]}}]}');
    const { violations } = checked(us);
    assert.equal(violations.length, 1);
    const [{ kind, says } = { kind: '', says: '' }] = violations;
    assert.equal(kind, 'contradiction');
    assert.match(says, /^us .* of the tenant and eu .* of the platform leave nothing$/);
    // A label may leave nothing, and that is how it is meant.
    assert.deepEqual(checked(away).violations, []);
    const when = `when: 'call.label == "regulated"'`;
    assert.match(saysOf(checked(us.replace('name: us,', `name: us, ${when},`))).join(), /^us .*eu/);
  });

  it('names a rule whose regions leave nothing of the residency of a tenant', () => {
    const text = away.replace('policies: [first]', 'policies: [first], residency: [us]');
    assert.match(
      saysOf(checked(text)).join(),
      /^eu .* and the tenant's `residency` leave nothing$/,
    );
  });

  const pairs: readonly (readonly [home: string, own: string, says: RegExp | undefined])[] = [
    ['require: {own: true}', 'log: none', /^home \S+ leaves nothing$/],
    ['require: {retention: zero}', 'log: none', /^home \S+ leaves nothing$/],
    ['require: {tier_max: 1}', 'log: none', /^home \S+ leaves nothing$/],
    [
      'route: {tier_max: 2}',
      'require: {models: [large]}',
      /^own \S+ of .* and home \S+ of .* leave/,
    ],
    ['require: {self_hosted: true}', 'require: {models: [shared]}', undefined],
    // A label may leave nothing; two rules about it may not.
    ['when: {sensitivity: regulated}, require: {own: true}', 'log: none', undefined],
    [
      'when: {sensitivity: regulated}, require: {self_hosted: true}',
      'when: {sensitivity: regulated}, require: {endpoints: [far]}',
      /^own \S+ of .* and home \S+ of .* leave nothing$/,
    ],
  ];
  for (const [home, own, says] of pairs) {
    it(`${says === undefined ? 'takes' : 'names'} a rule that says ${home} beside ${own}`, () => {
      const text = away
        .replace(/home: .*/, `home: {rules: [{name: home, ${home}}]}`)
        .replace('first: {}', `first: {rules: [{name: own, ${own}}]}`);
      const found = saysOf(checked(text));
      if (says === undefined) assert.deepEqual(found, []);
      else assert.match(found.join('; '), says);
    });
  }

  it('takes a rule for data that may leave at its word, not one about data that may not', () => {
    const far = (when: string): string =>
      yaml(`  first: {rules: [{name: a, ${when} require: {endpoints: [far]}}]}`);
    assert.deepEqual(saysOf(checked(far(''))), []);
    assert.match(saysOf(checked(far('when: {sensitivity: regulated},'))).join(), /^a \S+ leaves/);
  });

  it('takes a rule that a plan or a topology closes at its word', () => {
    const rules = yaml('  first: {rules: [{name: a, require: {models: [large]}}]}');
    for (const term of ['plan: basic', 'topology: sovereign']) {
      assert.deepEqual(saysOf(checked(rules.replace('[first]', `[first], ${term}`))), []);
    }
  });

  it('takes a rule that forbids everything at its word', () => {
    const text = yaml('  first: {rules: [{name: a, forbid: {models: ["*"]}}]}');
    assert.deepEqual(checked(text).violations, []);
  });

  it('names rules that nothing reaches', () => {
    const rules = '{name: a, when: {class: GONE}, cap: {output_tokens: 5}}';
    const tenants = '  acme: {policies: [first]}\n  blue: {class: GONE}';
    const found = saysOf(checked(yaml(`  first: {rules: [${rules}]}`, tenants)));
    assert.match(found[0] ?? '', /nothing reaches/);
    const open = `{name: a, when: 'call.input_tokens * 2 > 9000', cap: {output_tokens: 5}}`;
    const { violations, notes } = checked(yaml(`  first: {rules: [${open}]}`));
    assert.deepEqual(violations, []);
    assert.match(notes[0] ?? '', /its condition reads more/);
  });

  it('names words that nobody knows, and regions in which nothing stands', () => {
    const rules =
      '{name: a, require: {capabilities: [telepathy]}}, {name: b, forbid: {regions: [jp]}}';
    const { violations, notes } = checked(yaml(`  first: {rules: [${rules}]}`));
    assert.equal(
      violations.some(({ kind }) => kind === 'unknown-word'),
      true,
    );
    assert.match(notes.join(), /`jp`/);
  });

  it('counts labels that do not bind a tenant that only observes', () => {
    const text = yaml('  first: {}', '  acme: {policies: [first], privacy: observe}');
    const { violations, notes } = checked(text);
    assert.deepEqual(violations, []);
    assert.match(notes.join(), /does not bind/);
  });

  it('asks some of the points where there are too many, and says so', () => {
    const snapshot = build(sound).house.now();
    const options = { at: STARTED_AT, pointsMax: 100 };
    const { points, stride } = checkPolicies(snapshot, configurationOf(sound), options);
    assert.equal(stride > 1 && points <= 100 && points > 50, true);
  });
});

describe('consents in a check', () => {
  const terms = 'until: 2030-01-01, given_by: Ada, purpose: claims';
  const text = (consent: string): string =>
    `${yaml('  first: {}')}consents:\n  ids: {tenant: acme, ${consent}, ${terms}}\n`;

  it('are varied, and open nothing that they do not name', () => {
    for (const tiers of ['[2, 3]', '[3]', '[2]']) {
      const found = checked(text(`kinds: [government-id, email], tiers: ${tiers}`));
      assert.deepEqual(found.violations, [], tiers);
      // Named by none, by a call that it covers, by one that it does not.
      assert.equal(found.points, (1 + 3 * 3 * 2) * 4 * 5 * 3);
    }
  });

  for (const [what, planted] of [
    ['has ended', { untilMs: 0 }],
    ['was revoked', { revoked: true }],
    ['names one tier alone', { tiers: [3] as const }],
    ['names one region alone', { regions: ['mars'] }],
  ] as const) {
    it(`that ${what} and opens more is found, with the call that it opens it for`, () => {
      const written = text('kinds: [government-id], tiers: [2, 3]');
      const configuration = configurationOf(written);
      const ids = configuration.consents.get('ids');
      assert.ok(ids !== undefined);
      const said = { ...configuration, consents: new Map([['ids', { ...ids, ...planted }]]) };
      const snapshot = build(written).house.now();
      const { violations } = checkPolicies(snapshot, said, { at: STARTED_AT });
      const [first] = violations;
      assert.match(first?.says ?? '', /a call labelled (personal|regulated) goes to/);
      assert.deepEqual([first?.point?.consent, first?.point?.kinds], ['ids', ['government-id']]);
    });
  }
});

describe('tests beside the rules', () => {
  const HELD = 'sensitivity: regulated, consent: ids,';
  const failures = (test: string): readonly string[] => {
    const text = yaml(`
  first:
    rules: [{name: low, when: {step: sort}, route: {tier: 1}}]
    tests: [{name: t, ${test}}]
consents:
  ids: {tenant: acme, kinds: [us-ssn], tiers: [3], until: 2030-01-01, given_by: A, purpose: b}`);
    const configuration = configurationOf(text);
    const snapshot = build(text).house.now();
    return testPolicies(snapshot, configuration, STARTED_AT).flatMap((one) => one.failures);
  };
  const cases: readonly (readonly [test: string, failures: readonly string[]])[] = [
    ['call: {tenant: acme, step: sort}, expect: {tier: 1, endpoint: near, rule: low}', []],
    ['call: {tenant: acme, step: sort}, expect: {tier: 3}', ['tier is 1, not 3']],
    ['call: {tenant: acme, step: sort, down: [near]}, expect: {endpoint: near}', []],
    ['call: {tenant: acme, model: large, sensitivity: regulated}, expect: {refused: true}', []],
    [
      'call: {tenant: acme, model: large, sensitivity: regulated}, expect: {refused: not_entitled}',
      ['refused with no_eligible_route, not not_entitled'],
    ],
    [
      'call: {tenant: acme, model: large}, expect: {refused: true}',
      ['is not refused: goes to far/large'],
    ],
    [`call: {tenant: acme, model: large, ${HELD} kinds: [us-ssn]}, expect: {tier: 3}`, []],
    [`call: {tenant: acme, model: large, ${HELD} kinds: [health]}, expect: {refused: true}`, []],
    ['call: {tenant: acme, consent: gone}, expect: {refused: policy_denied}', []],
    ['call: {tenant: acme, model: large}, expect: {never: [far]}', ['`far` is in the route']],
    ['call: {tenant: acme, key: gone}, expect: {tier: 1}', ['the tenant has no key `gone`']],
  ];
  for (const [test, expected] of cases) {
    it(`${test}: ${expected.join() || 'passes'}`, () => {
      assert.deepEqual(failures(test), expected);
    });
  }
});
