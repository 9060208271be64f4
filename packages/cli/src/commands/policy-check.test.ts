import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, parsed, typed } from '../testing.fixture.ts';

const file = (rule: string, expected: string): string => `version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared]}
  far: {url: "https://far.example/v1", region: us, models: [large, shared]}
tenants:
  acme: {policies: [first]}
policies:
  first:
    rules:
      - ${rule}
    tests:
      - {name: sorting stays here, call: {tenant: acme, step: sort}, expect: ${expected}}
`;

const LOW = '{name: low, when: {step: sort}, route: {tier: 1}}';

test('tests beside the rules pass, or say what was not as expected, and where', async (context) => {
  const folder = folderFor(context);
  const write = (text: string): void => writeFileSync(join(folder, 'signalbox.yaml'), text);
  write(file(LOW, '{endpoint: near}'));
  const right = await typed(folder, ['policy', 'test']);
  assert.equal(right.exit, 0, right.err);
  assert.match(right.out, /^ok {5}first: sorting stays here\n$/);
  write(file(LOW, '{endpoint: far}'));
  const wrong = await typed(folder, ['policy', 'test']);
  assert.equal(wrong.exit, 1);
  assert.match(wrong.out, /failed first: .* \(signalbox\.yaml:12\)\n +endpoint is near, not far/);
});

test('a counterexample of the check is a command that shows it', async (context) => {
  const folder = folderFor(context);
  const bad = '{name: bad, when: {step: sort}, require: {models: [small]}}';
  writeFileSync(join(folder, 'signalbox.yaml'), file(bad, '{tier: 1}'));
  const ended = await typed(folder, ['policy', 'check']);
  assert.equal(ended.exit, 0, ended.out);
  const never = '{name: bad, require: {models: [small]}, forbid: {endpoints: [near]}}';
  writeFileSync(join(folder, 'draft.yaml'), file(never, '{refused: true}'));
  const found = await typed(folder, ['policy', 'check', '--config', 'draft.yaml']);
  assert.equal(found.exit, 1);
  const [, command = ''] = /\n {2}signalbox (.*)\n/.exec(found.out) ?? [];
  assert.match(found.out, /^contradiction: bad .* leaves nothing\n/);
  const shown = parsed(await typed(folder, [...command.split(' '), '--json']));
  assert.equal(Reflect.get(Object(shown['refusal']), 'code'), 'policy_denied');
});

test('two files are compared by rules and by what they decide, with a command', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'old.yaml'), file(LOW, '{tier: 1}'));
  const rule = '{name: low, when: {step: sort}, route: {endpoint: far}}';
  writeFileSync(join(folder, 'new.yaml'), file(rule, '{tier: 1}'));
  const same = parsed(await typed(folder, ['policy', 'diff', 'old.yaml', 'old.yaml', '--json']));
  assert.deepEqual([same['rules'], same['different'], same['kinds']], [[], 0, []]);
  const found = await typed(folder, ['policy', 'diff', 'old.yaml', 'new.yaml']);
  assert.equal(found.exit, 0, found.err);
  assert.match(found.out, /^changed {2}first\/low\n/);
  assert.match(found.out, /^\d+ points: near\/\w+ .*-> .*far\/\w+ \(tier 3\)/m);
  assert.match(found.err, /\d+ of \d+ points are decided differently/);
  const [, command = ''] = /\n {2}signalbox (.*)\n/.exec(found.out) ?? [];
  const shown = await typed(folder, command.split(' '));
  assert.equal(shown.exit, 0, shown.err);
  assert.match(shown.out, /low \(new\.yaml:10\)/);
});
