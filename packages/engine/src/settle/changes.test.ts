import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ProbeChange } from '../catalog/probe-facts.ts';
import { build } from '../house.fixture.ts';
import { CHANGES_TOLD_MAX, tellChanges } from './changes.ts';

it('each change is a line in the log and an act in the journal, and no server floods them', () => {
  const { house, logs, store } = build();
  const near = house.now().catalog.endpoints.get('near');
  assert.ok(near !== undefined);
  const changes = Array.from({ length: 40 }, (_, at): ProbeChange => {
    const values = { before: 'x'.repeat(500), after: at };
    const from = 'GET /props';
    return { kind: 'fact-changed', fact: 'contextTokens', model: undefined, ...values, at, from };
  });
  tellChanges(near, changes, house.ports);
  const acts = store.entries.filter(({ kind }) => kind === 'act');
  assert.deepEqual([logs.length, acts.length], [CHANGES_TOLD_MAX, CHANGES_TOLD_MAX]);
  assert.deepEqual(acts[0]?.body, {
    act: 'endpoint-changed',
    by: 'probe',
    what: 'near',
    detail: {
      fact: 'contextTokens',
      before: 'x'.repeat(64),
      after: 0,
      from: 'GET /props',
      changes: 40,
    },
  });
});
