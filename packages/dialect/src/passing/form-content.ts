// What of a form a scanner of text can read: the values of its fields, what its files are called,
// and the files that are text. What a file says of itself is not believed; its first bytes are
// looked at here, and who reads the rest finds out whether it goes on as it began.
import type { ContentRange } from '@signalbox/contract';
import { finder } from '../bytes.ts';
import { isDescription } from '../content.ts';
import type { FormField } from './form.ts';

export type FormContent = {
  readonly ranges: readonly ContentRange[];
  /** Some file is no text or holds more than text, or some text is in another encoding. */
  readonly unreadable: boolean;
};

export function contentOfForm(body: Uint8Array, fields: readonly FormField[]): FormContent {
  const ranges: ContentRange[] = [];
  let unreadable = false;
  for (const { name, isFile, isForeign, headStart, start, end } of fields) {
    const readable = !isForeign && (!isFile || isText(body.subarray(start, end)));
    unreadable ||= !readable;
    if (isDescription(name) && !isFile && readable) continue;
    ranges.push({ start: headStart, end: readable ? end : start, plain: true });
  }
  return { ranges, unreadable };
}

const LOOKED_AT = 1_024;
/** Their letters are text, what they say is packed. */
const PACKED = ['%PDF-', '{\\rtf'];
/** An image or a sound inside a text. */
const findEmbedded = finder(';base64,');

/** Tabs, line ends, page ends and escape sequences stand in texts. */
const isControl = (byte: number): boolean =>
  byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;

function isText(file: Uint8Array): boolean {
  const begin = file.subarray(0, LOOKED_AT);
  if (begin.some(isControl) || findEmbedded(file) >= 0) return false;
  try {
    // The last character may be cut.
    const stream = file.length > LOOKED_AT;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(begin, { stream });
    return !PACKED.some((mark) => text.startsWith(mark));
  } catch {
    return false;
  }
}
