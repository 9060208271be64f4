import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, parsed, typed } from '../testing.fixture.ts';

const WRONG = `version: 1
endpoints:
  here: { kind: olama, models: [m-1] }
tenants:
  acme: { topolgy: cloud, policies: [frist] }
policies:
  first: {}
`;

test('every mistake is shown at once, with its place and a hint', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'signalbox.yaml'), WRONG);
  const ended = await typed(folder, ['config', 'validate']);
  assert.equal(ended.exit, 2);
  assert.match(ended.out, /signalbox\.yaml:3:17 .*\n {2}3 \| .*olama.*\n.*\^+\n {2}hint: .*ollama/);
  assert.match(ended.out, /signalbox\.yaml:5:\d+ .*topolgy/);
  assert.match(ended.out, /signalbox\.yaml:5:\d+ .*no policy is named `frist`/);
  const { valid, problems } = parsed(await typed(folder, ['config', 'validate', '--json']));
  assert.equal(valid, false);
  assert.ok(Array.isArray(problems) && problems.length === 3);
  for (const one of problems) assert.equal(typeof Reflect.get(Object(one), 'hint'), 'string');
});

test('a right file says what it holds, and what is accepted and not active', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'a.yaml'), 'version: 1\ntenants: { acme: {} }\n');
  writeFileSync(join(folder, 'b.yaml'), 'version: 1\nnode: { region: eu }\n');
  const ended = await typed(folder, ['config', 'validate', '--config', '*.yaml']);
  assert.equal(ended.exit, 0, ended.out);
  assert.match(ended.out, /b\.yaml:2 +node\.region +accepted, not active/);
  assert.match(ended.out, /valid: a\.yaml, b\.yaml: 3 endpoints, 1 tenant, 1 key/);
  assert.match(ended.err, /next: signalbox up --config \*\.yaml/);
});

test('each value is shown with where it comes from', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'signalbox.yaml'), 'version: 1\nserver: { body_bytes_max: 100000 }\n');
  const { values } = parsed(
    await typed(folder, ['config', 'show', '--json'], { SIGNALBOX_PORT: '5000' }),
  );
  assert.ok(Array.isArray(values));
  const find = (path: string): unknown =>
    values.find((one) => Reflect.get(Object(one), 'path') === path);
  const facts = (path: string): unknown[] =>
    ['value', 'from', 'where'].map((key) => Reflect.get(Object(find(path)), key));
  assert.deepEqual(facts('server.port'), ['5000', 'environment', 'SIGNALBOX_PORT']);
  assert.deepEqual(facts('server.body_bytes_max'), ['100000', 'file', 'signalbox.yaml:2']);
  assert.equal(facts('server.host')[1], 'default');
});

test('an export is valid and holds what the files hold', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'a.yaml'), 'version: 1\ntenants: { acme: {} }\n');
  writeFileSync(join(folder, 'b.yaml'), 'version: 1\ntenants: { blue: { topology: cloud } }\n');
  const ended = await typed(folder, ['config', 'export', '--config', '*.yaml']);
  assert.equal(ended.exit, 0);
  writeFileSync(join(folder, 'whole.yml'), ended.out);
  assert.equal((await typed(folder, ['config', 'validate', 'whole.yml'])).exit, 0);
  assert.match(ended.out, /blue:\n {4}topology: cloud/);
});

test('init writes a valid file, once, with the schema that it names', async (context) => {
  const folder = folderFor(context);
  const tried = await typed(folder, ['init', '--dry-run']);
  assert.equal(tried.exit, 0);
  assert.match(tried.out, /^# yaml-language-server: \$schema=\.\/signalbox\.schema\.json/);
  assert.equal(existsSync(join(folder, 'signalbox.yaml')), false);
  assert.equal((await typed(folder, ['init'])).exit, 0);
  assert.ok(existsSync(join(folder, 'signalbox.schema.json')));
  assert.equal((await typed(folder, ['config', 'validate'])).exit, 0);
  assert.equal((await typed(folder, ['init'])).exit, 5);
});

test('the doctor names what is wrong and the command that helps', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'signalbox.yaml'), WRONG);
  const ended = await typed(folder, ['doctor']);
  assert.equal(ended.exit, 1);
  assert.match(ended.out, /wrong +configuration +\d problems.*signalbox config validate/);
  assert.match(ended.out, /note +gateway +does not run; run: signalbox up/);
});
