// Which instructions are alike: MinHash signatures of their words, folded into bands; two texts
// that share a band have most of their words in common. Numbers are all the same word, so that an
// invoice is like the next one. Source: Broder, "On the resemblance and containment of documents"
// (1997); bands as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4.
//
// Four bands of three hashes: of texts that share 80 % of their words 94 % share a band, of those
// that share 55 % half, of those that share 30 % a tenth.

const BANDS = 4;
const ROWS = 3;
/** Of a long instruction its beginning tells what is to be done. */
const WORDS_MAX = 128;
const CHARACTERS_MAX = 2_048;
const WORDS = /\p{L}+|\d+/gu;
const NUMBER = 0x9e37_79b9;

/** @param seed texts are alike under the same seed alone. @returns none of a text without words. */
export function bandsOf(text: string, seed: number): readonly number[] {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffff_ffff);
  let words = 0;
  for (const [word] of text.slice(0, CHARACTERS_MAX).toLowerCase().matchAll(WORDS)) {
    const hash = (isDigit(word) ? NUMBER : hashOf(word)) ^ seed;
    for (let at = 0; at < least.length; at += 1) {
      const mixed = mix(hash + Math.imul(at + 1, 0x85eb_ca6b));
      if (mixed < (least[at] ?? 0)) least[at] = mixed;
    }
    words += 1;
    if (words === WORDS_MAX) break;
  }
  if (words === 0) return NONE;
  return Array.from({ length: BANDS }, (_, band) => {
    let folded = band;
    for (let row = 0; row < ROWS; row += 1) {
      folded = mix(Math.imul(folded, 31) + (least[band * ROWS + row] ?? 0));
    }
    return folded;
  });
}

const NONE: readonly number[] = [];

const isDigit = (word: string): boolean => word.charCodeAt(0) <= 0x39;

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  }
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
