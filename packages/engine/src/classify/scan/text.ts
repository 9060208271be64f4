// Classes of characters, and how a character that only looks different is read.

export const OTHER = 0;
/** 1 to 26 are the letters, capitals and accents folded. */
export const LETTERS = 26;
/** Blank, dash, underscore, dot, apostrophe: what stands between the words of a name. */
export const GAP = 27;
export const COLON = 28;
export const SLASH = 29;
export const OPENS = 30;
export const CLOSES = 31;
/** From here on a character is an anchor. */
export const DIGIT = 32;
export const AT = 33;
/** `%`, `&` and `\`: the next characters may spell another one; `=` may end base64. */
export const ESCAPE = 34;
/** Reads as an ASCII character, or as nothing at all. */
export const STRANGE = 35;
/** Cyrillic and Greek letters with a Latin look; the last kind of anchor. */
export const LOOKALIKE = 36;
const SCRIPT = 37;
const SCRIPTS = 27;
/** Classes fit into this many, so that a state's row is found by a shift. */
export const CLASS_BITS = 6;

export const CLASS: Uint8Array = new Uint8Array(65_536);
/** What a character reads as: its code, another one, or 0 for nothing at all. */
export const READS_AS: Uint16Array = new Uint16Array(65_536);

const BLANKS = [0x20, 0xa0, 0x202f, 0x2007, 0x2009, 0x2002, 0x2003, 0x3000];
const DASHES = [0x2d, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xfe58, 0xfe63];
/** Points that stand higher: `4111·1111`. */
const POINTS = [0xb7, 0x2022, 0x2219, 0x22c5];
/** Zero-width characters, joiners, soft hyphen, variation selectors: nothing is seen of them. */
const NOTHING = [
  0xad, 0x34f, 0x61c, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0x2061, 0x2062,
  0x2063, 0x2064, 0xfe0e, 0xfe0f, 0xfeff,
  // The box of a keycap: `4\ufe0f\u20e3`.
  0x20e3,
];
/** First digits of other scripts; Devanagari and the full-width ones among them. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
  0xf20, 0x1040, 0x17e0, 0x1810, 0xff10,
];
/** Letters with a Latin look: Cyrillic and Greek, and below each the letter it is taken for. */
const LOOKALIKES = 'аеорсхуіјѕԁһӏԛԝАВЕКМНОРСТХУІЈЅαορνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const TAKEN_FOR = 'aeopcxyijsdhlqwABEKMHOPCTXYIJSaopvikABEZHIKMNOPTYX';

/** The first half of mathematical letters and digits; it reads as nothing. */
const MATHEMATICAL = 0xd835;

fill();
/** Of a byte that is a character, and of one that is a class already. */
export const ASCII_CLASS: Uint8Array = CLASS.slice(0, 256);
export const CLASS_ITSELF: Uint8Array = Uint8Array.from({ length: 256 }, (_, one) => one);

function fill(): void {
  for (let code = 0; code < 65_536; code += 1) {
    READS_AS[code] = code;
    if (code > 127 && isScript(code)) CLASS[code] = SCRIPT + (code % SCRIPTS);
  }
  for (let code = 0xc0; code < 0x250; code += 1) {
    const plain = String.fromCharCode(code).normalize('NFD').charCodeAt(0) | 32;
    if (plain >= 97 && plain <= 122) CLASS[code] = plain - 96;
  }
  const others: readonly (readonly [string, string])[] = [
    ['ł', 'l'],
    ['Ł', 'l'],
    ['ø', 'o'],
    ['Ø', 'o'],
    ['ß', 's'],
    ['æ', 'a'],
    ['đ', 'd'],
    ['ı', 'i'],
  ];
  for (const [from, to] of others) CLASS[from.charCodeAt(0)] = to.charCodeAt(0) - 96;
  for (let i = 0; i < 26; i += 1) {
    CLASS[65 + i] = i + 1;
    CLASS[97 + i] = i + 1;
  }
  for (let i = 48; i < 58; i += 1) CLASS[i] = DIGIT;
  for (const code of [...BLANKS, ...DASHES, ...POINTS, 0x5f, 0x2e, 0x27, 0x2019]) CLASS[code] = GAP;
  for (const code of BLANKS) READS_AS[code] = 0x20;
  for (const code of DASHES) READS_AS[code] = 0x2d;
  for (const code of POINTS) READS_AS[code] = 0x2e;
  const marks: readonly (readonly [string, number])[] = [
    ['@', AT],
    ['([{<', OPENS],
    [')]}>', CLOSES],
    ['%&\\=', ESCAPE],
    [':', COLON],
    ['/', SLASH],
  ];
  for (const [all, one] of marks) for (const mark of all) CLASS[mark.charCodeAt(0)] = one;
  fillStrange();
}

function fillStrange(): void {
  const strange = (code: number, as: number): void => {
    CLASS[code] = STRANGE;
    READS_AS[code] = as;
  };
  for (const zero of ZEROS) for (let i = 0; i < 10; i += 1) strange(zero + i, 48 + i);
  for (let i = 0; i < 26; i += 1) {
    strange(0xff21 + i, 65 + i);
    strange(0xff41 + i, 97 + i);
  }
  for (const mark of '＋－．＠＿') strange(mark.charCodeAt(0), mark.charCodeAt(0) - 0xfee0);
  for (const code of NOTHING) strange(code, 0);
  strange(0x2024, 0x2e);
  '⁰¹²³⁴⁵⁶⁷⁸⁹'.split('').forEach((mark, digit) => void strange(mark.charCodeAt(0), 48 + digit));
  for (let i = 0; i < 10; i += 1) strange(0x2080 + i, 48 + i);
  for (let i = 0; i < 9; i += 1) strange(0x2460 + i, 49 + i);
  strange(0x24ea, 48);
  fillMathematical();
  for (let i = 0; i < LOOKALIKES.length; i += 1) {
    const code = LOOKALIKES.charCodeAt(i);
    CLASS[code] = LOOKALIKE;
    READS_AS[code] = TAKEN_FOR.charCodeAt(i);
  }
}

/** Second halves read as letters and digits; only the first half is an anchor. */
function fillMathematical(): void {
  CLASS[MATHEMATICAL] = STRANGE;
  READS_AS[MATHEMATICAL] = 0;
  for (let i = 0; i < 13 * 52; i += 1) {
    const letter = i % 52;
    READS_AS[0xdc00 + i] = letter < 26 ? 65 + letter : 71 + letter;
  }
  for (let i = 0; i < 50; i += 1) READS_AS[0xdfce + i] = 48 + (i % 10);
}

/** Greek to Thai, Hangul, kana and the ideographs: what words of other scripts are made of. */
function isScript(code: number): boolean {
  return (
    (code >= 0x370 && code < 0x1100) ||
    (code >= 0x3040 && code < 0xd7b0) ||
    (code >= 0xf900 && code < 0xfb00)
  );
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isCapital = (code: number): boolean => code >= 65 && code <= 90;
export const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
export const isWord = (code: number): boolean => isDigit(code) || isLetter(code);
/** A letter of a Latin alphabet, accents too: what a word of such a language goes on with. */
export const isLatin = (code: number): boolean => {
  const one = CLASS[code] ?? 0;
  return one >= 1 && one <= LETTERS;
};
export const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
