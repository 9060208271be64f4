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
};

/** Places of hashed terms with their weights, each block of length 1, and the shape beside them. */
export type Features = {
  readonly places: Int32Array;
  readonly weights: Float64Array;
  /** So many of the places are single words of the text, and stand first. */
  readonly words: number;
  /** Places are below 2 to the power of this. */
  readonly bits: number;
  readonly shape: Float64Array;
};

/** Head and tail together; what stands between is not read. */
export const READ_LENGTH_MAX = 12_000;
export const SHAPE_LENGTH: number = SHAPES + ANSWER_SHAPES;

const WORD_SALT = 0x811c_9dc5;
const ANSWER_SALT = 0x1b87_3593;
const DIGIT = 48;

export function featuresOf(question: Question, bits: number): Features {
  const text = bounded(question.text);
  const answer = question.answer === undefined ? '' : bounded(question.answer);
  const asked = termsOf(text, WORD_SALT);
  const said = termsOf(answer, ANSWER_SALT);
  const blocks = [
    block(asked, bits, false),
    block(asked, bits, true),
    block(said, bits, false),
    block(said, bits, true),
  ];
  const [words] = blocks;
  const shape = new Float64Array(SHAPE_LENGTH);
  shapeOf(text, question.tools, shape);
  if (answer !== '') answerShape(text, answer, shape.subarray(SHAPES));
  return { ...joined(blocks), words: words?.size ?? 0, bits, shape };
}

function bounded(text: string): string {
  if (text.length <= READ_LENGTH_MAX) return text;
  const half = READ_LENGTH_MAX / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}

/** Hashes of words, numbers (by their length) and marks, in their order. */
export function termsOf(text: string, salt: number): readonly number[] {
  const terms: number[] = [];
  let hash = salt;
  let kind = 0;
  for (let at = 0; at <= text.length; at += 1) {
    let code = at < text.length ? text.charCodeAt(at) : 32;
    if (code > 64 && code < 91) code += 32;
    const now = kindOf(code);
    if (kind !== 0 && (now !== kind || kind === MARK)) {
      terms.push(mixed(hash));
      hash = salt;
    }
    kind = now;
    if (kind !== 0) hash = Math.imul(hash ^ (kind === NUMBER ? DIGIT : code), 0x0100_0193);
  }
  return terms;
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

/** Of how many terms each place is: its weight grows with the logarithm. */
function block(terms: readonly number[], bits: number, pairs: boolean): Map<number, number> {
  const counts = new Map<number, number>();
  const shift = 32 - bits;
  for (let at = pairs ? 1 : 0; at < terms.length; at += 1) {
    const term = terms[at] ?? 0;
    const hash = pairs ? mixed(Math.imul(terms[at - 1] ?? 0, 0x9e37_79b1) + term) : term;
    const place = hash >>> shift;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

function joined(
  blocks: readonly Map<number, number>[],
): Omit<Features, 'words' | 'bits' | 'shape'> {
  const size = blocks.reduce((sum, one) => sum + one.size, 0);
  const places = new Int32Array(size);
  const weights = new Float64Array(size);
  let at = 0;
  for (const counts of blocks) {
    const begin = at;
    let squares = 0;
    for (const [place, count] of counts) {
      const weight = count === 1 ? 1 : 1 + logarithm(count);
      places[at] = place;
      weights[at] = weight;
      squares += weight * weight;
      at += 1;
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let i = begin; i < at; i += 1) weights[i] = (weights[i] ?? 0) * scale;
  }
  return { places, weights };
}
