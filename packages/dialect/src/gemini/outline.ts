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
  /** From the first content to the first of a user, at most `OPENING_MAX`. */
  readonly opening: Span[];
  userSeen: boolean;
  /** Parts of the last content of a user that says something beside responses of functions. */
  lastSaid: readonly Field[] | undefined;
};

const INSTRUCTION_CHARACTERS_MAX = 4_096;
const SESSION_BYTES_MAX = 16_384;
/** Contents before the first one of a user that count for the session. */
const OPENING_MAX = 64;
/** What a part may hold, so that all of it stands in the body as words. */
const READABLE = new Set([
  ...['text', 'thought', 'functionCall', 'function_call', 'functionResponse', 'function_response'],
  ...['executableCode', 'executable_code', 'codeExecutionResult', 'code_execution_result'],
  ...['videoMetadata', 'video_metadata', 'partMetadata', 'part_metadata'],
]);
const SIGNATURES = new Set(['thoughtSignature', 'thought_signature']);
const RESPONSES = new Set(['functionResponse', 'function_response']);

const text = new TextDecoder();

export function outline(body: Uint8Array, fields: Fields): Outline {
  const reading: Reading = { unreadable: false, opening: [], userSeen: false, lastSaid: undefined };
  const contents = fields.get('contents');
  const whole = eachOne(body, contents, (one) => readContent(body, one, reading));
  const system = fields.get('systemInstruction');
  const inner = system?.kind === 'object' ? innerFields(body, system.valueStart) : undefined;
  reading.unreadable ||= !whole || (inner !== undefined && !areReadable(body, inner));
  return {
    unreadableParts: reading.unreadable,
    lastInstruction: () => saidIn(body, reading.lastSaid),
    sessionBytes: (prefix) => sessionBytes(body, fields, reading, prefix),
  };
}

/** The elements of a list; one object stands for a list of one. */
function eachOne(
  body: Uint8Array,
  field: Field | undefined,
  each: (one: Element) => void,
): boolean {
  if (field?.kind === 'array') return innerElements(body, field.valueStart, each);
  if (field?.kind !== 'object') return field === undefined;
  const { valueStart: start, valueEnd: end } = field;
  each({ kind: 'object', fields: innerFields(body, start), start, end });
  return true;
}

function readContent(body: Uint8Array, { fields, start, end }: Element, reading: Reading): void {
  if (fields === undefined) {
    reading.unreadable = true;
    return;
  }
  if (!reading.userSeen && reading.opening.length < OPENING_MAX) reading.opening.push([start, end]);
  reading.unreadable ||= !areReadable(body, fields);
  const role = lastField(fields, 'role');
  const named = role?.kind === 'string' ? stringAt(body, role.valueStart, role.valueEnd) : 'user';
  if (named !== 'user') return;
  reading.userSeen = true;
  if (holdsText(body, fields)) reading.lastSaid = fields;
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
  const inner = response.kind === 'object' ? innerFields(body, response.valueStart) : undefined;
  return inner === undefined || inner.some(({ key, kind }) => key === 'parts' && kind !== 'null');
}

function holdsText(body: Uint8Array, content: readonly Field[]): boolean {
  let holds = false;
  eachOne(body, lastField(content, 'parts'), ({ fields }) => {
    holds ||= fields !== undefined && lastField(fields, 'text')?.kind === 'string';
  });
  return holds;
}

function saidIn(body: Uint8Array, content: readonly Field[] | undefined): string {
  let joined = '';
  eachOne(body, content && lastField(content, 'parts'), ({ fields }) => {
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

/** The prefix (ASCII), then system, tools and opening, each bounded and with its full length. */
function sessionBytes(
  body: Uint8Array,
  fields: Fields,
  reading: Reading,
  prefix: string,
): Uint8Array {
  const spans: Span[] = [];
  for (const name of ['systemInstruction', 'tools']) {
    const field = fields.get(name);
    if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
  }
  // Without a user the first content alone: what follows it may change with every turn.
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
