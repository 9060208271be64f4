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

const EDGES = '"\'|,;>/<^\t\n()[]`';
/** It stands in a cell of its own: quotes, commas, bars or slashes on both sides. */
export function isCell(text: string, start: number, end: number): boolean {
  const before = edge(text, start - 1, -1);
  const after = edge(text, end, 1);
  return EDGES.includes(before) && EDGES.includes(after);
}

/** The next character in a direction, one blank aside; an end of the text is an edge. */
function edge(text: string, at: number, step: number): string {
  const blank = (READS_AS[text.charCodeAt(at)] ?? 0) === 0x20;
  const one = text[blank ? at + step : at];
  return one === undefined ? '\n' : one === '\\' ? '"' : one;
}

export const sameLine = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === 0x0a) return false;
  return true;
};
