// Fields of a caller's request: absent and null are the same, a wrong type is refused by its path.

import type { Json, JsonObject } from '../canon/canon.ts';
import { isObject, numberOf } from '../canon/exact.ts';

/**
 * Thrown inside the readers of a request and caught by them: a parser is the one place where
 * leaving from the depth is clearer.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly param: string | undefined;
  constructor(param: string | undefined, message: string) {
    super(message);
    this.param = param;
  }
}

/** An object and where it stands in the body: '' for the body itself. */
export type Place = { readonly value: JsonObject; readonly path: string };

export const pathOf = (at: Place, key: string): string =>
  at.path === '' ? key : `${at.path}.${key}`;

export function fieldOf(at: Place, key: string): Json | undefined {
  const found = Object.hasOwn(at.value, key) ? at.value[key] : undefined;
  return found === null ? undefined : found;
}

function wrong(at: Place, key: string, kind: string): never {
  const path = pathOf(at, key);
  throw new Unreadable(path, `The field \`${path}\` must be ${kind}.`);
}

export function textField(at: Place, key: string): string | undefined {
  const found = fieldOf(at, key);
  if (found === undefined || typeof found === 'string') return found;
  return wrong(at, key, 'a string');
}

export function textNeeded(at: Place, key: string): string {
  return textField(at, key) ?? wrong(at, key, 'a string');
}

export function numberField(at: Place, key: string): number | undefined {
  const found = fieldOf(at, key);
  if (found === undefined) return undefined;
  return numberOf(found) ?? wrong(at, key, 'a number');
}

/** A whole number from 0. */
export function countField(at: Place, key: string): number | undefined {
  const found = numberField(at, key);
  if (found === undefined || (Number.isSafeInteger(found) && found >= 0)) return found;
  return wrong(at, key, 'a whole number from 0');
}

export function booleanField(at: Place, key: string): boolean | undefined {
  const found = fieldOf(at, key);
  if (found === undefined || typeof found === 'boolean') return found;
  return wrong(at, key, 'true or false');
}

export function listField(at: Place, key: string): readonly Json[] | undefined {
  const found = fieldOf(at, key);
  if (found === undefined) return undefined;
  return Array.isArray(found) ? found : wrong(at, key, 'a list');
}

export function objectField(at: Place, key: string): Place | undefined {
  const found = fieldOf(at, key);
  if (found === undefined) return undefined;
  return isObject(found) ? { value: found, path: pathOf(at, key) } : wrong(at, key, 'an object');
}

/** The objects of a list; another kind of element is refused. */
export function objectsIn(list: readonly Json[], path: string): readonly Place[] {
  return list.map((value, index) => {
    const place = `${path}[${index}]`;
    if (isObject(value)) return { value, path: place };
    throw new Unreadable(place, `The element \`${place}\` must be an object.`);
  });
}
