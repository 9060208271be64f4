// A text as numbers: hashes of its words and of pairs of neighbours, and its shape. Nothing of it
// can be read back. Of a long text the head and the tail are read: the instruction stands there.
import { logarithm } from './exact.ts';
import { ANSWER_SHAPES, answerShape, SHAPES, shapeOf } from './shapes.ts';

export type Question = {
  readonly text: string;
  /** How many tools are declared, and how many arguments they have together. */
  readonly tools?: { readonly count: number; readonly fields: number };
  /** What the weaker model answered, where it has been asked already. */
  readonly answer?: string;
  /** Read before: instead of the text, which then only tells equal questions from others. */
  readonly terms?: Terms;
};

/** Of a text its hashed terms with how often each stands there: features for any size of router. */
export type Terms = {
  /** Single words, below 2 to the power of `WORD_BITS`, in the order of their first place. */
  readonly words: Int32Array;
  readonly wordTimes: Uint16Array;
  /** Pairs of neighbours, below 2 to the power of `PAIR_BITS`. */
  readonly pairs: Int32Array;
  readonly pairTimes: Uint16Array;
  readonly shape: Float64Array;
};

/** Places of hashed terms with their weights, each block of length 1, and the shape beside them. */
export type Features = {
  readonly places: Int32Array;
  readonly weights: Float64Array;
  /** So many of the places are single words of the text, and stand first. */
  readonly words: number;
  /** Of the pairs of neighbours in the text, finer: below 2 to the power of `PAIR_BITS`. */
  readonly pairs: Int32Array;
  /** Places are below 2 to the power of this. */
  readonly bits: number;
  readonly shape: Float64Array;
};

/** Head and tail together; what stands between is not read. */
export const READ_LENGTH_MAX = 12_000;
/** Enough that pairs of thousands of texts leave most places empty. */
export const PAIR_BITS = 20;
/** No router has more places. */
export const WORD_BITS = 17;
export const SHAPE_LENGTH: number = SHAPES + ANSWER_SHAPES;

const WORD_SALT = 0x811c_9dc5;
const ANSWER_SALT = 0x1b87_3593;
const DIGIT = 48;

/**
 * Makes features. Keeps what it counts in from one text to the next: a decision makes no maps. Not
 * to be entered twice at once.
 */
export class Reader {
  readonly bits: number;
  readonly #counts: Uint16Array;
  #terms = new Uint32Array(1_024);
  #places = new Int32Array(4_096);
  #weights = new Float64Array(4_096);
  #pairs = new Int32Array(1_024);
  #times = new Uint16Array(4_096);
  #size = 0;

  constructor(bits: number) {
    this.bits = bits;
    this.#counts = new Uint16Array(2 ** bits);
  }

  read(question: Question): Features {
    if (question.terms !== undefined) return featuresOf(question.terms, this.bits);
    const text = bounded(question.text);
    const answer = question.answer === undefined ? '' : bounded(question.answer);
    this.#size = 0;
    let terms = this.#split(text, WORD_SALT);
    this.#block(terms, false);
    const words = this.#size;
    this.#block(terms, true);
    const pairs = this.#pairs.slice(0, this.#size - words);
    if (answer !== '') {
      terms = this.#split(answer, ANSWER_SALT);
      this.#block(terms, false);
      this.#block(terms, true);
    }
    const shape = new Float64Array(SHAPE_LENGTH);
    shapeOf(text, question.tools, shape);
    if (answer !== '') answerShape(text, answer, shape.subarray(SHAPES));
    const places = this.#places.slice(0, this.#size);
    const weights = this.#weights.slice(0, this.#size);
    return { places, weights, words, pairs, bits: this.bits, shape };
  }

  /** Asked of a reader with `WORD_BITS` alone: others have put different terms together. */
  terms(question: Question): Terms {
    const { words: count, pairs, places, shape } = this.read(question);
    const times = this.#times.slice(0, places.length);
    const [wordTimes, pairTimes] = [times.subarray(0, count), times.subarray(count)];
    return { words: places.subarray(0, count), wordTimes, pairs, pairTimes, shape };
  }

  /** Hashes of words, numbers (by their length) and marks, in their order. Says how many. */
  #split(text: string, salt: number): number {
    if (this.#terms.length < text.length) this.#terms = new Uint32Array(text.length);
    let count = 0;
    let hash = salt;
    let kind = 0;
    for (let at = 0; at <= text.length; at += 1) {
      let code = at < text.length ? text.charCodeAt(at) : 32;
      if (code > 64 && code < 91) code += 32;
      const now = kindOf(code);
      if (kind !== 0 && (now !== kind || kind === MARK)) {
        this.#terms[count] = mixed(hash);
        count += 1;
        hash = salt;
      }
      kind = now;
      if (kind !== 0) hash = Math.imul(hash ^ (kind === NUMBER ? DIGIT : code), 0x0100_0193);
    }
    return count;
  }

  /** Terms, or pairs of neighbours, as places; their weight grows with the logarithm. */
  #block(terms: number, pairs: boolean): void {
    const begin = this.#size;
    if (this.#places.length < begin + terms) this.#grow(begin + terms);
    if (this.#pairs.length < terms) this.#pairs = new Int32Array(2 * terms);
    const shift = 32 - this.bits;
    for (let at = pairs ? 1 : 0; at < terms; at += 1) {
      const term = this.#terms[at] ?? 0;
      const before = this.#terms[at - 1] ?? 0;
      const hash = pairs ? mixed(Math.imul(before, 0x9e37_79b1) + term) : term;
      const place = hash >>> shift;
      const count = this.#counts[place] ?? 0;
      this.#counts[place] = count + 1;
      if (count > 0) continue;
      this.#places[this.#size] = place;
      this.#pairs[this.#size - begin] = hash >>> (32 - PAIR_BITS);
      this.#size += 1;
    }
    let squares = 0;
    for (let at = begin; at < this.#size; at += 1) {
      const place = this.#places[at] ?? 0;
      const count = this.#counts[place] ?? 1;
      this.#counts[place] = 0;
      this.#times[at] = count;
      const weight = weightOf(count);
      this.#weights[at] = weight;
      squares += weight * weight;
    }
    scale(this.#weights, squares, begin, this.#size);
  }

  #grow(size: number): void {
    const [places, weights] = [new Int32Array(2 * size), new Float64Array(2 * size)];
    places.set(this.#places);
    weights.set(this.#weights);
    const times = new Uint16Array(2 * size);
    times.set(this.#times);
    this.#places = places;
    this.#weights = weights;
    this.#times = times;
  }
}

const weightOf = (times: number): number => (times === 1 ? 1 : 1 + logarithm(times));

/** To length 1. */
function scale(weights: Float64Array, squares: number, begin: number, end: number): void {
  const by = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  for (let at = begin; at < end; at += 1) weights[at] = (weights[at] ?? 0) * by;
}

/** The same to the bit as of the text itself, for a router of so many places. */
export function featuresOf(terms: Terms, bits: number): Features {
  const words = together(terms.words, terms.wordTimes, WORD_BITS - bits);
  const pairs = together(terms.pairs, terms.pairTimes, PAIR_BITS - bits);
  const places = new Int32Array(words.places.length + pairs.places.length);
  places.set(words.places);
  places.set(pairs.places, words.places.length);
  const weights = new Float64Array(places.length);
  weights.set(words.weights);
  weights.set(pairs.weights, words.weights.length);
  const shape = new Float64Array(SHAPE_LENGTH);
  shape.set(terms.shape);
  return { places, weights, words: words.places.length, pairs: pairs.hashes, bits, shape };
}

/** Hashes that share a place count as one term, at the place of the first. */
function together(hashes: Int32Array, times: Uint16Array, shift: number) {
  const at = new Map<number, { readonly hash: number; times: number }>();
  for (let i = 0; i < hashes.length; i += 1) {
    const hash = hashes[i] ?? 0;
    const known = at.get(hash >>> shift);
    if (known === undefined) at.set(hash >>> shift, { hash, times: times[i] ?? 1 });
    else known.times += times[i] ?? 1;
  }
  const weights = Float64Array.from(at.values(), (one) => weightOf(one.times));
  let squares = 0;
  for (const weight of weights) squares += weight * weight;
  scale(weights, squares, 0, weights.length);
  const first = Int32Array.from(at.values(), (one) => one.hash);
  return { places: Int32Array.from(at.keys()), weights, hashes: first };
}

function bounded(text: string): string {
  if (text.length <= READ_LENGTH_MAX) return text;
  const half = READ_LENGTH_MAX / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}

const WORD = 1;
const NUMBER = 2;
const MARK = 3;

function kindOf(code: number): number {
  if ((code > 96 && code < 123) || code > 127) return WORD;
  if (code > 47 && code < 58) return NUMBER;
  return code > 32 && code < 127 ? MARK : 0;
}

/** The last step of MurmurHash3: every bit of the hash depends on every other. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
