// What a call says, as texts that a small model can read: pieces of one length that lap over each
// other, so that no name is cut in every one of them. Bounded: of a long body the first pieces are
// made, and it is said that there is more.
import type { Question } from '@signalbox/contract';
import { unescaped } from './reading.ts';

/** Characters of one piece; what two neighbours share. */
export const WINDOW_LENGTH = 4_000;
export const OVERLAP = 200;
/** The longest way in which JSON writes a character of one unit: `\u0041`. */
const BYTES_PER_UNIT_MAX = 6;

export type Windows = {
  readonly texts: readonly string[];
  /** Nothing is left out. */
  readonly isWhole: boolean;
};

/** @param most pieces. */
export function windowsOf(question: Pick<Question, 'bytes' | 'content'>, most: number): Windows {
  const step = WINDOW_LENGTH - OVERLAP;
  const room = most * step + OVERLAP;
  let text = '';
  let isWhole = true;
  for (const { start, end, plain, described } of question.content()) {
    if (described === true) continue;
    const until = Math.min(end, start + (room - text.length) * BYTES_PER_UNIT_MAX);
    const read = DECODER.decode(question.bytes.subarray(start, until));
    text += `${plain === true ? read : unescaped(read)}\n`;
    isWhole = until === end && text.length <= room;
    if (!isWhole) break;
  }
  const texts: string[] = [];
  for (let at = 0; at === 0 || at + OVERLAP < text.length; at += step) {
    if (texts.length === most) break;
    texts.push(text.slice(at, at + WINDOW_LENGTH));
  }
  return { texts: text.trim() === '' ? NOTHING : texts, isWhole };
}

const DECODER = new TextDecoder();
const NOTHING: readonly string[] = [];
