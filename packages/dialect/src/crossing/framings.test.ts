// Streams for readers of arrays and of lines, in any chunks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { concat, encode } from '../bytes.ts';
import { arrayReframing, lineReframing, type Reframing } from './framings.ts';

const text = new TextDecoder();

function through(
  framing: Reframing,
  whole: string,
  sizes: readonly number[],
  clean = true,
): string {
  const bytes = encode(whole);
  const out: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    out.push(framing.push(bytes.subarray(at, at + size)));
    at += size;
  }
  out.push(framing.push(bytes.subarray(at)), framing.end(clean));
  return text.decode(concat(out));
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }));

describe('a stream as one array', () => {
  it('holds every event once, in any chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), sizes, (values, cuts) => {
        const events = values.map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`).join('');
        const got: unknown = JSON.parse(through(arrayReframing(), events, cuts));
        assert.deepEqual(got, JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('keeps its connection with white space while it waits', () => {
    const framing = arrayReframing();
    const said = [': waiting\n\n', 'data: 1\n\n', ': waiting\n\n', 'data: 2\n\n'].map((one) =>
      text.decode(framing.push(encode(one))),
    );
    assert.deepEqual(said, [' ', '[1', ' ', ',\r\n2']);
    assert.equal(text.decode(framing.end(true)), ']');
  });

  it('has no end where the stream was cut, but for an error that says so', () => {
    assert.equal(through(arrayReframing(), 'data: {"a":1}\n\n', [], false), '[{"a":1}');
    const error = 'data: {"a":1}\n\nevent: error\ndata: {"error":{"code":503}}\n\n';
    const got: unknown = JSON.parse(through(arrayReframing(), error, [], false));
    assert.deepEqual(got, [{ a: 1 }, { error: { code: 503 } }]);
  });
});

describe('a stream of lines', () => {
  it('passes as it is, in any chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), sizes, (values, cuts) => {
        const lines = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        assert.equal(through(lineReframing(), lines, cuts), lines);
      }),
    );
  });

  it('has no comments: white space before its first line, nothing after its last', () => {
    const framing = lineReframing();
    const said = [': waiting\n\n', '{"a"', ':1}\n', ': cost\n\n'].map((one) =>
      text.decode(framing.push(encode(one))),
    );
    assert.deepEqual(said, [' ', '{"a"', ':1}\n', '']);
  });
});
