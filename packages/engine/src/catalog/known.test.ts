import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedRow } from '@signalbox/documents';
import { known, provenanceOf } from './known.ts';

const LISTED: ListedRow = {
  provider: 'openai',
  model: 'm',
  facts: { context: 100_000, tools: true, vision: false, inputs: ['text'] },
  by: { litellm: 'context', both: 'tools', 'models.dev': 'vision inputs' },
  other: { context: 400_000, vision: true },
};

test('a document goes before a probe, and a probe before the list', () => {
  const nothing = { contextTokens: undefined, capabilities: {}, facts: {} };
  assert.deepEqual(known(nothing, undefined, LISTED), {
    contextTokens: 100_000,
    contextTokensNow: undefined,
    capabilities: { tools: true },
    facts: { inputs: ['text'] },
  });
  const learnt = { contextTokens: 32_000, capabilities: { vision: true } };
  assert.equal(known(nothing, learnt, LISTED).contextTokens, 32_000);
  const stated = { contextTokens: 8_000, capabilities: { tools: false }, facts: {} };
  const whole = known(stated, learnt, LISTED);
  assert.equal(whole.contextTokens, 8_000);
  assert.deepEqual(whole.capabilities, { tools: false, vision: true });
});

test('every field says by whose word it holds, and what else is said', () => {
  const stated = { contextTokens: 8_000, capabilities: {}, facts: { licence: 'mit' } };
  const rows = provenanceOf(stated, { contextTokens: 32_000, capabilities: {} }, LISTED);
  const said = (field: string) =>
    rows.find((one) => one.field === field)?.said.map(({ from, value }) => `${from} ${value}`);
  assert.deepEqual(said('context_tokens'), [
    'document 8000',
    'probe 32000',
    'list: litellm 100000',
    'list: models.dev 400000',
  ]);
  assert.deepEqual(said('vision'), ['list: models.dev false', 'list: litellm true']);
  assert.deepEqual(said('tools'), ['list: both true']);
  assert.deepEqual(said('licence'), ['document mit']);
});
