// Watches a stream of server-sent events go by. Bytes pass as they come; what the record needs is
// read from the events that hold it. Only when we asked for usage and the caller had not, the usage
// is taken out again: the `"usage":null` keys, and the chunk whose choices are empty. Every other
// byte stays, also the usage of providers that tell it unasked, among the choices. Work is linear
// in the bytes, whatever their chunking. Limits: lines end with LF or CRLF, not with CR alone, and
// an event in several `data` lines is passed on unread.
import type { Operation, Usage } from '@signalbox/contract';
import { concat, finder } from '../bytes.ts';
import type { SignedCall } from '../canon/origin.ts';
import { type Field, lastField, readObject } from '../json.ts';
import { innerOf, isError, SERVICE, stringField, usageOf } from './answer.ts';

export type StreamFacts = {
  readonly model: string | undefined;
  /** Of the last chunk that told any. */
  readonly usage: Usage | undefined;
  readonly service: string | undefined;
  /** Of a response: the id that a later call may refer to. */
  readonly responseId?: string | undefined;
  /** Calls that the provider wants back as it signed them; told of answers carried over. */
  readonly signed?: readonly SignedCall[] | undefined;
  /** An error came as an event. */
  readonly error: boolean;
  /** The closing `[DONE]` (or the last typed event) was seen. */
  readonly done: boolean;
  /** The stream said why it ended; undefined where that cannot be known. */
  readonly finished?: boolean | undefined;
  /** An event is not the JSON that it begins as. */
  readonly malformed?: boolean;
  readonly events: number;
};

export type StreamReader = {
  /**
   * Takes what came and answers what goes on; the answer may be empty and is valid during the call.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** The stream is over: reads the event that was never finished, and answers it if withheld. */
  rest(): Uint8Array;
  /** What an event of our own must begin with: the end of an unfinished one that went on. */
  closing(): Uint8Array;
  facts(): StreamFacts;
};

/** An event longer than this is passed on unread. */
export const EVENT_BYTES_MAX = 4_194_304;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const BRACKET = 0x5d;
/** The first letter of `data:`. */
const DATA = 0x64;
const OPENS = 0x7b;
const CLOSES = 0x7d;
const NOTHING = new Uint8Array(0);
/** The model is looked for in so many events, and then no longer. */
const OPENING_EVENTS = 3;
const DATA_BYTES = 5;
const DONE_BYTES = 6;
const ERROR_LINE_BYTES = 16;

const findUsage = finder('"usage"');
const findError = finder('error');
const findData = finder('data:');
const findDone = finder('[DONE]');
const findFinish = finder('"finish_reason"');
const FINISH_BYTES = 15;
const findResponse = finder('"response"');
const text = new TextDecoder();

/** Events after which a response's stream says no more. */
const LAST_TYPES = new Set(['response.completed', 'response.incomplete', 'response.failed']);
const ERROR_TYPES = new Set(['error', 'response.failed']);

/**
 * ASCII of a chunk's end as OpenAI writes it, when usage was asked for and this is not the last
 * one.
 */
const NULL_USAGE_END = new TextEncoder().encode(',"usage":null}\n\n');
const PLAIN_END = new TextEncoder().encode('}\n\n');
const EVENT_END = new TextEncoder().encode('\n\n');

/** What is asked of these ends with a word for why. */
const ENDING: ReadonlySet<Operation> = new Set<Operation>(['chat', 'completion', 'response']);

export function streamReader(operation: Operation, hideUsage: boolean): StreamReader {
  const facts = nothingYet(operation);
  const carry = new Carry();
  let opening = 0;

  const observe = (event: Uint8Array): Uint8Array => {
    const { dataStart, dataEnd, isError: told } = linesOf(event);
    facts.error ||= told;
    if (dataStart < 0) return event;
    opening += 1;
    const body = event.subarray(dataStart, dataEnd);
    const reading = readObject(body);
    if (reading.kind === 'invalid') {
      facts.malformed ||= opensObject(body);
      return event;
    }
    const { fields } = reading;
    tell(facts, operation, { body, fields, isOpening: opening <= OPENING_EVENTS });
    return hideUsage ? withoutUsage(event, dataStart, body, fields) : event;
  };

  const isTelling = (bytes: Uint8Array): boolean =>
    findUsage(bytes) >= 0 ||
    findError(bytes) >= 0 ||
    (operation === 'response' && findResponse(bytes) >= 0);

  const complete = (bytes: Uint8Array): Uint8Array => {
    facts.events += countData(bytes);
    facts.done ||= operation !== 'response' && holdsDone(bytes);
    if (facts.finished === false) facts.finished = facts.done || holdsFinish(bytes);
    const first = facts.model === undefined && opening < OPENING_EVENTS;
    if (!first && !isTelling(bytes) && !mayBeTorn(bytes)) return bytes;
    if (hideUsage && !first && facts.usage === undefined && endsWithNullUsage(bytes)) {
      const alone = findData(bytes) === 0 && findData(bytes, 1) < 0;
      if (alone)
        return concat([bytes.subarray(0, bytes.length - NULL_USAGE_END.length), PLAIN_END]);
    }
    return eachEvent(bytes, observe);
  };

  return {
    push(chunk) {
      if (carry.length === 0 && endsEvent(chunk, chunk.length)) {
        carry.isTorn = false;
        return complete(chunk);
      }
      const ended = carry.add(chunk);
      const out = ended === undefined ? NOTHING : complete(ended);
      const unread = carry.length > EVENT_BYTES_MAX ? carry.take() : NOTHING;
      if (unread.length > 0) facts.finished = undefined;
      return hideUsage ? concat([out, unread]) : chunk;
    },
    rest() {
      if (carry.length === 0) return NOTHING;
      const last = carry.take();
      facts.events += countData(last);
      facts.done ||= operation !== 'response' && holdsDone(last);
      if (facts.finished === false) facts.finished = facts.done || holdsFinish(last);
      const seen = observe(last);
      return hideUsage ? seen : NOTHING;
    },
    closing() {
      const isOpen = carry.isTorn || facts.malformed === true || (carry.length > 0 && !hideUsage);
      return isOpen ? EVENT_END : NOTHING;
    },
    facts: () => facts,
  };
}

/**
 * The bytes after the last whole event, growing by doubling so that one byte at a time stays
 * linear.
 */
export class Carry {
  #bytes = new Uint8Array(0);
  length = 0;
  /** The beginning of an event was taken, and its end did not come. */
  isTorn = false;

  /** Adds bytes and answers the whole events that they complete, if any. */
  add(chunk: Uint8Array): Uint8Array | undefined {
    const before = this.length;
    this.#grow(before + chunk.length);
    this.#bytes.set(chunk, before);
    this.length = before + chunk.length;
    const end = lastEventEnd(this.#bytes, Math.max(0, before - 3), this.length);
    if (end === undefined) return undefined;
    this.isTorn = false;
    const whole = this.#bytes.slice(0, end);
    this.#bytes.copyWithin(0, end, this.length);
    this.length -= end;
    return whole;
  }

  take(): Uint8Array {
    const rest = this.#bytes.slice(0, this.length);
    this.isTorn ||= this.length > 0;
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

export function eachEvent(bytes: Uint8Array, each: (event: Uint8Array) => Uint8Array): Uint8Array {
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

export type Lines = {
  /** -1: none, or several. */
  readonly dataStart: number;
  readonly dataEnd: number;
  /** The event says itself that it is an error. */
  readonly isError: boolean;
};

/** The data line of an event, and what its other lines say. */
export function linesOf(event: Uint8Array): Lines {
  let dataStart = -1;
  let dataEnd = -1;
  let dataLines = 0;
  let isError = false;
  for (let start = 0; start < event.length; ) {
    const feed = event.indexOf(LINE_FEED, start);
    const end = feed < 0 ? event.length : feed;
    const first = event[start];
    if (first === 0x64 && findData(event.subarray(start, start + DATA_BYTES)) === 0) {
      dataLines += 1;
      dataStart = start + DATA_BYTES;
      dataEnd = end;
    } else if (first === 0x65) isError ||= isErrorLine(event.subarray(start, end));
    start = end + 1;
  }
  return { dataStart: dataLines === 1 ? dataStart : -1, dataEnd, isError };
}

/** `event: error`, and the bare `error: …` of llama-box. */
function isErrorLine(line: Uint8Array): boolean {
  return /^(?:event: ?error\s*$|error:)/.test(text.decode(line.subarray(0, ERROR_LINE_BYTES)));
}

type Facts = { -readonly [K in keyof StreamFacts]: StreamFacts[K] };

const nothingYet = (operation: Operation): Facts => ({
  model: undefined,
  usage: undefined,
  service: undefined,
  responseId: undefined,
  error: false,
  done: false,
  finished: ENDING.has(operation) ? false : undefined,
  malformed: false,
  events: 0,
});

type Seen = {
  readonly body: Uint8Array;
  readonly fields: readonly Field[];
  readonly isOpening: boolean;
};

function tell(facts: Facts, operation: Operation, { body, fields, isOpening }: Seen): void {
  facts.error ||= isError(fields);
  if (operation === 'response') {
    const type = stringField(body, fields, 'type') ?? '';
    facts.done ||= LAST_TYPES.has(type);
    if (facts.done) facts.finished = true;
    facts.error ||= ERROR_TYPES.has(type);
  }
  const usage = usageOf(body, fields);
  facts.usage = usage ?? facts.usage;
  // Only what is read of every stream, however it is cut into chunks.
  const names = facts.model === undefined && isOpening;
  if (!names && usage === undefined) return;
  const around = aroundOf(operation, body, fields);
  if (names) facts.model = stringField(body, around, 'model');
  facts.service ??= stringField(body, around, SERVICE);
  if (operation === 'response') facts.responseId ??= stringField(body, around, 'id');
}

/** Typed events tell about the response in a field of that name. */
function aroundOf(
  operation: Operation,
  body: Uint8Array,
  fields: readonly Field[],
): readonly Field[] {
  if (operation !== 'response') return fields;
  return innerOf(body, fields, 'response') ?? fields;
}

/** Cuts the `"usage":null` key; the chunk that tells usage and has no choices goes as a whole. */
function withoutUsage(
  event: Uint8Array,
  offset: number,
  body: Uint8Array,
  fields: readonly Field[],
): Uint8Array {
  const usage = lastField(fields, 'usage');
  if (usage === undefined) return event;
  if (usage.kind === 'object') return hasNoChoices(body, fields) ? NOTHING : event;
  if (usage.kind !== 'null') return event;
  const index = fields.indexOf(usage);
  const before = fields[index - 1];
  const after = fields[index + 1];
  const start = before === undefined ? usage.keyStart - 1 : before.valueEnd;
  const end = before === undefined && after !== undefined ? after.keyStart - 1 : usage.valueEnd;
  return concat([event.subarray(0, offset + start), event.subarray(offset + end)]);
}

function hasNoChoices(body: Uint8Array, fields: readonly Field[]): boolean {
  const choices = lastField(fields, 'choices');
  if (choices?.kind !== 'array') return false;
  for (let at = choices.valueStart + 1; at < choices.valueEnd - 1; at += 1) {
    if ((body[at] ?? 0) > 0x20) return false;
  }
  return true;
}

/** A line of its own that says `data: [DONE]`. */
function holdsDone(bytes: Uint8Array): boolean {
  for (let at = findDone(bytes); at >= 0; at = findDone(bytes, at + 1)) {
    const data = bytes[at - 1] === 0x20 ? at - 1 - DATA_BYTES : at - DATA_BYTES;
    if (data >= 0 && findData(bytes.subarray(data, data + DATA_BYTES)) === 0) {
      const next = bytes[at + DONE_BYTES];
      const ends = next === undefined || next === LINE_FEED || next === RETURN;
      if (ends && (data === 0 || bytes[data - 1] === LINE_FEED)) return true;
    }
  }
  return false;
}

/** A reason to finish that is a text: it is `null` until then. */
function holdsFinish(bytes: Uint8Array): boolean {
  for (let at = findFinish(bytes); at >= 0; at = findFinish(bytes, at + 1)) {
    let next = at + FINISH_BYTES;
    while (bytes[next] === SPACE || bytes[next] === COLON) next += 1;
    if (bytes[next] === QUOTE) return true;
  }
  return false;
}

/** Whether data of whole events ends with something else than an object or `[DONE]`. */
export function mayBeTorn(bytes: Uint8Array): boolean {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    if (bytes[start] === DATA && isTorn(bytes, end)) return true;
    start = end + 1;
  }
  return false;
}

/** Whether what stands before `end` ends as no object and no list does. */
export function isTorn(json: Uint8Array, end: number = json.length): boolean {
  let last = end - 1;
  while ((json[last] ?? QUOTE) <= SPACE) last -= 1;
  return json[last] !== CLOSES && json[last] !== BRACKET;
}

/** What cannot be read and begins so is torn; texts that are no JSON are some servers' own. */
export function opensObject(body: Uint8Array): boolean {
  let at = 0;
  while (body[at] === SPACE) at += 1;
  return body[at] === OPENS;
}

function endsWithNullUsage(bytes: Uint8Array): boolean {
  const from = bytes.length - NULL_USAGE_END.length;
  if (from < 0) return false;
  for (let i = 0; i < NULL_USAGE_END.length; i += 1) {
    if (bytes[from + i] !== NULL_USAGE_END[i]) return false;
  }
  return true;
}

/** Lines that begin with `data:`. */
export function countData(bytes: Uint8Array): number {
  let count = 0;
  for (let at = findData(bytes); at >= 0; at = findData(bytes, at + DATA_BYTES)) {
    if (at === 0 || bytes[at - 1] === LINE_FEED) count += 1;
  }
  return count;
}
