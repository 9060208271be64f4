import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';

test('ids are different and as long as asked; the generator is called once for many', () => {
  let fills = 0;
  const random = createRandom((block) => {
    fills += 1;
    crypto.getRandomValues(block);
  });
  const seen = new Set<string>();
  for (let drawn = 0; drawn < 800; drawn += 1) {
    const bytes = random.bytes(10);
    assert.equal(bytes.length, 10);
    seen.add(Buffer.from(bytes).toString('hex'));
  }
  assert.equal(seen.size, 800);
  assert.equal(fills, 1);
});

test('bytes handed out belong to the caller: later draws do not change them', () => {
  const random = createRandom();
  const first = random.bytes(16);
  const kept = Uint8Array.from(first);
  for (let drawn = 0; drawn < 2_000; drawn += 1) random.bytes(16);
  assert.deepEqual(first, kept);
  assert.equal(first.buffer.byteLength, 16, 'a view of the block would show the bytes of others');
});

test('a large draw is served whole', () => {
  assert.equal(createRandom().bytes(100_000).length, 100_000);
});
