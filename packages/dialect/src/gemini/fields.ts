// Fields of a request as Google reads them: by their name in either spelling (`generationConfig`,
// `generation_config`), null as absent, one object where a list of one is meant, numbers also as
// text. What has the wrong type is said with its path.
import type { Json, JsonObject } from '../canon/canon.ts';
import { isObject, numberOf } from '../canon/exact.ts';

/** Thrown and caught inside this folder alone: a reader of nested fields leaves from the depth. */
export class WrongField extends Error {
  readonly param: string | undefined;
  constructor(param: string | undefined, message: string) {
    super(message);
    this.param = param;
  }
}

/** Names are ours, so that this stays small. */
const snakes = new Map<string, string>();

export function snakeOf(name: string): string {
  let snake = snakes.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakes.set(name, snake);
  }
  return snake;
}

/** Both spellings of each name. */
export const spellings = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((name) => [name, snakeOf(name)]));

export function either(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value)) return undefined;
  const found = Object.hasOwn(value, name) ? value[name] : undefined;
  if (found !== undefined && found !== null) return found;
  const snake = snakeOf(name);
  if (snake === name || !Object.hasOwn(value, snake)) return undefined;
  return value[snake] ?? undefined;
}

const within = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function wrong(path: string, name: string, kind: string): never {
  const param = within(path, name);
  throw new WrongField(param, `The field \`${param}\` must be ${kind}.`);
}

export function textAt(value: Json | undefined, name: string, path: string): string | undefined {
  const found = either(value, name);
  return found === undefined || typeof found === 'string' ? found : wrong(path, name, 'a string');
}

export function numberAt(value: Json | undefined, name: string, path: string): number | undefined {
  const found = either(value, name);
  if (found === undefined) return undefined;
  const number = numberOf(typeof found === 'string' && found !== '' ? Number(found) : found);
  return number ?? wrong(path, name, 'a number');
}

export function integerAt(value: Json | undefined, name: string, path: string): number | undefined {
  const number = numberAt(value, name, path);
  return number === undefined || Number.isSafeInteger(number)
    ? number
    : wrong(path, name, 'a whole number');
}

export function booleanAt(
  value: Json | undefined,
  name: string,
  path: string,
): boolean | undefined {
  const found = either(value, name);
  return found === undefined || typeof found === 'boolean'
    ? found
    : wrong(path, name, 'true or false');
}

export function objectAt(
  value: Json | undefined,
  name: string,
  path: string,
): JsonObject | undefined {
  const found = either(value, name);
  return found === undefined || isObject(found) ? found : wrong(path, name, 'an object');
}

/** A list; an object stands for a list of one. */
export function listAt(
  value: Json | undefined,
  name: string,
  path: string,
): readonly Json[] | undefined {
  const found = either(value, name);
  if (found === undefined || Array.isArray(found)) return found;
  return isObject(found) ? [found] : wrong(path, name, 'an array');
}
