// Watches a stream of this dialect go by, server-sent events or the elements of one array. Bytes
// pass as they come. Every chunk tells usage, cumulative, and chunks are few: each is read, once.
import { finder } from '../bytes.ts';
import { type Field, innerElements, lastField, readObject } from '../json.ts';
import { isError, stringField } from '../openai/answer.ts';
import {
  Carry,
  EVENT_BYTES_MAX,
  eachEvent,
  linesOf,
  opensObject,
  type StreamFacts,
  type StreamReader,
} from '../openai/stream.ts';
import { usageIn } from './answer.ts';
import { NO_STOP } from './stop.table.ts';
import type { Told } from './usage.ts';

const NOTHING = new Uint8Array(0);
const EVENT_END = new TextEncoder().encode('\r\n\r\n');
const OPENING = new TextEncoder().encode('[');
const BETWEEN = new TextEncoder().encode(',');

const findReason = finder('"finishReason"');
const findBlock = finder('"blockReason"');

export const streamReader = (): StreamReader => new Watch();

/** What the chunks tell. */
class Telling {
  #model: string | undefined;
  #told: Told | undefined;
  #error = false;
  #done = false;
  #malformed = false;
  #events = 0;

  chunk(body: Uint8Array): void {
    this.#events += 1;
    const reading = readObject(body);
    if (reading.kind === 'invalid') {
      this.#malformed ||= opensObject(body);
      return;
    }
    const { fields } = reading;
    this.#error ||= isError(fields);
    this.#model ??= stringField(body, fields, 'modelVersion');
    this.#told = usageIn(body, fields) ?? this.#told;
    this.#done ||= isStopped(body, fields);
  }

  event(event: Uint8Array): Uint8Array {
    const { dataStart, dataEnd, isError: named } = linesOf(event);
    this.#error ||= named;
    if (dataStart >= 0) this.chunk(event.subarray(dataStart, dataEnd));
    return event;
  }

  /** A chunk holds many tokens, so that what is told counts where it is more. */
  facts(): StreamFacts {
    const usage = this.#told?.usage;
    return {
      model: this.#model,
      usage,
      service: this.#told?.service,
      error: this.#error,
      done: this.#done,
      finished: this.#done,
      malformed: this.#malformed,
      events: Math.max(this.#events, usage?.outputTokens ?? 0),
    };
  }
}

/** A candidate said why it stopped, or the prompt was refused as a whole. */
function isStopped(body: Uint8Array, fields: readonly Field[]): boolean {
  if (findBlock(body) >= 0) {
    const feedback = lastField(fields, 'promptFeedback');
    if (feedback?.kind === 'object' && lastField(fields, 'candidates') === undefined) return true;
  }
  if (findReason(body) < 0) return false;
  const candidates = lastField(fields, 'candidates');
  if (candidates?.kind !== 'array') return false;
  let stopped = false;
  innerElements(body, candidates.valueStart, ({ fields: inner }) => {
    const reason = inner === undefined ? undefined : stringField(body, inner, 'finishReason');
    stopped ||= reason !== undefined && reason !== NO_STOP;
  });
  return stopped;
}

class Watch implements StreamReader {
  readonly #telling = new Telling();
  readonly #carry = new Carry();
  #elements: Elements | undefined = undefined;
  #begun = false;

  push(chunk: Uint8Array): Uint8Array {
    if (!this.#begun) this.#begin(chunk);
    if (this.#elements !== undefined) this.#elements.push(chunk);
    else if (this.#begun) this.#events(chunk);
    return chunk;
  }

  rest(): Uint8Array {
    if (this.#carry.length > 0) this.#telling.event(this.#carry.take());
    return NOTHING;
  }

  closing(): Uint8Array {
    if (this.#elements !== undefined) return this.#elements.closing();
    const { isTorn, length } = this.#carry;
    return isTorn || length > 0 || this.#telling.facts().malformed ? EVENT_END : NOTHING;
  }

  facts(): StreamFacts {
    return this.#telling.facts();
  }

  /** The first byte that is no space tells what kind of stream it is. */
  #begin(chunk: Uint8Array): void {
    const first = chunk.find((byte) => byte > 0x20);
    if (first === undefined) return;
    this.#begun = true;
    if (first === 0x5b || first === 0x7b) this.#elements = new Elements(this.#telling);
  }

  #events(chunk: Uint8Array): void {
    const whole = this.#carry.add(chunk);
    if (whole !== undefined) eachEvent(whole, (event) => this.#telling.event(event));
    if (this.#carry.length > EVENT_BYTES_MAX) this.#carry.take();
  }
}

const CARRY_BYTES_MIN = 1_024;

/** The elements of an array, in bytes; one that is too long is passed on unread. */
class Elements {
  readonly #telling: Telling;
  #carry = new Uint8Array(CARRY_BYTES_MIN);
  #carried = 0;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #count = 0;
  #open = false;

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  push(chunk: Uint8Array): void {
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#quoted) this.#inText(byte);
      else if (byte === 0x7b || (byte === 0x5b && this.#depth > 0)) {
        if (this.#depth === 0) start = at;
        this.#depth += 1;
      } else if (this.#depth === 0) this.#open ||= byte === 0x5b;
      else if (byte === 0x22) this.#quoted = true;
      else if (byte === 0x7d || byte === 0x5d) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#whole(chunk.subarray(start, at + 1));
        start = -1;
      }
    }
    if (start >= 0) this.#keep(chunk.subarray(start));
  }

  /** What an element of our own must follow. Within another one nothing can be mended. */
  closing(): Uint8Array {
    if (!this.#open) return OPENING;
    return this.#count > 0 ? BETWEEN : NOTHING;
  }

  #inText(byte: number | undefined): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === 0x5c) this.#escaped = true;
    else if (byte === 0x22) this.#quoted = false;
  }

  #whole(last: Uint8Array): void {
    this.#count += 1;
    if (this.#carried === 0) {
      this.#telling.chunk(last);
      return;
    }
    this.#keep(last);
    const element = this.#carry.slice(0, this.#carried);
    this.#carried = 0;
    this.#telling.chunk(element);
  }

  /** Grows by doubling, so that one byte at a time stays linear. */
  #keep(bytes: Uint8Array): void {
    const size = this.#carried + bytes.length;
    if (size > EVENT_BYTES_MAX) return;
    if (size > this.#carry.length) {
      const larger = new Uint8Array(Math.max(size, this.#carry.length * 2));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(bytes, this.#carried);
    this.#carried = size;
  }
}
