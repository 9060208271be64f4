import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marked, places, problemOf, problemsOf, read, WHOLE, whole } from './read.fixture.ts';

/** The whole configuration with one piece replaced. */
function changed(from: string, to: string): string {
  assert.ok(WHOLE.includes(from), from);
  return WHOLE.replace(from, to);
}

interface Case {
  readonly name: string;
  readonly text: string;
  /** Line and path. */
  readonly at: string;
  readonly marks: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'a plan that is not defined',
    text: changed('plan: gold', 'plan: glod'),
    at: '13 tenants.acme.plan',
    marks: 'glod',
    message: /no plan is named `glod`/,
    hint: /did you mean `gold`/,
  },
  {
    name: 'a policy that is not defined',
    text: changed('[first]', '[first, frist]'),
    at: '13 tenants.acme.policies.1',
    marks: 'frist',
    message: /no policy is named `frist`/,
    hint: /did you mean `first`/,
  },
  {
    name: 'a tenant that is not defined',
    text: changed('tenant: acme', 'tenant: zzz'),
    at: '15 keys.laptop.tenant',
    marks: 'zzz',
    message: /no tenant is named `zzz`/,
    hint: /^defined: acme$/,
  },
  {
    name: 'a tenant of an endpoint that is not defined',
    text: changed('kind: ollama,', 'kind: ollama, tenant: acmee,'),
    at: '3 endpoints.ollama.tenant',
    marks: 'acmee',
    message: /no tenant is named/,
  },
  {
    name: 'a model in an alias that nothing serves',
    text: changed('[huge, large]', '[huge, larg]'),
    at: '9 aliases.best.1',
    marks: 'larg',
    message: /no model or alias is named `larg`/,
    hint: /did you mean `large`/,
  },
  {
    name: 'an endpoint in an alias that is not defined',
    text: changed('[huge, large]', '{ targets: [{ model: huge, endpoint: remot }] }'),
    at: '9 aliases.best.targets.0.endpoint',
    marks: 'remot',
    message: /no endpoint is named `remot`/,
  },
  {
    name: 'a model pinned to an endpoint that does not serve it',
    text: changed('[huge, large]', '[{ model: huge, endpoint: ollama }]'),
    at: '9 aliases.best.0.model',
    marks: 'huge',
    message: /endpoint `ollama` does not serve `huge`/,
    hint: /^defined: small, large$/,
  },
  {
    name: 'an alias that stands for an alias',
    text: changed('  best: [huge, large]', '  best: [huge, large]\n  other: best'),
    at: '10 aliases.other',
    marks: 'best',
    message: /an alias stands for models/,
  },
  {
    name: 'an alias with the name of a model',
    text: changed('  best:', '  small: large\n  best:'),
    at: '9 aliases.small',
    marks: 'small',
    message: /also the name of a model/,
  },
  {
    name: 'an alias with a name that has a meaning',
    text: changed('  best:', '  auto: large\n  best:'),
    at: '9 aliases.auto',
    marks: 'auto',
    message: /has a meaning already/,
  },
  {
    name: 'a model in a rule that nothing serves',
    text: changed('model: best', 'model: bets'),
    at: '19 policies.first.rules.0.route.model',
    marks: 'bets',
    message: /no model or alias is named `bets`/,
    hint: /did you mean `best`/,
  },
  {
    name: 'an endpoint in a rule that is not defined',
    text: changed('model: best', 'endpoint: nowhere'),
    at: '19 policies.first.rules.0.route.endpoint',
    marks: 'nowhere',
    message: /no endpoint is named `nowhere`/,
  },
  {
    name: 'a tenant in a rule that is not defined',
    text: changed('step: code_review', 'tenant: acm'),
    at: '19 policies.first.rules.0.when.tenant',
    marks: 'acm',
    message: /no tenant is named `acm`/,
  },
  {
    name: 'a model in a plan that is spelt out and unknown',
    text: changed('tiers: [1, 2, 3]', 'models: ["sm*", smal]'),
    at: '11 plans.gold.models.1',
    marks: 'smal',
    message: /no model or alias is named `smal`/,
  },
  {
    name: 'an endpoint of a tenant that is not defined',
    text: changed('plan: gold', 'own: { endpoints: [olama] }'),
    at: '13 tenants.acme.own.endpoints.0',
    marks: 'olama',
    message: /no endpoint is named `olama`/,
  },
  {
    name: 'a model of a second stage that nothing serves',
    text: changed('plan: gold', 'sensitive: { second_stage: { model: hug } }'),
    at: '13 tenants.acme.sensitive.second_stage.model',
    marks: 'hug',
    message: /no model or alias is named `hug`/,
  },
  {
    name: 'a price of a model that nothing serves',
    text: `${WHOLE}prices: [{ model: hug, from: 2026-01-01 }]\n`,
    at: '20 prices.0.model',
    marks: 'hug',
    message: /no model or alias is named `hug`/,
  },
  {
    name: 'a ring that has no order',
    text: `${changed('plan: gold', 'ring: 3')}rings: { early: { order: 1 }, late: { order: 2 } }\n`,
    at: '13 tenants.acme.ring',
    marks: '3',
    message: /no ring has the order 3/,
    hint: /^defined orders: 1, 2$/,
  },
  {
    name: 'two keys with one id',
    text: changed(
      '  laptop: { tenant: acme, secret: env:ACME_KEY }',
      `  one: { tenant: acme, id: abcdefghijkl, secret_hash: ${'a'.repeat(64)} }
  two: { tenant: acme, id: abcdefghijkl, secret_hash: ${'b'.repeat(64)} }`,
    ),
    at: '16 keys.two.id',
    marks: 'abcdefghijkl',
    message: /`one` has the same id/,
  },
];

test('the whole configuration has no mistake', () => {
  whole(read(WHOLE));
});

for (const { name, text, at, marks, message, hint } of CASES) {
  test(`${name} is refused where it stands`, () => {
    const problem = problemOf(text);
    assert.equal(`${problem.line} ${problem.path}`, at);
    assert.equal(marked(problem), marks);
    assert.match(problem.message, message);
    if (hint !== undefined) assert.match(problem.hint ?? '', hint);
  });
}

test('an entry with a mistake of its own is still defined for those who name it', () => {
  const problems = problemsOf(changed('gold: { tiers: [1, 2, 3] }', 'gold: { tiers: [4] }'));
  assert.deepEqual(places(problems), ['11:19 plans.gold.tiers.0']);
});

test('names are not missed while a file cannot be read', () => {
  const files = [
    { name: 'a.yaml', text: 'version: 1\ntenants: { acme: { plan: gold, topology: clod } }\n' },
    { name: 'b.yaml', text: 'version: 1\nplans: { gold: [ }\n' },
  ];
  const problems = problemsOf(files);
  assert.deepEqual(new Set(problems.map((one) => one.file)), new Set(['a.yaml', 'b.yaml']));
  assert.match(problems[0]?.message ?? '', /must be one of cloud/);
});

test('a server that says only at run time what it serves makes unknown models possible', () => {
  const open = changed(', models: [small, large] }', ' }').replace(
    '[huge, large]',
    '[huge, llama]',
  );
  whole(read(open));
});

test('a model pinned to such a server is taken as written', () => {
  const text = `version: 1
endpoints: { ollama: { kind: ollama } }
aliases: { a: ollama/qwen3:8b, b: { targets: [{ model: x, endpoint: ollama }] } }
`;
  whole(read(text));
});
