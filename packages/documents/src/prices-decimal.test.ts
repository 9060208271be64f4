import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  divideHalfEven,
  PICO_USD_PER_TOKEN_MAX,
  parseUsdPerMillion,
  parseUsdPerRequest,
  scaleDecimal,
} from './prices-decimal.ts';

test('list prices become whole pico-USD per token', () => {
  const cases: readonly (readonly [text: string, pico: bigint])[] = [
    ['2.5', 2_500_000n],
    ['10', 10_000_000n],
    ['0.075', 75_000n],
    ['0.0028', 2_800n],
    ['0.083333', 83_333n],
    ['600', 600_000_000n],
    ['0', 0n],
    ['0.000001', 1n],
    ['1e-6', 1n],
    ['2.50000000000', 2_500_000n],
    ['1.5E1', 15_000_000n],
  ];
  for (const [text, pico] of cases) assert.equal(parseUsdPerMillion(text), pico, text);
  assert.equal(parseUsdPerRequest('0.005'), 5_000_000_000n);
});

test('the text of a price per token is read without a binary fraction in between', () => {
  const usdPerToken = ['2.5e-06', '3e-07', '0.0000025', '1.25e-06', '3.75e-06', '1.0e-05'];
  const pico = usdPerToken.map((text) => scaleDecimal(text, 12));
  const values = [2_500_000n, 300_000n, 2_500_000n, 1_250_000n, 3_750_000n, 10_000_000n];
  assert.deepEqual(
    pico,
    values.map((value) => ({ value, exact: true })),
  );
});

test('what is finer than a pico-USD is said to be, and rounds half to even', () => {
  assert.deepEqual(scaleDecimal('0.049999999999999996', 6), { value: 50_000n, exact: false });
  assert.deepEqual(scaleDecimal('0.5', 0), { value: 0n, exact: false });
  assert.deepEqual(scaleDecimal('1.5', 0), { value: 2n, exact: false });
  assert.deepEqual(scaleDecimal('2.5', 0), { value: 2n, exact: false });
  assert.equal(parseUsdPerMillion('0.0000005'), undefined);
});

test('what is no price is refused', () => {
  const texts = [
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1,5',
    '.5',
    '5.',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '１',
  ];
  for (const text of [...texts, '1e999', `1${'0'.repeat(200)}`, '1e-200']) {
    assert.equal(parseUsdPerMillion(text), undefined, text);
  }
  assert.equal(parseUsdPerMillion('1000000'), PICO_USD_PER_TOKEN_MAX);
  assert.equal(parseUsdPerMillion('1000001'), undefined);
  assert.equal(parseUsdPerRequest('1001'), undefined);
});

test('property: every price that can be written in pico-USD is read back exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: PICO_USD_PER_TOKEN_MAX }), (pico) => {
      const digits = pico.toString().padStart(7, '0');
      const plain = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
      assert.equal(parseUsdPerMillion(plain), pico);
      assert.equal(parseUsdPerMillion(`${pico}e-6`), pico);
    }),
    { numRuns: 500 },
  );
});

test('property: moving the point and writing an exponent are the same', () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 30n });
  const places = fc.integer({ min: -40, max: 40 });
  fc.assert(
    fc.property(digits, places, (number, moved) => {
      assert.deepEqual(scaleDecimal(`${number}e${moved}`, 0), scaleDecimal(`${number}`, moved));
    }),
  );
});

test('property: a quotient is off by at most a half, and even where by exactly that', () => {
  const whole = fc.bigInt({ min: 1n, max: 10n ** 20n });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), whole, (part, by) => {
      const quotient = divideHalfEven(part, by);
      const off = (quotient * by - part) * 2n;
      assert.ok(off <= by && off >= -by);
      if (off === by || off === -by) assert.equal(quotient % 2n, 0n);
    }),
    { numRuns: 500 },
  );
});

test('property: whatever the text, reading returns', () => {
  fc.assert(
    fc.property(fc.string({ size: 'max', maxLength: 2000 }), (text) => {
      const pico = parseUsdPerMillion(text);
      assert.ok(pico === undefined || pico >= 0n);
    }),
  );
});
