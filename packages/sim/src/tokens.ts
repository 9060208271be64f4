// A small tokenizer: about four characters of English a token, every token a run of one kind of
// character, and the tokens of a text joined again are the text. It resembles no real vocabulary;
// it only has to be deterministic, fast, and of a plausible length.

const wordUnitsMax = 7;
const digitsMax = 3;
const spacesMax = 8;
const otherLettersMax = 2;

/** The text cut into tokens; joined again they are the text. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let from = 0;
  while (from < text.length) {
    const end = tokenEnd(text, from);
    tokens.push(text.slice(from, end));
    from = end;
  }
  return tokens;
}

export function tokenCount(text: string): number {
  let count = 0;
  for (let from = 0; from < text.length; from = tokenEnd(text, from)) count += 1;
  return count;
}

type Kind = 'word' | 'digit' | 'space' | 'mark' | 'other';

function tokenEnd(text: string, from: number): number {
  const first = kindOf(text.charCodeAt(from));
  // One blank belongs to the word after it, as in the vocabularies of real models.
  if (first === 'space' && text.charCodeAt(from) === 32 && from + 1 < text.length) {
    const next = kindOf(text.charCodeAt(from + 1));
    if (next === 'word' || next === 'other') return runEnd(text, from + 1, next);
  }
  return runEnd(text, from, first);
}

function runEnd(text: string, from: number, kind: Kind): number {
  const end = Math.min(text.length, from + unitsMax(kind));
  let at = from + 1;
  while (at < end && kindOf(text.charCodeAt(at)) === kind) at += 1;
  // A surrogate pair is one character: half of it would not survive UTF-8.
  if (at < text.length && isLowSurrogate(text.charCodeAt(at))) at += 1;
  return at;
}

function unitsMax(kind: Kind): number {
  switch (kind) {
    case 'word':
      return wordUnitsMax;
    case 'digit':
      return digitsMax;
    case 'space':
      return spacesMax;
    case 'mark':
      return 1;
    case 'other':
      return otherLettersMax;
  }
}

function kindOf(unit: number): Kind {
  if ((unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)) return 'word';
  if (unit >= 48 && unit <= 57) return 'digit';
  if (unit === 32 || (unit >= 9 && unit <= 13)) return 'space';
  return unit < 128 ? 'mark' : 'other';
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
