import assert from 'node:assert/strict';
import { test } from 'node:test';
import { places, problemOf, problemsOf, whole } from './read.fixture.ts';
import { type ConfigurationFile, readConfiguration } from './read.ts';

const file = (name: string, text: string): { name: string; text: string } => ({ name, text });

test('several files are one document', () => {
  const { configuration } = whole(
    readConfiguration([
      file('a.yaml', 'version: 1\nserver: { port: 1 }\nplans: { gold: {} }\n'),
      file('b.yaml', 'version: 1\nserver: { host: "::1" }\ntenants: { acme: { plan: gold } }\n'),
    ]),
  );
  assert.equal(configuration.server.port, 1);
  assert.equal(configuration.server.host, '::1');
  assert.deepEqual(configuration.tenants.get('acme')?.origin, { file: 'b.yaml', line: 3 });
});

test('prices of several files stand one behind the other, each with its place', () => {
  const one = (usd: number): string =>
    `version: 1\nprices:\n  - { model: m, from: 2026-01-01, input_per_million_usd: ${usd} }\n`;
  const models = 'version: 1\nmodels: { m: {} }\n';
  const { configuration } = whole(
    readConfiguration([file('a.yaml', one(1)), file('b.yaml', one(2)), file('c.yaml', models)]),
  );
  assert.deepEqual(
    configuration.prices.map((price) => [price.inputPerMillionUsd, price.origin?.file]),
    [
      ['1', 'a.yaml'],
      ['2', 'b.yaml'],
    ],
  );
});

test('prices of a model that a file of the operator has are no matter of the console', () => {
  const one = (model: string, usd: number): string =>
    `  - { model: ${model}, from: 2026-0${usd}-01, input_per_million_usd: ${usd} }\n`;
  const { configuration, notices } = whole(
    readConfiguration([
      {
        ...file('console.yaml', `version: 1\nprices:\n${one('m', 9)}${one('n', 3)}`),
        owner: { kind: 'console' },
      },
      file('a.yaml', `version: 1\nmodels: {m: {}, n: {}}\nprices:\n${one('m', 1)}${one('m', 2)}`),
    ]),
  );
  assert.deepEqual(
    configuration.prices.map(({ model, inputPerMillionUsd, origin }) => [
      ...[model, inputPerMillionUsd, origin?.file, origin?.line],
    ]),
    [
      ['m', '1', 'a.yaml', 4],
      ['m', '2', 'a.yaml', 5],
      ['n', '3', 'console.yaml', 4],
    ],
  );
  assert.deepEqual(
    notices.map(({ file, line, path, message }) => `${file}:${line} ${path} ${message}`),
    ['console.yaml:3 prices.0 is shadowed: a.yaml:5 defines it, and a file wins'],
  );
});

test('one name in two files is an error that names both places', () => {
  const problem = problemOf([
    file('a.yaml', 'version: 1\ntenants:\n  acme: {}\n'),
    file('b.yaml', 'version: 1\n\ntenants:\n  acme: {}\n'),
  ]);
  assert.equal(problem.file, 'b.yaml');
  assert.deepEqual([problem.line, problem.column], [4, 3]);
  assert.equal(problem.message, '`tenants.acme` is already defined at a.yaml:3');
});

test('one setting in two files is an error, also when both say the same', () => {
  const text = 'version: 1\nserver: { port: 80 }\n';
  const problem = problemOf([file('a.yaml', text), file('b.yaml', text)]);
  assert.equal(problem.message, '`server.port` is already defined at a.yaml:2');
});

test('a file given twice is said', () => {
  const text = 'version: 1\n';
  assert.equal(
    problemOf([file('a.yaml', text), file('a.yaml', text)]).message,
    'this file is given twice',
  );
});

test('every file states its version', () => {
  assert.deepEqual(places(problemsOf('tenants: {}\n')), ['1:1 version']);
  assert.equal(problemOf('version: 2\n').message, 'this version is not known here');
  assert.equal(problemOf('version: "1"\n').column, 10);
  const two = [file('a.yaml', 'version: 1\n'), file('b.yaml', 'tenants: {}\n')];
  assert.equal(problemOf(two).file, 'b.yaml');
});

test('an unknown noun is refused with the one that was meant', () => {
  const problem = problemOf('version: 1\ntenant: {}\n');
  assert.deepEqual([problem.line, problem.column], [2, 1]);
  assert.equal(problem.hint, 'did you mean `tenants`?');
  assert.match(problemOf('version: 1\nzzz: {}\n').hint ?? '', /^known here: version, server/);
});

test('a noun of the wrong shape is refused, an empty one is as good as absent', () => {
  assert.equal(problemOf('version: 1\ntenants: []\n').message, 'must be a mapping by name');
  assert.equal(problemOf('version: 1\nprices: {}\n').message, 'must be a list');
  assert.equal(problemOf('version: 1\nserver: 3\n').message, 'must be a mapping');
  assert.deepEqual(problemsOf('version: 1\ntenants:\nserver:\nprices:\n'), []);
});

test('an entry of which nothing is said is an entry', () => {
  const { configuration } = whole(readConfiguration([file('a', 'version: 1\nmodels:\n  m:\n')]));
  assert.ok(configuration.models.has('m'));
});

test('a file of the operator hides what the console has under the same name', () => {
  const files = [
    {
      ...file('console', 'version: 1\ntenants: { acme: { privacy: observe } }\n'),
      owner: { kind: 'console' } as const,
    },
    file('a.yaml', 'version: 1\ntenants: { acme: { privacy: enforce } }\n'),
  ];
  const { configuration, notices } = whole(readConfiguration(files));
  assert.equal(configuration.tenants.get('acme')?.privacy, 'enforce');
  assert.deepEqual(
    notices.map((one) => [one.file, one.path, one.message]),
    [['console', 'tenants.acme', 'is shadowed: a.yaml:2 defines it, and a file wins']],
  );
});

test('a draft stands for the document of its name, wherever that is kept', () => {
  const rules = (file: string, tier: number, owner?: ConfigurationFile['owner']) => ({
    ...{ name: file, owner },
    text: `version: 1\npolicies:\n  first: { default_tier: ${tier} }\n`,
  });
  const files = [rules('a.yaml', 1), rules('draft', 3, { kind: 'draft' })];
  const { configuration, notices } = whole(readConfiguration(files));
  const first = configuration.policies.get('first');
  assert.deepEqual([first?.defaultTier, first?.origin?.file, notices], [3, 'draft', []]);
});
