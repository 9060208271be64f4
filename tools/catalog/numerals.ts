// JSON whose numbers keep their text. A price list read with plain JSON.parse has turned "2.5e-06"
// into a binary fraction before anybody could look at it.

const NUMERAL = Symbol('numeral');

/** The text of a number as it stood in the file. */
export type Numeral = { readonly [NUMERAL]: string };

/** @throws SyntaxError, as JSON.parse does. */
export function parseKeepingNumerals(text: string): unknown {
  return JSON.parse(text, (...parts: readonly unknown[]) => {
    const [, value, context] = parts;
    if (typeof value !== 'number') return value;
    return { [NUMERAL]: isContext(context) ? context.source : String(value) };
  });
}

/** The text of a numeral; undefined for every other value. */
export function numeralText(value: unknown): string | undefined {
  return isNumeral(value) ? value[NUMERAL] : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeral(value);
}

function isNumeral(value: unknown): value is Numeral {
  return typeof value === 'object' && value !== null && NUMERAL in value;
}

function isContext(value: unknown): value is { readonly source: string } {
  if (typeof value !== 'object' || value === null || !('source' in value)) return false;
  return typeof value.source === 'string';
}
