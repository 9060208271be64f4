// CEL's own conformance suite (cel-spec, Apache-2.0, as `@bufbuild/cel-spec` carries it): whatever
// of it this subset compiles has the suite's value, or a fault where the suite has an error.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { compileExpression, type Declared } from './compile.ts';
import { FAULT } from './run.ts';
import { BOOL, DOUBLE, INT, STRING, type Type } from './types.ts';

type Suite = typeof tests;
type One = { readonly path: string; readonly original: Readonly<Record<string, unknown>> };

function* all(suite: Suite, path: string): Generator<One> {
  const here = `${path}/${suite.name}`;
  for (const test of suite.tests ?? []) {
    yield { path: `${here}/${String(test.original.name)}`, original: test.original };
  }
  for (const inner of suite.suites ?? []) yield* all(inner, here);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Value = { readonly type: Type; readonly value: unknown };
/** A value that the subset has no word for. */
const OTHER = Symbol('other');

function read(json: unknown): unknown {
  if (!isRecord(json)) return OTHER;
  if (typeof json['boolValue'] === 'boolean') return json['boolValue'];
  if (typeof json['stringValue'] === 'string') return json['stringValue'];
  if (json['doubleValue'] !== undefined) return Number(json['doubleValue']);
  if (json['int64Value'] !== undefined) {
    const value = Number(json['int64Value']);
    return Number.isSafeInteger(value) ? value : OTHER;
  }
  const { listValue, mapValue } = json;
  if (isRecord(listValue)) {
    const values = Array.isArray(listValue['values']) ? listValue['values'] : [];
    const items = values.map(read);
    return items.includes(OTHER) ? OTHER : items;
  }
  if (!isRecord(mapValue)) return OTHER;
  const entries = Array.isArray(mapValue['entries']) ? mapValue['entries'] : [];
  const pairs = entries.map((entry): readonly [unknown, unknown] =>
    isRecord(entry) ? [read(entry['key']), read(entry['value'])] : [OTHER, OTHER],
  );
  if (pairs.some(([key, value]) => typeof key !== 'string' || value === OTHER)) return OTHER;
  return Object.fromEntries(pairs);
}

function typed(json: unknown): Value | undefined {
  const value = read(isRecord(json) ? json['value'] : undefined);
  if (typeof value === 'boolean') return { type: BOOL, value };
  if (typeof value === 'string') return { type: STRING, value };
  if (typeof value !== 'number') return undefined;
  const isDouble = isRecord(json) && isRecord(json['value']) && 'doubleValue' in json['value'];
  return { type: isDouble ? DOUBLE : INT, value };
}

/** Undefined: it binds what the subset cannot. */
function bindingsOf(original: One['original']): Readonly<Record<string, Value>> | undefined {
  const bindings = original['bindings'];
  if (bindings === undefined) return {};
  if (!isRecord(bindings)) return undefined;
  const out: Record<string, Value> = {};
  for (const [name, json] of Object.entries(bindings)) {
    const value = typed(json);
    if (value === undefined) return undefined;
    out[name] = value;
  }
  return out;
}

/** A package's names: conditions have none. */
const OUTSIDE = /\/namespace\//;

const decided: string[] = [];
let left = 0;

describe('the conformance suite of CEL', () => {
  for (const { path, original } of all(tests, '')) {
    const bindings = bindingsOf(original);
    const expected = original['evalError'] === undefined ? read(original['value']) : FAULT;
    const source = String(original['expr']);
    if (bindings === undefined || expected === OTHER || OUTSIDE.test(path)) {
      left += 1;
      continue;
    }
    const declared: Declared = Object.fromEntries(
      Object.entries(bindings).map(([name, { type }]) => [name, type]),
    );
    const compiled = compileExpression(source, declared);
    if (!compiled.ok) {
      left += 1;
      continue;
    }
    decided.push(path);
    it(path, () => {
      const values = Object.fromEntries(
        Object.entries(bindings).map(([name, { value }]) => [name, value]),
      );
      const found = compiled.value.run(values);
      if (expected === FAULT) assert.equal(found, FAULT, source);
      else assert.deepEqual(found, expected, source);
    });
  }

  it('is decided in good part', () => {
    assert.ok(decided.length > 450, `${decided.length} decided, ${left} left`);
  });
});
