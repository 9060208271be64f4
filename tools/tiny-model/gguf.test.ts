import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GgufReading, readGguf } from '../../packages/documents/src/gguf.ts';
import { f32Field, gguf, textField, textsField, u32Field } from './gguf.ts';

const FIELDS = [
  textField('general.architecture', 'llama'),
  textField('general.name', 'Tiny'),
  textField('general.license', 'Apache-2.0'),
  textsField('general.languages', ['en', 'de', 'not a language']),
  u32Field('general.file_type', 15),
  u32Field('llama.context_length', 8192),
  f32Field('llama.scale', 0.5),
  textsField(
    'tokenizer.ggml.tokens',
    Array.from({ length: 500 }, (_, i) => `token${i}`),
  ),
];
const tensor = { name: 'w', dimensions: [4, 8], values: new Float32Array(32) };
const FILE = gguf(FIELDS, [tensor]);

const why = (reading: GgufReading): string =>
  reading.kind === 'invalid' ? reading.why : reading.kind;

test('the header tells of its model, without a byte of the weights', () => {
  const header = FILE.subarray(0, FILE.length - 32 * 4);
  const reading = readGguf(header);
  assert.ok(reading.kind === 'whole');
  assert.deepEqual(reading.facts, {
    name: 'Tiny',
    architecture: 'llama',
    contextTokens: 8192,
    parameters: 32,
    baseModel: undefined,
    facts: { languages: ['en', 'de'], licence: 'apache-2.0', quantisation: 'Q4_K_M' },
  });
});

test('without its own word the quantisation is that of most weights', () => {
  const reading = readGguf(gguf(FIELDS.slice(0, 2), [tensor]));
  assert.ok(reading.kind === 'whole');
  assert.equal(reading.facts.facts.quantisation, 'F32');
});

test('a header that is cut anywhere asks for more, and never ends in a fault', () => {
  for (let end = 0; end < FILE.length - 200; end += 1) {
    assert.equal(readGguf(FILE.subarray(0, end)).kind, 'more');
  }
});

test('what lies about itself is refused', () => {
  const changed = (at: number, bytes: readonly number[]): Uint8Array => {
    const copy = Uint8Array.from(FILE);
    copy.set(bytes, at);
    return copy;
  };
  assert.match(why(readGguf(changed(0, [0]))), /GGUF/);
  assert.match(why(readGguf(changed(4, [9]))), /version is 9/);
  assert.match(why(readGguf(changed(8, [0, 0, 0, 0, 1]))), /tensors/);
  assert.match(why(readGguf(changed(16, [0, 0, 0, 0, 1]))), /fields/);
  const longName = new Array(8).fill(255);
  assert.match(why(readGguf(changed(24, longName))), /beyond every file/);
});
