import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSim } from '@signalbox/sim';
import { mintApiKey } from '@signalbox/trust';
import { call, folderFor, parsed, serverIn, typed, until } from '../testing.fixture.ts';

const file = (url: string, tenant: string, rule: string): string => `version: 1
endpoints:
  home: {kind: sim, url: "${url}/v1", tier: 2, region: eu, models: [sim-medium]}
  away: {kind: sim, url: "${url}/v1", tier: 3, region: us, models: [sim-medium]}
tenants: {acme: {${tenant}policies: [first]}}
keys: {ci: {tenant: acme, secret: "env:CI"}}
policies: {first: {rules: [${rule}]}}
`;

const RULE = '{name: low, route: {tier: 2}}';

test('records are decided again, and one that would leave its region fails', async (context) => {
  const sim = await startSim();
  context.after(() => sim.close());
  const folder = folderFor(context);
  const write = (name: string, tenant: string, rule = RULE): void =>
    writeFileSync(join(folder, name), file(sim.url, tenant, rule));
  const key = mintApiKey('test', new Uint8Array(48).fill(7));
  write('own.yaml', 'residency: [eu], ');
  const environment = { CI: key };
  const server = await serverIn(context, folder, { config: 'own.yaml', environment });
  const body = { model: 'sim-medium', messages: [{ role: 'user', content: 'hello' }] };
  for (let count = 0; count < 3; count += 1) {
    const answer = await call(server.url, key, { body });
    assert.equal(answer.status, 200, await answer.text());
  }
  const replay = (config: string, ...more: readonly string[]) =>
    typed(folder, ['policy', 'replay', '--since', '1h', '--config', config, ...more]);
  await until(async () => parsed(await replay('own.yaml', '--json'))['decisions'] === 3);

  const same = await replay('own.yaml', '--json');
  assert.equal(same.exit, 0);
  const { identical, moved, residency_violations } = parsed(same);
  assert.deepEqual([identical, moved, residency_violations], [3, 0, 0]);

  write('near.yaml', 'residency: [eu, us], ');
  write('next.yaml', '', '{name: far, route: {endpoint: away}}');
  const next = await replay('next.yaml', '--json');
  assert.equal(next.exit, 1, next.err);
  assert.equal(parsed(next)['moved'], 3);
  assert.equal(parsed(next)['residency_violations'], 3);
  const shown = await replay('next.yaml', '--tenant', 'acme');
  assert.equal(shown.exit, 1);
  assert.match(shown.out, /outside of where it had to stay +3\n/);
  assert.match(shown.out, /^! +dec_\w+ +acme +home\/sim-medium -> away\/sim-medium$/m);
  // Each decision once, and every one of them somewhere.
  const listed = shown.out.match(/dec_\w+/g) ?? [];
  assert.deepEqual([listed.length, new Set(listed).size], [3, 3]);
  const other = parsed(await replay('near.yaml', '--json'));
  assert.deepEqual([other['identical'], other['same_place'], other['moved']], [0, 3, 0]);
  assert.match((await replay('near.yaml')).out, /^the same place, decided otherwise +3$/m);

  const none = await replay('own.yaml', '--tenant', 'nobody', '--json');
  assert.equal(parsed(none)['decisions'], 0);
  assert.equal((await replay('own.yaml', '--since', 'ever')).exit, 2);
});
