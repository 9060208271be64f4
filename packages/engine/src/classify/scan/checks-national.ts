// Rules of national identifiers beyond a plain check digit, each from the public description of the
// issuing authority. All take the compact form in capitals, its length already right.
import { isDay, luhn, mod11And10, mod97, number, value36, weighted } from './checks.ts';

const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 48;

export function usSsn(text: string): boolean {
  const area = number(text, 0, 3);
  if (area === 0 || area === 666 || area >= 900) return false;
  if (number(text, 3, 5) === 0 || number(text, 5, 9) === 0) return false;
  // Numbers that became known through advertisements.
  return text !== '078051120' && text !== '219099999' && text !== '123456789';
}

export function usItin(text: string): boolean {
  const group = number(text, 3, 5);
  const inRange = (group >= 50 && group <= 65) || (group >= 70 && group <= 88);
  return text.startsWith('9') && (inRange || (group >= 90 && group <= 99 && group !== 93));
}

export const usNpi = (text: string): boolean =>
  (text.startsWith('1') || text.startsWith('2')) && luhn(`80840${text}`);

export function abaRouting(text: string): boolean {
  const first = number(text, 0, 2);
  const issued = first <= 12 || (first >= 21 && first <= 32) || (first >= 61 && first <= 72);
  const sum = weighted(text, [3, 7, 1, 3, 7, 1, 3, 7, 1]);
  return (issued || first === 80) && sum > 0 && sum % 10 === 0;
}

export const usDea = (text: string): boolean => {
  const at = text.length - 7;
  const odd = digitAt(text, at) + digitAt(text, at + 2) + digitAt(text, at + 4);
  const even = digitAt(text, at + 1) + digitAt(text, at + 3) + digitAt(text, at + 5);
  return (odd + 2 * even) % 10 === digitAt(text, at + 6);
};

export function ukNhs(text: string): boolean {
  const rest = 11 - (weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 11 ? 0 : rest) === digitAt(text, 9) && rest !== 10;
}

const NINO_NEVER = new Set(['BG', 'GB', 'NK', 'KN', 'TN', 'NT', 'ZZ']);
export const ukNino = (text: string): boolean =>
  !/[DFIQUV]/.test(text.slice(0, 2)) && text[1] !== 'O' && !NINO_NEVER.has(text.slice(0, 2));

/** Ten digits of which exactly one stands twice or three times, then MOD 11,10. */
export function deTaxId(text: string): boolean {
  if (text.startsWith('0')) return false;
  // Bits of the digits that stand there once, twice, three times, more often.
  const seen = [0, 0, 0, 0];
  for (let i = 0; i < 10; i += 1) {
    let carry = 1 << digitAt(text, i);
    for (let times = 0; times < seen.length && carry !== 0; times += 1) {
      const both = (seen[times] ?? 0) & carry;
      seen[times] = (seen[times] ?? 0) | carry;
      carry = both;
    }
  }
  const [, twice = 0, , four = 0] = seen;
  return twice !== 0 && (twice & (twice - 1)) === 0 && four === 0 && mod11And10(text);
}

const deAreas = (area: number): boolean =>
  (area >= 2 && area <= 29) || (area >= 38 && area <= 99 && area !== 41);

/** Area, day of birth, letter, serial, check digit; a letter counts as its place in A to Z. */
export function deSocialSecurity(text: string): boolean {
  const area = number(text, 0, 2);
  const day = number(text, 2, 4);
  if (!deAreas(area) && area !== 41 && (area < 30 || area > 37)) return false;
  if (!isDay(number(text, 4, 6), day > 50 ? day - 50 : day)) return false;
  const letter = text.charCodeAt(8) - 64;
  const digits = text.slice(0, 8) + String(letter).padStart(2, '0') + text.slice(9);
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  let sum = 0;
  for (let i = 0; i < 12; i += 1) {
    const product = digitAt(digits, i) * (weights[i] ?? 0);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return sum % 10 === digitAt(text, 11);
}

/** A letter as two digits, weights 1 and 2 by turns, sums of digits. */
export function deHealthInsurance(text: string): boolean {
  const digits = String(text.charCodeAt(0) - 64).padStart(2, '0') + text.slice(1);
  let sum = 0;
  for (let i = 0; i < 10; i += 1) {
    const product = digitAt(digits, i) * (i % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return sum % 10 === digitAt(text, 9);
}

export const deVatId = (text: string): boolean => mod11And10(text.slice(2));

/** Doctors: weights 4 and 9 by turns over six digits, the seventh the complement to ten. */
export function deDoctor(text: string): boolean {
  const rest = 10 - (weighted(text, [4, 9, 4, 9, 4, 9]) % 10);
  return rest % 10 === digitAt(text, 6) && number(text, 7, 9) > 0;
}

/** Month 20 and up: births without a known month; Corsica: 2A and 2B count as 19 and 18. */
export function frNir(text: string): boolean {
  const month = number(text, 3, 5);
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  const digits = text.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d{13}$/.test(digits) && 97 - mod97(digits) === number(text, 13, 15);
}

const DNI = 'TRWAGMYFPDXBNJZSQVHLCKE';
export const esNif = (text: string): boolean => DNI[Number(text.slice(0, -1)) % 23] === text.at(-1);
export const esNie = (text: string): boolean =>
  DNI[Number('XYZ'.indexOf(text[0] ?? '') + text.slice(1, 8)) % 23] === text[8];

const CF_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
export function itFiscalCode(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i += 1) {
    const value = value36(text, i);
    const place = value < 10 ? value : value - 10;
    sum += i % 2 === 0 ? (CF_ODD[place] ?? 0) : place;
  }
  return sum % 26 === text.charCodeAt(15) - 65;
}

export function ptNif(text: string): boolean {
  const rest = weighted(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(text, 8) && !/^[04]/.test(text);
}

export const nlBsn = (text: string): boolean =>
  weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && number(text, 0, 9) > 9_999_999;

/** Poland's card: weights 7, 3, 1; the check digit is the fourth, with weight 9. */
export function plIdentityCard(text: string): boolean {
  const weights = [7, 3, 1, 9, 7, 3, 1, 7, 3];
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += value36(text, i) * (weights[i] ?? 0);
  return sum % 10 === 0;
}

/** Norway: the day, and two check digits; a sum of weights that ends them is divisible by 11. */
export const noFodselsnummer = (text: string): boolean =>
  isDay(number(text, 2, 4), number(text, 0, 2) % 40) &&
  weighted(text, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
  weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;

const PESEL_CENTURY_STEP = 20;
export function plPesel(text: string): boolean {
  const sum = weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
  const month = number(text, 2, 4) % PESEL_CENTURY_STEP;
  return (10 - (sum % 10)) % 10 === digitAt(text, 10) && isDay(month, number(text, 4, 6));
}

const HETU = '0123456789ABCDEFHJKLMNPRSTUVWXY';
/** `text` with its century sign, which may be + or -. */
export function fiHetu(text: string): boolean {
  if (!isDay(number(text, 2, 4), number(text, 0, 2))) return false;
  if (number(text, 2, 4) === 2 && number(text, 0, 2) === 29 && number(text, 4, 6) % 4 > 0) {
    return false;
  }
  const serial = number(text, 7, 10);
  const place = Number(text.slice(0, 6) + text.slice(7, 10)) % 31;
  return serial >= 2 && HETU[place] === text[10];
}

/** Ten digits, or twelve with the century; from 60 on the day is that of a coordination number. */
export function sePersonnummer(text: string): boolean {
  const short = text.slice(-10);
  const day = number(short, 4, 6);
  if (text.length === 12 && !/^(18|19|20)/.test(text)) return false;
  return luhn(short) && isDay(number(short, 2, 4), day > 60 ? day - 60 : day);
}

export const seOrganisation = (text: string): boolean => digitAt(text, 2) >= 2 && luhn(text);
