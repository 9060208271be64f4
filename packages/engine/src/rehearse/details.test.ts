import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, configurationOf, STARTED_AT } from '../house.fixture.ts';
import type { Snapshot } from '../house.ts';
import { type Checked, checkPolicies } from './check.ts';
import { detailsOf } from './details.ts';
import { commandFor } from './point-command.ts';

const ruleOf = (when: string, i: number): string =>
  `      - {name: r${i}, when: '${when}', require: {tier_max: 1}}`;

const yaml = (...conditions: readonly string[]): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
  far: {url: "https://far.example/v1", models: [large]}
tenants:
  acme: {policies: [first]}
policies:
  first:
    rules:
${conditions.map(ruleOf).join('\n')}
`;

function checked(text: string, planted = (snapshot: Snapshot): Snapshot => snapshot): Checked {
  const snapshot = planted(build(text).house.now());
  return checkPolicies(snapshot, configurationOf(text), { at: STARTED_AT });
}

const detailsIn = (...conditions: readonly string[]): ReturnType<typeof detailsOf> =>
  detailsOf(
    [...configurationOf(yaml(...conditions)).policies.values()].flatMap((one) => one.rules),
  );

describe('what conditions read of a call', () => {
  it('is no side of the lattice where no condition asks', () => {
    assert.deepEqual(detailsIn('call.label == "internal"').all, [{}]);
  });

  it('is varied where one asks, numbers on both sides of what they are compared with', () => {
    const { all } = detailsIn('call.difficulty == "hard"', 'call.input_tokens > 8000');
    assert.equal(all.length, 3 * 3);
    assert.deepEqual(
      [...new Set(all.map(({ inputTokens }) => inputTokens))],
      [7_999, 8_000, 8_001],
    );
    assert.deepEqual(detailsIn('0 == call.input_tokens').all, [
      { inputTokens: 0 },
      { inputTokens: 1 },
    ]);
  });

  it('stays small: a side that would make too many is varied alone, and not called varied', () => {
    const many = Array.from({ length: 20 }, (_, i) => `call.input_tokens > ${i * 100}`).join(
      ' || ',
    );
    const { all, varied } = detailsIn(many, 'call.stream && call.difficulty == "easy"');
    assert.equal(all.length, 3 * 2 + 24);
    assert.deepEqual([...varied].toSorted(), ['call.difficulty', 'call.stream']);
  });

  const reached = [
    'call.difficulty == "hard"',
    'call.input_tokens > 8000',
    'call.input_tokens >= 100 && call.input_tokens < 102',
    'call.tools_offered && call.difficulty != "easy"',
    'call.stream && call.label == "internal"',
    'call.output_tokens_max == 4096',
    'call.tags["team"] == "risk" && call.tags.cost == "low"',
    '"team" in call.tags && call.tags.team != "risk"',
    'call.model.startsWith("lar") && call.agent in ["clerk", "audit"]',
    'call.step == "sort" && call.operation == "embedding" && call.dialect == "gemini"',
    '"us-ssn" in call.kinds && !("email" in call.kinds)',
    'call.kinds.exists(one, one == "iban") && call.latency_budget_ms < 500',
  ];
  for (const condition of reached) {
    it(`is met by some point: ${condition}`, () => {
      const { violations, notes } = checked(yaml(condition));
      assert.deepEqual([violations, notes], [[], []]);
    });
  }

  it('is called unreachable only where every case was tried', () => {
    const never = yaml('call.input_tokens > 20 && call.input_tokens < 10');
    assert.match(checked(never).violations[0]?.says ?? '', /nothing reaches the rule `r0`/);
    const { violations, notes } = checked(yaml('call.input_tokens * 2 > 9000'));
    assert.deepEqual(violations, []);
    assert.match(notes[0] ?? '', /reads more than the check varies/);
  });

  it('is called unreachable only where every text was tried', () => {
    const never = ['call.agent == "a" && call.agent == "b"', 'call.operation == "chta"'];
    for (const one of never) {
      assert.match(checked(yaml(one)).violations[0]?.says ?? '', /nothing reaches the rule `r0`/);
    }
    for (const one of [
      'call.agent.startsWith("a") && call.agent.size() == 9',
      'call.tags.size() > 2',
    ]) {
      const { violations, notes } = checked(yaml(one));
      assert.deepEqual(violations, []);
      assert.match(notes[0] ?? '', /reads more than the check varies/);
    }
  });

  it('finds rules that contradict each other for calls with certain tags alone', () => {
    const rule = (name: string, model: string): string =>
      `      - {name: ${name}, when: '"${name}" in call.tags && call.tags.${name} == "x"', ` +
      `require: {models: [${model}]}}`;
    const rules = [rule('team', 'small'), rule('cost', 'large')].join('\n');
    const { violations } = checked(yaml('call.stream').replace(/ {6}- .*/, rules));
    const found = violations.find(({ says }) => /^team .* and cost .* leave nothing$/.test(says));
    assert.deepEqual(found?.point?.tags, { team: 'x', cost: 'x' });
    assert.match(commandFor(found.point), / --tag team=x --tag cost=x/);
  });

  it('stands in the command of a counterexample', () => {
    const text = yaml('call.tools_offered && call.stream && call.input_tokens > 8000');
    // Resolve no longer hears of what rules require.
    const { violations } = checked(text, (snapshot) => {
      const { policies } = snapshot;
      const judge: typeof policies.judge = (call, judging) => {
        const verdict = policies.judge(call, judging);
        return { ...verdict, tierMax: undefined, demands: undefined };
      };
      return {
        ...snapshot,
        policies: { ...policies, judge, matched: (call) => policies.matched(call) },
      };
    });
    const point = violations.find(({ kind }) => kind === 'rule')?.point;
    assert.ok(point !== undefined, 'a violation');
    assert.match(commandFor(point), /--input-tokens 8001 --tools --stream --down/);
  });
});
