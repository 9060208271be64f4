import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSim } from '@signalbox/sim';
import { call, folderFor, parsed, serverIn, typed, until } from '../testing.fixture.ts';

const file = (url: string): string => `version: 1
endpoints:
  near: {kind: sim, url: "${url}/v1", tier: 1, models: [sim-small]}
  far: {kind: sim, url: "${url}/v1", tier: 3, models: [sim-frontier]}
policies: {frugal: {rules: [{name: less, degrade: {level: 2, tier_max: 1}}]}}
node: {policies: [frugal]}
`;

test('an operator states a level, the rules bind by it, and it is taken back', async (context) => {
  const sim = await startSim();
  context.after(() => sim.close());
  const folder = folderFor(context);
  writeFileSync(join(folder, 'own.yaml'), file(sim.url));
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  const key = server.demo?.key.reveal() ?? '';
  const headersOf = async (): Promise<readonly (string | null)[]> => {
    // Hard work goes as high as it may.
    const content = 'Prove that there are infinitely many primes, step by step. '.repeat(20);
    const body = { messages: [{ role: 'user', content }] };
    const { headers } = await call(server.url, key, { body });
    return ['tier', 'degradation'].map((name) => headers.get(`x-signalbox-${name}`));
  };
  const [usual] = await headersOf();
  const state = (level: string) => typed(folder, ['node', 'set', '--degradation', level, '--json']);
  assert.equal(parsed(await state('1'))['level'], 1);
  assert.deepEqual(await headersOf(), [usual, 'level=1']);
  assert.equal(parsed(await state('2'))['because'], 'an operator says so');
  assert.deepEqual(await headersOf(), ['1', 'level=2']);
  assert.notEqual(usual, '1');

  const ready = await (await fetch(`${server.url}/readyz`)).text();
  assert.match(ready, /"degraded".*degradation: level 2 of 4, an operator says so/);
  const shown = await typed(folder, ['node', 'show']);
  assert.match(shown.out, /^degradation +level 2: an operator says so$/m);
  // Decided again under the same documents, by the level of the time.
  const replay = () => typed(folder, ['policy', 'replay', '--config', 'own.yaml', '--json']);
  await until(async () => parsed(await replay())['decisions'] === 3);
  assert.equal(parsed(await replay())['identical'], 3);

  for (const wrong of ['5', 'low', '-1']) assert.equal((await state(wrong)).exit, 2, wrong);
  assert.equal(parsed(await state('auto'))['level'], 0);
  assert.deepEqual(await headersOf(), [usual, null]);
});
