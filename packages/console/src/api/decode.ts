// Decoders: what the server sends is unknown until one of these has built our word from it, key by
// key. A value that does not fit is told with its path.

export type Decode<T> = (value: unknown, path: string) => T;

export class Misfit extends Error {
  override readonly name = 'Misfit';
}

function misfit(path: string, wanted: string): never {
  throw new Misfit(`The server sent something else than ${wanted} at ${path}.`);
}

export const text: Decode<string> = (value, path) =>
  typeof value === 'string' ? value : misfit(path, 'text');

export const number: Decode<number> = (value, path) =>
  typeof value === 'number' ? value : misfit(path, 'a number');

export const flag: Decode<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : misfit(path, 'true or false');

/** A time in ISO 8601 as Unix milliseconds. */
export const time: Decode<number> = (value, path) => {
  const ms = Date.parse(text(value, path));
  return Number.isNaN(ms) ? misfit(path, 'a time') : ms;
};

/** Null is not known, and stays so. */
export const maybe =
  <T>(one: Decode<T>): Decode<T | undefined> =>
  (value, path) =>
    value === null || value === undefined ? undefined : one(value, path);

export const list =
  <T>(one: Decode<T>): Decode<readonly T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((item: unknown, at) => one(item, `${path}[${at}]`))
      : misfit(path, 'a list');

export const words: Decode<Readonly<Record<string, string>>> = (value, path) => {
  if (typeof value !== 'object' || value === null) return misfit(path, 'an object');
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, text(one, `${path}.${key}`)]),
  );
};

/** Reads the keys of an object one by one. */
export type Read = <T>(key: string, one: Decode<T>) => T;

export const object =
  <T>(build: (read: Read) => T): Decode<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null) return misfit(path, 'an object');
    return build((key, one) => {
      const held: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
      return one(held, `${path}.${key}`);
    });
  };
