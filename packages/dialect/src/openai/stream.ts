// Watches a stream of server-sent events go by. Bytes pass as they come; what the record needs is
// read from the events that hold it. Only when we asked for usage and the caller had not, the usage
// is taken out again: the `"usage":null` keys, and the chunk whose choices are empty. Every other
// byte stays. Work is linear in the bytes, whatever their chunking.
import type { Operation, Usage } from '@signalbox/contract';
import { concat, finder } from '../bytes.ts';
import { type Field, readObject } from '../json.ts';
import { isError, stringField, usageOf } from './answer.ts';

export type StreamFacts = {
  readonly model: string | undefined;
  /** Of the last chunk that told any. */
  readonly usage: Usage | undefined;
  /** An error came as an event. */
  readonly error: boolean;
  /** The closing `[DONE]` (or the last typed event) was seen. */
  readonly done: boolean;
  readonly events: number;
};

export type StreamReader = {
  /**
   * Takes what came and answers what goes on; the answer may be empty and is valid during the call.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** What was withheld as an unfinished event. */
  rest(): Uint8Array;
  facts(): StreamFacts;
};

/** An event longer than this is passed on unread. */
const EVENT_BYTES_MAX = 4_194_304;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const CLOSE_ARRAY = 0x5d;
const NOTHING = new Uint8Array(0);

const findUsage = finder('"usage"');
const findError = finder('error');
const findData = finder('data:');
const findDone = finder('[DONE]');
const findCompleted = finder('response.completed');
const text = new TextDecoder();

/**
 * ASCII of a chunk's end as OpenAI writes it, when usage was asked for and this is not the last
 * one.
 */
const NULL_USAGE_END = new TextEncoder().encode(',"usage":null}\n\n');
const PLAIN_END = new TextEncoder().encode('}\n\n');

export function streamReader(operation: Operation, hideUsage: boolean): StreamReader {
  const facts = {
    model: undefined as string | undefined, // widened: set by the first event
    usage: undefined as Usage | undefined, // widened: set by whichever event tells
    error: false,
    done: false,
    events: 0,
  };
  const carry = new Carry();

  const observe = (event: Uint8Array): Uint8Array => {
    const payload = payloadOf(event);
    if (payload === undefined) return event;
    const body = event.subarray(payload.start, payload.end);
    const reading = readObject(body);
    if (reading.kind === 'invalid') return event;
    facts.model ??= stringField(body, reading.fields, 'model');
    facts.error ||= isError(reading.fields) || isErrorEvent(event);
    const usage = usageOf(body, reading.fields);
    facts.usage = usage ?? facts.usage;
    return hideUsage ? withoutUsage(event, payload.start, body, reading.fields) : event;
  };

  const complete = (bytes: Uint8Array): Uint8Array => {
    facts.events += countOf(findData, bytes);
    facts.done ||= isDone(operation, bytes);
    const first = facts.model === undefined && facts.events < 4;
    const usage = findUsage(bytes) >= 0;
    if (!first && !usage && findError(bytes) < 0) return bytes;
    if (hideUsage && !first && facts.usage === undefined && endsWithNullUsage(bytes)) {
      const alone = findData(bytes, findData(bytes) + 1) < 0;
      if (alone)
        return concat([bytes.subarray(0, bytes.length - NULL_USAGE_END.length), PLAIN_END]);
    }
    return eachEvent(bytes, observe);
  };

  return {
    push(chunk) {
      if (carry.length === 0 && endsEvent(chunk, chunk.length)) return complete(chunk);
      const ended = carry.add(chunk);
      const out = ended === undefined ? NOTHING : complete(ended);
      const unread = carry.length > EVENT_BYTES_MAX ? carry.take() : NOTHING;
      return hideUsage ? concat([out, unread]) : chunk;
    },
    rest: () => (hideUsage ? carry.take() : NOTHING),
    facts: () => facts,
  };
}

/**
 * The bytes after the last whole event, growing by doubling so that one byte at a time stays
 * linear.
 */
class Carry {
  #bytes = new Uint8Array(0);
  length = 0;

  /** Adds bytes and answers the whole events that they complete, if any. */
  add(chunk: Uint8Array): Uint8Array | undefined {
    const before = this.length;
    this.#grow(before + chunk.length);
    this.#bytes.set(chunk, before);
    this.length = before + chunk.length;
    const end = lastEventEnd(this.#bytes, Math.max(0, before - 3), this.length);
    if (end === undefined) return undefined;
    const whole = this.#bytes.slice(0, end);
    this.#bytes.copyWithin(0, end, this.length);
    this.length -= end;
    return whole;
  }

  take(): Uint8Array {
    const rest = this.#bytes.slice(0, this.length);
    this.length = 0;
    return rest;
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2, 1024));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}

/**
 * True when an event ends right before `at`: an empty line, with line feeds alone or with returns.
 */
function endsEvent(bytes: Uint8Array, at: number): boolean {
  if (bytes[at - 1] !== LINE_FEED) return false;
  if (bytes[at - 2] === LINE_FEED) return true;
  return bytes[at - 2] === RETURN && bytes[at - 3] === LINE_FEED;
}

function lastEventEnd(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = to; at > from; at -= 1) {
    if (endsEvent(bytes, at)) return at;
  }
  return undefined;
}

function eachEvent(bytes: Uint8Array, each: (event: Uint8Array) => Uint8Array): Uint8Array {
  const out: Uint8Array[] = [];
  let start = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (!endsEvent(bytes, at + 1)) continue;
    out.push(each(bytes.subarray(start, at + 1)));
    start = at + 1;
  }
  if (start < bytes.length) out.push(bytes.subarray(start));
  return concat(out);
}

/** The JSON of an event with one data line; events with several data lines are passed on unread. */
function payloadOf(event: Uint8Array): { start: number; end: number } | undefined {
  const data = findData(event);
  if (data < 0 || (data > 0 && event[data - 1] !== LINE_FEED)) return undefined;
  const start = data + 5;
  const line = event.indexOf(LINE_FEED, start);
  return { start, end: line < 0 ? event.length : line };
}

/** Cuts the top-level `usage`; an event that tells nothing else (no choices) goes as a whole. */
function withoutUsage(
  event: Uint8Array,
  offset: number,
  body: Uint8Array,
  fields: readonly Field[],
): Uint8Array {
  const index = fields.findIndex((field) => field.key === 'usage');
  const usage = fields[index];
  if (usage === undefined) return event;
  const choices = fields.find((field) => field.key === 'choices');
  const empty = choices?.kind === 'array' && body[choices.valueStart + 1] === CLOSE_ARRAY;
  if (empty && usage.kind === 'object') return NOTHING;
  const before = fields[index - 1];
  const after = fields[index + 1];
  const start = before === undefined ? usage.keyStart - 1 : before.valueEnd;
  const end = before === undefined && after !== undefined ? after.keyStart - 1 : usage.valueEnd;
  return concat([event.subarray(0, offset + start), event.subarray(offset + end)]);
}

function isErrorEvent(event: Uint8Array): boolean {
  return text.decode(event.subarray(0, 12)).startsWith('event: error');
}

function isDone(operation: Operation, bytes: Uint8Array): boolean {
  if (operation === 'response') return findCompleted(bytes) >= 0;
  return bytes[endOfText(bytes) - 1] === CLOSE_ARRAY && findDone(bytes) >= 0;
}

function endOfText(bytes: Uint8Array): number {
  let end = bytes.length;
  while (bytes[end - 1] === LINE_FEED || bytes[end - 1] === RETURN) end -= 1;
  return end;
}

function endsWithNullUsage(bytes: Uint8Array): boolean {
  const from = bytes.length - NULL_USAGE_END.length;
  if (from < 0) return false;
  for (let i = 0; i < NULL_USAGE_END.length; i += 1) {
    if (bytes[from + i] !== NULL_USAGE_END[i]) return false;
  }
  return true;
}

function countOf(find: (bytes: Uint8Array, from?: number) => number, bytes: Uint8Array): number {
  let count = 0;
  for (let at = find(bytes); at >= 0; at = find(bytes, at + 5)) count += 1;
  return count;
}
