// Reads the fields of one JSON object and keeps the first thing that was wrong. A decoder asks for
// every field it knows, then asks once whether all was well.
import type { JsonObject } from './json.ts';
import { badRequest, type Refusal } from './refusal.ts';

type Bounds = { readonly min: number; readonly max: number };

export type Fields = {
  /** The value as it came; null counts as absent, as it does for OpenAI. */
  readonly raw: (name: string) => unknown;
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean | undefined;
  readonly number: (name: string, bounds: Bounds) => number | undefined;
  readonly integer: (name: string, bounds: Bounds) => number | undefined;
  /** Records a refusal of the decoder's own. */
  readonly refuse: (refusal: Refusal) => void;
  readonly refusal: () => Refusal | undefined;
};

export function fieldsOf(body: JsonObject): Fields {
  let first: Refusal | undefined;

  function raw(name: string): unknown {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    return value === null ? undefined : value;
  }

  function refuse(refusal: Refusal): void {
    first ??= refusal;
  }

  function wrong(name: string, wanted: string): undefined {
    refuse(badRequest('body_invalid', `${name} must be ${wanted}`, name));
    return undefined;
  }

  function number(name: string, { min, max }: Bounds): number | undefined {
    const value = raw(name);
    if (value === undefined) return undefined;
    const fits = typeof value === 'number' && value >= min && value <= max;
    return fits ? value : wrong(name, `a number from ${min} to ${max}`);
  }

  return {
    raw,
    refuse,
    number,
    text(name) {
      const value = raw(name);
      if (value === undefined || typeof value === 'string') return value;
      return wrong(name, 'a string');
    },
    flag(name) {
      const value = raw(name);
      if (value === undefined || typeof value === 'boolean') return value;
      return wrong(name, 'true or false');
    },
    integer(name, bounds) {
      const value = number(name, bounds);
      if (value === undefined || Number.isInteger(value)) return value;
      return wrong(name, 'a whole number');
    },
    refusal: () => first,
  };
}
