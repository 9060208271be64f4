// Drafts of policies and imagined calls over the admin API of a real server; nothing that is in
// force is changed by any of them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { textBelow } from '../configuration/written-text.ts';
import { folderFor, serverIn } from '../testing.fixture.ts';

const CONFIG = `version: 1
node: { tier: 1, policies: [house] }
models:
  sim-small: { falls_back_to: [sim-medium], licence: apache-2.0 }
registry:
  rollouts: { try: { model: sim-small, to: sim-medium, percent: 10, tenants: [acme] } }
plans: { small: { tiers: [1] } }
tenants:
  acme: { policies: [first] }
policies:
  house: { rules: [{ name: short, cap: { output_tokens: 4096 } }] }
  first:
    # Kept by hand.
    version: 43

    rules:
      - name: reviews
        when: { step: code_review, sensitivity: public }
        route: { tier: 3 }
    tests:
      - name: reviews go up
        call: { tenant: acme, step: code_review }
        expect: { tier: 3 }
  old: { until: 2020-01-01, mode: shadow, rules: [{ name: a, log: none }] }
`;

/** Whatever JSON holds. */
type Json = ReturnType<ObjectConstructor>;

test('drafts are tried, calls imagined, and nothing changes', async (context) => {
  const folder = folderFor(context);
  const file = join(folder, 'signalbox.yaml');
  writeFileSync(file, CONFIG);
  const server = await serverIn(context, folder, { config: file });
  const key = readFileSync(join(folder, '.signalbox/admin.key'), 'utf8').trim();
  const ask = async (path: string, body?: object): Promise<Json> => {
    const response = await fetch(`${server.url}/admin/v1/${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { ...Object(await response.json()), status: response.status };
  };
  const before = server.documents.inForce.digest;

  await context.test('a list says whose a policy is, and whether it holds', async () => {
    const { data } = await ask('policies');
    const rows = [...data].map((one: Json) => [one['name'], one['attached'], one['in_force']]);
    const at = (scope: string, name: string) => [{ scope, names: [name], total: 1 }];
    assert.deepEqual(rows, [
      ['house', at('platform', 'node'), true],
      ['first', at('tenant', 'acme'), true],
      ['old', [], false],
    ]);
    const first = await ask('policies/first');
    assert.match(first['text'], /^# Kept by hand\.\nversion: 43\n\nrules:\n {2}- name: reviews\n/);
    assert.deepEqual(first['rules'][0]['when'], ['step: code_review', 'sensitivity: public']);
    assert.equal((await ask('policies/none')).status, 404);
  });

  await context.test('a mistake is told with its line of the draft, and a hint', async () => {
    const text = 'version: 43\nrules:\n  - name: reviews\n    rout: { tier: 3 }\n';
    const { problems, tests } = await ask('policies/first/rehearse', { text });
    const [first] = problems;
    assert.deepEqual([first['file'], first['line'], first['column']], [null, 4, 5]);
    assert.match(`${first['message']} ${first['hint']}`, /unknown key `rout`.*`route`/);
    assert.match(first['excerpt'], /^ {4}rout: .*\n {4}\^/);
    assert.deepEqual(tests, []);
    const broken = await ask('policies/first/rehearse', { text: 'rules: [' });
    assert.match(broken['problems'][0]['message'], /not readable as YAML/);
    const long = { text: 'x'.repeat(50_000) };
    assert.equal((await ask('policies/first/rehearse', long)).status, 400);
    assert.equal((await ask('policies/First!/rehearse', { text: '' })).status, 400);
  });

  await context.test('its tests run, and what it promises is held against it', async () => {
    const { text } = await ask('policies/first');
    const same = await ask('policies/first/rehearse', { text, depth: 'promises' });
    assert.deepEqual([same['problems'], same['tests'].length], [[], 1]);
    assert.deepEqual([same['tests'][0]['passed'], same['tests'][0]['line']], [true, 9]);
    const lower = String(text).replace('route: { tier: 3 }', 'route: { tier: 1 }');
    const other = await ask('policies/first/rehearse', { text: lower });
    assert.deepEqual(other['tests'][0]['failures'], ['tier is 1, not 3']);
    const rules = '  - { name: a, require: { models: [sim-small] } }\n';
    const contradiction = `rules:\n${rules}  - { name: b, forbid: { endpoints: [sim-local] } }\n`;
    const refused = await ask('policies/first/rehearse', {
      ...{ text: contradiction, depth: 'promises' },
    });
    assert.match(refused['problems'][0]['message'], /^contradiction: a .* and b .* leave nothing$/);
    assert.match(refused['problems'][0]['hint'], /^signalbox policy explain --tenant acme/);
    assert.equal(refused['problems'][0]['line'], 2);
  });

  await context.test('a call is imagined with its trouble, its tenant and its policy', async () => {
    const whatIf = (more: object) => ask('route/simulate', { tenant: 'acme', ...more });
    const review = await whatIf({ step: 'code_review', difficulty: 'hard' });
    assert.deepEqual([review['allowed'], review['route'][0]['tier']], [true, 3]);
    assert.match(review['rule'], /^reviews \(.*signalbox\.yaml:17\)$/);
    const scopes = [...review['rules']].map((one: Json) => `${one['scope']} ${one['policy']}`);
    assert.deepEqual(scopes, ['tenant first', 'platform house']);
    const local = [...review['candidates']].find((one: Json) => one['tier'] === 1);
    assert.deepEqual(local['gates'], ['notNeeded']);
    assert.ok(local['estimate_micro_usd'] >= 0 && local['remedies'].length === 1);
    const down = await whatIf({ difficulty: 'hard', down: ['sim-frontier'] });
    assert.equal(down['route'][0]['tier'], 2);
    const eu = await whatIf({ residency: ['eu'], difficulty: 'hard' });
    assert.equal(eu['route'][0]['tier'], 1);
    const draft = { name: 'first', text: 'rules: [{ name: low, require: { tier_max: 1 } }]' };
    const then = await whatIf({ step: 'code_review', draft });
    assert.deepEqual([then['clearance']['ceiling'], then['route'][0]['tier']], [1, 1]);
    const wrong = await whatIf({ draft: { name: 'first', text: 'rules: {}' } });
    assert.deepEqual([wrong['allowed'], wrong['problems'].length], [null, 1]);
    const refused = await whatIf({ plan: 'small', model: 'sim-frontier' });
    assert.equal(refused['refusal']['code'], 'not_entitled');
    const bare = await whatIf({ policies: [], step: 'code_review' });
    assert.deepEqual(bare['rule'], null);
    for (const more of [{ tenant: 'none' }, { down: ['none'] }, { plan: 'none' }, { tier: 3 }]) {
      assert.equal((await whatIf(more)).status, 400, JSON.stringify(more));
    }
  });

  await context.test(
    'the registry says where models run, and what they cost by whose word',
    async () => {
      const { models, rollouts } = await ask('registry');
      const [small] = [...models].filter((one: Json) => one['name'] === 'sim-small');
      assert.deepEqual(small['relations'], [{ relation: 'falls back to', models: ['sim-medium'] }]);
      const { endpoint, tier, price } = small['places'][0];
      assert.deepEqual(
        [endpoint, tier, price['kind'], price['by']],
        ['sim-local', 1, 'known', 'hardware'],
      );
      const [medium] = [...models].filter((one: Json) => one['name'] === 'sim-medium');
      const stated = medium['places'][0]['price'];
      assert.deepEqual(
        [stated['input'], stated['output'], stated['by']],
        ['0.35', '0.7', 'document'],
      );
      assert.deepEqual([rollouts[0]['name'], rollouts[0]['percent']], ['try', 10]);
    },
  );

  assert.equal(server.documents.inForce.digest, before);
});

test('a policy that needs what stands elsewhere has no text of its own', () => {
  const text = 'a: &x { tier: 1 }\npolicies:\n  one: { rules: [{ route: *x }] }\n  two:\n';
  assert.equal(textBelow(text, 'policies', 'one'), undefined);
  assert.equal(textBelow(text, 'policies', 'two'), '');
  assert.equal(textBelow(text, 'policies', 'three'), undefined);
  assert.equal(textBelow('model_list: []\n', 'policies', 'one'), undefined);
});
