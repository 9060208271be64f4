/**
 * Whether a value conforms to a JSON Schema (draft 2020-12), for a stated part of it, at a cost
 * that is bounded whatever the schema and the value are. A schema is compiled once and asked often.
 * What is not checked here (references elsewhere, `unevaluated…`, patterns that cannot be matched
 * in linear time, more work than may be done) makes the answer `undecided`: never a yes. Keywords
 * that nobody defined mean nothing, as the draft says, and are named for who wants to know of a
 * slip; `format` is a note, as it is there.
 */
import type { Json } from '../origin.ts';
import { APPLICATORS } from './applicators.ts';
import {
  type Answer,
  FAILS,
  fails,
  HOLDS,
  pathOf,
  type Run,
  type Spot,
  type Test,
  unknown,
} from './checking.ts';
import { isMap, type JsonMap, own } from './json.ts';
import { MAKERS, type PatternOf } from './keywords.ts';
import { linearPattern } from './linear-pattern.ts';
import { STEPS_MAX } from './work.ts';

export type Finding =
  | { readonly kind: 'holds' }
  /** Where, in names that the schema itself holds, and by which keyword. Never a value. */
  | { readonly kind: 'fails'; readonly at: string; readonly keyword: string }
  | { readonly kind: 'undecided'; readonly at: string; readonly keyword: string };

export type Schema = {
  /** Keywords in it that are not checked, each with its place in the schema. */
  readonly unread: readonly string[];
  /** Keywords in it that no draft has: perhaps slips. */
  readonly unheard: readonly string[];
  /** Of how many things it is made, for whoever keeps several: about 100 bytes each. */
  readonly size: number;
  check(value: Json): Finding;
};

const SCHEMAS_MAX = 5_000;
const PATTERN_STEPS_MAX = 20_000;
const DEPTH_MAX = 200;
const TOLD_MAX = 20;

/** Keywords that would change the answer, and are not read. */
const UNREAD: ReadonlySet<string> = new Set([
  '$dynamicRef',
  '$recursiveRef',
  'additionalItems',
  'dependencies',
  'nullable',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** Read beside others, or by people alone: they change no answer by themselves. */
const NOTES: ReadonlySet<string> = new Set([
  ...['$anchor', '$comment', '$defs', '$dynamicAnchor', '$id', '$recursiveAnchor', '$schema'],
  ...['$vocabulary', 'contentEncoding', 'contentMediaType', 'contentSchema', 'default'],
  ...['definitions', 'deprecated', 'description', 'else', 'example', 'examples', 'format'],
  ...['maxContains', 'minContains', 'readOnly', 'then', 'title', 'writeOnly'],
]);

/** All that one may write, for who offers a word instead of a slip. */
export const KEYWORDS: readonly string[] = ['$ref', ...MAKERS.keys(), ...APPLICATORS.keys()];

export function compileSchema(schema: Json): Schema {
  const compiler = new Compiler(schema);
  const test = compiler.whole();
  const { unread, unheard, size } = compiler;
  return {
    unread,
    unheard,
    size,
    check(value) {
      const run: Run = {
        work: { left: STEPS_MAX },
        depth: 0,
        failed: undefined,
        unknown: undefined,
      };
      return findingOf(test(value, undefined, run), run);
    },
  };
}

const FOUND: Finding = { kind: 'holds' };

function findingOf(answer: Answer, { failed, unknown: unsure }: Run): Finding {
  if (answer === HOLDS) return FOUND;
  const { at, keyword }: Spot = (answer === FAILS ? failed : unsure) ?? NOWHERE;
  return { kind: answer === FAILS ? 'fails' : 'undecided', at: pathOf(at), keyword };
}

const NOWHERE: Spot = { at: undefined, keyword: 'schema' };

class Compiler {
  readonly unread: string[] = [];
  readonly unheard: string[] = [];
  readonly #root: Json;
  /** By the schema itself, so that what refers to itself is compiled once. */
  readonly #known: Map<JsonMap, Test> = new Map();
  #depth = 0;
  #patternSteps = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  get size(): number {
    return this.#known.size + this.#patternSteps;
  }

  whole(): Test {
    return this.#inner(this.#root) ?? this.#not('schema');
  }

  readonly #inner = (schema: Json): Test | undefined => {
    if (schema === true) return () => HOLDS;
    if (schema === false) return (_, at, run) => fails(run, at, 'false');
    if (!isMap(schema)) return undefined;
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    if (this.#known.size >= SCHEMAS_MAX || this.#depth >= DEPTH_MAX) return this.#not('size');
    const tests: Test[] = [];
    const test = together(tests);
    this.#known.set(schema, test);
    this.#depth += 1;
    for (const keyword of Object.keys(schema)) {
      const one = this.#keyword(keyword, schema);
      if (one !== undefined) tests.push(one);
    }
    this.#depth -= 1;
    return test;
  };

  #keyword(keyword: string, schema: JsonMap): Test | undefined {
    const said = own(schema, keyword) ?? null;
    if (keyword === '$ref') return this.#reference(said) ?? this.#not(keyword);
    // Inside another one, it would change what references mean.
    if (keyword === '$id' && schema !== this.#root) return this.#not(keyword);
    const make = MAKERS.get(keyword);
    if (make !== undefined) return make(said, this.#patternOf) ?? this.#not(keyword);
    const apply = APPLICATORS.get(keyword);
    if (apply !== undefined) {
      const around = { schema, patternOf: this.#patternOf };
      return apply(said, this.#inner, around) ?? this.#not(keyword);
    }
    if (UNREAD.has(keyword)) return this.#not(keyword);
    if (!NOTES.has(keyword) && !keyword.startsWith('x-')) note(this.unheard, keyword);
    return undefined;
  }

  readonly #patternOf: PatternOf = (source) => {
    const pattern = linearPattern(source);
    this.#patternSteps += pattern?.size ?? 0;
    return this.#patternSteps > PATTERN_STEPS_MAX ? undefined : pattern;
  };

  #reference(said: Json): Test | undefined {
    if (typeof said !== 'string' || !/^#(?:$|\/)/.test(said)) return undefined;
    let place: Json | undefined = this.#root;
    for (const piece of said.slice(1).split('/').slice(1)) {
      const key = unescaped(piece);
      if (key === undefined) return undefined;
      if (isMap(place)) place = own(place, key);
      else place = Array.isArray(place) ? place[Number(key)] : undefined;
    }
    return place === undefined ? undefined : this.#inner(place);
  }

  #not(keyword: string): Test {
    note(this.unread, keyword);
    return (_, at, run) => unknown(run, at, keyword);
  }
}

function note(told: string[], keyword: string): void {
  if (!told.includes(keyword) && told.length < TOLD_MAX) told.push(keyword);
}

function unescaped(piece: string): string | undefined {
  try {
    return decodeURIComponent(piece).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

/** All tests of one schema. One that came round to itself without end is too deep. */
function together(tests: readonly Test[]): Test {
  return (value, at, run) => {
    run.work.left -= 1;
    if (run.work.left < 0 || run.depth >= DEPTH_MAX) return unknown(run, at, 'size');
    run.depth += 1;
    let answer: Answer = HOLDS;
    for (const test of tests) {
      const one = test(value, at, run);
      if (one !== HOLDS) answer = one;
      if (one === FAILS) break;
    }
    run.depth -= 1;
    return answer;
  };
}
