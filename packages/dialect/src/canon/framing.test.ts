import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inChunks } from './arbitrary.fixture.ts';
import { eventFraming, lineFraming } from './framing.ts';

fc.configureGlobal({ seed: 4141 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('framing', () => {
  it('cuts lines at LF, CRLF and CR, in any chunks', () => {
    const pieces = fc.array(fc.constantFrom('a', 'é', ' ', '\n', '\r\n', '\r'), { maxLength: 40 });
    fc.assert(
      fc.property(pieces, fc.nat(), (drawn, seed) => {
        const text = drawn.join('');
        const framing = lineFraming();
        const found = inChunks(bytesOf(text), seed).flatMap((chunk) => framing.push(chunk));
        const lines = [...found, ...framing.end()].map(({ data }) => data);
        const expected = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
        assert.deepEqual(lines, expected);
      }),
    );
  });

  it('joins the data of an event and tells its name', () => {
    const framing = eventFraming();
    const text = ': note\nevent: a\ndata: 1\ndata:2\nid: x\n\nerror: {"code":1}\n\ndata: last';
    const found = [...framing.push(bytesOf(text)), ...framing.end()];
    assert.deepEqual(found, [
      { name: 'a', data: '1\n2' },
      { name: 'error', data: '{"code":1}' },
      { name: undefined, data: 'last' },
    ]);
  });
});
