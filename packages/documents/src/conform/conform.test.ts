import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Json } from '../origin.ts';
import { compileSchema } from './conform.ts';

type Recorded = {
  readonly schema: Json;
  readonly holds: readonly Json[];
  readonly fails: readonly Json[];
};

/** What another implementation (ajv 8.20, draft 2020-12) said of random schemas and values. */
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('conform.recorded.json', import.meta.url), 'utf8'),
);

/** The published suite: what of it is decided here, and what is left open. */
const official: { readonly decided: readonly Recorded[]; readonly undecided: readonly Recorded[] } =
  JSON.parse(readFileSync(new URL('conform.official.json', import.meta.url), 'utf8'));

const DECIDED = 138;
const UNDECIDED = 32;
const NOT_READ = [
  ...['$id', '$ref', 'additionalItems', 'dependencies', 'items', 'pattern'],
  'unevaluatedProperties',
];

const ORDER: Json = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { price: { type: 'number', minimum: 0 }, name: { type: 'string' } },
        required: ['price'],
        additionalProperties: false,
      },
    },
    notes: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['items'],
};

describe('a schema', () => {
  it('says of every recorded value what another implementation says', () => {
    assert.ok(recorded.length >= 200);
    for (const { schema, holds, fails } of recorded) {
      const compiled = compileSchema(schema);
      assert.deepEqual(compiled.unread, []);
      const kinds = (values: readonly Json[]): readonly string[] =>
        values.map((value) => compiled.check(value).kind);
      const text = JSON.stringify(schema);
      assert.deepEqual(kinds(holds), Array<string>(holds.length).fill('holds'), text);
      assert.deepEqual(kinds(fails), Array<string>(fails.length).fill('fails'), text);
    }
  });

  it('says of every value of the published suite what the suite says', () => {
    assert.equal(official.decided.length, DECIDED);
    for (const { schema, holds, fails } of official.decided) {
      const compiled = compileSchema(schema);
      const text = JSON.stringify(schema);
      assert.deepEqual(compiled.unread, [], text);
      for (const value of holds) assert.equal(compiled.check(value).kind, 'holds', text);
      for (const value of fails) assert.equal(compiled.check(value).kind, 'fails', text);
    }
  });

  it('names what of the published suite it does not read, and is never wrong there', () => {
    assert.equal(official.undecided.length, UNDECIDED);
    const named = new Set<string>();
    for (const { schema, holds, fails } of official.undecided) {
      const compiled = compileSchema(schema);
      for (const keyword of compiled.unread) named.add(keyword);
      const kinds = [...holds, ...fails].map((value) => compiled.check(value).kind);
      const text = JSON.stringify(schema);
      assert.ok(kinds.includes('undecided'), text);
      assert.ok(!kinds.slice(0, holds.length).includes('fails'), text);
      assert.ok(!kinds.slice(holds.length).includes('holds'), text);
    }
    assert.deepEqual([...named].sort(), NOT_READ);
  });

  const cases: readonly (readonly [value: Json, at: string, keyword: string])[] = [
    [[], '$', 'type'],
    [{}, '$.items', 'required'],
    [{ items: [{ price: 1 }, { price: '2' }] }, '$.items[1].price', 'type'],
    [{ items: [{ price: -1 }] }, '$.items[0].price', 'minimum'],
    [{ items: [{ price: 1, card: '4111' }] }, '$.items[0]', 'additionalProperties'],
  ];
  for (const [value, at, keyword] of cases) {
    it(`names where ${JSON.stringify(value)} fails, and by what`, () => {
      assert.deepEqual(compileSchema(ORDER).check(value), { kind: 'fails', at, keyword });
    });
  }

  it('never repeats a key that it does not name: it may be content', () => {
    const found = compileSchema(ORDER).check({ items: [], notes: { 'ann@example.org': 1 } });
    assert.deepEqual(found, { kind: 'fails', at: '$.notes.*', keyword: 'type' });
    const named = compileSchema({ properties: { 'ann@example.org': false } });
    const hidden = named.check({ 'ann@example.org': 1 });
    assert.deepEqual(hidden, { kind: 'fails', at: '$.*', keyword: 'false' });
  });

  const unread: readonly (readonly [schema: Json, keyword: string])[] = [
    [{ $ref: 'https://elsewhere.example/schema' }, '$ref'],
    [{ $ref: '#/$defs/missing' }, '$ref'],
    [{ unevaluatedProperties: false }, 'unevaluatedProperties'],
    [{ pattern: '(a)\\1' }, 'pattern'],
    [{ pattern: 7 }, 'pattern'],
    [{ type: 'strnig' }, 'type'],
    [{ items: [{ type: 'string' }] }, 'items'],
    [{ properties: { a: { $id: 'x' } } }, '$id'],
    ['not a schema', 'schema'],
  ];
  for (const [schema, keyword] of unread) {
    it(`is undecided, never passed, where it says ${JSON.stringify(schema)}`, () => {
      const compiled = compileSchema(schema);
      assert.deepEqual(compiled.unread, [keyword]);
      const value: Json = keyword === 'pattern' ? 'aa' : keyword === 'items' ? ['a'] : { a: 1 };
      assert.equal(compiled.check(value).kind, 'undecided');
    });
  }

  it('fails in spite of an unread keyword where another one says so', () => {
    const compiled = compileSchema({ unevaluatedProperties: false, type: 'array' });
    assert.equal(compiled.check({}).kind, 'fails');
    const either = compileSchema({ anyOf: [{ $ref: 'x:y' }, { type: 'string' }] });
    assert.deepEqual([either.check('a').kind, either.check(1).kind], ['holds', 'undecided']);
    const not = compileSchema({ not: { $ref: 'x:y' } });
    assert.equal(not.check(1).kind, 'undecided');
  });

  it('may refer to itself; without end it is undecided', () => {
    const tree = compileSchema({
      type: 'object',
      properties: { next: { $ref: '#' } },
      additionalProperties: false,
    });
    assert.equal(tree.check({ next: { next: {} } }).kind, 'holds');
    assert.equal(tree.check({ next: { next: { more: 1 } } }).kind, 'fails');
    assert.equal(compileSchema({ $ref: '#' }).check(1).kind, 'undecided');
    let deep: Json = {};
    for (let depth = 0; depth < 10_000; depth += 1) deep = { next: deep };
    assert.equal(tree.check(deep).kind, 'undecided');
  });

  it('costs no more than it may, whatever it asks', () => {
    const twice: Json = { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] };
    const schema: Json = {
      $defs: { a: { type: 'object', properties: { x: twice }, required: ['y'] } },
      ...twice,
    };
    let value: Json = {};
    for (let depth = 0; depth < 60; depth += 1) value = { x: value };
    assert.equal(compileSchema(schema).check(value).kind, 'undecided');
    const many = Array.from({ length: 400_000 }, (_, at) => at);
    assert.equal(compileSchema({ uniqueItems: true }).check(many).kind, 'holds');
    assert.equal(compileSchema({ uniqueItems: true }).check([...many, ...many]).kind, 'undecided');
  });

  it('is not fooled by names that every object has', () => {
    const compiled = compileSchema({ required: ['toString'], type: 'object' });
    assert.equal(compiled.check({}).kind, 'fails');
    const proto = compileSchema({ properties: JSON.parse('{"__proto__": {"type": "string"}}') });
    assert.equal(proto.check(JSON.parse('{"__proto__": 1}')).kind, 'fails');
    assert.equal(proto.check({}).kind, 'holds');
  });
});
