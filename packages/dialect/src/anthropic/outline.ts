// A second, lazy look into the content of a request: what the last instruction is, which bytes name
// the session, whether there is a part that no text scanner can read. Runs only when a rule or a
// record asks.
import { type Element, type Field, innerElements, innerOf, lastField, textOf } from '../json.ts';
import {
  noteOpening,
  type Opening,
  type Outline,
  saidIn,
  sessionBytes,
  sessionSpans,
} from '../outline.ts';
import type { Fields } from '../plain.ts';

/** What is kept of a conversation while it is read: never all of it. */
type Reading = Opening & {
  unreadable: boolean;
  /** Content of the last message of a user that says something beside results of tools. */
  lastSaid: Field | undefined;
};

/** Contents within contents: a result holds documents, these hold texts. */
const DEPTH_MAX = 4;
/** Blocks whose words stand in the body, also those of the provider's own tools. */
const READABLE = new Set([
  ...['text', 'thinking', 'tool_use', 'server_tool_use', 'mcp_tool_use', 'compaction'],
  ...['tool_reference', 'web_search_result_location', 'fallback'],
]);
/** Blocks that are as readable as what they hold. */
const HOLDERS = new Set(['tool_result', 'mcp_tool_result', 'search_result', 'document', 'content']);

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
    sessionBytes: (prefix) =>
      sessionBytes(body, sessionSpans(fields, ['system', 'tools'], reading), prefix),
  };
}

function readMessage(body: Uint8Array, { fields, start, end }: Element, reading: Reading): void {
  if (fields === undefined) {
    reading.unreadable = true;
    return;
  }
  noteOpening(reading, start, end);
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
  const inner = innerOf(body, source);
  if (inner === undefined) return false;
  const types = inner.filter(({ key }) => key === 'type');
  const type = types.length === 1 ? textOf(body, types[0]) : undefined;
  if (type === 'text') return true;
  if (type !== 'content') return false;
  return inner.every((field) => field.key !== 'content' || isReadable(body, field, depth + 1));
}
