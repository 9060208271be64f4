/** The keywords about one value by itself: type, numbers, texts, sizes. */
import type { Json } from '../origin.ts';
import { FAILS, fails, HOLDS, type Run, type Test, unknown } from './checking.ts';
import { isMap, isMultiple, own, signsIn, textOf } from './json.ts';
import type { LinearPattern } from './linear-pattern.ts';
import { STEPS_MAX } from './work.ts';

/** Undefined: what the schema says there cannot be checked here, or means nothing. */
export type Maker = (said: Json, patternOf: PatternOf) => Test | undefined;
/** Undefined: it cannot be matched in linear time, or there are too many. */
export type PatternOf = (source: string) => LinearPattern | undefined;

const TYPES: ReadonlyMap<Json, (value: Json) => boolean> = new Map<Json, (value: Json) => boolean>([
  ['null', (value) => value === null],
  ['boolean', (value) => typeof value === 'boolean'],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', (value) => Number.isInteger(value)],
  ['array', (value) => Array.isArray(value)],
  ['object', (value) => isMap(value)],
]);

function type(said: Json): Test | undefined {
  const named = Array.isArray(said) ? said : [said];
  const known = named.map((one) => TYPES.get(one)).filter((one) => one !== undefined);
  if (known.length !== named.length || named.length === 0) return undefined;
  const [only] = known;
  const isOf = known.length === 1 && only !== undefined ? only : anyOf(known);
  return (value, at, run) => (isOf(value) ? HOLDS : fails(run, at, 'type'));
}

const anyOf =
  (all: readonly ((value: Json) => boolean)[]) =>
  (value: Json): boolean =>
    all.some((one) => one(value));

function oneOf(keyword: string): (values: readonly Json[]) => Test | undefined {
  return (values) => {
    const work = { left: STEPS_MAX };
    const known = new Set(values.map((one) => textOf(one, work)));
    if (work.left < 0) return undefined;
    return (value, at, run) => {
      const text = textOf(value, run.work);
      if (run.work.left < 0) return unknown(run, at, 'size');
      return known.has(text) ? HOLDS : fails(run, at, keyword);
    };
  };
}

function aboutNumber(holds: (value: number, said: number) => boolean): (keyword: string) => Maker {
  return (keyword) => (said) => {
    if (typeof said !== 'number') return undefined;
    return (value, at, run) =>
      typeof value !== 'number' || holds(value, said) ? HOLDS : fails(run, at, keyword);
  };
}

function multipleOf(said: Json): Test | undefined {
  if (typeof said !== 'number' || said <= 0) return undefined;
  return (value, at, run) =>
    typeof value !== 'number' || isMultiple(value, said) ? HOLDS : fails(run, at, 'multipleOf');
}

type Size = (value: Json, run: Run) => number | undefined;

/** A bound on a count of something that not every value has. */
function aboutSize(sizeOf: Size, isLeast: boolean): (keyword: string) => Maker {
  return (keyword) => (said) => {
    if (typeof said !== 'number' || !Number.isInteger(said) || said < 0) return undefined;
    return (value, at, run) => {
      const size = sizeOf(value, run);
      const isWithin = size === undefined || (isLeast ? size >= said : size <= said);
      return isWithin ? HOLDS : fails(run, at, keyword);
    };
  };
}

function keysOf(value: Json, run: Run): number | undefined {
  if (!isMap(value)) return undefined;
  const { length } = Object.keys(value);
  run.work.left -= length >> 3;
  return length;
}

const itemsOf = (value: Json): number | undefined =>
  Array.isArray(value) ? value.length : undefined;

function lengthOf(value: Json, run: Run): number | undefined {
  if (typeof value !== 'string') return undefined;
  run.work.left -= value.length >> 4;
  return signsIn(value);
}

function pattern(said: Json, patternOf: PatternOf): Test | undefined {
  const linear = typeof said === 'string' ? patternOf(said) : undefined;
  if (linear === undefined) return undefined;
  return (value, at, run) => {
    if (typeof value !== 'string') return HOLDS;
    const found = linear.test(value, run.work);
    if (found === undefined) return unknown(run, at, 'size');
    return found ? HOLDS : fails(run, at, 'pattern');
  };
}

function uniqueItems(said: Json): Test | undefined {
  if (typeof said !== 'boolean') return undefined;
  return (value, at, run) => {
    if (!said || !Array.isArray(value)) return HOLDS;
    const seen = new Set<string>();
    for (const one of value) {
      seen.add(textOf(one, run.work));
      if (run.work.left < 0) return unknown(run, at, 'size');
    }
    return seen.size === value.length ? HOLDS : fails(run, at, 'uniqueItems');
  };
}

function required(said: Json): Test | undefined {
  if (!Array.isArray(said)) return undefined;
  const names = said.filter((one): one is string => typeof one === 'string');
  if (names.length !== said.length) return undefined;
  return (value, at, run) => {
    if (!isMap(value)) return HOLDS;
    run.work.left -= names.length;
    for (const name of names) {
      // Where it should stand: the name is the schema's own.
      if (!Object.hasOwn(value, name)) return fails(run, { above: at, key: name }, 'required');
    }
    return HOLDS;
  };
}

function dependentRequired(said: Json): Test | undefined {
  if (!isMap(said)) return undefined;
  const tests: (readonly [key: string, test: Test])[] = [];
  for (const key of Object.keys(said)) {
    const test = required(own(said, key) ?? null);
    if (test === undefined) return undefined;
    tests.push([key, test]);
  }
  return (value, at, run) => {
    if (!isMap(value)) return HOLDS;
    for (const [key, test] of tests) {
      if (Object.hasOwn(value, key) && test(value, at, run) === FAILS) {
        return fails(run, at, 'dependentRequired');
      }
    }
    return HOLDS;
  };
}

export const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['type', type],
  ['enum', (said) => (Array.isArray(said) ? oneOf('enum')(said) : undefined)],
  ['const', (said) => oneOf('const')([said])],
  ['minimum', aboutNumber((value, said) => value >= said)('minimum')],
  ['maximum', aboutNumber((value, said) => value <= said)('maximum')],
  ['exclusiveMinimum', aboutNumber((value, said) => value > said)('exclusiveMinimum')],
  ['exclusiveMaximum', aboutNumber((value, said) => value < said)('exclusiveMaximum')],
  ['multipleOf', multipleOf],
  ['minLength', aboutSize(lengthOf, true)('minLength')],
  ['maxLength', aboutSize(lengthOf, false)('maxLength')],
  ['pattern', pattern],
  ['minItems', aboutSize(itemsOf, true)('minItems')],
  ['maxItems', aboutSize(itemsOf, false)('maxItems')],
  ['uniqueItems', uniqueItems],
  ['minProperties', aboutSize(keysOf, true)('minProperties')],
  ['maxProperties', aboutSize(keysOf, false)('maxProperties')],
  ['required', required],
  ['dependentRequired', dependentRequired],
]);
