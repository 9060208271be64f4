// What a value is made of, and how hard it is to guess.
import { isCapital, isDigit, isLetter } from './text.ts';

export type Facts = {
  digits: number;
  letters: number;
  capitals: number;
  marks: number;
  mixed: boolean;
  words: boolean;
};

export function factsOf(value: string): Facts {
  let digits = 0;
  let letters = 0;
  let capitals = 0;
  let turns = 0;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (isDigit(code)) digits += 1;
    else if (isLetter(code)) {
      letters += 1;
      if (isCapital(code)) capitals += 1;
    }
    if (i > 0 && isDigit(code) !== isDigit(value.charCodeAt(i - 1))) turns += 1;
  }
  const mixed = capitals > 0 && capitals < letters;
  // `user-profile-2024`, `gpt-4o-mini`, `2024-05-01`, `v1.2.3`: names, dates, versions.
  const words =
    /^[a-z]+(?:[-_. ][a-z0-9]{1,9}){1,6}$/i.test(value) &&
    turns <= 3 &&
    capitals <= 3 &&
    digits < 6;
  const dates = /^\d{4}-\d\d-\d\d/.test(value) || /^v?\d+(\.\d+){1,3}/.test(value);
  const marks = value.length - digits - letters;
  return { digits, letters, capitals, marks, mixed, words: words || dates };
}

/** Shannon entropy in bits a character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits += count * log2(value.length / count);
  return bits / value.length;
}

/** By halving and squaring: `Math.log2` may differ between engines in its last bits. */
function log2(value: number): number {
  let rest = value;
  let whole = 0;
  while (rest >= 2) {
    rest /= 2;
    whole += 1;
  }
  let part = 0;
  for (let step = 0.5, i = 0; i < 12; i += 1, step /= 2) {
    rest *= rest;
    if (rest >= 2) {
      rest /= 2;
      part += step;
    }
  }
  return whole + part;
}
