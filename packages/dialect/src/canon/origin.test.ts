import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KIND_NAMES } from '../kinds/server-kind.ts';
import { MARK, marked, unmarked } from './origin.ts';

const origins = fc.constantFrom(...KIND_NAMES);
const base64 = fc
  .uint8Array({ minLength: 1 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

describe('the mark of a signature', () => {
  it('comes off again, whatever it was put on', () => {
    fc.assert(
      fc.property(fc.string(), origins, (text, origin) => {
        assert.deepEqual(unmarked(marked(text, origin)), { text, origin });
      }),
    );
  });

  it('may stand before another one: the outer one comes off first', () => {
    const inner = marked('abc', 'gemini');
    assert.deepEqual(unmarked(marked(inner, 'anthropic')), { text: inner, origin: 'anthropic' });
  });

  it('leaves base64 what it was, for clients that decode it', () => {
    fc.assert(
      fc.property(base64, origins, (text, origin) => {
        const both = marked(text, origin);
        assert.equal(Buffer.from(both, 'base64').toString('base64'), both);
      }),
    );
  });

  it('is not seen where there is none', () => {
    for (const text of ['', MARK, `${MARK}S`, `${MARK}noend`, 'ErUBCkYIBRgCIkD=', ' Sbx0geminiS']) {
      assert.deepEqual(unmarked(text), { text, origin: undefined });
    }
  });
});
