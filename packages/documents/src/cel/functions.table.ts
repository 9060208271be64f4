// Functions of conditions: CEL's own, and two of this house's words: labels have an order, names of
// models have patterns.
import { higherLabel, isLabel, LABELS } from '@signalbox/contract';
import { matchesPattern } from '../pattern.ts';
import { asList, asMap, exact, FAULT } from './run.ts';
import { BOOL, DOUBLE, INT, STRING, type Type } from './types.ts';

export type Overload = {
  /** What it takes, the receiver of a method first. */
  readonly takes: readonly Type['kind'][];
  /** What its second text may be, where that is a closed list. */
  readonly words?: readonly string[];
  readonly gives: Type;
  readonly work: (a: unknown, b: unknown) => unknown;
};

export type Function = {
  readonly form: 'method' | 'function' | 'both';
  readonly overloads: readonly Overload[];
};

const text = (value: unknown): string => String(value);
const about = (work: (a: string, b: string) => boolean): Function => ({
  form: 'method',
  overloads: [{ takes: ['string', 'string'], gives: BOOL, work: (a, b) => work(text(a), text(b)) }],
});

/** In code points. */
function length(of: unknown): number {
  let count = 0;
  for (const _ of text(of)) count += 1;
  return count;
}

const same = (value: unknown): unknown => value;

function wholeOf(value: unknown): unknown {
  const found = Number(value);
  return typeof value === 'string' && !/^-?\d{1,16}$/.test(value)
    ? FAULT
    : exact(Math.trunc(found) + 0);
}

function doubleOf(value: unknown): unknown {
  const written = text(value).trim();
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(written) ? Number(written) : FAULT;
}

export const FUNCTIONS: Readonly<Record<string, Function>> = {
  size: {
    form: 'both',
    overloads: [
      { takes: ['string'], gives: INT, work: length },
      { takes: ['list'], gives: INT, work: (list) => asList(list).length },
      { takes: ['map'], gives: INT, work: (map) => Object.keys(asMap(map)).length },
    ],
  },
  contains: about((a, b) => a.includes(b)),
  startsWith: about((a, b) => a.startsWith(b)),
  endsWith: about((a, b) => a.endsWith(b)),
  /** `*` as in plans. */
  like: about((a, b) => matchesPattern(b, a)),
  /** `call.label.atLeast("personal")`. */
  atLeast: {
    form: 'method',
    overloads: [
      {
        takes: ['string', 'string'],
        words: LABELS,
        gives: BOOL,
        work: (a, b) => {
          const [label, least] = [text(a), text(b)];
          return isLabel(label) && isLabel(least) ? higherLabel(label, least) === label : FAULT;
        },
      },
    ],
  },
  string: {
    form: 'function',
    overloads: [
      { takes: ['string'], gives: STRING, work: same },
      { takes: ['int'], gives: STRING, work: text },
      { takes: ['bool'], gives: STRING, work: text },
    ],
  },
  int: {
    form: 'function',
    overloads: [
      { takes: ['int'], gives: INT, work: same },
      { takes: ['double'], gives: INT, work: wholeOf },
      { takes: ['string'], gives: INT, work: wholeOf },
    ],
  },
  double: {
    form: 'function',
    overloads: [
      { takes: ['double'], gives: DOUBLE, work: same },
      { takes: ['int'], gives: DOUBLE, work: same },
      { takes: ['string'], gives: DOUBLE, work: doubleOf },
    ],
  },
};
