// Exponential and logarithm by basic operations alone, which IEEE 754 defines to the last bit:
// what engines bring along may differ there, and a decision must not depend on the machine.

const { LN2 } = Math;
const TERMS = 14;
const EXPONENT_MAX = 40;

/** e to the power of x; beyond +-40 it stays what it is there. Relative error below 1e-14. */
export function exponential(x: number): number {
  const bounded = Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, x));
  const halvings = Math.round(bounded / LN2);
  const rest = bounded - halvings * LN2;
  let sum = 1;
  for (let term = TERMS; term > 0; term -= 1) sum = 1 + (sum * rest) / term;
  let power = 1;
  for (let i = Math.abs(halvings); i > 0; i -= 1) power *= 2;
  return halvings < 0 ? sum / power : sum * power;
}

/** The natural logarithm of what is above 0. Absolute error below 1e-13. */
export function logarithm(x: number): number {
  let mantissa = x;
  let doublings = 0;
  while (mantissa > 1.5) {
    mantissa /= 2;
    doublings += 1;
  }
  while (mantissa < 0.75) {
    mantissa *= 2;
    doublings -= 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let odd = 25; odd > 0; odd -= 2) sum = sum * square + 1 / odd;
  return 2 * ratio * sum + doublings * LN2;
}

export const sigmoid = (x: number): number => 1 / (1 + exponential(-x));

/** Of a share; kept away from 0 and 1. */
export function logit(share: number): number {
  const kept = Math.max(1e-4, Math.min(1 - 1e-4, share));
  return logarithm(kept / (1 - kept));
}
