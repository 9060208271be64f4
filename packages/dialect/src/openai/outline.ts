// A second, lazy look into the content of a request: who speaks where, what the last instruction
// is, whether there is a part that no text scanner can read. Runs only when a rule or a record
// asks.
import type { Operation } from '@signalbox/contract';
import {
  type Element,
  type Field,
  innerElements,
  innerFields,
  lastField,
  stringAt,
} from '../json.ts';

export type Outline = {
  readonly unreadableParts: boolean;
  /** Files that an upstream holds; '' for one that nobody can know. */
  readonly files: readonly string[];
  lastInstruction(): string;
  sessionBytes(prefix: string): Uint8Array;
};

type Fields = ReadonlyMap<string, Field>;
type Span = readonly [start: number, end: number];

/** What is kept of a conversation while it is read: never all of it. */
type Reading = {
  unreadable: boolean;
  /** Empty for nearly every call: then it is the same list. */
  files: readonly string[];
  /** Messages were seen: the content is a conversation, not a bare text. */
  talks: boolean;
  /** From the first message to the first of a user, at most `OPENING_MAX`. */
  readonly opening: Span[];
  userSeen: boolean;
  lastUserContent: Field | undefined;
};

const INSTRUCTION_CHARACTERS_MAX = 4096;
const SESSION_BYTES_MAX = 16_384;
/** Messages before the first one of a user that count for the session. */
const OPENING_MAX = 64;
/** Types of content parts whose text stands in the body. */
const READABLE_PARTS = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text']);
/** Types of items of a response's input whose text stands in the body. */
const READABLE_ITEMS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

const text = new TextDecoder();

export function outline(operation: Operation, body: Uint8Array, fields: Fields): Outline {
  const content = fields.get(operation === 'chat' ? 'messages' : contentName(operation));
  const isResponse = operation === 'response' || operation === 'count';
  const reading: Reading = {
    unreadable: isResponse && fields.get('prompt')?.kind === 'object',
    files: holdFiles(body, fields.get('tools')) ? UNKNOWABLE : NO_FILES,
    talks: false,
    opening: [],
    userSeen: false,
    lastUserContent: undefined,
  };
  if (content?.kind === 'array') {
    const read = operation === 'chat' || isResponse ? readMessage : readText;
    const whole = innerElements(body, content.valueStart, (one) => read(body, one, reading));
    reading.unreadable ||= !whole;
  }
  return {
    unreadableParts: reading.unreadable,
    files: reading.files,
    lastInstruction: () => lastInstruction(body, content, reading),
    sessionBytes: (prefix) => sessionBytes(body, fields, content, { reading, prefix }),
  };
}

const contentName = (operation: Operation): string =>
  operation === 'completion' ? 'prompt' : 'input';

/** A list of prompts: texts; numbers are tokens, which nobody here can read. */
function readText(_body: Uint8Array, { kind }: Element, reading: Reading): void {
  reading.unreadable ||= kind !== 'string';
}

function readMessage(body: Uint8Array, element: Element, reading: Reading): void {
  const { fields, start, end } = element;
  if (fields === undefined) {
    reading.unreadable ||= element.kind !== 'string';
    return;
  }
  reading.talks = true;
  const role = lastField(fields, 'role');
  const isUser =
    role?.kind === 'string' && stringAt(body, role.valueStart, role.valueEnd) === 'user';
  if (!reading.userSeen && reading.opening.length < OPENING_MAX) reading.opening.push([start, end]);
  if (isUser) {
    reading.userSeen = true;
    reading.lastUserContent = lastField(fields, 'content');
  }
  reading.unreadable ||= holdsUnreadable(body, fields);
  // What is all text names no file.
  if (reading.unreadable) nameFiles(body, fields, reading);
}

const NO_FILES: readonly string[] = [];
const UNKNOWABLE: readonly string[] = [''];
/** More files than this are not looked up one by one. */
const FILES_MAX = 64;

/** Of a message, or of an item that is a file itself. */
function nameFiles(body: Uint8Array, fields: readonly Field[], reading: Reading): void {
  nameFile(body, fields, reading);
  for (const field of fields) {
    if (field.key !== 'content' && field.key !== 'output') continue;
    if (field.kind === 'object') {
      nameFile(body, innerFields(body, field.valueStart) ?? [], reading);
    }
    if (field.kind !== 'array') continue;
    innerElements(body, field.valueStart, (part) => nameFile(body, part.fields ?? [], reading));
  }
}

/** Chats name it in `file`, responses in the part itself. */
function nameFile(body: Uint8Array, part: readonly Field[], reading: Reading): void {
  for (const field of part) {
    if (field.key === 'file' && field.kind === 'object') {
      nameFile(body, innerFields(body, field.valueStart) ?? [], reading);
    }
    if (field.key !== 'file_id' || field.kind === 'null') continue;
    const id = field.kind === 'string' ? stringAt(body, field.valueStart, field.valueEnd) : '';
    if (reading.files.length < FILES_MAX) reading.files = [...reading.files, id ?? ''];
    else if (reading.files.length === FILES_MAX) reading.files = [...reading.files, ''];
  }
}

/** Tools that run at the provider, over what it holds: which of it is whose is not known here. */
function holdFiles(body: Uint8Array, tools: Field | undefined): boolean {
  if (tools?.kind !== 'array') return false;
  let held = false;
  innerElements(body, tools.valueStart, ({ fields = [] }) => {
    for (const { key, kind, valueStart } of fields) {
      held ||= key === 'vector_store_ids' || (key === 'container' && kind === 'string');
      if (key !== 'container' || kind !== 'object') continue;
      held ||= innerFields(body, valueStart)?.some((one) => one.key === 'file_ids') ?? true;
    }
  });
  return held;
}

/** Where a field stands twice, each of them is looked at: parsers differ in which one counts. */
function holdsUnreadable(body: Uint8Array, fields: readonly Field[]): boolean {
  return fields.some((field) => {
    switch (field.key) {
      case 'type':
        return !isOneOf(body, field, READABLE_ITEMS);
      case 'content':
      case 'output':
        return holdsUnreadablePart(body, field);
      case 'audio':
        return field.kind !== 'null';
      case 'encrypted_content':
        return field.kind !== 'null';
      default:
        return false;
    }
  });
}

function holdsUnreadablePart(body: Uint8Array, { kind, valueStart }: Field): boolean {
  if (kind === 'object') return true;
  if (kind !== 'array') return false;
  let unreadable = false;
  const whole = innerElements(body, valueStart, (part) => {
    unreadable ||= part.fields === undefined ? part.kind !== 'string' : !isText(body, part.fields);
  });
  return unreadable || !whole;
}

/** Says what it is, and that is text. */
function isText(body: Uint8Array, fields: readonly Field[]): boolean {
  const types = fields.filter((field) => field.key === 'type');
  return types.length > 0 && types.every((type) => isOneOf(body, type, READABLE_PARTS));
}

function isOneOf(body: Uint8Array, field: Field, words: ReadonlySet<string>): boolean {
  if (field.kind !== 'string') return false;
  return words.has(stringAt(body, field.valueStart, field.valueEnd) ?? '');
}

function lastInstruction(body: Uint8Array, content: Field | undefined, reading: Reading): string {
  const last = reading.lastUserContent ?? content;
  if (last === undefined) return '';
  return last.kind === 'array' && reading.lastUserContent !== undefined
    ? partsText(body, last.valueStart)
    : spanText(body, [last.valueStart, last.valueEnd]);
}

function partsText(body: Uint8Array, start: number): string {
  let joined = '';
  innerElements(body, start, ({ fields }) => {
    const field = fields === undefined ? undefined : lastField(fields, 'text');
    if (field?.kind !== 'string' || joined.length >= INSTRUCTION_CHARACTERS_MAX) return;
    joined += `${joined === '' ? '' : '\n'}${spanText(body, [field.valueStart, field.valueEnd])}`;
  });
  return joined.slice(0, INSTRUCTION_CHARACTERS_MAX);
}

/** A short string is decoded; of a long one the first and the last part are read as they stand. */
function spanText(body: Uint8Array, [start, end]: Span): string {
  if (end - start <= INSTRUCTION_CHARACTERS_MAX) {
    return stringAt(body, start, end) ?? text.decode(body.subarray(start, end));
  }
  const half = INSTRUCTION_CHARACTERS_MAX / 2;
  const head = text.decode(body.subarray(start + 1, start + half));
  return `${head} ${text.decode(body.subarray(end - half, end - 1))}`;
}

const LENGTH_BYTES = 4;

/**
 * The prefix (ASCII), then system prompt, tools and the first user message, each bounded and with
 * its full length.
 */
function sessionBytes(
  body: Uint8Array,
  fields: Fields,
  content: Field | undefined,
  { reading, prefix }: { readonly reading: Reading; readonly prefix: string },
): Uint8Array {
  const spans: Span[] = [];
  for (const name of ['instructions', 'tools']) {
    const field = fields.get(name);
    if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
  }
  // Without a user the first message alone: what follows it may change with every turn.
  spans.push(...(reading.userSeen ? reading.opening : reading.opening.slice(0, 1)));
  if (!reading.talks && content !== undefined) spans.push([content.valueStart, content.valueEnd]);
  let size = prefix.length;
  for (const [start, end] of spans) size += LENGTH_BYTES + Math.min(end - start, SESSION_BYTES_MAX);
  const out = new Uint8Array(size);
  let at = 0;
  for (; at < prefix.length; at += 1) out[at] = prefix.charCodeAt(at);
  for (const [start, end] of spans) {
    // The full length goes before the bounded bytes, so that pieces cannot be shifted.
    for (let shift = 0; shift < 32; shift += 8) out[at++] = (end - start) >>> shift;
    out.set(body.subarray(start, Math.min(end, start + SESSION_BYTES_MAX)), at);
    at += Math.min(end - start, SESSION_BYTES_MAX);
  }
  return out;
}
