/**
 * What the tests of this package share: a small whole configuration, and how to ask for mistakes.
 */
import assert from 'node:assert/strict';
import type { Configuration } from '@signalbox/documents';
import type { Problem } from './problem.ts';
import {
  type ConfigurationFile,
  type ReadOptions,
  type ReadResult,
  readConfiguration,
} from './read.ts';

export const WHOLE = `version: 1
endpoints:
  ollama: { kind: ollama, models: [small, large] }
  remote:
    url: https://models.example/v1
    credentials: [{ secret: env:REMOTE_KEY }]
    models: [huge]
aliases:
  best: [huge, large]
plans:
  gold: { tiers: [1, 2, 3] }
tenants:
  acme: { plan: gold, policies: [first] }
keys:
  laptop: { tenant: acme, secret: env:ACME_KEY }
policies:
  first:
    rules:
      - { when: { step: code_review }, route: { model: best } }
`;

export function read(text: string, options?: ReadOptions): ReadResult {
  return readConfiguration([{ name: 'signalbox.yaml', text }], options);
}

export function whole(result: ReadResult): Extract<ReadResult, { ok: true }> {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problems, undefined, 1));
  return result;
}

export function configurationOf(text: string, options?: ReadOptions): Configuration {
  return whole(read(text, options)).configuration;
}

export function problemsOf(
  files: string | readonly ConfigurationFile[],
  options?: ReadOptions,
): readonly Problem[] {
  const list = typeof files === 'string' ? [{ name: 'signalbox.yaml', text: files }] : files;
  const result = readConfiguration(list, options);
  return result.ok ? [] : result.problems;
}

/** The only problem there is. */
export function problemOf(
  files: string | readonly ConfigurationFile[],
  options?: ReadOptions,
): Problem {
  const problems = problemsOf(files, options);
  assert.equal(problems.length, 1, JSON.stringify(problems, undefined, 1));
  const [problem] = problems;
  assert.ok(problem);
  return problem;
}

/** `line:column path`, which is what most tests ask about. */
export function places(problems: readonly Problem[]): readonly string[] {
  return problems.map((one) => `${one.line}:${one.column} ${one.path}`);
}

/** What the caret stands under. */
export function marked(problem: Problem): string {
  const [line = '', carets = ''] = problem.excerpt.split('\n');
  return line.slice(carets.indexOf('^'), carets.length);
}
