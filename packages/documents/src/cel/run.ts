// What compiled conditions are made of: functions from values to a value, or to a fault where CEL
// has an error (a missing key, a division by zero, an overflow). Faults are values: nothing throws.

export const FAULT: unique symbol = Symbol('fault');

/** Declared names and their values. */
export type Values = Readonly<Record<string, unknown>>;
/** @param locals Of the macros around, the outermost first. */
export type Run = (values: Values, locals: unknown[]) => unknown;

/** CEL's `&&`: false wins over a fault on either side. */
export const both =
  (left: Run, right: Run): Run =>
  (values, locals) => {
    const a = left(values, locals);
    if (a === false) return false;
    const b = right(values, locals);
    if (b === false) return false;
    return a === FAULT || b === FAULT ? FAULT : true;
  };

export const either =
  (left: Run, right: Run): Run =>
  (values, locals) => {
    const a = left(values, locals);
    if (a === true) return true;
    const b = right(values, locals);
    if (b === true) return true;
    return a === FAULT || b === FAULT ? FAULT : false;
  };

export const not =
  (of: Run): Run =>
  (values, locals) => {
    const value = of(values, locals);
    return value === FAULT ? FAULT : value === false;
  };

export const choice =
  (condition: Run, yes: Run, no: Run): Run =>
  (values, locals) => {
    const value = condition(values, locals);
    if (value === FAULT) return FAULT;
    return value === true ? yes(values, locals) : no(values, locals);
  };

export const one =
  (of: Run, work: (value: unknown) => unknown): Run =>
  (values, locals) => {
    const value = of(values, locals);
    return value === FAULT ? FAULT : work(value);
  };

export const two =
  (left: Run, right: Run, work: (a: unknown, b: unknown) => unknown): Run =>
  (values, locals) => {
    const a = left(values, locals);
    if (a === FAULT) return FAULT;
    const b = right(values, locals);
    return b === FAULT ? FAULT : work(a, b);
  };

/** Of lists and maps by their elements; keys in any order. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, i) => isEqual(one, b[i]));
  }
  if (typeof a !== 'object' || a === null) return a === b;
  if (typeof b !== 'object' || b === null || Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(entry(a, key), entry(b, key)))
  );
}

/** Values are what their types say: the compiler has checked it. */
export function asList(value: unknown): readonly unknown[] {
  return value as readonly unknown[]; // checked
}
export const asMap = (value: unknown): object => value as object; // checked

/** An own member: never what every object has. */
export const entry = (of: object, key: string): unknown =>
  Object.hasOwn(of, key) ? (of as Values)[key] : undefined; // asked for as a member of it

/** Whole numbers leave the range of exact ones as a fault. */
export const exact = (value: number): unknown => (Number.isSafeInteger(value) ? value : FAULT);

/** By code points, as CEL orders strings. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b);
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  if (i === length) return a.length - b.length;
  return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
}

const SURROGATES_FROM = 0xd800;
const SURROGATES_TO = 0xdfff;
const ABOVE_ALL = 0x10000;

/** Halves of a pair stand for characters above all that have one unit. */
const rank = (unit: number): number =>
  unit >= SURROGATES_FROM && unit <= SURROGATES_TO ? unit + ABOVE_ALL : unit;
