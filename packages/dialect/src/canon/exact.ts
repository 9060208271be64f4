// JSON that loses nothing between two dialects: an integer beyond 53 bits (an id in a tool's
// arguments, say) keeps its digits.
import type { Json, JsonObject } from './canon.ts';

const text = new TextDecoder('utf-8', { fatal: true });
/**
 * Only texts with such numbers pay for the slow way. The first digits are written out: V8 skips
 * ahead in a text by what stands before the first counted repetition, which makes this search five
 * times as fast as one for `\d{16}`.
 */
const LONG_NUMBER = /\d\d\d\d\d\d\d\d\d{8}|\d[eE][+-]?\d\d\d/;

type Context = { readonly source?: string };
type RawJson = { rawJSON(text: string): unknown; isRawJSON(value: unknown): boolean };
const raw = JSON as unknown as RawJson; // newer than the types

/** Throws `SyntaxError` on what is no JSON, `TypeError` on bytes that are no UTF-8. */
export function parseExact(input: string | Uint8Array): Json {
  const json = typeof input === 'string' ? input : text.decode(input);
  if (!LONG_NUMBER.test(json)) return JSON.parse(json) as Json; // JSON is what it says
  return JSON.parse(json, keepDigits as (key: string, value: unknown) => unknown) as Json; // so
}

function keepDigits(_key: string, value: unknown, context?: Context): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const isKept = Number.isSafeInteger(value) || String(value) === context.source;
  return isKept ? value : raw.rawJSON(context.source);
}

/** Undefined where `parseExact` would throw. */
export function tryParse(input: string | Uint8Array): Json | undefined {
  try {
    return parseExact(input);
  } catch {
    return undefined;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own member, or undefined: never what every object has. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function textIn(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** Also of a number that was kept raw: `1.0` or `-3e-07` beside a long one, say. */
export function numberOf(value: Json | undefined): number | undefined {
  const isRaw = isObject(value) && raw.isRawJSON(value);
  const found = isRaw ? Number(textIn(value, 'rawJSON')) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function numberIn(value: Json | undefined, key: string): number | undefined {
  return numberOf(member(value, key));
}

/** A whole number from 0, as counts are. */
export function countIn(value: Json | undefined, key: string): number | undefined {
  const found = numberIn(value, key);
  return found !== undefined && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

export function booleanIn(value: Json | undefined, key: string): boolean | undefined {
  const found = member(value, key);
  return typeof found === 'boolean' ? found : undefined;
}

export function listIn(value: Json | undefined, key: string): readonly Json[] | undefined {
  const found = member(value, key);
  return Array.isArray(found) ? found : undefined;
}

/** The members of an object that are not among `known`; undefined when there are none. */
export function restOf(
  value: Json | undefined,
  known: ReadonlySet<string>,
): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  // Nearly always there is nothing, and then nothing is made.
  for (const key in value) if (!known.has(key)) return without(value, known);
  return undefined;
}

function without(value: JsonObject, known: ReadonlySet<string>): JsonObject {
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  return Object.fromEntries(unknown.map((key) => [key, value[key] ?? null]));
}

type Said<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The record without what is undefined. @param all names of ours alone. */
export function said<T extends object>(all: T): Said<T> {
  const kept: Said<T> = {};
  for (const key in all) {
    const value = all[key];
    if (value !== undefined) kept[key] = value as Exclude<T[typeof key], undefined>; // asked above
  }
  return kept;
}
