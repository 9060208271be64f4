import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { indexListed, loadListed } from '../../packages/documents/src/listed-models.ts';
import { updateFacts } from './facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'facts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const out = join(folder, 'models.json');

function write(): void {
  const litellm = {
    last_updated: '2026-07-24T00:00:00Z',
    'gpt-x': {
      litellm_provider: 'openai',
      mode: 'chat',
      max_input_tokens: 272_000,
      supports_function_calling: true,
      supports_vision: true,
    },
  };
  const model = {
    limit: { context: 400_000, input: 300_000 },
    modalities: { input: ['text', 'pdf'], output: ['text'] },
    tool_call: true,
    last_updated: '2026-06-30',
  };
  writeFileSync(join(folder, 'model_prices.json'), JSON.stringify(litellm));
  const other = { openai: { models: { 'gpt-x': model } } };
  writeFileSync(join(folder, 'models_dev_api.json'), JSON.stringify(other));
}

test('two catalogs become one row: the cautious word holds, the other stands beside it', () => {
  assert.throws(() => updateFacts(folder, out), /model_prices\.json is missing/);
  write();
  assert.deepEqual(updateFacts(folder, out), ['wrote 1 models, 1 with a disagreement']);
  const text = readFileSync(out, 'utf8');
  assert.deepEqual(JSON.parse(text).models, [
    {
      provider: 'openai',
      model: 'gpt-x',
      facts: {
        context: 272_000,
        inputs: ['file', 'text'],
        outputs: ['text'],
        tools: true,
        vision: false,
      },
      by: { litellm: 'context', 'models.dev': 'inputs outputs vision', both: 'tools' },
      other: { context: 300_000, vision: true },
    },
  ]);
  updateFacts(folder, out);
  assert.equal(readFileSync(out, 'utf8'), text);
});

test('the shipped list is read, and every field in it has a source', async () => {
  const list = await loadListed();
  assert.ok(list !== undefined && indexListed(list).size === list.models.length);
  for (const { facts, by, model } of list.models) {
    const sourced = Object.values(by).flatMap((fields) => fields.split(' '));
    assert.deepEqual(sourced.toSorted(), Object.keys(facts).toSorted(), model);
  }
});
