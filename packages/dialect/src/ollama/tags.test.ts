import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from './ollama.fixture.ts';
import {
  type ListedModel,
  readShow,
  readShowAsk,
  readTags,
  readVersion,
  writeLoaded,
  writeShow,
  writeTags,
  writeVersion,
} from './tags.ts';

const json = (bytes: Uint8Array) => JSON.parse(textOf(bytes));
const WHOLE: ListedModel = {
  name: 'small:8b',
  contextTokens: 32_768,
  capabilities: ['completion', 'tools'],
  family: 'llama',
  parameterSize: '8.0B',
  quantization: 'Q4_K_M',
  format: 'gguf',
  sizeBytes: 5_000_000_000,
  digest: 'ab'.repeat(32),
  modifiedAt: 1_760_000_000,
};

describe('a list of models', () => {
  it('is read as it was written', () => {
    const { contextTokens: _, capabilities: __, ...listed } = WHOLE;
    assert.deepEqual(readTags(json(writeTags([WHOLE, { name: 'b' }]))), [
      listed,
      { name: 'b', sizeBytes: 0, digest: '0'.repeat(64) },
    ]);
  });

  it('has what clients rely on, also where nothing is known', () => {
    const [model] = json(writeTags([{ name: 'a' }])).models;
    assert.equal(model.digest.length, 64);
    assert.equal(model.modified_at, '0001-01-01T00:00:00Z');
    assert.deepEqual(model.details.families, []);
  });

  it('passes by what has no name', () => {
    const models = [{}, { name: '' }, null, 'x', { model: 'only' }];
    assert.deepEqual(readTags({ models }), [{ name: 'only' }]);
    assert.deepEqual(readTags({}), []);
    assert.deepEqual(readTags([]), []);
  });

  it('tells which are loaded, for how long, and with which window', () => {
    const loaded = { ...WHOLE, expiresAt: 1_760_000_300, contextTokensNow: 4_096 };
    const [model, ...rest] = readTags(json(writeLoaded([loaded, { name: 'cold' }])));
    assert.deepEqual(rest, []);
    assert.equal(model?.expiresAt, 1_760_000_300);
    assert.equal(model.contextTokensNow, 4_096);
  });
});

describe('a shown model', () => {
  it('is read as it was written', () => {
    const { sizeBytes: _, digest: __, ...shown } = WHOLE;
    assert.deepEqual(readShow('small:8b', json(writeShow(WHOLE))), shown);
    const set = { ...shown, contextTokensNow: 8_192 };
    assert.deepEqual(readShow('small:8b', json(writeShow(set))), set);
  });

  it('tells its window under any architecture, and the one that its file sets', () => {
    const body = {
      model_info: { 'general.architecture': 'gptoss', 'gptoss.context_length': 131_072 },
      parameters: 'stop "x"\nnum_ctx                        8192\ntemperature 1',
      capabilities: ['completion', 'thinking', 'levitation'],
    };
    const model = readShow('x', body);
    assert.equal(model.contextTokens, 131_072);
    assert.equal(model.contextTokensNow, 8_192);
    assert.deepEqual(model.capabilities, ['completion', 'thinking']);
    assert.equal(readShow('x', { model_info: { 'a.context_length': 9 } }).contextTokens, 9);
    assert.deepEqual(readShow('x', {}), { name: 'x' });
  });

  it('is asked for by `model` or, by older clients, `name`', () => {
    assert.equal(readShowAsk({ model: 'a', name: 'b' }), 'a');
    assert.equal(readShowAsk({ model: '', name: 'b' }), 'b');
    assert.equal(readShowAsk({}), undefined);
  });
});

it('a version is a text', () => {
  assert.equal(readVersion(json(writeVersion('0.12.6'))), '0.12.6');
  assert.equal(readVersion({ version: 1 }), undefined);
});
