// A second, lazy look into the content of a request: what the last instruction is, which bytes name
// the session, whether there is a part that no text scanner can read. Runs only when a rule or a
// record asks.
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
  lastInstruction(): string;
  sessionBytes(prefix: string): Uint8Array;
};

type Fields = ReadonlyMap<string, Field>;
type Span = readonly [start: number, end: number];

/** What is kept of a conversation while it is read: never all of it. */
type Reading = {
  unreadable: boolean;
  /** From the first message to the first of a user, at most `OPENING_MAX`. */
  readonly opening: Span[];
  userSeen: boolean;
  /** Content of the last message of a user that says something beside results of tools. */
  lastSaid: Field | undefined;
};

const INSTRUCTION_CHARACTERS_MAX = 4_096;
const SESSION_BYTES_MAX = 16_384;
/** Messages before the first one of a user that count for the session. */
const OPENING_MAX = 64;
/** Contents within contents: a result holds documents, these hold texts. */
const DEPTH_MAX = 4;
/** Blocks whose words stand in the body, also those of the provider's own tools. */
const READABLE = new Set([
  ...['text', 'thinking', 'tool_use', 'server_tool_use', 'mcp_tool_use', 'compaction'],
  ...['tool_reference', 'web_search_result_location', 'fallback'],
]);
/** Blocks that are as readable as what they hold. */
const HOLDERS = new Set(['tool_result', 'mcp_tool_result', 'search_result', 'document', 'content']);

const text = new TextDecoder();

export function outline(body: Uint8Array, fields: Fields): Outline {
  const reading: Reading = { unreadable: false, opening: [], userSeen: false, lastSaid: undefined };
  const messages = fields.get('messages');
  if (messages?.kind === 'array') {
    const each = (one: Element): void => readMessage(body, one, reading);
    const whole = innerElements(body, messages.valueStart, each);
    reading.unreadable ||= !whole;
  }
  const system = fields.get('system');
  reading.unreadable ||= system !== undefined && !isReadable(body, system, 0);
  return {
    unreadableParts: reading.unreadable,
    lastInstruction: () => saidIn(body, reading.lastSaid),
    sessionBytes: (prefix) => sessionBytes(body, fields, reading, prefix),
  };
}

function readMessage(body: Uint8Array, { fields, start, end }: Element, reading: Reading): void {
  if (fields === undefined) {
    reading.unreadable = true;
    return;
  }
  if (!reading.userSeen && reading.opening.length < OPENING_MAX) reading.opening.push([start, end]);
  const content = lastField(fields, 'content');
  let saysText = false;
  // Where a field stands twice, each of them is looked at: parsers differ in which one counts.
  for (const field of fields) {
    if (field.key !== 'content') continue;
    const seen = look(body, field, 0);
    reading.unreadable ||= !seen.readable;
    if (field === content) saysText = seen.saysText;
  }
  if (textOf(body, lastField(fields, 'role')) !== 'user') return;
  reading.userSeen = true;
  if (saysText) reading.lastSaid = content;
}

type Seen = { readonly readable: boolean; readonly saysText: boolean };

/** A text, or blocks that are readable each. */
function look(body: Uint8Array, content: Field, depth: number): Seen {
  const isText = content.kind === 'string';
  if (isText || content.kind === 'null') return { readable: true, saysText: isText };
  if (content.kind !== 'array' || depth > DEPTH_MAX) return { readable: false, saysText: false };
  let readable = true;
  let saysText = false;
  const whole = innerElements(body, content.valueStart, ({ fields }) => {
    const type = fields === undefined ? undefined : textOf(body, lastField(fields, 'type'));
    saysText ||= type === 'text';
    readable &&= fields !== undefined && isReadableBlock(body, fields, depth);
  });
  return { readable: readable && whole, saysText };
}

const isReadable = (body: Uint8Array, content: Field, depth: number): boolean =>
  look(body, content, depth).readable;

function isReadableBlock(body: Uint8Array, fields: readonly Field[], depth: number): boolean {
  const types = fields.filter(({ key }) => key === 'type');
  if (types.length !== 1) return false;
  const type = textOf(body, types[0]) ?? '';
  if (type === 'thinking') return isReadableThought(body, fields);
  if (READABLE.has(type)) return !isFilled(body, fields, 'encrypted_content');
  if (!HOLDERS.has(type)) return false;
  return fields.every((field) => {
    if (field.key === 'content') return isReadable(body, field, depth + 1);
    return (
      field.key !== 'source' || field.kind === 'string' || isReadableSource(body, field, depth)
    );
  });
}

/** Its signature is encrypted, and is no more than its words where there are any. */
function isReadableThought(body: Uint8Array, fields: readonly Field[]): boolean {
  return isFilled(body, fields, 'thinking') || !isFilled(body, fields, 'signature');
}

function isFilled(body: Uint8Array, fields: readonly Field[], key: string): boolean {
  return fields.some((field) => field.key === key && (textOf(body, field) ?? '') !== '');
}

/** A document's source: its words, blocks, or something encoded or elsewhere. */
function isReadableSource(body: Uint8Array, source: Field, depth: number): boolean {
  const inner = source.kind === 'object' ? innerFields(body, source.valueStart) : undefined;
  if (inner === undefined) return false;
  const types = inner.filter(({ key }) => key === 'type');
  const type = types.length === 1 ? textOf(body, types[0]) : undefined;
  if (type === 'text') return true;
  if (type !== 'content') return false;
  return inner.every((field) => field.key !== 'content' || isReadable(body, field, depth + 1));
}

function eachBlock(
  body: Uint8Array,
  content: Field | undefined,
  each: (fields: readonly Field[]) => void,
): void {
  if (content?.kind !== 'array') return;
  innerElements(body, content.valueStart, ({ fields }) => {
    if (fields !== undefined) each(fields);
  });
}

function textOf(body: Uint8Array, field: Field | undefined): string | undefined {
  if (field?.kind !== 'string') return undefined;
  return stringAt(body, field.valueStart, field.valueEnd);
}

function saidIn(body: Uint8Array, content: Field | undefined): string {
  if (content?.kind === 'string') return spanText(body, [content.valueStart, content.valueEnd]);
  let joined = '';
  eachBlock(body, content, (fields) => {
    const field = lastField(fields, 'text');
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

/** The prefix (ASCII), then system, tools and opening, each bounded and with its full length. */
function sessionBytes(
  body: Uint8Array,
  fields: Fields,
  reading: Reading,
  prefix: string,
): Uint8Array {
  const spans: Span[] = [];
  for (const name of ['system', 'tools']) {
    const field = fields.get(name);
    if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
  }
  // Without a user the first message alone: what follows it may change with every turn.
  spans.push(...(reading.userSeen ? reading.opening : reading.opening.slice(0, 1)));
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
