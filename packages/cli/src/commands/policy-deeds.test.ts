import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSim } from '@signalbox/sim';
import { mintApiKey } from '@signalbox/trust';
import { call, folderFor, parsed, serverIn, typed } from '../testing.fixture.ts';

const KEYS = [1, 2].map((fill) => mintApiKey('test', new Uint8Array(48).fill(fill)));
const [KEY = '', OTHER = ''] = KEYS;

const file = (url: string, policy: string): string => `version: 1
endpoints:
  near: {kind: sim, url: "${url}/v1", tier: 1, models: {sim-small: {name: shared}}}
  far: {kind: sim, url: "${url}/v1", tier: 3, models: {sim-frontier: {name: shared}}}
tenants:
  acme: {ring: 1}
  blue: {ring: 5}
keys:
  ci: {tenant: acme, secret: "env:CI"}
  other: {tenant: blue, secret: "env:OTHER"}
policies:
  legal:
${policy}
  base: {default_tier: 3}
node: {policies: [legal, base]}
`;

const TO = (endpoint: string, more = ''): string =>
  `    author: jane\n${more}    rules: [{name: go, route: {endpoint: ${endpoint}}}]`;
const WANTED = '    approval: required\n';

test('policies are approved, promoted, rolled back, and an edit opens nothing', async (context) => {
  const sim = await startSim();
  context.after(() => sim.close());
  const folder = folderFor(context);
  const write = (policy: string): void =>
    writeFileSync(join(folder, 'own.yaml'), file(sim.url, policy));
  write(TO('near', WANTED));
  const environment = { CI: KEY, OTHER };
  const server = await serverIn(context, folder, { config: 'own.yaml', environment });
  const goes = async (key = KEY): Promise<string | null> => {
    const answer = await call(server.url, key, { body: { model: 'shared' } });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('x-signalbox-endpoint');
  };
  const edit = async (policy: string): Promise<void> => {
    write(policy);
    assert.deepEqual(await server.reload(), []);
  };
  const policy = (...words: readonly string[]) => typed(folder, ['policy', ...words, '--json']);
  const why = async (): Promise<unknown> => parsed(await policy('standing', 'legal'))['why'];

  // Nobody has approved it: it decides nothing.
  assert.equal(await why(), 'waits-for-approval');
  const usual = await goes();
  assert.equal(usual, 'far');
  const own = await policy('approve', 'legal', '--by', 'Jane');
  assert.notEqual(own.exit, 0);
  assert.match(own.err, /is its author/);
  const stale = await policy('approve', 'legal', '--by', 'john', '--digest', 'another');
  assert.match(stale.err, /the content is \w{16} by now/);
  const { approvals } = parsed(await policy('approve', 'legal', '--by', 'john'));
  assert.match(JSON.stringify(approvals), /"by":"john","at":"20/);
  assert.equal(await goes(), 'near');

  // An edit voids it: what was approved goes on, also over a start from the same folder.
  await edit(TO('far', WANTED));
  assert.equal(await why(), 'waits-for-approval');
  assert.equal(await goes(), 'near');
  const explained = await typed(folder, [
    ...['policy', 'explain', '--tenant', 'acme', '--model', 'shared', '--config', 'own.yaml'],
    '--json',
  ]);
  assert.match(explained.out, /"route":\[\{"endpoint":"near"/);
  await policy('approve', 'legal', '--by', 'john');
  assert.equal(await goes(), 'far');

  // Back at once, until its document is another one.
  assert.equal((await policy('rollback', 'legal', '--yes')).exit, 0);
  assert.deepEqual([await why(), await goes()], ['rolled-back', 'near']);
  await server.reload();
  assert.equal(await goes(), 'near');
  await edit(TO('far'));
  assert.deepEqual([await why(), await goes()], ['written', 'far']);

  // A candidate goes from shadow over the rings to everybody.
  await edit(TO('near', '    mode: shadow\n'));
  assert.deepEqual([await goes(), await goes(OTHER)], ['far', 'far']);
  assert.equal(parsed(await policy('promote', 'legal'))['ring'], 1);
  assert.deepEqual([await goes(), await goes(OTHER)], ['near', 'far']);
  assert.equal(parsed(await policy('promote', 'legal'))['ring'], 5);
  assert.equal(parsed(await policy('promote', 'legal'))['ring'], null);
  assert.deepEqual([await goes(), await goes(OTHER)], ['near', 'near']);
  assert.match((await policy('promote', 'legal')).err, /in force for all/);
  assert.equal((await policy('promote', 'none')).exit, 4);

  // What would break a promise is not promoted.
  await edit('    mode: shadow\n    rules: [{name: no, require: {models: [gone]}}]');
  const refused = await policy('promote', 'legal', '--all');
  assert.match(refused.err, /leaves nothing/);
  assert.match(refused.err, /"signalbox policy explain [^"]* --residency any --config own.yaml"/);
  const states = readFileSync(join(folder, '.signalbox', 'policies.json'), 'utf8');
  assert.match(states, /"by": "john"/);
});

test('a candidate that is rolled back at first is in shadow again', async (context) => {
  const sim = await startSim();
  context.after(() => sim.close());
  const folder = folderFor(context);
  const shadow = TO('near', '    mode: shadow\n');
  writeFileSync(join(folder, 'own.yaml'), file(sim.url, shadow));
  const environment = { CI: KEY, OTHER };
  const server = await serverIn(context, folder, { config: 'own.yaml', environment });
  const goes = async (): Promise<string | null> => {
    const answer = await call(server.url, KEY, { body: { model: 'shared' } });
    await answer.text();
    return answer.headers.get('x-signalbox-endpoint');
  };
  const policy = (...words: readonly string[]) => typed(folder, ['policy', ...words, '--json']);
  const none = await policy('rollback', 'legal', '--yes');
  assert.match(none.err, /nothing was in force before/);
  for (const words of [
    ['promote', 'legal'],
    ['promote', 'legal', '--all'],
  ]) {
    assert.equal(await goes(), 'far');
    assert.equal((await policy(...words)).exit, 0);
    assert.equal(await goes(), 'near');
    const back = await policy('rollback', 'legal', '--yes');
    assert.equal(back.exit, 0, back.err);
    assert.equal(parsed(await policy('standing', 'legal'))['decides'], null);
  }
  assert.equal(await goes(), 'far');
});
