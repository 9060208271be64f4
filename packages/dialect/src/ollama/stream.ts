// Watches a stream of lines go by. Bytes pass as they come; what the record needs is read from the
// lines that hold it: the first ones, the last one, and errors. Usage is always told, so nothing is
// ever taken out. Work is linear in the bytes, whatever their chunking.
import type { Usage } from '@signalbox/contract';
import { finder } from '../bytes.ts';
import { lastField, readObject } from '../json.ts';
import { isError, stringField } from '../openai/answer.ts';
import { isTorn, opensObject, type StreamFacts, type StreamReader } from '../openai/stream.ts';
import { usageOf } from './answer.ts';

/** A line longer than this is passed on unread. */
const LINE_BYTES_MAX = 4_194_304;
/** The model is looked for in so many lines, and then no longer. */
const OPENING_LINES = 3;
const CARRY_BYTES_MIN = 1_024;
const LINE_FEED = 0x0a;
const LETTER_T = 0x74;
const NOTHING = new Uint8Array(0);
const END_OF_LINE = new Uint8Array([LINE_FEED]);

const findDone = finder('"done"');
const findError = finder('"error"');
const DONE_BYTES = 6;

export const streamReader = (): StreamReader => new LineReader();

class LineReader implements StreamReader {
  readonly #facts = {
    model: undefined as string | undefined, // widened: set by the first line
    usage: undefined as Usage | undefined, // widened: set by the last line
    service: undefined,
    error: false,
    done: false,
    finished: false as boolean | undefined, // widened: unknown after a line that is too long
    malformed: false,
    events: 0,
  };
  #carry = new Uint8Array(0);
  #carried = 0;
  /** The last line was taken, and its end did not come. */
  #torn = false;
  /** Within a line that is too long to read. */
  #skipping = false;
  #lines = 0;

  push(chunk: Uint8Array): Uint8Array {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, start)) {
      this.#line(this.#whole(chunk.subarray(start, at)));
      start = at + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return chunk;
  }

  rest(): Uint8Array {
    this.#torn ||= this.#carried > 0 || this.#skipping;
    this.#line(this.#whole(NOTHING));
    return NOTHING;
  }

  closing(): Uint8Array {
    const isOpen = this.#torn || this.#carried > 0 || this.#skipping || this.#facts.malformed;
    return isOpen ? END_OF_LINE : NOTHING;
  }

  facts(): StreamFacts {
    return this.#facts;
  }

  #whole(last: Uint8Array): Uint8Array {
    if (this.#carried === 0 && !this.#skipping) return last;
    this.#keep(last);
    this.#skipping = false;
    const line = this.#carry.subarray(0, this.#carried);
    this.#carried = 0;
    return line;
  }

  /** Grows by doubling, so that one byte at a time stays linear. */
  #keep(bytes: Uint8Array): void {
    const size = this.#carried + bytes.length;
    this.#skipping ||= size > LINE_BYTES_MAX;
    if (this.#skipping) {
      this.#carried = 0;
      if (!this.#facts.done) this.#facts.finished = undefined;
      return;
    }
    if (size > this.#carry.length) {
      const larger = new Uint8Array(Math.max(size, this.#carry.length * 2, CARRY_BYTES_MIN));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(bytes, this.#carried);
    this.#carried = size;
  }

  #line(line: Uint8Array): void {
    if (isBlank(line)) return;
    const facts = this.#facts;
    facts.events += 1;
    this.#lines += 1;
    const opening = facts.model === undefined && this.#lines <= OPENING_LINES;
    if (!opening && !isDone(line) && findError(line) < 0 && !isTorn(line)) return;
    const reading = readObject(line);
    if (reading.kind === 'invalid') {
      facts.malformed ||= opensObject(line);
      return;
    }
    const { fields } = reading;
    facts.error ||= isError(fields);
    facts.done ||= lastField(fields, 'done')?.kind === 'true';
    if (facts.done) facts.finished = true;
    facts.usage = usageOf(line, fields) ?? facts.usage;
    if (opening) facts.model = stringField(line, fields, 'model');
  }
}

function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte > 0x20) return false;
  return true;
}

/** A key `done` whose value begins as `true` does. */
function isDone(line: Uint8Array): boolean {
  for (let at = findDone(line); at >= 0; at = findDone(line, at + 1)) {
    let value = at + DONE_BYTES;
    while ((line[value] ?? 0xff) <= 0x20 || line[value] === 0x3a) value += 1;
    if (line[value] === LETTER_T) return true;
  }
  return false;
}
