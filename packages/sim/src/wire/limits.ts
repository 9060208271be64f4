// Checks of single fields that more than one wire shape has.
import { stopsMax } from '../ask.ts';
import type { JsonRecord } from '../json.ts';
import { isList } from '../json.ts';
import type { Problem } from '../problem.ts';
import { invalid } from '../problem.ts';

/** A problem unless the field is absent, null, or a whole number within the bounds. */
export function wholeNumberProblem(
  body: JsonRecord,
  key: string,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): Problem | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return invalid(`Invalid type for '${key}': expected an integer.`, key, 'invalid_type');
  }
  if (value >= min && value <= max) return undefined;
  const [side, code] =
    value < min
      ? [`>= ${min}`, 'integer_below_min_value']
      : [`<= ${max}`, 'integer_above_max_value'];
  return invalid(`Invalid '${key}': expected a value ${side}.`, key, code);
}

/** Stop sequences: one text or a list of them; empty ones never match. */
export function stopsFrom(stop: unknown): string[] {
  const list = isList(stop) ? stop : [stop];
  const texts = list.filter((entry) => typeof entry === 'string');
  return texts.filter((text) => text !== '').slice(0, stopsMax);
}
