import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatUsd, microUsd } from './money.ts';

fc.configureGlobal({ seed: 4141 });

const nano = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

describe('dollars as text', () => {
  const cases: readonly (readonly [bigint, string])[] = [
    [0n, '0.000000'],
    [1n, '0.000000001'],
    [-1n, '-0.000000001'],
    [1_000n, '0.000001'],
    [123_456n, '0.000123456'],
    [123_456_700n, '0.1234567'],
    [1_500_000_000n, '1.500000'],
    [-12_000_000_001n, '-12.000000001'],
    [10n ** 20n, '100000000000.000000'],
  ];
  for (const [amount, text] of cases) {
    it(`write ${amount} nano as ${text}`, () => assert.equal(formatUsd(amount), text));
  }

  it('say exactly the amount, with six to nine digits', () => {
    fc.assert(
      fc.property(nano, (amount) => {
        const text = formatUsd(amount);
        assert.match(text, /^-?\d+\.\d{6}(?:\d{0,2}[1-9])?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const size = BigInt(whole) * 10n ** 9n + BigInt(fraction.padEnd(9, '0'));
        assert.equal(text.startsWith('-') ? -size : size, amount);
      }),
    );
  });
});

describe('micro-USD', () => {
  const cases: readonly (readonly [bigint, number])[] = [
    [0n, 0],
    [499n, 0],
    [500n, 0],
    [501n, 1],
    [1_499n, 1],
    [1_500n, 2],
    [2_500n, 2],
    [3_500n, 4],
    [-500n, -0],
    [-501n, -1],
    [-1_500n, -2],
    [-2_500n, -2],
  ];
  for (const [amount, micro] of cases) {
    it(`round ${amount} nano half-even to ${micro}`, () => {
      assert.equal(microUsd(amount) + 0, micro + 0);
    });
  }

  it('are never further than half a micro from the amount, and odd in sign', () => {
    const small = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(
      fc.property(small, (amount) => {
        const off = BigInt(microUsd(amount)) * 1_000n - amount;
        assert.ok(off >= -500n && off <= 500n);
        assert.equal(microUsd(-amount) + 0, -microUsd(amount) + 0);
      }),
    );
  });
});
