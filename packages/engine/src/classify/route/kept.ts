// Terms of a text as few bytes, for a disk, and back. Hashes and counts alone: nothing of the text
// can be read back, though whoever knows a word can see whether one of its hash was there.
import { SHAPE_LENGTH, type Terms } from './features.ts';
import { SHAPES } from './shapes.ts';

const VERSION = 2;
const HEAD_BYTES = 5;
const SHAPE_BYTES = 4 * SHAPES;
const TERM_BYTES = 4;
const TIMES_MAX = 255;

/** @returns version, counts of words and pairs, the shape, each term with how often it is there. */
export function packTerms({ words, wordTimes, pairs, pairTimes, shape }: Terms): Uint8Array {
  const size = words.length + pairs.length;
  const bytes = new Uint8Array(HEAD_BYTES + SHAPE_BYTES + TERM_BYTES * size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint16(1, words.length);
  view.setUint16(3, pairs.length);
  for (let i = 0; i < SHAPES; i += 1) view.setFloat32(HEAD_BYTES + 4 * i, shape[i] ?? 0);
  let at = HEAD_BYTES + SHAPE_BYTES;
  const put = (hashes: Int32Array, times: Uint16Array): void => {
    for (let i = 0; i < hashes.length; i += 1) {
      const counted = Math.min(TIMES_MAX, times[i] ?? 1);
      view.setUint32(at, (((hashes[i] ?? 0) << 8) | counted) >>> 0);
      at += TERM_BYTES;
    }
  };
  put(words, wordTimes);
  put(pairs, pairTimes);
  return bytes;
}

/** Undefined: not such bytes, or of another version. */
export function unpackTerms(bytes: Uint8Array): Terms | undefined {
  if (bytes.length < HEAD_BYTES + SHAPE_BYTES || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [words, pairs] = [view.getUint16(1), view.getUint16(3)];
  const begin = HEAD_BYTES + SHAPE_BYTES;
  if (bytes.length !== begin + TERM_BYTES * (words + pairs)) return undefined;
  const shape = new Float64Array(SHAPE_LENGTH);
  for (let i = 0; i < SHAPES; i += 1) shape[i] = view.getFloat32(HEAD_BYTES + 4 * i);
  if (!shape.every(Number.isFinite)) return undefined;
  const hashes = new Int32Array(words + pairs);
  const times = new Uint16Array(words + pairs);
  for (let i = 0; i < hashes.length; i += 1) {
    const term = view.getUint32(begin + TERM_BYTES * i);
    hashes[i] = term >>> 8;
    times[i] = Math.max(1, term & TIMES_MAX);
  }
  return {
    ...{ words: hashes.subarray(0, words), wordTimes: times.subarray(0, words), shape },
    ...{ pairs: hashes.subarray(words), pairTimes: times.subarray(words) },
  };
}
