// What the outlines of all dialects have in common: the words of an instruction and the bytes that
// name a session, each bounded.
import {
  type Element,
  type Field,
  innerElements,
  innerFields,
  lastField,
  stringAt,
} from './json.ts';
import type { Fields } from './plain.ts';

/** A second, lazy look into the content of a request. */
export type Outline = {
  /** There is a part that no scanner of text can read. */
  readonly unreadableParts: boolean;
  lastInstruction(): string;
  sessionBytes(prefix: string): Uint8Array;
};

export type Span = readonly [start: number, end: number];

/** How a conversation begins. */
export type Opening = {
  /** From the first message to the first of a user, at most `OPENING_MAX`. */
  readonly opening: Span[];
  userSeen: boolean;
};

const INSTRUCTION_CHARACTERS_MAX = 4_096;
const SESSION_BYTES_MAX = 16_384;
/** Messages before the first one of a user that count for the session. */
const OPENING_MAX = 64;
const LENGTH_BYTES = 4;

const text = new TextDecoder();

export function noteOpening(seen: Opening, start: number, end: number): void {
  if (!seen.userSeen && seen.opening.length < OPENING_MAX) seen.opening.push([start, end]);
}

/**
 * The elements of a list; one object stands for a list of one.
 *
 * @returns false for what is neither, or a broken list.
 */
export function eachOne(
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

/** A text, or the texts of a list of parts. */
export function saidIn(body: Uint8Array, content: Field | undefined): string {
  if (content?.kind === 'string') return spanText(body, [content.valueStart, content.valueEnd]);
  let joined = '';
  eachOne(body, content, ({ fields }) => {
    const field = fields === undefined ? undefined : lastField(fields, 'text');
    if (field?.kind !== 'string' || joined.length >= INSTRUCTION_CHARACTERS_MAX) return;
    joined += `${joined === '' ? '' : '\n'}${spanText(body, [field.valueStart, field.valueEnd])}`;
  });
  return joined.slice(0, INSTRUCTION_CHARACTERS_MAX);
}

/** A short string is decoded; of a long one the first and the last part are read as they stand. */
export function spanText(body: Uint8Array, [start, end]: Span): string {
  if (end - start <= INSTRUCTION_CHARACTERS_MAX) {
    return stringAt(body, start, end) ?? text.decode(body.subarray(start, end));
  }
  const half = INSTRUCTION_CHARACTERS_MAX / 2;
  const head = text.decode(body.subarray(start + 1, start + half));
  return `${head} ${text.decode(body.subarray(end - half, end - 1))}`;
}

/** Where the named fields stand, then the opening. */
export function sessionSpans(fields: Fields, names: readonly string[], seen: Opening): Span[] {
  const spans: Span[] = [];
  for (const name of names) {
    const field = fields.get(name);
    if (field !== undefined) spans.push([field.valueStart, field.valueEnd]);
  }
  // Without a user the first message alone: what follows it may change with every turn.
  spans.push(...(seen.userSeen ? seen.opening : seen.opening.slice(0, 1)));
  return spans;
}

/** The prefix (ASCII), then each span, bounded and with its full length. */
export function sessionBytes(body: Uint8Array, spans: readonly Span[], prefix: string): Uint8Array {
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
