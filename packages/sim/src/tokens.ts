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

/** What a code unit is; the limits below are looked up by it. */
const word = 0;
const digit = 1;
const space = 2;
const mark = 3;
const other = 4;

/** How many code units of one kind make a token, by kind. */
const unitsMax: readonly number[] = [wordUnitsMax, digitsMax, spacesMax, 1, otherLettersMax];

const asciiKinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  if ((unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)) return word;
  if (unit >= 48 && unit <= 57) return digit;
  return unit === 32 || (unit >= 9 && unit <= 13) ? space : mark;
});

function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (asciiKinds[unit] ?? mark) : other;
}

function tokenEnd(text: string, from: number): number {
  const first = kindAt(text, from);
  // One blank belongs to the word after it, as in the vocabularies of real models.
  if (first === space && text.charCodeAt(from) === 32 && from + 1 < text.length) {
    const next = kindAt(text, from + 1);
    if (next === word || next === other) return runEnd(text, from + 1, next);
  }
  return runEnd(text, from, first);
}

function runEnd(text: string, from: number, kind: number): number {
  const end = Math.min(text.length, from + (unitsMax[kind] ?? 1));
  let at = from + 1;
  while (at < end && kindAt(text, at) === kind) at += 1;
  // A surrogate pair is one character: half of it would not survive UTF-8.
  if (at < text.length && isLowSurrogate(text.charCodeAt(at))) at += 1;
  return at;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
