import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concat, encode, finder, rareFinder, splice } from './bytes.ts';

fc.configureGlobal({ seed: 4141 });

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '"'), maxLength: 40 });

describe('bytes', () => {
  it('are the same array when nothing is spliced', () => {
    const bytes = encode('{"a":1}');
    assert.equal(splice(bytes, []), bytes);
  });

  it('keep everything outside the splices', () => {
    const cuts = fc.array(fc.tuple(fc.nat(20), fc.nat(5), letters), { maxLength: 5 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), cuts, (bytes, wanted) => {
        let from = 0;
        const splices = wanted.flatMap(([skip, length, text]) => {
          const start = from + skip;
          const end = Math.min(bytes.length, start + length);
          if (start > end) return [];
          from = end;
          return [{ start, end, text }];
        });
        const expected: number[] = [];
        let at = 0;
        for (const { start, end, text } of splices) {
          expected.push(...bytes.subarray(at, start), ...encode(text));
          at = end;
        }
        expected.push(...bytes.subarray(at));
        assert.deepEqual([...splice(bytes, splices)], expected);
      }),
    );
  });

  it('join in order, and one alone is not copied', () => {
    const one = encode('one');
    assert.equal(concat([one]), one);
    assert.deepEqual(concat([]), new Uint8Array(0));
    assert.deepEqual(concat([one, encode(''), encode('two')]), encode('onetwo'));
  });

  it('are searched as indexOf would, from any place', () => {
    const needle = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(letters, needle, fc.nat(50), (hay, wanted, from) => {
        const bytes = Buffer.from(hay);
        assert.equal(finder(wanted)(bytes, from), bytes.indexOf(wanted, from));
      }),
      { numRuns: 1_000 },
    );
    assert.equal(finder('abc')(encode('ab')), -1);
    for (const text of ['', 'ab', 'aab', 'abxabc', 'aabc', 'xxab']) {
      assert.equal(rareFinder('abc')(encode(text)), text.indexOf('abc'));
    }
    assert.equal(finder('a')(encode('')), -1);
  });
});
