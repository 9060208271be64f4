// JSON as it is allowed to look: any white space between tokens, any escape inside strings, numbers
// of every form. Texts are built token by token, so that what a test holds them against has no
// part in making them.
import fc from 'fast-check';

export type Style = {
  /** White space between tokens; `' '` alone keeps mutations comparable with JSON.parse. */
  readonly spaces: readonly string[];
  readonly escapes: boolean;
};

export const ODD: Style = {
  spaces: ['', '', '', ' ', '\n', '\r\n', '\t', ' \n\t  \r'],
  escapes: true,
};
export const PLAIN: Style = { spaces: ['', '', ' '], escapes: false };

const HEX = '0123456789abcdefABCDEF';
const hex = fc.constantFrom(...HEX);
const escapes = fc.oneof(
  fc.constantFrom('\\n', '\\t', '\\r', '\\b', '\\f', '\\/', '\\\\', '\\"'),
  fc.tuple(hex, hex, hex, hex).map((digits) => `\\u${digits.join('')}`),
);
const bare = fc
  .string({ unit: 'binary', maxLength: 6 })
  .map((text) =>
    [...text].filter((one) => one !== '"' && one !== '\\' && one >= ' ' && isWhole(one)).join(''),
  );

/** Half of a pair cannot be written as UTF-8. */
const isWhole = (character: string): boolean => !/^[\ud800-\udfff]$/.test(character);

export const number: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('0', '-0', '-1', '1e5', '1E+5', '2.50e-3', '-0.0', '1e400', '0.1e1'),
  fc.constantFrom('123456789012345678901234567890', '9007199254740993', '-0.000000000000000001'),
  fc.integer().map(String),
);

/** Names that collide often, with and without an escape, and those that objects trip over. */
const NAMES = ['a', 'b', 'model', '__proto__', 'constructor', 'toString', '', 'é', '\ufeffmodel'];

export function jsonTexts(style: Style): {
  object: fc.Arbitrary<string>;
  value: fc.Arbitrary<string>;
} {
  const space = fc.constantFrom(...style.spaces);
  const pieces = style.escapes ? fc.oneof(bare, escapes) : bare;
  const string = fc.array(pieces, { maxLength: 8 }).map((all) => `"${all.join('')}"`);
  const plainName = fc.constantFrom(...NAMES).map((name) => `"${name}"`);
  const maskedName = fc.constantFrom('"mod\\u0065l"', '"\\u0061"', '"\\"quoted\\""');
  const key = fc.oneof(plainName, style.escapes ? maskedName : plainName, string);
  const { value, object } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'max' },
      fc.constantFrom('true', 'false', 'null'),
      number,
      string,
      tie('object'),
      tie('list'),
    ),
    list: fc
      .tuple(space, fc.array(fc.tuple(space, tie('value'), space), { maxLength: 6 }))
      .map(([empty, items]) =>
        enclosed(
          '[]',
          empty,
          items.map((item) => item.join('')),
        ),
      ),
    object: fc
      .tuple(
        space,
        fc.array(fc.tuple(space, key, space, space, tie('value'), space), { maxLength: 6 }),
      )
      .map(([empty, fields]) => {
        const texts = fields.map(([a, name, b, c, held, d]) => `${a}${name}${b}:${c}${held}${d}`);
        return enclosed('{}', empty, texts);
      }),
  }));
  const whole = fc.tuple(space, object, space).map((parts) => parts.join(''));
  return { object: whole, value };
}

function enclosed(ends: '[]' | '{}', empty: string, parts: readonly string[]): string {
  return `${ends[0]}${parts.length === 0 ? empty : parts.join(',')}${ends[1]}`;
}

/** One small wound: a character taken away, put in, exchanged, or the end cut off. */
export const wound: fc.Arbitrary<(text: string) => string> = fc
  .tuple(fc.nat(3), fc.nat(), fc.constantFrom(...'{}[]",:0-e.tfn x'))
  .map(([kind, where, put]) => (text) => {
    const at = where % (text.length + 1);
    if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
    if (kind === 1) return text.slice(0, at) + put + text.slice(at);
    if (kind === 2) return text.slice(0, at) + put + text.slice(at + 1);
    return text.slice(0, at);
  });

/** Counts how often bytes are looked at, so that linear work can be shown without a clock. */
export function counting(bytes: Uint8Array): {
  readonly bytes: Uint8Array;
  readonly looks: () => number;
} {
  let looks = 0;
  const seen = new Proxy(bytes, {
    get(target, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) {
        looks += 1;
        return target[Number(name)];
      }
      if (name === 'indexOf') {
        return (byte: number, from: number): number => {
          const at = target.indexOf(byte, from);
          looks += (at < 0 ? target.length : at) - from;
          return at;
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { bytes: seen, looks: () => looks };
}
