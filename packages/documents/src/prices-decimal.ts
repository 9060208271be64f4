// Exact decimals. A price is written as decimal text ("2.5e-06", "0.075") and becomes an integer
// without ever being a binary fraction in between: 0.1 + 0.2 is not 0.3 there, and a bill is the
// wrong place to find out.

/** `exact` is false when digits finer than the unit were rounded away, half to even. */
export type Scaled = { readonly value: bigint; readonly exact: boolean };

/** One dollar for a single token: whoever writes more has mistaken the unit. */
export const PICO_USD_PER_TOKEN_MAX: bigint = 10n ** 12n;
/** A thousand dollars for a single call. */
export const PICO_USD_PER_REQUEST_MAX: bigint = 10n ** 15n;

const DECIMAL = /^(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Decimal places moved at most, either way: bounds the size of every power of ten below. */
const PLACES_MAX = 120;

const PLACES_USD_TO_PICO = 12;
const PLACES_PER_MILLION = 6;

/**
 * Reads a decimal and moves its point `places` to the right.
 * @returns undefined for anything but a plain number of zero or more, and for absurd exponents.
 */
export function scaleDecimal(text: string, places: number): Scaled | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  const digits = BigInt(`${match[1] ?? ''}${fraction}`);
  const moved = Number(match[3] ?? '0') - fraction.length + places;
  if (Math.abs(moved) > PLACES_MAX) return undefined;
  if (moved >= 0) return { value: digits * 10n ** BigInt(moved), exact: true };
  const unit = 10n ** BigInt(-moved);
  return { value: divideHalfEven(digits, unit), exact: digits % unit === 0n };
}

/** Rounds `part / whole` once, half to even. `part` is zero or more, `whole` positive. */
export function divideHalfEven(part: bigint, whole: bigint): bigint {
  const below = part / whole;
  const twice = (part - below * whole) * 2n;
  if (twice < whole || (twice === whole && below % 2n === 0n)) return below;
  return below + 1n;
}

/**
 * Pico-USD per token of a price in dollars per million tokens: "2.5" is 2,500,000.
 * @returns undefined when the text is no number, is finer than a pico-USD per token, or absurdly
 * high.
 */
export function parseUsdPerMillion(text: string): bigint | undefined {
  const places = PLACES_USD_TO_PICO - PLACES_PER_MILLION;
  return exactUpTo(scaleDecimal(text, places), PICO_USD_PER_TOKEN_MAX);
}

/** Pico-USD of an amount in dollars for one call, by the same rules: "0.005" is 5,000,000,000. */
export function parseUsdPerRequest(text: string): bigint | undefined {
  return exactUpTo(scaleDecimal(text, PLACES_USD_TO_PICO), PICO_USD_PER_REQUEST_MAX);
}

function exactUpTo(scaled: Scaled | undefined, most: bigint): bigint | undefined {
  if (scaled === undefined || !scaled.exact || scaled.value > most) return undefined;
  return scaled.value;
}
