import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSim } from '@signalbox/sim';
import { call, folderFor, parsed, serverIn, typed, until } from '../testing.fixture.ts';

const file = (url: string, more = ''): string => `version: 1
endpoints:
  near: {kind: sim, url: "${url}/v1", tier: 1, models: {sim-small: {name: shared}}}
  far: {kind: sim, url: "${url}/v1", tier: 3, models: {sim-frontier: {name: shared}}}
policies:
  now: {rules: [{name: far, route: {endpoint: far}}]}
  next:
    mode: shadow
    rules:
      - {name: less, when: {step: sort}, require: {tier_max: 1}}
      - {name: near, route: {endpoint: near}}${more}
node: {policies: [next, now]}
`;

test('what is in shadow mode is counted beside live calls, and changes none', async (context) => {
  const sim = await startSim();
  context.after(() => sim.close());
  const folder = folderFor(context);
  writeFileSync(join(folder, 'own.yaml'), file(sim.url));
  const server = await serverIn(context, folder, { config: 'own.yaml' });
  const key = server.demo?.key.reveal() ?? '';
  const ask = async (step: string): Promise<string | null> => {
    const headers = { 'x-signalbox-step': step };
    const answer = await call(server.url, key, { body: { model: 'shared' }, headers });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('x-signalbox-endpoint');
  };
  const shadow = () => typed(folder, ['policy', 'shadow', 'next', '--json']);
  assert.equal(parsed(await shadow())['calls'], 0);
  for (const step of ['talk', 'sort', 'talk']) assert.equal(await ask(step), 'far');
  await until(async () => parsed(await shadow())['calls'] === 3);
  const { same, moved, refused, allowed, tiers, residency_violations } = parsed(await shadow());
  assert.deepEqual([same, moved, refused, allowed, residency_violations], [0, 3, 0, 0, 0]);
  assert.deepEqual(tiers, { '3 -> 1': 3 });
  const shown = await typed(folder, ['policy', 'shadow', 'next']);
  assert.match(shown.out, /^would have gone elsewhere +3$/m);
  assert.match(shown.out, /^dec_\w+ +\w+ +far\/shared -> near\/shared$/m);

  // The same content, read again, goes on counting; another begins anew.
  writeFileSync(join(folder, 'own.yaml'), `# a line more\n${file(sim.url)}`);
  assert.deepEqual(await server.reload(), []);
  await ask('talk');
  await until(async () => parsed(await shadow())['calls'] === 4);
  writeFileSync(
    join(folder, 'own.yaml'),
    file(sim.url, '\n      - {name: x, cap: {output_tokens: 9}}'),
  );
  assert.deepEqual(await server.reload(), []);
  await ask('talk');
  await until(async () => parsed(await shadow())['calls'] === 1);
  assert.equal((await typed(folder, ['policy', 'shadow', 'none'])).exit, 4);
});
