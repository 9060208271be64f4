// More national identifiers: the Americas, Asia, Africa, Oceania. As in `checks-national.ts`.
import { isDay, luhn, mod97, number, value36, verhoeff, weighted } from './checks.ts';

const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 48;
const sameDigits = (text: string): boolean => /^(\d)\1+$/.test(text);

const twoChecks = (text: string, first: readonly number[], second: readonly number[]): boolean => {
  const check = (weights: readonly number[]): number => {
    const rest = weighted(text, weights) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  const at = first.length;
  return check(first) === digitAt(text, at) && check(second) === digitAt(text, at + 1);
};

const CPF = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
const CPF_FIRST = CPF.slice(1);
export const brCpf = (text: string): boolean =>
  !sameDigits(text) && twoChecks(text, CPF_FIRST, CPF);

const CNPJ = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const CNPJ_FIRST = CNPJ.slice(1);
export const brCnpj = (text: string): boolean =>
  !sameDigits(text) && twoChecks(text, CNPJ_FIRST, CNPJ);

/** Numbers that begin with 0 or 8 were never given. */
export const caSin = (text: string): boolean => !/^[08]/.test(text) && luhn(text);

export const auTfn = (text: string): boolean =>
  weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && number(text, 0, 9) > 0;
export const auAbn = (text: string): boolean =>
  (weighted(text, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;
export const auAcn = (text: string): boolean =>
  (10 - (weighted(text, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === digitAt(text, 8);
export const auMedicare = (text: string): boolean =>
  /^[2-6]/.test(text) && weighted(text, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(text, 8);

export const inAadhaar = (text: string): boolean =>
  /^[2-9]/.test(text) && verhoeff(text) && text !== [...text].reverse().join('');

const GST_STATES_MAX = 38;
export function inGstin(text: string): boolean {
  const state = number(text, 0, 2);
  return state >= 1 && state < GST_STATES_MAX;
}

/** The eleven weights of the Japanese individual number; a remainder of 0 or 1 gives 0. */
export function jpMyNumber(text: string): boolean {
  const rest = weighted(text, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(text, 11) && !sameDigits(text);
}

const KR_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
/** Shape alone: numbers given since October 2020 have no check digit. */
export const krRrnShape = (text: string): boolean =>
  isDay(number(text, 2, 4), number(text, 4, 6)) && /^.{6}[1-4]/.test(text);
export const krRrn = (text: string): boolean =>
  krRrnShape(text) && (11 - (weighted(text, KR_WEIGHTS) % 11)) % 10 === digitAt(text, 12);
export const krFrnShape = (text: string): boolean =>
  isDay(number(text, 2, 4), number(text, 4, 6)) && /^.{6}[5-8]/.test(text);
export const krFrn = (text: string): boolean =>
  krFrnShape(text) && (13 - (weighted(text, KR_WEIGHTS) % 11)) % 10 === digitAt(text, 12);

export function krBrn(text: string): boolean {
  const last = digitAt(text, 8) * 5;
  const sum = weighted(text, [1, 3, 7, 1, 3, 7, 1, 3]) + last + Math.floor(last / 10);
  return (10 - (sum % 10)) % 10 === digitAt(text, 9);
}

export function thNationalId(text: string): boolean {
  const rest = weighted(text, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  const province = number(text, 1, 3);
  const inside =
    province >= 10 && province <= 96 && ![28, 29, 59, 68, 69, 78, 79, 87].includes(province);
  return /^[1-8]/.test(text) && inside && (11 - rest) % 10 === digitAt(text, 12);
}

export function trNationalId(text: string): boolean {
  if (text.startsWith('0')) return false;
  const odd = weighted(text, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(text, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((7 * odd - even) % 10) + 10) % 10;
  return tenth === digitAt(text, 9) && (odd + even + tenth) % 10 === digitAt(text, 10);
}

export const zaId = (text: string): boolean =>
  isDay(number(text, 2, 4), number(text, 4, 6)) && /^.{10}[01289]/.test(text) && luhn(text);

const NRIC_CITIZEN = 'JZIHGFEDCBA';
const NRIC_FOREIGN = 'XWUTRQPNMLK';
const NRIC_RECENT = 'XWUTRQPNJLK';
export function sgNric(text: string): boolean {
  const first = text[0] ?? '';
  const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0;
  const place = (weighted(text, [2, 7, 6, 5, 4, 3, 2], 1) + offset) % 11;
  if (first === 'M') return NRIC_RECENT[place] === text[8];
  return (/[ST]/.test(first) ? NRIC_CITIZEN : NRIC_FOREIGN)[place] === text[8];
}

export function phTin(text: string): boolean {
  const rest = weighted(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return rest === digitAt(text, 8) && number(text, 0, 9) > 0;
}

/** Chile: weights 2 to 7 from the right. */
export function clRut(text: string): boolean {
  let sum = 0;
  for (
    let i = text.length - 2, weight = 2;
    i >= 0;
    i -= 1, weight = weight === 7 ? 2 : weight + 1
  ) {
    sum += digitAt(text, i) * weight;
  }
  const check = 11 - (sum % 11);
  return (check === 11 ? '0' : check === 10 ? 'K' : String(check)) === text.at(-1);
}

export const mxCurp = (text: string): boolean => {
  const alphabet = '0123456789ABCDEFGHIJKLMN_OPQRSTUVWXYZ';
  let sum = 0;
  for (let i = 0; i < 17; i += 1) sum += alphabet.indexOf(text[i] ?? '') * (18 - i);
  return (
    (10 - (sum % 10)) % 10 === digitAt(text, 17) && isDay(number(text, 6, 8), number(text, 8, 10))
  );
};

const CN_CHECK = '10X98765432';
export const cnResident = (text: string): boolean =>
  /^\d{6}(19|20)/.test(text) &&
  isDay(number(text, 10, 12), number(text, 12, 14)) &&
  CN_CHECK[weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === text[17];

export const beNational = (text: string): boolean => {
  const month = number(text, 2, 4);
  if (!isDay(month % 20, number(text, 4, 6))) return false;
  const check = number(text, 9, 11);
  const head = text.slice(0, 9);
  return 97 - (Number(head) % 97) === check || 97 - (Number(`2${head}`) % 97) === check;
};

export const ngNin = (text: string): boolean => !sameDigits(text) && verhoeff(text);

/** An Israeli number is checked by Luhn's algorithm over nine digits. */
export const ilId = (text: string): boolean => luhn(text) && number(text, 0, 9) > 0;

export const chAhv = (text: string): boolean => {
  const sum = weighted(text, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
  return text.startsWith('756') && (10 - (sum % 10)) % 10 === digitAt(text, 12);
};

/** IBAN: the first four characters go to the end, MOD 97-10 leaves 1 (ISO 13616). */
export const ibanCheck = (text: string): boolean =>
  mod97(text.slice(4) + text.slice(0, 4)) === 1 && value36(text, 0) > 9;
