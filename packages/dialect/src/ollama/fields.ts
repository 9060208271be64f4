// Reads fields of a caller's request: what is absent or null is undefined, what has the wrong type
// is the caller's mistake, told with the field's path.
import { no, type Result, yes } from '@signalbox/contract';
import type { Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, member } from '../canon/exact.ts';

/** Thrown and caught inside this folder alone: reading leaves from the depth. */
export class Wrong extends Error {
  readonly param: string;
  constructor(param: string, message: string) {
    super(message);
    this.param = param;
  }
}

/** What `read` gives, or what it found wrong. */
export function reading<T>(read: () => T): Result<T, BadAsk> {
  try {
    return yes(read());
  } catch (error) {
    if (error instanceof Wrong) return no({ param: error.param, message: error.message });
    throw error;
  }
}

/** A member, and where it stands. */
export type Place = { readonly value: Json | undefined; readonly path: string };

export function at(within: Json | undefined, key: string, path = ''): Place {
  return {
    value: member(within, key) ?? undefined,
    path: path === '' ? key : `${path}.${key}`,
  };
}

const must = ({ path }: Place, be: string): Wrong =>
  new Wrong(path, `The field \`${path}\` must be ${be}.`);

export function textAt(place: Place): string | undefined {
  const { value } = place;
  if (value === undefined || typeof value === 'string') return value;
  throw must(place, 'a string');
}

export function neededText(place: Place): string {
  const text = textAt(place);
  if (text !== undefined && text !== '') return text;
  throw must(place, 'a string that is not empty');
}

export function booleanAt(place: Place): boolean | undefined {
  const { value } = place;
  if (value === undefined || typeof value === 'boolean') return value;
  throw must(place, 'true or false');
}

/** A number; undefined for one with more digits than a double holds. */
export function numberAt(place: Place): number | undefined {
  const { value } = place;
  if (value === undefined || typeof value === 'number') return value;
  if (isRaw(value)) return undefined;
  throw must(place, 'a number');
}

export function objectAt(place: Place): JsonObject | undefined {
  const { value } = place;
  if (value === undefined) return undefined;
  if (isObject(value) && !isRaw(value)) return value;
  throw must(place, 'an object');
}

export function listAt(place: Place): readonly Place[] {
  const { value, path } = place;
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw must(place, 'an array');
  return value.map((one: Json, index) => ({ value: one, path: `${path}[${index}]` }));
}

/** A number that `parseExact` kept in its digits. */
const isRaw = (value: Json): boolean => typeof member(value, 'rawJSON') === 'string';
