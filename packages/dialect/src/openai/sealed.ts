// What messages of a chat carry beside their content, under the names that several servers share:
// thoughts, which may be sealed, and images.
import { type Field, innerElements, isEmptyArray, lastField, textOf } from '../json.ts';

/** Kinds of thoughts whose words stand in the body. */
const OPEN = new Set(['reasoning.text', 'reasoning.summary', 'thinking']);
const WORDS = ['text', 'summary', 'thinking'];

/** `reasoning_details`, `thinking_blocks`: one of them has no words that a scanner can read. */
export function isSealed(body: Uint8Array, details: Field): boolean {
  if (details.kind !== 'array') return details.kind !== 'null';
  let sealed = false;
  const whole = innerElements(body, details.valueStart, ({ fields = [] }) => {
    const type = textOf(body, lastField(fields, 'type')) ?? '';
    const said = fields.some((one) => WORDS.includes(one.key) && textOf(body, one) !== '');
    const signed = fields.some(({ key }) => key === 'signature');
    sealed ||= !OPEN.has(type) || (signed && !said) || fields.some(({ key }) => key === 'data');
  });
  return sealed || !whole;
}

/** Anything but an empty list or nothing: what has a wrong kind is not known to be empty. */
export function isFilled(body: Uint8Array, field: Field | undefined): boolean {
  if (field === undefined || field.kind === 'null') return false;
  return field.kind !== 'array' || !isEmptyArray(body, field.valueStart);
}
