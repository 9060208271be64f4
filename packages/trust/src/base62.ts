// Digits, capitals, small letters: what a double click selects whole and no shell or URL needs to
// quote.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = 62n;

/** The number in `length` characters, its lowest digits when it needs more. */
export function base62(number: bigint, length: number): string {
  let rest = number;
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = DIGITS.charAt(Number(rest % BASE)) + text;
    rest /= BASE;
  }
  return text;
}

/** The same for a number below 2^32, in six characters, without bigint. */
export function base62Six(number: number): string {
  let rest = number;
  let text = '';
  for (let i = 0; i < 6; i += 1) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Bytes, big-endian, as a number. */
export function bytesToNumber(bytes: Uint8Array): bigint {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return number;
}
