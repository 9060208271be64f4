// A caller's body made plain: every top-level field once and under its own name, so that no
// upstream can read another request than we did. A body that is plain already stays as it is, byte
// for byte; one with keys that are escaped or stand twice is written again, the last value winning,
// every value with its bytes.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { concat, encode } from './bytes.ts';
import { type Field, readObject } from './json.ts';

export type Fields = ReadonlyMap<string, Field>;
export type PlainBody = { readonly body: Uint8Array; readonly fields: Fields };

const sameName = (key: string): string => key;

const WITH_ARTICLE: Readonly<Record<string, string>> = {
  string: 'a string',
  array: 'an array',
  object: 'an object',
};

/** @param kinds as a field has them; null is left out, since it says that nothing was sent. */
export function wrongKind(name: string, kinds: readonly string[]): Refusal {
  const allowed = kinds.flatMap((kind) => WITH_ARTICLE[kind] ?? []).join(' or ');
  return refusal('body_invalid', `The field \`${name}\` must be ${allowed}.`, { param: name });
}

/**
 * @param nameOf one name for a field that has several spellings.
 * @returns `body_invalid` with the byte offset.
 */
export function plainBody(
  body: Uint8Array,
  nameOf: (key: string) => string = sameName,
): Result<PlainBody, Refusal> {
  const read = readFields(body, nameOf);
  // Once is enough: what is escaped still (a quote, a control character) cannot be written plainer.
  if (!read.ok || read.value.isPlain) return read;
  return readFields(madePlain(body, read.value.fields), nameOf);
}

function readFields(
  body: Uint8Array,
  nameOf: (key: string) => string,
): Result<PlainBody & { readonly isPlain: boolean }, Refusal> {
  const reading = readObject(body);
  if (reading.kind === 'invalid') {
    const where = `The body is not valid JSON at byte ${reading.at}: ${reading.why}.`;
    return no(refusal('body_invalid', where));
  }
  const fields = new Map<string, Field>();
  let isPlain = true;
  for (const field of reading.fields) {
    const name = nameOf(field.key);
    if (field.escaped || fields.has(name)) isPlain = false;
    fields.set(name, field);
  }
  return yes({ body, fields, isPlain });
}

/** Every field once, key plain, values untouched. */
function madePlain(body: Uint8Array, fields: Fields): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [key, field] of fields) {
    pieces.push(encode(`${pieces.length === 0 ? '{' : ','}${JSON.stringify(key)}:`));
    pieces.push(body.subarray(field.valueStart, field.valueEnd));
  }
  pieces.push(encode('}'));
  return concat(pieces);
}
