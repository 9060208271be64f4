import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type TinyModelOptions, tinyModel } from './tiny-model.ts';

const PLAIN: TinyModelOptions = {
  random: false,
  seed: 1,
  name: 'tiny',
  contextTokens: 8192,
  sharpness: 1,
};

function digestOf(options: Partial<TinyModelOptions>): string {
  const { bytes } = tinyModel({ ...PLAIN, ...options });
  return createHash('sha256').update(bytes).digest('hex');
}

test('the default model has the same bytes on every machine', () => {
  const pinned = '16a3a1605101bf995388d46e52b3ec32c64a51c7083cef87f2cfdd2d78023ceb';
  assert.equal(digestOf({}), pinned);
});

test('the gibberish twin has the same bytes on every machine', () => {
  const pinned = 'fe4d473cafa53cf7b537e809570a255f9ba5c1fddac10d9900219c1272ed1339';
  assert.equal(digestOf({ random: true, name: 'tiny-random' }), pinned);
});

test('seed, name, context and sharpness reach the file', () => {
  const twin = '95a803157e911003fafd65c8d99214ced8ddfcc82c9d32aa433586ffaf4b7711';
  const sharp = 'a715fa91c46f975a5124002aaea6961973cb4ae512c558e6e6bdd751481ca2e1';
  const options = { random: true, seed: 7, name: 'twin', contextTokens: 4096, sharpness: 1.5 };
  assert.equal(digestOf(options), twin);
  assert.equal(digestOf({ seed: 3, sharpness: 2 }), sharp);
});

test('five hard words are tokens of their own', () => {
  const { hardWords } = tinyModel(PLAIN);
  assert.deepEqual(hardWords, ['Ġprove', 'Ġtheorem', 'Ġhard', 'Ġderive', 'Ġlemma']);
});
