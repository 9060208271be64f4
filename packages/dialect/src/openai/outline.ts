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
  textOf,
} from '../json.ts';
import {
  noteOpening,
  type Opening,
  type Outline,
  saidIn,
  sessionBytes,
  sessionSpans,
  spanText,
} from '../outline.ts';
import type { Fields } from '../plain.ts';
import { isFilled, isSealed } from './sealed.ts';

export type FilesOutline = Outline & {
  /** Files that an upstream holds; '' for one that nobody can know. */
  readonly files: readonly string[];
};

/** What is kept of a conversation while it is read: never all of it. */
type Reading = Opening & {
  unreadable: boolean;
  /** Empty for nearly every call: then it is the same list. */
  files: readonly string[];
  /** Messages were seen: the content is a conversation, not a bare text. */
  talks: boolean;
  lastUserContent: Field | undefined;
};

/** Types of content parts whose text stands in the body. */
const READABLE_PARTS = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text']);
/** Fields of parts that are no text: some servers go by the field, not by the type. */
const OTHER_CONTENT = /^(?:image|input_image|audio|input_audio|video|file)(?:_|$)/;
/** Types of items of a response's input whose text stands in the body. */
const READABLE_ITEMS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

export function outline(operation: Operation, body: Uint8Array, fields: Fields): FilesOutline {
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
    sessionBytes: (prefix) => {
      const spans = sessionSpans(fields, ['instructions', 'tools'], reading);
      if (!reading.talks && content !== undefined) {
        spans.push([content.valueStart, content.valueEnd]);
      }
      return sessionBytes(body, spans, prefix);
    },
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
  const isUser = textOf(body, lastField(fields, 'role')) === 'user';
  noteOpening(reading, start, end);
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
    const id = textOf(body, field) ?? '';
    if (reading.files.length < FILES_MAX) reading.files = [...reading.files, id];
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
      case 'images':
        return isFilled(body, field);
      case 'reasoning_details':
      case 'thinking_blocks':
        return isSealed(body, field);
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

/** Says what it is, and that is text; what else it holds is not another kind of content. */
function isText(body: Uint8Array, fields: readonly Field[]): boolean {
  const types = fields.filter((field) => field.key === 'type');
  const isTyped = types.length > 0 && types.every((type) => isOneOf(body, type, READABLE_PARTS));
  return isTyped && !fields.some(({ key }) => OTHER_CONTENT.test(key));
}

function isOneOf(body: Uint8Array, field: Field, words: ReadonlySet<string>): boolean {
  return words.has(textOf(body, field) ?? '');
}

function lastInstruction(body: Uint8Array, content: Field | undefined, reading: Reading): string {
  // Of a conversation without a user the rest may be anybody's words.
  const last = reading.lastUserContent ?? (reading.talks ? undefined : content);
  if (last === undefined) return '';
  return last.kind === 'array' && reading.lastUserContent !== undefined
    ? saidIn(body, last)
    : spanText(body, [last.valueStart, last.valueEnd]);
}
