// Payment cards and bank account numbers of the ISO 13616 kind, whose lengths depend on how they
// begin.
import { luhn, mod97 } from './checks.ts';
import { CARD_SCHEMES, IBAN_LENGTHS } from './forms.table.ts';
import { isDigit, isLetter, isWord, READS_AS } from './text.ts';

const DASH = 0x2d;
const BLANK = 0x20;

/** The end of the IBAN that begins at `start`, or -1. */
export function ibanEnd(text: string, start: number): number {
  if (!isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) return -1;
  const check = READS_AS[text.charCodeAt(start + 2)] === BLANK ? start + 3 : start + 2;
  if (!isDigit(text.charCodeAt(check)) || !isDigit(text.charCodeAt(check + 1))) return -1;
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return -1;
  let compact = '';
  let at = start;
  for (; compact.length < length; at += 1) {
    const code = text.charCodeAt(at);
    if (isWord(code)) compact += text[at];
    else {
      const separator = READS_AS[code] ?? 0;
      if (separator !== BLANK && separator !== DASH) return -1;
      if (!isWord(text.charCodeAt(at + 1))) return -1;
    }
  }
  if (isWord(text.charCodeAt(at))) return -1;
  compact = compact.toUpperCase();
  return mod97(compact.slice(4) + compact.slice(0, 4)) === 1 ? at : -1;
}

/** Older and debit schemes with few rules: only where a word speaks for a card. */
const LOOSE = /^[1-9]\d{11,18}$/;

export const isCard = (digits: string): boolean =>
  CARD_SCHEMES.test(digits) && digits.length > 13 && luhn(digits) && !/^(\d)\1+$/.test(digits);
export const isLooseCard = (digits: string): boolean =>
  (LOOSE.test(digits) || CARD_SCHEMES.test(digits)) && luhn(digits) && !/^(\d)\1+$/.test(digits);
