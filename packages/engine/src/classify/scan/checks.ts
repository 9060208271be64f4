// Check digits and dates of identifiers, each from the public description of the identifier.
// They take the compact form: ASCII capitals and digits, no separators, the length already right.

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;

/** Sum of digits times weights; the weights decide how many digits are read. */
export function weighted(text: string, weights: readonly number[], from = 0): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += digit(text, from + i) * (weights[i] ?? 0);
  return sum;
}

/** ISO/IEC 7812-1 annex B. */
export function luhn(text: string): boolean {
  let sum = 0;
  for (let i = text.length - 1, twice = false; i >= 0; i -= 1, twice = !twice) {
    const value = twice ? 2 * digit(text, i) : digit(text, i);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Remainder by 97 of a text of digits and letters, A = 10 (ISO/IEC 7064 MOD 97-10). */
export function mod97(text: string): number {
  let rest = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    rest = code < 58 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

/** ISO/IEC 7064 MOD 11,10 over all digits, the last one the check digit. */
export function mod11And10(text: string): boolean {
  let product = 10;
  for (let i = 0; i < text.length - 1; i += 1) {
    const sum = (digit(text, i) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === digit(text, text.length - 1);
}

const TIMES = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const TURNS = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** J. Verhoeff, Error Detecting Decimal Codes, 1969: the dihedral group of order ten. */
export function verhoeff(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) {
    const turned = (TURNS[i % 8] ?? '').charCodeAt(digit(text, text.length - 1 - i)) - 48;
    sum = (TIMES[sum] ?? '').charCodeAt(turned) - 48;
  }
  return sum === 0;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] ?? 0);

/** The number that digits spell, made without a string. */
export function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const one = digit(text, at);
    if (!(one >= 0 && one <= 9)) return Number(text.slice(from, to));
    value = value * 10 + one;
  }
  return value;
}

/** All digits the same, or counting up or down: nobody's number. */
export function isTrivial(text: string): boolean {
  let same = true;
  let counts = true;
  const step = text.charCodeAt(1) - text.charCodeAt(0);
  for (let i = 1; i < text.length; i += 1) {
    const difference = text.charCodeAt(i) - text.charCodeAt(i - 1);
    if (difference !== 0) same = false;
    if (difference !== step && difference + 10 * step !== 0 && difference !== -9 * step) {
      counts = false;
    }
  }
  return same || (counts && (step === 1 || step === -1));
}

/** Value of a letter or digit, A = 10. */
export const value36 = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 58 ? code - 48 : code - 55;
};

/** Weights 7, 3, 1 over letters and digits, as in machine readable travel documents (ICAO 9303). */
export function icao(text: string, length: number): boolean {
  const weights = [7, 3, 1];
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += value36(text, i) * (weights[i % 3] ?? 0);
  return sum % 10 === digit(text, length);
}
