import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, WHOLE, whole } from './read.fixture.ts';
import type { ValueOrigin } from './show.ts';

function rows(text: string): ReadonlyMap<string, ValueOrigin> {
  return new Map(
    whole(read(text))
      .origins()
      .map((row) => [row.path, row]),
  );
}

test('every value is shown once, with its line or as a default', () => {
  const shown = rows(WHOLE);
  const told = (path: string): string => {
    const row = shown.get(path);
    return row === undefined ? 'nothing' : `${row.value} ${row.from} ${row.where}`;
  };
  assert.equal(told('tenants.acme.plan'), '"gold" file signalbox.yaml:13');
  assert.equal(told('tenants.acme.privacy'), '"enforce" default ');
  assert.equal(
    told('endpoints.remote.credentials.0.secret'),
    '"env:REMOTE_KEY" file signalbox.yaml:6',
  );
  assert.equal(told('endpoints.remote.credentials.0.weight'), '1 default ');
  assert.equal(told('endpoints.ollama.timers.head_ms'), '300000 default ');
  assert.equal(told('endpoints.remote.timers.head_ms'), '60000 default ');
  assert.equal(told('endpoints.remote.timers.whole_ms'), '600000 default ');
  assert.equal(told('endpoints.ollama.timers.idle_ms'), '30000 default ');
  assert.equal(told('endpoints.remote.timers.idle_ms'), '10000 default ');
  assert.equal(told('policies.first.rules.0.route.model'), '"best" file signalbox.yaml:19');
  assert.equal(told('journal.keep_days'), '30 default ');
  assert.equal(whole(read(WHOLE)).origins().length, shown.size);
});

test('a mapping that must be written to have an effect has no defaults', () => {
  assert.equal(rows(WHOLE).has('tenants.acme.budget.per'), false);
  const budgeted = rows(WHOLE.replace('plan: gold,', 'budget: { amount_usd: 5 },'));
  assert.equal(budgeted.get('tenants.acme.budget.per')?.value, '"month"');
});

test('what looks like a secret is not shown even where it is allowed', () => {
  const header = WHOLE.replace(
    'kind: ollama,',
    'kind: ollama, headers: { set: { x-a: sk-abcdefgh } },',
  );
  assert.equal(rows(header).get('endpoints.ollama.headers.set.x-a')?.value, '"[hidden]"');
});
