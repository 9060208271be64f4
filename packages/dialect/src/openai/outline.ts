// A second, lazy look into the content of a request: who speaks where, what the last instruction
// is, whether there is a part that no text scanner can read. Runs only when a rule or a record
// asks.
import type { Operation } from '@signalbox/contract';
import { concat, encode } from '../bytes.ts';
import { type Field, innerObjects, stringAt } from '../json.ts';

export type Outline = {
  readonly unreadableParts: boolean;
  lastInstruction(): string;
  sessionBytes(): Uint8Array;
};

type Span = readonly [start: number, end: number];
type Message = { readonly role: string; readonly span: Span; readonly content: Field | undefined };

const INSTRUCTION_CHARACTERS_MAX = 4096;
const SESSION_BYTES_MAX = 16_384;
/** Types of content parts whose text stands in the body. */
const READABLE = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text']);
/** Types of items of a response's input that are not parts of a message. */
const READABLE_ITEMS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

const text = new TextDecoder();

export function outline(
  operation: Operation,
  body: Uint8Array,
  fields: ReadonlyMap<string, Field>,
): Outline {
  const content = fields.get(operation === 'chat' ? 'messages' : contentName(operation));
  const messages: Message[] = [];
  let unreadableParts = false;
  if (content?.kind === 'array' && operation !== 'embedding' && operation !== 'completion') {
    innerObjects(body, content.valueStart, (inner, start, end) => {
      const message = readMessage(body, inner, [start, end]);
      messages.push(message);
      unreadableParts ||= holdsUnreadable(body, message, inner);
    });
  }
  return {
    unreadableParts,
    lastInstruction: () => lastInstruction(body, content, messages),
    sessionBytes: () => sessionBytes(body, fields, content, messages),
  };
}

const contentName = (operation: Operation): string =>
  operation === 'completion' ? 'prompt' : 'input';

function readMessage(body: Uint8Array, fields: readonly Field[], span: Span): Message {
  let role = '';
  let content: Field | undefined;
  for (const field of fields) {
    if (field.key === 'role' && field.kind === 'string') {
      role = stringAt(body, field.valueStart, field.valueEnd) ?? '';
    } else if (field.key === 'content' || field.key === 'output') content = field;
  }
  return { role, span, content };
}

function holdsUnreadable(body: Uint8Array, message: Message, fields: readonly Field[]): boolean {
  if (message.role === '') {
    const type = typeOf(body, fields);
    if (type !== undefined && !READABLE_ITEMS.has(type)) return true;
  }
  if (message.content?.kind !== 'array') return false;
  let found = false;
  innerObjects(body, message.content.valueStart, (part) => {
    const type = typeOf(body, part);
    found ||= type !== undefined && !READABLE.has(type);
  });
  return found;
}

function typeOf(body: Uint8Array, fields: readonly Field[]): string | undefined {
  const type = fields.find((field) => field.key === 'type');
  return type?.kind === 'string' ? stringAt(body, type.valueStart, type.valueEnd) : undefined;
}

function lastInstruction(
  body: Uint8Array,
  content: Field | undefined,
  messages: readonly Message[],
): string {
  if (content?.kind === 'string') return spanText(body, [content.valueStart, content.valueEnd]);
  const last = messages.findLast((message) => message.role === 'user');
  if (last?.content === undefined) {
    return content === undefined ? '' : spanText(body, [content.valueStart, content.valueEnd]);
  }
  if (last.content.kind === 'array') return partsText(body, last.content.valueStart);
  return spanText(body, [last.content.valueStart, last.content.valueEnd]);
}

function partsText(body: Uint8Array, start: number): string {
  let joined = '';
  innerObjects(body, start, (part) => {
    const field = part.find((one) => one.key === 'text');
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

/** System prompt, tools and the first user message, each bounded, with its full length. */
function sessionBytes(
  body: Uint8Array,
  fields: ReadonlyMap<string, Field>,
  content: Field | undefined,
  messages: readonly Message[],
): Uint8Array {
  const spans: Span[] = [];
  for (const name of ['instructions', 'tools']) {
    const field = fields.get(name);
    if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
  }
  const first = messages.findIndex((message) => message.role === 'user');
  const opening = first < 0 ? messages.slice(0, 1) : messages.slice(0, first + 1);
  for (const message of opening) spans.push(message.span);
  if (messages.length === 0 && content !== undefined)
    spans.push([content.valueStart, content.valueEnd]);
  const pieces: Uint8Array[] = [];
  for (const [start, end] of spans) {
    pieces.push(encode(`${end - start}:`));
    pieces.push(body.subarray(start, Math.min(end, start + SESSION_BYTES_MAX)));
  }
  return concat(pieces);
}
