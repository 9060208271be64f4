// What was said in words of one dialect alone, and another cannot take.
import { type Dropped, type Extra, type JsonObject, WIRES } from '../../canon/canon.ts';
import { isObject, member } from '../../canon/exact.ts';

/** Names go into a header: only those that look like names do. */
const NAME = /^[\w.-]{1,64}$/;

export const isFieldName = (key: string): boolean => NAME.test(key);

/** Names the fields of other dialects. @param own of which they are kept. */
export function droppedExtra(
  extra: Extra | undefined,
  dropped: Dropped,
  own: 'openai' | 'none' = 'openai',
): void {
  if (extra === undefined) return;
  for (const wire of WIRES) {
    const fields: JsonObject | undefined = wire === own ? undefined : extra[wire];
    if (fields === undefined) continue;
    for (const key of Object.keys(fields)) {
      dropped.add(isFieldName(key) ? `${wire}.${key}` : wire);
    }
  }
}

export type ExtraOf = { readonly extra?: Extra };

/** For spreading: fields of this dialect, where there are any. */
export const extraOf = (fields: JsonObject | undefined): ExtraOf =>
  fields === undefined ? {} : { extra: { openai: fields } };

/** A field that is an object, or an empty one. */
export function objectIn(from: JsonObject | undefined, key: string): JsonObject {
  const found = member(from, key);
  return isObject(found) ? found : {};
}
