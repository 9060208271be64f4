// Reads the fields of a caller's JSON one by one. Null counts as absent. Of several wrong fields
// the first is kept: the reading goes on, and its caller asks `wrong` once at the end.
import type { Json, JsonObject } from '../../canon/canon.ts';
import type { BadAsk } from '../../canon/codec.ts';
import { isObject, member, numberOf } from '../../canon/exact.ts';

export class Fields {
  wrong: BadAsk | undefined;

  /** @param where the path of the object that holds the field; '' at the top. */
  text(from: Json | undefined, key: string, where = ''): string | undefined {
    const value = this.#of(from, key);
    if (value === undefined || typeof value === 'string') return value;
    return this.bad(pathOf(where, key), 'must be a string');
  }

  flag(from: Json | undefined, key: string, where = ''): boolean | undefined {
    const value = this.#of(from, key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.bad(pathOf(where, key), 'must be true or false');
  }

  number(from: Json | undefined, key: string, where = ''): number | undefined {
    const value = this.#of(from, key);
    if (value === undefined) return undefined;
    return numberOf(value) ?? this.bad(pathOf(where, key), 'must be a number');
  }

  whole(from: Json | undefined, key: string, where = ''): number | undefined {
    const value = this.#of(from, key);
    if (value === undefined) return undefined;
    const number = numberOf(value);
    if (number !== undefined && Number.isSafeInteger(number)) return number;
    return this.bad(pathOf(where, key), 'must be a whole number');
  }

  list(from: Json | undefined, key: string, where = ''): readonly Json[] | undefined {
    const value = this.#of(from, key);
    if (value === undefined || Array.isArray(value)) return value;
    return this.bad(pathOf(where, key), 'must be a list');
  }

  object(from: Json | undefined, key: string, where = ''): JsonObject | undefined {
    const value = this.#of(from, key);
    if (value === undefined || isObject(value)) return value;
    return this.bad(pathOf(where, key), 'must be an object');
  }

  /** Keeps what is wrong. `must` goes on from the name of the field. */
  bad(param: string, must: string): undefined {
    this.wrong ??= { param, message: `The field \`${param}\` ${must}.` };
    return undefined;
  }

  #of(from: Json | undefined, key: string): Json | undefined {
    return member(from, key) ?? undefined;
  }
}

export const pathOf = (where: string, key: string): string =>
  where === '' ? key : `${where}.${key}`;
