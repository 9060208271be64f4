// Where a value stands: in a cell, alone, in a line with others.
import { isDigit, READS_AS } from './text.ts';

export const hasLetterOrLong = (text: string, start: number, end: number): boolean => {
  if (end - start >= 14) return true;
  for (let at = start; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return true;
  return false;
};

/** The value is all that the text says. */
export function isLone(text: string, start: number, end: number): boolean {
  return (
    start < 4 &&
    text.length - end < 4 &&
    text.slice(0, start).trim() + text.slice(end).trim() === ''
  );
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
