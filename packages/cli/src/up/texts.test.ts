// Documents that are written as text, over the admin API of a real server and by its commands.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintApiKey } from '@signalbox/trust';
import { call, type Ended, folderFor, parsed, serverIn, typed } from '../testing.fixture.ts';
import { everyByte } from './brought.fixture.ts';

const KEY = mintApiKey('test', new Uint8Array(48).fill(1));

const FILE = `version: 1
node: { tier: 1, policies: [house] }
keys: { ci: { tenant: acme, secret: "env:CI" } }
tenants: { acme: {} }
policies: { house: { rules: [{ name: short, cap: { output_tokens: 4096 } }] } }
`;

const HOME = `# Kept by hand.
version: 1
author: jane
rules:
  - name: at-home # always
    route: { tier: 1 }
# the end
`;

test('policies are made, changed and removed at a gateway, which keeps them', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'own.yaml'), FILE);
  const environment = { CI: KEY };
  const start = () => serverIn(context, folder, { config: 'own.yaml', environment });
  let server = await start();
  const given = (text: string): string => {
    writeFileSync(join(folder, 'policy.yaml'), text);
    return 'policy.yaml';
  };
  const policy = (...words: readonly string[]): Promise<Ended> =>
    typed(folder, ['policy', ...words]);
  const ok = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await policy(...words);
    assert.equal(ended.exit, 0, ended.err);
    return ended;
  };
  const key = readFileSync(join(folder, '.signalbox/admin.key'), 'utf8').trim();
  const ask = async (method: string, path: string, body?: object, more = {}): Promise<Response> =>
    fetch(`${server.url}/admin/v1/policies${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
      ...{ method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    });
  const shown = async (): Promise<unknown> => (await ask('GET', '/first')).json();
  const goes = async (): Promise<string | null> => {
    const answer = await call(server.url, KEY);
    return answer.headers.get('x-signalbox-tier');
  };

  await context.test('one is made from its text, and decides once a tenant has it', async () => {
    const made = await ok('create', 'first', '--file', given(HOME));
    assert.match(`${made.out}${made.err}`, /first: created\nnext: signalbox tenant set/);
    assert.equal((await policy('create', 'first', '--file', 'policy.yaml')).exit, 5);
    // A tenant of a file is changed there.
    writeFileSync(
      join(folder, 'own.yaml'),
      FILE.replace('acme: {}', 'acme: { policies: [first] }'),
    );
    assert.deepEqual(await server.reload(), []);
    assert.equal(await goes(), '1');
    assert.equal(Reflect.get(Object(await shown()), 'text'), HOME);
  });

  await context.test('what a file owns is left alone, and what is used stays', async () => {
    for (const words of [
      ['set', 'house', '--file', 'policy.yaml'],
      ['remove', 'house', '--yes'],
    ]) {
      const refused = await policy(...words);
      assert.deepEqual([refused.exit, /own\.yaml:5/.test(refused.err)], [5, true], refused.err);
    }
    const used = await policy('remove', 'first', '--yes');
    assert.match(used.err, /own\.yaml:4: .*first/);
    assert.equal((await policy('set', 'none', '--file', 'policy.yaml')).exit, 4);
  });

  await context.test('what breaks a promise is refused, with its line and a command', async () => {
    const both = `rules:
  - { name: a, require: { models: [sim-small] } }
  - { name: b, forbid: { endpoints: [sim-local] } }
`;
    const broken = await policy('set', 'first', '--file', given(both));
    assert.equal(broken.exit, 2);
    assert.match(broken.err, /Line 2: contradiction: a .* and b .* leave nothing\./);
    const [, command = ''] =
      /signalbox (policy explain --tenant acme [^"`\n]*)/.exec(broken.err) ?? [];
    assert.match(command, / --draft policies\/first=\S+$/);
    const same = parsed(await typed(folder, [...command.split(' '), '--json']));
    assert.equal(Reflect.get(Object(same['refusal']), 'code'), 'policy_denied', broken.err);
    const typo = await policy('set', 'first', '--set', 'ruels=[]');
    assert.match(typo.err, /Line 7: unknown key `ruels`/);
    const slipped = await ask('PUT', '/first', { text: 'mode: shadow\rtenants: {}' });
    assert.equal(slipped.status, 400);
    const shared = `rules: &rules\n  - { name: shared, route: { tier: 1 } }\n`;
    assert.equal((await ask('POST', '', { name: 'anchor', text: shared })).status, 201);
    const leans = await ask('POST', '', { name: 'other', text: 'rules: *rules\n' });
    assert.equal(leans.status, 400);
    assert.match(await leans.text(), /it is no document of its own/);
    assert.equal((await ask('DELETE', '/anchor')).status, 200);
    assert.equal(Reflect.get(Object(await shown()), 'text'), HOME);
  });

  await context.test('a value is changed, the rest stays, and both are kept', async () => {
    await ok('set', 'first', '--set', 'version=2', '--set', 'rules.0.route.tier=3');
    assert.equal(await goes(), '3');
    const late = await ask('PUT', '/first', { text: HOME }, { 'if-match': '"old"' });
    assert.equal(late.status, 409);
    const { data } = parsed(await ok('versions', 'first', '--json'));
    assert.ok(Array.isArray(data));
    assert.deepEqual(
      data.map((one: object) => [Reflect.get(one, 'number'), Reflect.get(one, 'done')]),
      [
        [2, 'changed'],
        [1, 'created'],
      ],
    );
    assert.equal((await ok('versions', 'first', '1')).out, HOME);
    assert.match((await ok('versions', 'first', '2')).out, /^# Kept by hand\.\nversion: 2\n/);
    assert.equal((await policy('versions', 'first', '9')).exit, 4);
  });

  await context.test('of two that read the same text, one is told of the other', async () => {
    const tag = (await ask('GET', '/first')).headers.get('etag');
    const { text } = Object(await shown());
    const both = await Promise.all(
      ['jack', 'jill'].map((author) =>
        ask('PUT', '/first', { text: text.replace('jane', author) }, { 'if-match': tag }),
      ),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  });

  await context.test('what cannot be kept as a version does not take effect', async () => {
    const before = Object(await shown()).text;
    const versions = join(folder, '.signalbox/versions/policies/first.json');
    const kept = readFileSync(versions);
    writeFileSync(versions, 'cut');
    assert.equal((await ask('PUT', '/first', { text: HOME })).status, 500);
    assert.deepEqual(await server.reload(), []);
    assert.deepEqual([Object(await shown()).text, await goes()], [before, '3']);
    writeFileSync(versions, kept);
  });

  await context.test('it outlives a start, and stands beside what else is kept', async () => {
    assert.equal((await typed(folder, ['tenant', 'create', 'blue'])).exit, 0);
    await server.stop();
    assert.match(
      everyByte(join(folder, '.signalbox/journal')),
      /document-created.*policies\/first/,
    );
    server = await start();
    assert.equal(await goes(), '3');
    const { text, source } = Object(await shown());
    assert.match(
      `${text}${source.file}`,
      /at-home # always.*# the end\n\.signalbox\/console\.yaml/s,
    );
  });

  await context.test('where a second person is wanted, nobody takes that out', async () => {
    const wanted = HOME.replace('author', 'approval: required\nauthor').replace(
      'tier: 1',
      'tier: 2',
    );
    const made = await ok('set', 'first', '--file', given(wanted));
    assert.match(
      `${made.out}${made.err}`,
      /waits for approval\nnext: signalbox policy approve first/,
    );
    assert.equal(await goes(), '3');
    await ok('approve', 'first', '--by', 'john');
    assert.equal(await goes(), '2');
    const out = await policy('set', 'first', '--file', given(HOME));
    assert.match(out.err, /`approval: required` is missing/);
  });

  await context.test('plans, rings, aliases, models and prices are kept the same way', async () => {
    const sb = async (...words: readonly string[]): Promise<Ended> => {
      const ended = await typed(folder, words);
      assert.equal(ended.exit, 0, `${words.join(' ')}: ${ended.err}`);
      return ended;
    };
    const given = [
      ['plan', 'small', 'tiers=[1]'],
      ['ring', 'early', 'order=0'],
      ['alias', 'fast', 'targets=[sim-small]'],
      ['model', 'sim-small', 'family=sim'],
      ['price', 'sim-medium', 'from=2026-01-01'],
    ] as const;
    for (const [word, name, assignment] of given) {
      await sb(word, 'create', name, '--set', assignment);
      assert.match((await sb(word, 'versions', name)).out, /1 .*operator +created/);
    }
    await sb('price', 'set', 'sim-medium', '--set', '0.input_per_million_usd=7.5');
    assert.match((await sb('price', 'show', 'sim-medium')).out, /^- from: 2026-01-01\n {2}input/);
    assert.match((await sb('plan', 'list')).out, /small +\.signalbox\/console\.yaml:\d+/);
    await sb('tenant', 'set', 'blue', '--plan', 'small');
    await sb('plan', 'set', 'small', '--set', 'budget.amount_usd=25');
    const { configuration } = server.documents.inForce;
    assert.deepEqual(configuration.plans.get('small')?.tiers, [1]);
    assert.equal(configuration.plans.get('small')?.budget?.amountNanoUsd, 25_000_000_000n);
    assert.equal(configuration.aliases.get('fast')?.targets[0]?.model, 'sim-small');
    assert.equal(configuration.models.get('sim-small')?.family, 'sim');
    assert.equal(configuration.prices[0]?.inputPerMillionUsd, '7.5');
    const used = await typed(folder, ['plan', 'remove', 'small', '--yes']);
    assert.match(used.err, /small/);
    assert.equal(used.exit, 2);
    for (const [noun, text] of [
      ['prices', 'seven'],
      ['aliases', 'targets: []'],
      ['rings', 'ordre: 1'],
    ]) {
      const refused = await fetch(`${server.url}/admin/v1/${noun}`, {
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...{ method: 'POST', body: JSON.stringify({ name: 'other', text }) },
      });
      assert.equal(refused.status, 400, noun);
    }
    await sb('tenant', 'remove', 'blue', '--yes');
    for (const [word, name] of given) await sb(word, 'remove', name, '--yes');
    assert.equal(server.documents.inForce.read.configuration.prices.length, 0);
    const left = readFileSync(join(folder, '.signalbox/console.yaml'), 'utf8');
    assert.match(left, /at-home # always/);
    assert.doesNotMatch(left, /prices|plans:\n/);
  });

  await context.test('it is removed when nothing refers to it', async () => {
    writeFileSync(join(folder, 'own.yaml'), FILE);
    assert.deepEqual(await server.reload(), []);
    await ok('remove', 'first', '--yes');
    assert.equal((await ask('GET', '/first')).status, 404);
    assert.equal((await policy('remove', 'first', '--yes')).exit, 4);
    assert.match((await ok('versions', 'first')).out, /removed/);
  });
});
