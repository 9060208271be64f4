import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marked, places, problemOf, problemsOf, read, whole } from './read.fixture.ts';

const models = (body: string): string => `version: 1\nmodels:\n${body}`;

test('a chain that falls back to itself is refused with the way round', () => {
  const problem = problemOf(
    models(
      `  a: { falls_back_to: [b] }\n  b: { falls_back_to: [c] }\n  c: { falls_back_to: [a] }\n`,
    ),
  );
  assert.equal(problem.message, '`a` falls back to itself: `a` -> `b` -> `c` -> `a`');
  assert.equal(problem.path, 'models.c.falls_back_to.0');
  assert.equal(marked(problem), 'a');
});

test('a model that comes from itself is refused, however its ancestors are named', () => {
  const text = models(
    `  a: { successor_of: b }\n  b: { fine_tune_of: c }\n  c: { distilled_from: a }\n`,
  );
  assert.match(problemOf(text).message, /^`a` comes from itself: `a` -> `b` -> `c` -> `a`$/);
  const alone = models('  a: { same_weights: [a] }\n');
  assert.match(problemOf(alone).message, /same weights as itself/);
});

test('two ways to one model are no circle', () => {
  const diamond = `  a: { falls_back_to: [b, c] }\n  b: { falls_back_to: [d] }
  c: { falls_back_to: [d], successor_of: b }\n  d: {}\n`;
  whole(read(models(diamond)));
});

test('a very long way round is told in one short line, and quickly', () => {
  const count = 5_000;
  const body = Array.from(
    { length: count },
    (_, i) => `  m${i}: { falls_back_to: [m${(i + 1) % count}, m0] }\n`,
  );
  const [first] = problemsOf(models(body.join('')));
  assert.ok(first !== undefined && first.message.length < 200);
});

test('an unknown name is told with the nearest known one', () => {
  const text = models(
    '  qwen3-8b: {}\n  qwen3-4b: { falls_back_to: [qwen3-8c], successor_of: nobody }\n',
  );
  const problems = problemsOf(text);
  assert.deepEqual(
    problems.map(({ message, hint }) => [message, hint]),
    [
      ['no model is named `qwen3-8c`', 'did you mean `qwen3-8b`?'],
      ['no model is named `nobody`', 'defined: qwen3-8b, qwen3-4b'],
    ],
  );
  assert.equal(places(problems).length, 2);
});

test('what is written about a model is read, and a slip is told', () => {
  const { configuration } = whole(
    read(
      models(`  a:
    inputs: [text, image]
    languages: [en, de]
    domains: [law]
    licence: apache-2.0
    quantisation: Q4_K_M
    quality: { reasoning: 71.5 }
`),
    ),
  );
  assert.deepEqual(configuration.models.get('a')?.facts, {
    inputs: ['text', 'image'],
    languages: ['en', 'de'],
    domains: ['law'],
    licence: 'apache-2.0',
    quantisation: 'Q4_K_M',
    quality: new Map([['reasoning', 71.5]]),
  });
  assert.match(problemOf(models('  a: { licence: "Apache 2" }\n')).message, /SPDX/);
  assert.match(
    problemOf(models('  a: { languages: [english] }\n')).message,
    /two or three letters/,
  );
  assert.match(problemOf(models('  a: { quality: { reasoning: 101 } }\n')).path, /quality/);
});

test('a rule about quantisation replaces what is written and keeps the rest', () => {
  const { configuration } = whole(
    read('version: 1\nregistry: { quantisation_min: { reasoning: 4, planning: 6 } }\n'),
  );
  const { quantisationMin } = configuration.registry;
  assert.equal(quantisationMin.get('reasoning'), 4);
  assert.equal(quantisationMin.get('planning'), 6);
  assert.equal(quantisationMin.get('extraction'), 4);
});
