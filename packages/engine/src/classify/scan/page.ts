// One window of text with what a single pass finds in it: words, digits, at-signs, and characters
// that read as others. Everything after this pass looks only around these anchors. Arrays are kept
// from window to window.
import { LANE_MAX, LANES, type Lanes, OF_ASCII, OF_CLASSES } from './lanes.ts';
import {
  ASCII_CLASS,
  AT,
  CLASS,
  CLASS_BITS,
  CLASS_ITSELF,
  DIGIT,
  ESCAPE,
  isCapital,
  isDigit,
  isHex,
  isLatin,
  isWord,
  LETTERS,
  LOOKALIKE,
  STRANGE,
} from './text.ts';
import { groupNumber, type Lexicon, type Word } from './words.ts';

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const HASH = 0x23;
const EQUALS = 0x3d;
/** Words before an `=` that are shorter are names. */
const BLOB_MIN = 12;
const SMALL_U = 0x75;
const SMALL_X = 0x78;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** A longer text is made anew: a part of another string is slower to read by characters. */
const FLAT_FROM = 4_096;
const VALUES = groupNumber('values');
export const AT_SIGN: number = groupNumber('at-sign');
const NO_GROUPS: readonly number[] = [];
const NO_BYTES = new Uint8Array();

export class Page {
  text = '';
  hits = 0;
  hitStart: Int32Array = new Int32Array(256);
  hitEnd: Int32Array = new Int32Array(256);
  hitWord: Int32Array = new Int32Array(256);
  /** First digits of runs, and at-signs, in order. */
  anchors = 0;
  anchorAt: Int32Array = new Int32Array(256);
  /** Characters that read as others, and escapes, in order. */
  odds = 0;
  oddAt: Int32Array = new Int32Array(64);
  /** True when the text was made from a disguise. */
  disguised = false;
  /** A word `VALUES` stands in it. */
  hasValues = false;
  /** A word for an at-sign stands in it. */
  hasSigns = false;
  #bytes: Uint8Array = NO_BYTES;
  #lastDigit = -1;
  readonly #lanes: Lanes;
  readonly #words: readonly Word[];
  /** 1: a word of letters, which does not begin in the middle of another. */
  readonly #isLatin: Uint8Array;

  constructor({ lanes, words }: Lexicon) {
    this.#lanes = lanes;
    this.#words = words;
    this.#isLatin = Uint8Array.from(words, ({ latin }) => (latin ? 1 : 0));
  }

  /** @param isFlat it is no part of another string, and was not joined. */
  read(text: string, isFlat: boolean): void {
    this.text = text;
    this.hits = 0;
    this.anchors = 0;
    this.odds = 0;
    this.hasValues = false;
    this.hasSigns = false;
    this.#lastDigit = -1;
    const { length } = text;
    this.#lanes.fit(length);
    this.#bytes = this.#lanes.views.bytes;
    // Bytes are read faster than the characters of a string; where all are ASCII they are the same.
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(0, length));
    const isAscii = read === length && written === length;
    if (!isAscii) this.#writeClasses(text);
    else if (!isFlat && length > FLAT_FROM)
      this.text = decoder.decode(this.#bytes.subarray(0, length));
    this.#pass(length, isAscii);
  }

  #writeClasses(text: string): void {
    const bytes = this.#bytes;
    for (let at = 0; at < text.length; at += 1) {
      bytes[at] = CLASS[text.charCodeAt(at)] as number; // a code unit is below 65,536
    }
  }

  /** Lets go of what it has read: what stays from window to window is room, not text. */
  forget(): void {
    this.#lanes.views.bytes.fill(0, 0, this.text.length);
    this.text = '';
  }

  #pass(length: number, isAscii: boolean): void {
    const classOf = isAscii ? ASCII_CLASS : CLASS_ITSELF;
    const lanes = this.#lanes;
    const { bytes, next, counts, notes } = lanes.views;
    const { longest } = lanes.automaton;
    let state = 0;
    let at = 0;
    while (length - at >= LANES * longest) {
      const step = Math.min(LANE_MAX, Math.floor((length - at) / LANES));
      state = lanes.walk(at, step, isAscii ? OF_ASCII : OF_CLASSES, state);
      for (let lane = 0; lane < LANES; lane += 1, at += step) {
        const begin = lane * LANE_MAX * 2;
        const past = begin + (counts[lane] as number) / 2; // one a lane
        for (let i = begin; i < past; i += 2) {
          this.#look(notes[i + 1] as number, at + (notes[i] as number), classOf); // within: i is
        }
      }
    }
    for (; at < length; at += 1) {
      const one = classOf[bytes[at] as number] as number; // a byte is below 256
      state = next[(state << CLASS_BITS) | one] as number; // a row inside the table
      this.#look(state, at, classOf);
    }
  }

  #look(state: number, at: number, classOf: Uint8Array): void {
    const { firstEnd } = this.#lanes.automaton;
    if (state >= firstEnd) this.#end(state - firstEnd, at + 1, classOf);
    const one = classOf[this.#bytes[at] as number] as number;
    if (one >= DIGIT) this.#mark(one, at);
  }

  #mark(one: number, at: number): void {
    if (one === DIGIT) {
      if (this.#lastDigit !== at - 1 || at === 0) this.#anchor(at);
      this.#lastDigit = at;
    } else if (one === AT) this.#anchor(at);
    else if (one === STRANGE) this.#odd(at);
    else if (one === LOOKALIKE) this.#lookalike(at);
    else if (one === ESCAPE) this.#escape(at);
  }

  wordOf(hit: number): Word | undefined {
    return this.#words[this.hitWord[hit] ?? 0];
  }

  groupsOf(hit: number): readonly number[] {
    return this.wordOf(hit)?.groups ?? NO_GROUPS;
  }

  #end(index: number, end: number, classOf: Uint8Array): void {
    const { endsFrom, ends, lengths } = this.#lanes.automaton;
    const past = endsFrom[index + 1] as number; // one more than states
    for (let i = endsFrom[index] as number; i < past; i += 1) {
      const number = ends[i] as number; // within: i is
      const start = end - (lengths[number] as number); // one a word
      if (this.#isLatin[number] === 1 && start > 0) {
        // Most ends are those of short words inside of others: that is asked first.
        const before = classOf[this.#bytes[start - 1] as number] as number;
        if (before >= 1 && before <= LETTERS && isInside(this.text, start)) continue;
      }
      const word = this.#words[number];
      if (word === undefined || !this.#stands(word, start, end)) continue;
      this.#hit(number, start, end);
      if (word.groups[0] === VALUES) this.hasValues = true;
      else if (word.groups[0] === AT_SIGN && word.groups.length === 1) this.hasSigns = true;
    }
  }

  /** The characters are those of the word, and it is no part of a longer one. */
  #stands(word: Word, start: number, end: number): boolean {
    const { text } = this;
    if (word.groups.length === 0) return text.startsWith(word.text, start);
    if (word.compare && !sameText(text, start, word.text)) return false;
    if (!word.latin) return true;
    if (word.apart && (isNamePart(text, start - 1) || isNamePart(text, end))) return false;
    if (word.goesOn || end >= text.length) return true;
    const after = text.charCodeAt(end);
    if (!isLatin(after)) return true;
    if (isCapital(after) && !isCapital(text.charCodeAt(end - 1))) return true;
    return (after | 32) === 0x73 && !isLatin(text.charCodeAt(end + 1)) && end - start > 2;
  }

  #hit(number: number, start: number, end: number): void {
    if (this.hits === this.hitStart.length) {
      this.hitStart = grown(this.hitStart);
      this.hitEnd = grown(this.hitEnd);
      this.hitWord = grown(this.hitWord);
    }
    this.hitStart[this.hits] = start;
    this.hitEnd[this.hits] = end;
    this.hitWord[this.hits] = number;
    this.hits += 1;
  }

  #anchor(at: number): void {
    if (this.anchors === this.anchorAt.length) this.anchorAt = grown(this.anchorAt);
    this.anchorAt[this.anchors] = at;
    this.anchors += 1;
  }

  #odd(at: number): void {
    if (this.odds === this.oddAt.length) this.oddAt = grown(this.oddAt);
    this.oddAt[this.odds] = at;
    this.odds += 1;
  }

  #lookalike(at: number): void {
    const { text } = this;
    const near = (code: number): boolean => isWord(code) || code === 0x40;
    if (near(text.charCodeAt(at - 1)) || near(text.charCodeAt(at + 1))) this.#odd(at);
  }

  #escape(at: number): void {
    const { text } = this;
    const mark = text.charCodeAt(at);
    const after = text.charCodeAt(at + 1);
    if (mark === EQUALS) {
      if (endsBlob(text, at, after)) this.#anchor(at - 1);
      return;
    }
    if (
      mark === BACKSLASH
        ? (after | 32) === SMALL_U || (after === SMALL_X && isHex(text.charCodeAt(at + 2)))
        : mark === PERCENT
          ? isHex(after)
          : after === HASH
    ) {
      this.#odd(at);
    }
  }
}

const UNDERSCORE = 0x5f;
const isNamePart = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === UNDERSCORE || isLatin(code);
};

/** Letters go on before it, and it is neither `cardNumber` nor `\\nnumber`. */
function isInside(text: string, start: number): boolean {
  if (start === 0) return false;
  const before = text.charCodeAt(start - 1);
  if (!isLatin(before)) return false;
  if (isCapital(text.charCodeAt(start)) && !isCapital(before)) return false;
  return start === 1 || text.charCodeAt(start - 2) !== BACKSLASH;
}

function sameText(text: string, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i += 1) {
    const code = word.charCodeAt(i);
    if (code === 32) continue; // a gap: its class is enough
    const there = text.charCodeAt(start + i);
    if (there === code || (code < 128 && (there | 32) === (code | 32))) continue;
    if (isLatin(code) && CLASS[there] === CLASS[code]) continue;
    return false;
  }
  return true;
}

function grown(array: Int32Array): Int32Array {
  const more = new Int32Array(array.length * 2);
  more.set(array);
  return more;
}

/** `WjkxMTcyNTNO=`: base64 without a digit has no other anchor. */
function endsBlob(text: string, at: number, after: number): boolean {
  if (isWord(after) || at < BLOB_MIN) return false;
  for (let i = 1; i <= BLOB_MIN; i += 1) {
    const code = text.charCodeAt(at - i);
    if (!isWord(code) || isDigit(code)) return false;
  }
  return true;
}
