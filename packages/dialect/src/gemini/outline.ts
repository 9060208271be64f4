// A second, lazy look into the content of a request: what the last instruction is, which bytes name
// the session, whether there is a part that no text scanner can read. Runs only when a rule or a
// record asks.
import { type Element, type Field, innerOf, lastField, textOf } from '../json.ts';
import {
  eachOne,
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
  /** Parts of the last content of a user that says something beside responses of functions. */
  lastSaid: Field | undefined;
};

/** What a part may hold, so that all of it stands in the body as words. */
const READABLE = new Set([
  ...['text', 'thought', 'functionCall', 'function_call', 'functionResponse', 'function_response'],
  ...['executableCode', 'executable_code', 'codeExecutionResult', 'code_execution_result'],
  ...['videoMetadata', 'video_metadata', 'partMetadata', 'part_metadata'],
]);
const SIGNATURES = new Set(['thoughtSignature', 'thought_signature']);
const RESPONSES = new Set(['functionResponse', 'function_response']);

export function outline(body: Uint8Array, fields: Fields): Outline {
  const reading: Reading = { unreadable: false, opening: [], userSeen: false, lastSaid: undefined };
  const contents = fields.get('contents');
  const whole = eachOne(body, contents, (one) => readContent(body, one, reading));
  const system = fields.get('systemInstruction');
  const inner = innerOf(body, system);
  reading.unreadable ||= !whole || (inner !== undefined && !areReadable(body, inner));
  return {
    unreadableParts: reading.unreadable,
    lastInstruction: () => saidIn(body, reading.lastSaid),
    sessionBytes: (prefix) =>
      sessionBytes(body, sessionSpans(fields, ['systemInstruction', 'tools'], reading), prefix),
  };
}

function readContent(body: Uint8Array, { fields, start, end }: Element, reading: Reading): void {
  if (fields === undefined) {
    reading.unreadable = true;
    return;
  }
  noteOpening(reading, start, end);
  reading.unreadable ||= !areReadable(body, fields);
  const role = lastField(fields, 'role');
  const named = role?.kind === 'string' ? textOf(body, role) : 'user';
  if (named !== 'user') return;
  reading.userSeen = true;
  if (holdsText(body, fields)) reading.lastSaid = lastField(fields, 'parts');
}

/**
 * Where a field stands twice, each of them is looked at: parsers differ in which one counts. The
 * signature of a thought is encrypted, and is no more than the words or the calls of its content;
 * one that stands for a thought without any text, or in a content that says nothing, is read by
 * nobody.
 */
function areReadable(body: Uint8Array, content: readonly Field[]): boolean {
  let readable = true;
  let says = false;
  let signed = false;
  for (const field of content) {
    if (field.key !== 'parts') continue;
    const whole = eachOne(body, field, ({ fields, kind }) => {
      says ||= fields === undefined ? kind === 'string' : saysSomething(fields);
      signed ||= fields?.some(isSigned) ?? false;
      readable &&= fields === undefined ? kind === 'string' : isReadable(body, fields);
    });
    readable &&= whole;
  }
  return readable && (says || !signed);
}

const isSigned = ({ key, kind }: Field): boolean => SIGNATURES.has(key) && kind !== 'null';

const saysSomething = (part: readonly Field[]): boolean =>
  part.some(({ key, kind, valueStart, valueEnd }) => {
    if (kind === 'null' || key === 'thought' || SIGNATURES.has(key)) return false;
    return key !== 'text' || valueEnd - valueStart > '""'.length;
  });

function isReadable(body: Uint8Array, part: readonly Field[]): boolean {
  const sealed =
    part.some(isSigned) && part.every(({ key }) => key === 'thought' || SIGNATURES.has(key));
  if (sealed) return false;
  return part.every((field) => {
    if (SIGNATURES.has(field.key) || field.kind === 'null') return true;
    return READABLE.has(field.key) && !(RESPONSES.has(field.key) && holdsParts(body, field));
  });
}

/** A response may bring media beside its object. */
function holdsParts(body: Uint8Array, response: Field): boolean {
  const inner = innerOf(body, response);
  return inner === undefined || inner.some(({ key, kind }) => key === 'parts' && kind !== 'null');
}

function holdsText(body: Uint8Array, content: readonly Field[]): boolean {
  let holds = false;
  eachOne(body, lastField(content, 'parts'), ({ fields }) => {
    holds ||= fields !== undefined && lastField(fields, 'text')?.kind === 'string';
  });
  return holds;
}
