/** The keywords that hold other schemas: of members, of items, and of the same value once more. */
import type { Json } from '../origin.ts';
import {
  type Answer,
  FAILS,
  fails,
  HOLDS,
  type Place,
  type Run,
  spend,
  type Test,
  UNKNOWN,
  unknown,
} from './checking.ts';
import { isMap, type JsonMap, own } from './json.ts';
import type { PatternOf } from './keywords.ts';
import type { LinearPattern } from './linear-pattern.ts';

/** A schema in a schema, ready to test with; undefined: it is none. */
export type Inner = (schema: Json) => Test | undefined;
export type Applicator = (said: Json, inner: Inner, around: Around) => Test | undefined;
/** The keywords beside it, and how patterns are made ready. */
export type Around = { readonly schema: JsonMap; readonly patternOf: PatternOf };

/** The first no ends it; one that is not known stays so. */
function both(one: Answer, other: Answer): Answer {
  if (one === FAILS || other === FAILS) return FAILS;
  return one === UNKNOWN || other === UNKNOWN ? UNKNOWN : HOLDS;
}

function listOf(said: Json, inner: Inner): readonly Test[] | undefined {
  if (!Array.isArray(said) || said.length === 0) return undefined;
  const tests = said.map(inner).filter((one) => one !== undefined);
  return tests.length === said.length ? tests : undefined;
}

function mapOf(said: Json, inner: Inner): ReadonlyMap<string, Test> | undefined {
  if (!isMap(said)) return undefined;
  const tests = new Map<string, Test>();
  for (const key of Object.keys(said)) {
    const test = inner(own(said, key) ?? null);
    if (test === undefined) return undefined;
    tests.set(key, test);
  }
  return tests;
}

function all(said: Json, inner: Inner): Test | undefined {
  const tests = listOf(said, inner);
  return tests && ((value, at, run) => every(tests, (test) => test(value, at, run)));
}

function every<T>(many: Iterable<T>, test: (one: T) => Answer): Answer {
  let answer: Answer = HOLDS;
  for (const one of many) {
    answer = both(answer, test(one));
    if (answer === FAILS) return FAILS;
  }
  return answer;
}

function anyOf(said: Json, inner: Inner): Test | undefined {
  const tests = listOf(said, inner);
  if (tests === undefined) return undefined;
  return (value, at, run) => {
    let answer: Answer = FAILS;
    for (const test of tests) {
      const one = test(value, at, run);
      if (one === HOLDS) return HOLDS;
      if (one === UNKNOWN) answer = UNKNOWN;
    }
    return answer === FAILS ? fails(run, at, 'anyOf') : answer;
  };
}

function oneOf(said: Json, inner: Inner): Test | undefined {
  const tests = listOf(said, inner);
  if (tests === undefined) return undefined;
  return (value, at, run) => {
    let held = 0;
    let isKnown = true;
    for (const test of tests) {
      const one = test(value, at, run);
      if (one === HOLDS) held += 1;
      if (one === UNKNOWN) isKnown = false;
      if (held > 1) return fails(run, at, 'oneOf');
    }
    if (!isKnown) return UNKNOWN;
    return held === 1 ? HOLDS : fails(run, at, 'oneOf');
  };
}

function not(said: Json, inner: Inner): Test | undefined {
  const test = inner(said);
  if (test === undefined) return undefined;
  return (value, at, run) => {
    const one = test(value, at, run);
    if (one === UNKNOWN) return UNKNOWN;
    return one === FAILS ? HOLDS : fails(run, at, 'not');
  };
}

/** `then` and `else` mean something beside it alone. */
function conditional(said: Json, inner: Inner, { schema }: Around): Test | undefined {
  const condition = inner(said);
  const yes = inner(own(schema, 'then') ?? true);
  const no = inner(own(schema, 'else') ?? true);
  if (condition === undefined || yes === undefined || no === undefined) return undefined;
  return (value, at, run) => {
    const one = condition(value, at, run);
    if (one !== UNKNOWN) return (one === HOLDS ? yes : no)(value, at, run);
    const first = yes(value, at, run);
    return first === no(value, at, run) ? first : UNKNOWN;
  };
}

function properties(said: Json, inner: Inner): Test | undefined {
  const tests = mapOf(said, inner);
  if (tests === undefined) return undefined;
  return (value, at, run) => {
    if (!isMap(value)) return HOLDS;
    if (!spend(run, tests.size)) return unknown(run, at, 'size');
    return every(tests, ([key, test]) =>
      Object.hasOwn(value, key) ? test(value[key] ?? null, { above: at, key }, run) : HOLDS,
    );
  };
}

type Patterned = readonly (readonly [pattern: LinearPattern, test: Test])[];

function patternsOf(said: Json, inner: Inner, patternOf: PatternOf): Patterned | undefined {
  const tests = mapOf(said, inner);
  if (tests === undefined) return undefined;
  const known: (readonly [LinearPattern, Test])[] = [];
  for (const [source, test] of tests) {
    const pattern = patternOf(source);
    if (pattern === undefined) return undefined;
    known.push([pattern, test]);
  }
  return known;
}

/** A key that the schema does not name may be content. */
const unnamed = (above: Place | undefined): Place => ({ above, key: '*' });

function patternProperties(said: Json, inner: Inner, { patternOf }: Around): Test | undefined {
  const patterns = patternsOf(said, inner, patternOf);
  if (patterns === undefined) return undefined;
  return (value, at, run) =>
    isMap(value)
      ? every(Object.keys(value), (key) =>
          every(patterns, ([pattern, test]) => {
            const isMeant = spend(run, 1) ? pattern.test(key, run.work) : undefined;
            if (isMeant === undefined) return unknown(run, at, 'size');
            return isMeant ? test(value[key] ?? null, unnamed(at), run) : HOLDS;
          }),
        )
      : HOLDS;
}

function additionalProperties(said: Json, inner: Inner, around: Around): Test | undefined {
  const { schema, patternOf } = around;
  const test = inner(said);
  const meant = own(schema, 'patternProperties') ?? {};
  const patterns = patternsOf(meant, () => () => HOLDS, patternOf);
  if (test === undefined || patterns === undefined) return undefined;
  const named = own(schema, 'properties') ?? {};
  const names = new Set(isMap(named) ? Object.keys(named) : []);
  const one = (value: JsonMap, key: string, at: Place | undefined, run: Run): Answer => {
    if (!spend(run, 1)) return unknown(run, at, 'size');
    if (names.has(key)) return HOLDS;
    for (const [pattern] of patterns) {
      const isMeant = pattern.test(key, run.work);
      if (isMeant === undefined) return unknown(run, at, 'size');
      if (isMeant) return HOLDS;
    }
    const answer = test(value[key] ?? null, unnamed(at), run);
    return answer === FAILS && said === false ? fails(run, at, 'additionalProperties') : answer;
  };
  return (value, at, run) =>
    isMap(value) ? every(Object.keys(value), (key) => one(value, key, at, run)) : HOLDS;
}

function propertyNames(said: Json, inner: Inner): Test | undefined {
  const test = inner(said);
  if (test === undefined) return undefined;
  return (value, at, run) => {
    if (!isMap(value)) return HOLDS;
    const answer = every(Object.keys(value), (key) => test(key, at, run));
    return answer === FAILS ? fails(run, at, 'propertyNames') : answer;
  };
}

function dependentSchemas(said: Json, inner: Inner): Test | undefined {
  const tests = mapOf(said, inner);
  if (tests === undefined) return undefined;
  return (value, at, run) => {
    if (!isMap(value)) return HOLDS;
    if (!spend(run, tests.size)) return unknown(run, at, 'size');
    return every(tests, ([key, test]) =>
      Object.hasOwn(value, key) ? test(value, at, run) : HOLDS,
    );
  };
}

function prefixItems(said: Json, inner: Inner): Test | undefined {
  const tests = listOf(said, inner);
  if (tests === undefined) return undefined;
  return (value, at, run) =>
    Array.isArray(value)
      ? every(tests.slice(0, value.length).entries(), ([key, test]) =>
          test(value[key], { above: at, key }, run),
        )
      : HOLDS;
}

/** A list here is how older drafts wrote `prefixItems`: that is not read. */
function items(said: Json, inner: Inner, { schema }: Around): Test | undefined {
  const test = inner(said);
  if (test === undefined) return undefined;
  const before = own(schema, 'prefixItems');
  const from = Array.isArray(before) ? before.length : 0;
  return (value, at, run) => {
    if (!Array.isArray(value)) return HOLDS;
    let answer: Answer = HOLDS;
    for (let key = from; key < value.length; key += 1) {
      answer = both(answer, test(value[key], { above: at, key }, run));
      if (answer === FAILS) return FAILS;
    }
    return answer;
  };
}

const countIn = (around: JsonMap, key: string): number | undefined => {
  const said = own(around, key);
  return typeof said === 'number' ? said : undefined;
};

function contains(said: Json, inner: Inner, { schema }: Around): Test | undefined {
  const test = inner(said);
  if (test === undefined) return undefined;
  const least = countIn(schema, 'minContains') ?? 1;
  const most = countIn(schema, 'maxContains') ?? Number.POSITIVE_INFINITY;
  return (value, at, run) => {
    if (!Array.isArray(value)) return HOLDS;
    let held = 0;
    let unsure = 0;
    for (const [key, one] of value.entries()) {
      const answer = test(one, { above: at, key }, run);
      if (answer === HOLDS) held += 1;
      else if (answer === UNKNOWN) unsure += 1;
    }
    if (held > most || held + unsure < least) return fails(run, at, 'contains');
    return held < least || held + unsure > most ? UNKNOWN : HOLDS;
  };
}

export const APPLICATORS: ReadonlyMap<string, Applicator> = new Map<string, Applicator>([
  ['allOf', all],
  ['anyOf', anyOf],
  ['oneOf', oneOf],
  ['not', not],
  ['if', conditional],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  ['propertyNames', propertyNames],
  ['dependentSchemas', dependentSchemas],
  ['prefixItems', prefixItems],
  ['items', items],
  ['contains', contains],
]);
