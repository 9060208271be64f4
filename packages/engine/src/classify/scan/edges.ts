// Where a value stands: in a cell, alone, in a line with others.
import { isDigit, READS_AS } from './text.ts';

export const hasLetterOrLong = (text: string, start: number, end: number): boolean => {
  if (end - start >= 14) return true;
  for (let at = start; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return true;
  return false;
};

/** The value is all that the text says, or a message. */
export function isLone(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start - 1) === QUOTE) return isMessage(text, start, end);
  return (
    start < 4 &&
    text.length - end < 4 &&
    text.slice(0, start).trim() + text.slice(end).trim() === ''
  );
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BLANK = 0x20;
const SMALL_T = 0x74;
const MESSAGE = /"(?:content|text|input|prompt)$/;
/** The longest of these keys; how far before it an object says whose message it is. */
const MESSAGE_KEY_MAX = 8;
const OBJECT_MAX = 160;

/** `"content": "078051120"`, but not what a tool has answered: that is a number of something. */
function isMessage(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(end) !== QUOTE) return false;
  let at = start - 2;
  if (text.charCodeAt(at) === BLANK) at -= 1;
  // All keys of messages end in `t`.
  if (text.charCodeAt(at) !== COLON || text.charCodeAt(at - 2) !== SMALL_T) return false;
  if (!MESSAGE.test(text.slice(Math.max(0, at - 1 - MESSAGE_KEY_MAX), at - 1))) return false;
  const before = text.slice(Math.max(0, at - OBJECT_MAX), at);
  return !before.slice(before.lastIndexOf('{') + 1).includes('tool');
}

/** Blanks and dashes that no keyboard has: somebody or something put them there. */
export function hasOddSeparator(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at) > 127) return true;
  return false;
}

const EDGE = new Uint8Array(128);
// A backslash begins an escaped quote.
for (const mark of '"\'|,;>/<^\t\n()[]`\\') EDGE[mark.charCodeAt(0)] = 1;
/** It stands in a cell of its own: quotes, commas, bars or slashes on both sides. */
export const isCell = (text: string, start: number, end: number): boolean =>
  isEdge(text, start - 1, -1) && isEdge(text, end, 1);

/** The next character in a direction, one blank aside; an end of the text is an edge. */
function isEdge(text: string, from: number, step: number): boolean {
  const at = isInside(text, from) && READS_AS[text.charCodeAt(from)] === 0x20 ? from + step : from;
  if (!isInside(text, at)) return true;
  const code = text.charCodeAt(at);
  return code < 128 && EDGE[code] === 1;
}

const isInside = (text: string, at: number): boolean => at >= 0 && at < text.length;

export const sameLine = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 0x0a) return false;
  return true;
};

/** Blank, dash, point, slash, colon, underscore: what a chain may go on after. */
export const isJoint = (code: number): boolean =>
  code === 0x20 ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x2f ||
  code === 0x3a ||
  code === 0x5f ||
  code === 0x28 ||
  code === 0x29;
