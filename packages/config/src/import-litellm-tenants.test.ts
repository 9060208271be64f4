import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, imported, list, said } from './import-litellm.fixture.ts';

const MODELS = list(
  deployment('small', 'model: openai/s'),
  deployment('big', 'model: openai/b'),
  deployment('big', 'model: groq/b', 'order: 2'),
);

const TEAMS = `${MODELS}teams:
  - team_id: t-1
    team_alias: Core Team
    models: [small, big, gone]
    max_budget: 20
    budget_duration: 1d
    rpm_limit: 60
    tpm_limit: 9000
    max_parallel_requests: 4
    members: [ada]
  - { team_id: t-2, models: [all-proxy-models], max_budget: 5.5 }
  - { team_alias: core team, max_budget: 7, budget_duration: 7d }
virtual_keys:
  - { key_alias: CI, team_id: t-1, models: [small], max_budget: 3 }
  - { key: os.environ/LITELLM_KEY_B, models: [] }
`;

const result = imported(TEAMS);
const { tenants, plans, keys } = result.configuration;

test('teams are tenants with plans and budgets, and observe like all that are imported', () => {
  assert.deepEqual([...tenants.keys()], ['default', 'core-team', 't-2', 'core-team-2']);
  const core = tenants.get('core-team');
  assert.deepEqual(core?.budget, { amountNanoUsd: 20_000_000_000n, per: 'day' });
  assert.equal(core?.plan, 'core-team');
  const plan = plans.get('core-team');
  assert.deepEqual(plan?.models, ['small', 'b']);
  assert.equal(plan?.inFlightMax, 4);
  assert.equal(plan?.requestsPerMinuteMax, 60);
  assert.equal(plan?.tokensPerMinuteMax, 9_000);
  assert.deepEqual(tenants.get('t-2')?.budget, { amountNanoUsd: 5_500_000_000n, per: 'total' });
  assert.equal(tenants.get('t-2')?.plan, undefined);
  assert.equal(tenants.get('core-team-2')?.budget?.per, 'month');
  for (const { privacy } of tenants.values()) assert.equal(privacy, 'observe');
});

test('keys are made anew: each with its command', () => {
  assert.equal(keys.size, 0);
  const told = said(result).filter((one) => one.includes('virtual_keys'));
  assert.deepEqual(told, [
    '25 virtual_keys: is made anew with: signalbox key create ci --tenant core-team ' +
      '--model "small" --budget-usd 3',
    '26 virtual_keys: is made anew with: signalbox key create key --tenant default',
  ]);
});

test('what does not fit is said', () => {
  const text = said(result).join('\n');
  assert.match(text, /teams\.models: is not carried over: `gone` is not in `model_list`/);
  assert.match(text, /teams\.members: is not carried over/);
  assert.match(text, /teams\.budget_duration: is a month here/);
  for (const name of ['default', 'core-team', 't-2', 'core-team-2']) {
    assert.match(text, new RegExp(`tenants\\.${name}: .*tenant set ${name} --privacy enforce`));
  }
});

test('teams may be a mapping, and stand under the general settings', () => {
  const general = 'general_settings: { teams: { blue: { max_budget: 1 } }, keys: { a: {} } }\n';
  const nested = imported(MODELS + general);
  assert.deepEqual([...nested.configuration.tenants.keys()], ['default', 'blue']);
  assert.match(said(nested).join('\n'), /key create a --tenant default/);
});
