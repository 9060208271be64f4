// Arguments of calls: JSON text in our words, an object on this wire. A text that is no object (the
// model was cut off) goes inside one, under the key that the provider recommends for it.
import type { Json, ToolCall } from '../canon/canon.ts';
import { isObject, textIn, tryParse } from '../canon/exact.ts';

const BROKEN = 'INVALID_JSON';

export function readInput(input: Json | undefined): string {
  if (input === undefined || input === null) return '{}';
  if (typeof input === 'string') return input;
  const broken = textIn(input, BROKEN);
  const isAlone = broken !== undefined && isObject(input) && Object.keys(input).length === 1;
  return isAlone ? broken : JSON.stringify(input);
}

/** No arguments at all are an empty object. */
export function writeInput(text: string): Json {
  if (text.trim() === '') return {};
  const value = tryParse(text);
  return isObject(value) ? value : { [BROKEN]: text };
}

/**
 * Where calls carry signatures (other providers sign them), in the field that clients of the chat
 * dialect know from there.
 */
export function readCallSignature(block: Json): string | undefined {
  const google = isObject(block) ? block['extra_content'] : undefined;
  const found = isObject(google) ? textIn(google['google'], 'thought_signature') : undefined;
  return found === '' ? undefined : found;
}

export const writeCallSignature = (signature: string): Json => ({
  google: { thought_signature: signature },
});

/** A call of an answer; requests have no place for its signature. */
export function callBlock({ id, name, arguments: json, signature }: ToolCall): Json {
  return {
    type: 'tool_use',
    id,
    name,
    input: writeInput(json),
    ...(signature === undefined ? {} : { extra_content: writeCallSignature(signature) }),
  };
}
