// What an answer looks like on the wire. Heads are written here as one string instead of by
// `writeHead`, which costs more than everything else in answering; so every name and value is
// checked here too.

import { STATUS_CODES } from 'node:http';
import { assert, type Clock } from '@signalbox/contract';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const BAD_IN_VALUE_ALL = /[^\t\x20-\x7e\x80-\xff]/g;

/** Names seen to be valid. They come from our own code, so there are few; bounded all the same. */
const NAMES_MAX = 512;
const names = new Set<string>();

/**
 * Lines of a head, each with its end. A value that could break out of its line loses those
 * characters to `?`.
 */
export function headLines(headers: readonly string[]): string {
  let text = '';
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!names.has(name)) admitName(name);
    text += `${name}: ${cleanValue(headers[at + 1] ?? '')}\r\n`;
  }
  return text;
}

/** For whoever writes the lines itself: the same values without what could break out of a line. */
export function cleaned(headers: readonly string[]): string[] {
  return headers.map((part, at) => {
    if (at % 2 === 1) return cleanValue(part);
    if (!names.has(part)) admitName(part);
    return part;
  });
}

const cleanValue = (value: string): string =>
  BAD_IN_VALUE.test(value) ? value.replace(BAD_IN_VALUE_ALL, '?') : value;

/** The connection's own, written by the listener. */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

function admitName(name: string): void {
  assert(NAME.test(name), 'a header name is a token');
  assert(!OURS.has(name.toLowerCase()), 'framing headers are the listener’s');
  if (names.size < NAMES_MAX) names.add(name);
}

export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
}

/** `Date` lines, written once a second. */
export class DateLine {
  readonly #clock: Clock;
  #second = 0;
  #line = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get line(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = `date: ${new Date(second * 1000).toUTCString()}\r\n`;
    }
    return this.#line;
  }
}

/**
 * Bytes as a string of the same length, one character a byte: what `latin1` writes back byte for
 * byte.
 */
export function asLatin1(bytes: Uint8Array): string {
  return bytesOf(bytes).toString('latin1');
}

export function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
