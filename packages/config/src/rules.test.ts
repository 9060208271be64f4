import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABELS, type Label } from '@signalbox/contract';
import { matchesPattern, type RuleCondition, type RuleDocument } from '@signalbox/documents';
import fc from 'fast-check';
import { problemOf, problemsOf } from './read.fixture.ts';
import { shadowsOf } from './rules.ts';

function policy(...rules: readonly string[]): string {
  const lines = rules.map((one) => `      - ${one}`).join('\n');
  return `version: 1
tenants: { acme: { policies: [p] }, globex: {} }
policies:
  p:
    rules:
${lines}
`;
}

const TIER = 'route: { tier: 1 }';

test('a rule below an unconditional one can never match', () => {
  const problem = problemOf(policy(`{ name: all, ${TIER} }`, `{ when: { step: a }, ${TIER} }`));
  assert.deepEqual([problem.line, problem.column], [7, 9]);
  assert.equal(problem.message, 'this rule can never match: `all` (line 6) takes all its calls');
  assert.equal(problem.hint, 'move it up, or remove it');
});

const SHADOWED: readonly (readonly [string, readonly string[]])[] = [
  ['the same condition', ['{ step: a }', '{ step: a }']],
  ['a narrower condition', ['{ step: [a, b] }', '{ step: b, agent: x }']],
  ['a narrower pattern', ["{ model: 'gpt-*' }", "{ model: ['gpt-5*', gpt-4] }"]],
  ['a pattern of everything', ["{ model: '*' }", '{ step: a }']],
  ['one label of several', ['{ sensitivity: ">=personal" }', '{ sensitivity: regulated }']],
  [
    'labels taken by several rules together',
    ['{ sensitivity: [public, internal] }', '{ sensitivity: ">=personal" }', '{ step: a }'],
  ],
];

for (const [name, conditions] of SHADOWED) {
  test(`shadowed: ${name}`, () => {
    const rules = conditions.map((when) => `{ when: ${when}, ${TIER} }`);
    const problem = problemOf(policy(...rules));
    assert.equal(problem.path, `policies.p.rules.${conditions.length - 1}`);
  });
}

const FREE: readonly (readonly [string, readonly string[]])[] = [
  ['a wider condition', ['{ step: b, agent: x }', '{ step: [a, b] }']],
  ['another field', ['{ step: a }', '{ agent: a }']],
  ['a pattern that only overlaps', ["{ model: 'gpt-*' }", "{ model: '*-mini' }"]],
  ['a label left over', ['{ sensitivity: [public, internal] }', '{ step: a }']],
  ['an agent named like a pattern', ["{ agent: '*' }", '{ step: a }']],
];

for (const [name, conditions] of FREE) {
  test(`not shadowed: ${name}`, () => {
    const rules = conditions.map((when) => `{ when: ${when}, ${TIER} }`);
    assert.deepEqual(problemsOf(policy(...rules)), []);
  });
}

test('a rule about tenants that do not have the policy can never match', () => {
  const problem = problemOf(policy(`{ when: { tenant: globex }, ${TIER} }`));
  assert.equal(problem.path, 'policies.p.rules.0.when.tenant');
  assert.equal(problem.hint, 'add `p` to `tenants.globex.policies`');
});

test('a rule about a class that nobody has can never match', () => {
  const about = (when: string): string =>
    policy(`{ when: { class: ${when} }, ${TIER} }`).replace('globex: {}', 'globex: {class: LEGAL}');
  const problem = problemOf(about('NOPE'));
  assert.deepEqual([problem.path, problem.line], ['policies.p.rules.0.when.class', 6]);
  assert.match(problem.message, /no tenant and no plan has the class `NOPE`$/);
  assert.match(problem.hint, /write `class: NOPE` at a tenant or a plan/);
  assert.equal(problemOf(about('LEGEL')).hint, 'did you mean `LEGAL`?');
  assert.deepEqual(problemsOf(about('[NOPE, LEGAL]')), []);
  // Nobody has it: it is work in progress.
  assert.deepEqual(problemsOf(about('NOPE').replace('policies: [p]', '')), []);
});

test('a condition that nothing meets is a mistake, and one that may be met is none', () => {
  const about = (when: string): string => policy(`{ when: ${when}, ${TIER} }`);
  for (const never of [
    `'call.label == "public" && call.label == "regulated"'`,
    `'tenant.class == "NOPE"'`,
    `{ sensitivity: regulated, if: 'call.label == "public" || tenant.class == "NOPE"' }`,
  ]) {
    const problem = problemOf(about(never));
    assert.match(problem.message, /never match: no call and no tenant meets its condition/);
    assert.deepEqual([problem.line, problem.hint.length > 0], [6, true]);
  }
  for (const free of [
    `'call.label == "public" && call.stream && tenant.topology == "cloud"'`,
    `'call.step == "a" && call.step == "b"'`,
    `{ sensitivity: regulated, if: 'call.label != "public"' }`,
  ]) {
    assert.deepEqual(problemsOf(about(free)), []);
  }
});

test('two rules with one name are refused', () => {
  const text = policy(`{ name: x, when: { step: a }, ${TIER} }`, `{ name: x, ${TIER} }`);
  assert.match(problemOf(text).message, /rule 1 of this policy is also named `x`/);
});

test('a rule that contradicts itself is refused', () => {
  assert.match(problemOf(policy('{ when: { step: [] }, route: { tier: 1 } }')).message, /empty/);
  assert.match(problemOf(policy('{ route: { tier: 3, tier_max: 2 } }')).message, /could never/);
});

test('a rule is called shadowed exactly when no call of a small world reaches it', () => {
  const word = fc.constantFrom('a', 'b');
  const words = fc.option(fc.uniqueArray(word, { minLength: 1 }), { nil: undefined });
  const labels = fc.option(fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1 }), {
    nil: undefined,
  });
  const patterns = fc.option(fc.constantFrom(['*'], ['a*'], ['a'], ['b', 'a*']), {
    nil: undefined,
  });
  const condition: fc.Arbitrary<RuleCondition> = fc.record({
    step: words,
    tenant: fc.constant(undefined),
    tenantClass: fc.constant(undefined),
    sensitivity: labels,
    model: patterns,
    agent: fc.constant(undefined),
    expression: fc.constant(undefined),
  });
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (conditions) => {
      const rules = conditions.map(ruleOf);
      const last = rules.at(-1);
      assert.ok(last);
      if (shadowsOf(last, rules.slice(0, -1)) === undefined) return;
      for (const call of CALLS) {
        const first = rules.find((rule) => holds(rule.when, call));
        assert.notEqual(first, last, JSON.stringify({ conditions, call }));
      }
    }),
    { numRuns: 1_000 },
  );
});

function ruleOf(when: RuleCondition, index: number): RuleDocument {
  const route = {
    tier: 1,
    tierMax: undefined,
    model: undefined,
    endpoint: undefined,
    chain: undefined,
  } as const;
  return {
    name: `rule-${index}`,
    when,
    route,
    output: undefined,
    effects: undefined,
    origin: undefined,
  };
}

interface SmallCall {
  readonly step: string;
  readonly label: Label;
  readonly model: string;
}

const CALLS: readonly SmallCall[] = ['a', 'b', 'c'].flatMap((step) =>
  LABELS.flatMap((label) => ['a', 'ab', 'b', 'c'].map((model) => ({ step, label, model }))),
);

function holds(when: RuleCondition, call: SmallCall): boolean {
  return (
    (when.step?.includes(call.step) ?? true) &&
    (when.sensitivity?.includes(call.label) ?? true) &&
    (when.model?.some((one) => matchesPattern(one, call.model)) ?? true)
  );
}
