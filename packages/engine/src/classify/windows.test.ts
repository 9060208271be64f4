import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentOfBody } from '@signalbox/dialect';
import { OVERLAP, WINDOW_LENGTH, windowsOf } from './windows.ts';

const said = (body: object) => {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return { bytes, content: () => contentOfBody(bytes) };
};
const prompt = (content: string) => said({ model: 'm', messages: [{ role: 'user', content }] });

describe('the windows of a text', () => {
  it('hold what JSON means, not how it is written', () => {
    const { texts, isWhole } = windowsOf(prompt('Anna\n"Ek" Łódź 東京'), 8);
    assert.equal(texts.length, 1);
    assert.match(String(texts[0]), /Anna\n"Ek" Łódź 東京/);
    assert.equal(isWhole, true);
    const escaped = new TextEncoder().encode('{"prompt":"\\u0041nna"}');
    const spelt = windowsOf({ bytes: escaped, content: () => contentOfBody(escaped) }, 8);
    assert.match(String(spelt.texts[0]), /Anna/);
  });

  it('lap over each other, so that what one cuts another has whole', () => {
    for (const before of [3_900, 3_950, 3_975, 7_750, 7_775]) {
      const { texts, isWhole } = windowsOf(prompt(`${'x '.repeat(before / 2)}Anna Lindqvist`), 8);
      assert.ok(isWhole);
      assert.ok(
        texts.some((text) => text.includes('Anna Lindqvist')),
        String(before),
      );
      assert.ok(texts.every((text) => text.length <= WINDOW_LENGTH));
    }
  });

  it('are so many at most, and say when something is left out', () => {
    const most = 3;
    const room = most * (WINDOW_LENGTH - OVERLAP) + OVERLAP;
    // Keys and brackets of the request are in it, too.
    const frame = windowsOf(prompt(''), most).texts.join('').length;
    const fits = windowsOf(prompt('a'.repeat(room - frame)), most);
    assert.deepEqual([fits.texts.length, fits.isWhole], [most, true]);
    const over = windowsOf(prompt('a'.repeat(room - frame + 1)), most);
    assert.deepEqual([over.texts.length, over.isWhole], [most, false]);
    const wide = windowsOf(prompt('語'.repeat(room - frame + 1)), most);
    assert.deepEqual([wide.texts.length, wide.isWhole], [most, false]);
    assert.ok(wide.texts.every((text) => !text.includes('\ufffd')));
  });

  it('are none of nothing', () => {
    assert.deepEqual(windowsOf(said({ model: 'm' }), 8), { texts: [], isWhole: true });
  });
});
