// Fields of a caller's request: what is absent or null is undefined, what has the wrong type is the
// caller's mistake and is told with its path.
import type { Extra, Json, JsonObject } from '../canon/canon.ts';
import { restOf as besides, isObject, member, textIn } from '../canon/exact.ts';

/** Thrown and caught inside this folder alone: reading leaves from the depth. */
export class Wrong extends Error {
  readonly param: string;
  constructor(param: string, rule: string) {
    super(`The field \`${param}\` ${rule}.`);
    this.param = param;
  }
}

const pathOf = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function wrong(path: string, key: string, kind: string): Wrong {
  return new Wrong(pathOf(path, key), `must be ${kind}`);
}

export function text(from: Json, key: string, path = ''): string | undefined {
  const value = member(from, key) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(path, key, 'a string');
}

export function neededText(from: Json, key: string, path = ''): string {
  const value = member(from, key);
  if (typeof value === 'string') return value;
  throw value === undefined
    ? new Wrong(pathOf(path, key), 'is missing')
    : wrong(path, key, 'a string');
}

export function number(from: Json, key: string, path = ''): number | undefined {
  const value = member(from, key) ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  const digits = textIn(value, 'rawJSON'); // kept by `parseExact`
  if (digits !== undefined) return Number(digits);
  throw wrong(path, key, 'a number');
}

export function count(from: Json, key: string, path = ''): number | undefined {
  const value = number(from, key, path);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw wrong(path, key, 'a whole number');
}

export function flag(from: Json, key: string, path = ''): boolean | undefined {
  const value = member(from, key) ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrong(path, key, 'true or false');
}

export function object(from: Json, key: string, path = ''): JsonObject | undefined {
  const value = member(from, key) ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw wrong(path, key, 'an object');
}

export function list(from: Json, key: string, path = ''): readonly Json[] | undefined {
  const value = member(from, key) ?? undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw wrong(path, key, 'an array');
}

/** The members beside `known`, nulls aside: what only this dialect has a word for. */
export function restOf(from: Json, known: ReadonlySet<string>): JsonObject | undefined {
  const rest = besides(from, known);
  if (rest === undefined) return undefined;
  const said = Object.entries(rest).filter(([, value]) => value !== null);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

export const extraOf = (rest: JsonObject | undefined): { readonly extra?: Extra } =>
  rest === undefined ? {} : { extra: { anthropic: rest } };
